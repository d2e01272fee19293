"""What a SOAP answer says: its content, or what a Fault in it means for the run."""

from lxml import etree

from connectors import xml
from connectors.answers import Answer, data_of, error_of
from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.wording import quoted

_CALLED = {  # by the last part of the code, SOAP 1.1 and 1.2
    "Server": Unavailable,
    "Receiver": Unavailable,
    "FailedAuthentication": Refused,
    "InvalidSecurity": Refused,
    "InvalidSecurityToken": Refused,
    "Authentication": Refused,
}
_HINTS = {
    Unavailable: "The fault is on the department's side; the hub tries again later.",
    Refused: "Check the credentials and rights that the department gave to the hub; it does not try again.",
    Changed: "The system does not accept the request; compare `operation` and `parameters` with its documentation.",
}


def content_of(answer: Answer) -> etree._Element:
    """What the SOAP Body of an answer holds; a Fault, with whatever status it comes, is an error."""
    if answer.status in (401, 403) or answer.page_title is not None:
        data_of(answer)
    try:
        root = xml.parse(answer.body, answer.address)
    except ConnectorError:
        data_of(answer)  # a bad status says more than an unreadable page that comes with it
        raise
    body = next(root.iterchildren("{*}Body"), None)
    if xml.local_name(root) != "Envelope" or body is None:
        data_of(answer)
        raise Changed(
            f"the answer of {answer.address} is XML, but no SOAP envelope: it begins with `{xml.local_name(root)}`",
            code="not_soap",
            hint="Check the address; set `address` if the WSDL gives a wrong one.",
        )
    content = next(body.iterchildren("*"), None)
    if content is not None and xml.local_name(content) == "Fault":
        raise _error(content, answer.address)
    if not 200 <= answer.status < 300:
        raise error_of(answer)
    return body if content is None else content


def _error(fault: etree._Element, address: str) -> ConnectorError:
    codes = [
        *_texts(fault, "faultcode"),  # SOAP 1.1
        *_texts(fault, "Code", "Value"),  # SOAP 1.2, with the more exact code below
        *_texts(fault, "Code", "Subcode", "Value"),
    ]
    said = " ".join([*_texts(fault, "faultstring"), *_texts(fault, "Reason", "Text")])
    kind: type[Unavailable] | type[Refused] | type[Changed] = Changed
    for code in codes:
        kind = _CALLED.get(code.rpartition(":")[2].rpartition(".")[2], kind)
    which = f" ({codes[-1]})" if codes else ""
    return kind(f"{address} answered with a fault{which}: {quoted(said)}", code="fault", hint=_HINTS[kind])


def _texts(element: etree._Element, *names: str) -> list[str]:
    found = [element]
    for name in names:
        found = [child for parent in found for child in parent.iterchildren(f"{{*}}{name}")]
    return [text for each in found if (text := (each.text or "").strip())]
