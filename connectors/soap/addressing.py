"""WS-Addressing: the SOAP header says where a request goes, what it asks, and where its answer belongs."""

from typing import Any, Literal
from uuid import uuid4

from lxml import etree
from zeep.wsdl.utils import get_or_create_header

Version = Literal["2005/08", "2004/08"]
_NAMESPACES = {
    "2005/08": "http://www.w3.org/2005/08/addressing",
    "2004/08": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
}
_ANONYMOUS = {
    "2005/08": "http://www.w3.org/2005/08/addressing/anonymous",
    "2004/08": "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous",
}


def address(envelope: Any, version: Version, action: str, to: str) -> None:
    """Add the headers to an envelope."""
    namespace = _NAMESPACES[version]
    header = get_or_create_header(envelope)  # type: ignore[no-untyped-call]
    for name, text in (("Action", action), ("MessageID", f"urn:uuid:{uuid4()}"), ("To", to)):
        _element(header, namespace, name).text = text
    reply = _element(header, namespace, "ReplyTo")
    etree.SubElement(reply, f"{{{namespace}}}Address").text = _ANONYMOUS[version]


def _element(header: Any, namespace: str, name: str) -> Any:
    return etree.SubElement(header, f"{{{namespace}}}{name}", nsmap={"wsa": namespace})
