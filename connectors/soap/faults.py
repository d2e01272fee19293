"""What a SOAP answer says: its content, or what a Fault in it means for the run."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeAlias

from lxml import etree

from connectors import xml
from connectors.answers import Answer, data_of, error_of
from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.soap.settings import FaultRule
from connectors.wording import quoted, without_accents

Kind: TypeAlias = type[Unavailable] | type[Refused] | type[Changed]

_CALLED: Mapping[str, Kind] = {  # by the last part of the code, SOAP 1.1 and 1.2
    "Server": Unavailable,
    "Receiver": Unavailable,
    "FailedAuthentication": Refused,
    "InvalidSecurity": Refused,
    "InvalidSecurityToken": Refused,
    "Authentication": Refused,
}
_MEANS: Mapping[str, Kind] = {"unavailable": Unavailable, "refused": Refused, "changed": Changed}
_HINTS = {
    Unavailable: "The fault is on the department's side; the hub tries again later.",
    Refused: "Check the credentials and rights that the department gave to the hub; it does not try again.",
    Changed: "The system does not accept the request; compare `operation` and `parameters` with its documentation. "
    "Where it means something else, say so in `faults`.",
}

# What services say, without accents, that call every fault the client's.
_WRONG = r"(?:sai|khong dung|khong hop le|het han|invalid|wrong|incorrect|bad)"
_CREDENTIALS = r"(?:tai khoan|mat khau|khoa truy cap|ma truy cap|username|password|credentials?|login|token|api key)"
_WRONG_CREDENTIALS = re.compile(
    rf"\b{_WRONG}\W+(?:\w+\W+){{0,3}}{_CREDENTIALS}\b|\b{_CREDENTIALS}\W+(?:\w+\W+){{0,3}}{_WRONG}\b"
    r"|\b(?:unauthori[sz]ed|access denied|authentication failed|not authenticated|chua dang nhap)\b"
)
_TRACE = re.compile(r"\s+at [\w.<>$`+]+ ?\(|\s+---> |\s+at [\w.]+\.\w+$", re.M)  # of .NET and Java
_WANTS_ADDRESSING = ("MessageAddressingHeaderRequired", "ActionNotSupported", "ActionMismatch")
_ADDRESSING = 'The service may want WS-Addressing: set `addressing: "2005/08"`, or correct `action`.'


def envelope_of(answer: Answer, body: bytes, charset: str | None, told: str | None) -> tuple[etree._Element, bytes]:
    """The root of a whole answer, and its text; what is no XML, or came with a bad status, is an error."""
    refuse_page(answer)
    try:
        return xml.read(body, answer.address, charset=charset, told=told)
    except ConnectorError:
        data_of(answer)  # a bad status says more than an unreadable page that comes with it
        raise


def refuse_page(answer: Answer) -> None:
    """An answer that need not be read: nobody was let in, or a web page came."""
    if answer.status in (401, 403) or answer.page_title is not None:
        data_of(answer)


def body_of(root: etree._Element, answer: Answer) -> etree._Element:
    """The SOAP Body, in an answer or a part of one."""
    body = next(root.iterchildren("{*}Body"), None)
    if xml.local_name(root) != "Envelope" or body is None:
        data_of(answer)
        raise Changed(
            f"the answer of {answer.address} is XML, but no SOAP envelope: it begins with `{xml.local_name(root)}`",
            code="not_soap",
            hint="Check the address; set `address` if the WSDL gives a wrong one.",
        )
    return body


def content_of(body: etree._Element, answer: Answer, rules: Sequence[FaultRule] = ()) -> etree._Element | None:
    """What the Body holds; None where a Fault says that there is nothing. Any other is an error, with any status."""
    content = next(body.iterchildren("*"), None)
    if content is not None and xml.local_name(content) == "Fault":
        error = _error(content, answer.address, rules)
        if error is None:
            return None
        raise error
    if not 200 <= answer.status < 300:
        raise error_of(answer)
    return body if content is None else content


def _error(fault: etree._Element, address: str, rules: Sequence[FaultRule]) -> ConnectorError | None:
    codes = [
        *_texts(fault, "faultcode"),  # SOAP 1.1
        *_texts(fault, "Code", "Value"),  # SOAP 1.2, with the more exact code below
        *_texts(fault, "Code", "Subcode", "Value"),
        *_texts(fault, "Code", "Subcode", "Subcode", "Value"),
    ]
    said = _without_trace(" ".join([*_texts(fault, "faultstring"), *_texts(fault, "Reason", "Text")]))
    details = [*fault.iterchildren("{*}detail"), *fault.iterchildren("{*}Detail")]
    detail = " ".join(" ".join(" ".join(map(str, each.itertext())) for each in details).split())
    rule = next((rule for rule in rules if _fits(rule, codes, said, detail)), None)
    if rule is not None and rule.means == "empty":
        return None
    kind = _MEANS[rule.means] if rule is not None else _kind_of(codes, said)
    hint = _ADDRESSING if any(code.endswith(_WANTS_ADDRESSING) for code in codes) else _HINTS[kind]
    which = f" ({codes[-1]})" if codes else ""
    more = f", {quoted(detail)}" if detail and detail not in said else ""
    sentence = f"{address} answered with a fault{which}: {quoted(said)}{more}"
    if kind is Unavailable:
        wait = rule.retry_after_seconds if rule is not None else None
        return Unavailable(sentence, code="fault", hint=hint, retry_after=wait)
    return kind(sentence, code="fault", hint=hint)


def _kind_of(codes: Sequence[str], said: str) -> Kind:
    """By the most exact word that is known: of `Server.Database` that is Server, of a code and a subcode the latter.

    A password that is wrong is told in words by most services.
    """
    if _WRONG_CREDENTIALS.search(without_accents(said)):
        return Refused
    kind: Kind = Changed
    for code in codes:
        for word in code.rpartition(":")[2].split("."):
            kind = _CALLED.get(word, kind)
    return kind


def _fits(rule: FaultRule, codes: Sequence[str], said: str, detail: str) -> bool:
    wanted = (
        (rule.code, [*codes, *(code.rpartition(":")[2] for code in codes)]),
        (rule.text, [said]),
        (rule.detail, [detail]),
    )
    return all(
        pattern is None or any(fnmatchcase(text.casefold(), pattern.casefold()) for text in texts)
        for pattern, texts in wanted
    )


def _texts(element: etree._Element, *names: str) -> list[str]:
    found = [element]
    for name in names:
        found = [child for parent in found for child in parent.iterchildren(f"{{*}}{name}")]
    return [text for each in found if (text := (each.text or "").strip())]


def _without_trace(said: str) -> str:
    """What is said before the service's own stack trace begins."""
    return _TRACE.split(said, maxsplit=1)[0].strip()
