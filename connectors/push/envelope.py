"""A SOAP request as it was sent: who says what, in which version. In any style: names count, namespaces do not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from lxml import etree

from connectors import xml
from connectors.errors import ConnectorError
from connectors.push.reading import Pushed, read, read_elements
from connectors.push.refusal import NotTaken, unreadable
from connectors.push.settings import PushSettings, SoapService
from connectors.wording import listed

Version: TypeAlias = Literal["1.1", "1.2"]
NAMESPACES: dict[Version, str] = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
_PASSWORDS = {"password", "matkhau", "mat_khau", "passwd", "pwd", "apikey"}  # as header elements are called
_DIGEST = "#PasswordDigest"


@dataclass(frozen=True, slots=True)
class Call:
    """One request for the operation that brings records."""

    version: Version
    key: str | None  # the password that came in the envelope, if one did
    operation: etree._Element
    settings: PushSettings

    def pushed(self) -> Pushed:
        """The records in it.

        Raises:
            NotTaken: there are none, or they cannot be read.
        """
        service = self.settings.service
        request_id = _text(self.operation, service.request_id)
        wrapper = _child(self.operation, service.records)
        if wrapper is not None and len(wrapper):
            return read_elements(wrapper, self.settings, request_id)
        data = _child(self.operation, service.data)
        if data is None:
            wanted = listed(name for name in (service.data, service.records) if name)
            has = listed(xml.local_name(child) for child in self.operation)
            raise unreadable(f"`{service.operation}` must bring {wanted}, and this one has {has}")
        if len(data) and self.settings.format == "xml":  # somebody forgot to write the XML as text
            return read(xml.raw_bytes(data[0]), self.settings, request_id=request_id)
        return read("".join(map(str, data.itertext())).encode(), self.settings, request_id=request_id)


def opened(body: bytes, settings: PushSettings, told: str | None) -> Call:
    """What a request asks for; `told` is the charset that its Content-Type names.

    Raises:
        NotTaken: it is no SOAP, or asks for something else.
    """
    try:
        envelope = xml.parse(body, "the request", told=told)
    except ConnectorError as error:
        raise NotTaken(400, "no_soap", f"This is no SOAP request: {error}.".replace("the answer of ", "")) from None
    version = next((each for each in NAMESPACES if envelope.tag == f"{{{NAMESPACES[each]}}}Envelope"), None)
    if version is None:
        raise NotTaken(400, "no_soap", f"This is no SOAP request: it begins with `{xml.local_name(envelope)}`.")
    operation = next(envelope.iterfind(f"{{{NAMESPACES[version]}}}Body/*"), None)
    service = settings.service
    if operation is None or xml.local_name(operation) != service.operation:
        asked = "nothing" if operation is None else f"`{xml.local_name(operation)}`"
        raise NotTaken(400, "no_such_operation", f"This service has the operation `{service.operation}`, not {asked}.")
    return Call(version, _key(envelope, operation, service), operation, settings)


def _key(envelope: etree._Element, operation: etree._Element, service: SoapService) -> str | None:
    """The password: of the parameter that the settings name, of WS-Security, or of a header like AuthHeader."""
    if service.password and (parameter := _text(operation, service.password)):
        return parameter
    names = _PASSWORDS | ({service.password.lower()} if service.password else set())
    found = next((each for each in _in_header(envelope) if xml.local_name(each).lower() in names), None)
    if found is None:
        return None
    if found.get("Type", "").endswith(_DIGEST):
        sentence = "The password came as a digest, and the hub keeps none to compare it with: send PasswordText."
        raise NotTaken(401, "password_digest", sentence)
    return (found.text or "").strip() or None


def _in_header(envelope: etree._Element) -> Iterator[etree._Element]:
    for header in envelope.iterchildren("{*}Header"):
        yield from header.iter("*")


def _child(parent: etree._Element, name: str | None) -> etree._Element | None:
    return None if name is None else next(parent.iterchildren(f"{{*}}{name}"), None)


def _text(parent: etree._Element, name: str | None) -> str | None:
    found = _child(parent, name)
    return (found.text or "").strip() or None if found is not None else None
