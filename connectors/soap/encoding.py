"""SOAP encoding of a request (rpc/encoded): every value says its type, and an array what it is an array of."""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from connectors import xml
from connectors.soap.wsdl.definitions import Offer
from connectors.soap.wsdl.describe import sides
from connectors.soap.wsdl.names import XSD, split
from connectors.soap.wsdl.parts import Holds, Shape
from connectors.soap.wsdl.shapes import Shapes

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ENCODING = {"1.1": "http://schemas.xmlsoap.org/soap/encoding/", "1.2": "http://www.w3.org/2003/05/soap-encoding"}
_ENVELOPE = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
_TYPE, _NIL = f"{{{_XSI}}}type", f"{{{_XSI}}}nil"


class Encoder:
    """Marks the values of one operation's requests."""

    def __init__(self, offer: Offer, shapes: Shapes) -> None:
        self._shapes, self._version = shapes, offer.soap
        self._encoding = _ENCODING[offer.soap]
        self._parts = {part.name: part.holds for part in sides(offer, shapes)[0]}

    def encode(self, envelope: Any) -> None:
        """Mark every value in the body of an envelope."""
        soap = _ENVELOPE[self._version]
        body = envelope.find(f"{{{soap}}}Body")
        plain = next(body.iterchildren("*"), None)
        if plain is None:
            return
        body.remove(plain)
        call = etree.SubElement(body, plain.tag, nsmap={"xsi": _XSI, "xsd": XSD, "enc": self._encoding})
        call.set(f"{{{soap}}}encodingStyle", self._encoding)
        self._fill(call, plain, self._parts)

    def _fill(self, made: etree._Element, plain: etree._Element, inside: Mapping[str, Holds]) -> None:
        made.text = plain.text
        for child in plain.iterchildren("*"):
            self._add(made, child, inside.get(xml.local_name(child)))

    def _add(self, above: etree._Element, plain: etree._Element, holds: Holds | None) -> None:
        shape = self._shapes.shape(holds) if holds is not None else Shape()
        named = shape.parts[0].holds if shape.is_array and shape.parts else holds
        namespace, local = split(named.name) if named is not None else ("", "")
        nsmap = {"t": namespace} if namespace not in ("", XSD) else {}
        made = etree.SubElement(
            above, plain.tag, {str(name): plain.get(name, "") for name in plain.attrib}, nsmap=nsmap or None
        )
        self._fill(made, plain, {part.name: part.holds for part in shape.parts})
        if not local or plain.get(_NIL):
            return
        if namespace == XSD:
            type_ = "xsd:string" if local.startswith("any") and not shape.is_array else f"xsd:{local}"
        else:
            type_ = f"t:{local}" if namespace else local
        if shape.is_array:
            self._mark_array(made, type_)
        else:
            made.set(_TYPE, type_)

    def _mark_array(self, made: etree._Element, item: str) -> None:
        made.set(_TYPE, "enc:Array")
        if self._version == "1.1":
            made.set(f"{{{self._encoding}}}arrayType", f"{item}[{len(made)}]")
        else:
            made.set(f"{{{self._encoding}}}itemType", item)
            made.set(f"{{{self._encoding}}}arraySize", str(len(made)))
