"""SOAP answers and faults, in the version that was spoken and in the form that the department's software expects."""

import json
from collections.abc import Iterator
from xml.sax.saxutils import escape

from connectors.mend import mend
from connectors.push.envelope import NAMESPACES, Version
from connectors.push.receipt import COUNTS, Receipt
from connectors.push.refusal import NotTaken
from connectors.push.settings import OWN_NAMESPACE, SoapAnswer, SoapService
from connectors.settings import fill

MEDIA_TYPES: dict[Version, str] = {"1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8"}
_THEIR_FAULT: dict[Version, str] = {"1.1": "soap:Client", "1.2": "soap:Sender"}
_OUR_FAULT: dict[Version, str] = {"1.1": "soap:Server", "1.2": "soap:Receiver"}


def reply(receipt: Receipt, service: SoapService, version: Version) -> str:
    """The answer to a push that was read."""
    if service.answer is None:
        return _enveloped(_response(service, "".join(_elements(receipt))), version)
    code = service.answer.refused if receipt.nothing_taken else service.answer.taken
    code = service.answer.partly if receipt.partly_taken else code
    counts = {name: str(receipt.counts[name]) for name in COUNTS}
    return _in_one_text(service, version, code, receipt.message, receipt.request_id, counts)


def refusal(refused: NotTaken, service: SoapService, version: Version) -> str | None:
    """The answer in one text, where that is how the department's software learns of wrong data; None: send a fault."""
    if service.answer is None or refused.status not in (409, 413, 422):
        return None
    none = dict.fromkeys(COUNTS, "0")
    return _in_one_text(service, version, service.answer.refused, refused.sentence, None, none)


def fault(refused: NotTaken, version: Version) -> str:
    """A fault with the code and the sentence."""
    code = (_OUR_FAULT if refused.status >= 500 else _THEIR_FAULT)[version]
    detail = f'<problem xmlns="{OWN_NAMESPACE}"><code>{refused.code}</code></problem>'
    said = _escaped(refused.sentence)
    if version == "1.1":
        inside = f"<faultcode>{code}</faultcode><faultstring>{said}</faultstring><detail>{detail}</detail>"
    else:
        inside = (
            f"<soap:Code><soap:Value>{code}</soap:Value></soap:Code>"
            f'<soap:Reason><soap:Text xml:lang="en">{said}</soap:Text></soap:Reason>'
            f"<soap:Detail>{detail}</soap:Detail>"
        )
    return _enveloped(f"<soap:Fault>{inside}</soap:Fault>", version)


def fault_status(refused: NotTaken, version: Version) -> int:
    """The HTTP status of a fault: that of the problem where programs on the way go by it, else as SOAP wants it."""
    if refused.status in (401, 413, 503):
        return refused.status
    return 500 if version == "1.1" else 400


def _in_one_text(
    service: SoapService, version: Version, code: str, message: str, request_id: str | None, counts: dict[str, str]
) -> str:
    form = service.answer or SoapAnswer()
    values = {"code": code, "message": message, "request_id": request_id or "", **counts}
    text = str(_Template(form.text).filled(values))
    name = form.element or f"{service.operation}Result"
    return _enveloped(_response(service, _element(name, text)), version)


class _Template:
    """A text with places in it, filled so that the JSON or XML that it makes stays whole."""

    def __init__(self, text: str) -> None:
        self._text = text

    def filled(self, values: dict[str, str]) -> str:
        return str(fill(self._text, _Known({name: self._fit(value) for name, value in values.items()})))

    def _fit(self, value: str) -> str:
        begins = self._text.lstrip()[:1]
        if begins in ("{", "["):
            return json.dumps(value, ensure_ascii=False)[1:-1]
        return escape(value, {'"': "&quot;"}) if begins == "<" else value


class _Known(dict[str, str]):
    """What stands in braces and is no place of ours stays as it is."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def _elements(receipt: Receipt) -> Iterator[str]:
    if receipt.request_id is not None:
        yield _element("requestId", receipt.request_id)
    for name in COUNTS:
        yield _element(name, str(receipt.counts[name]))
    for each in receipt.records:
        key = "" if each.key is None else _element("key", each.key)
        reasons = "".join(_element("reason", reason) for reason in each.reasons)
        problems = "".join(_element("problem", problem) for problem in each.problems)
        said = _element("position", str(each.position)) + key + _element("outcome", each.outcome)
        yield f"<record>{said}{reasons}{problems}</record>"


def _response(service: SoapService, inside: str) -> str:
    name, namespace = f"{service.operation}Response", escape(service.namespace, {'"': "&quot;"})
    if service.elements == "qualified":
        return f'<{name} xmlns="{namespace}">{inside}</{name}>'
    return f'<ns:{name} xmlns:ns="{namespace}">{inside}</ns:{name}>'


def _element(name: str, text: str) -> str:
    return f"<{name}>{_escaped(text)}</{name}>"


def _escaped(text: str) -> str:
    """Fit for XML, also where a department's own words hold what XML cannot."""
    return escape(mend(text.encode("utf-8", "surrogatepass")).decode())


def _enveloped(inside: str, version: Version) -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{NAMESPACES[version]}">'
        f"<soap:Body>{inside}</soap:Body></soap:Envelope>"
    )
