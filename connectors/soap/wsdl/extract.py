"""A WSDL of one operation, written anew in its simplest form: all that zeep gets to see of the department's own.

What is wrong elsewhere in the department's WSDL, or beyond what zeep can read, so stands in the way of no call.
"""

from collections import deque
from collections.abc import Iterable

from lxml import etree

from connectors import xml
from connectors.soap.wsdl.definitions import MessagePart, Offer
from connectors.soap.wsdl.names import XSD, is_plain, join, plain_type, split
from connectors.soap.wsdl.parts import Holds, Part
from connectors.soap.wsdl.schema import Component, SchemaDocument
from connectors.soap.wsdl.shapes import Shapes

NAMESPACE = "urn:hub:call"
_WSDL = "http://schemas.xmlsoap.org/wsdl/"
_SOAP = {"1.1": "http://schemas.xmlsoap.org/wsdl/soap/", "1.2": "http://schemas.xmlsoap.org/wsdl/soap12/"}
_TRANSPORT = "http://schemas.xmlsoap.org/soap/http"
_GROUPS = ("sequence", "all", "choice", "group", "attributeGroup", "any", "anyAttribute", "attribute", "element")
_KEPT = ("complexType", "simpleContent", "complexContent", "extension", "restriction", *_GROUPS)
_NAMES = {"type": "type", "base": "type"}  # attributes that name a type; `ref` names what its element is
_PLAIN = ("name", "minOccurs", "maxOccurs", "nillable", "form", "use", "mixed", "default", "processContents")


def one_operation(offer: Offer, shapes: Shapes, headers: Iterable[Component] = ()) -> bytes:
    """The WSDL of this operation alone, with the schema of what it takes and of these header elements."""
    writer = _Writer(shapes)
    parts = [writer.part(part) for part in offer.input.parts]
    for header in headers:
        writer.reference("element", header.name, header.node)
    schemas = writer.schemas()
    root = etree.Element(f"{{{_WSDL}}}definitions", targetNamespace=NAMESPACE, nsmap=writer.prefixes())
    etree.SubElement(root, f"{{{_WSDL}}}types").extend(schemas)
    message = etree.SubElement(root, f"{{{_WSDL}}}message", name="In")
    for attributes in parts:
        etree.SubElement(message, f"{{{_WSDL}}}part", attributes)
    port_type = etree.SubElement(root, f"{{{_WSDL}}}portType", name="Type")
    operation = etree.SubElement(port_type, f"{{{_WSDL}}}operation", name=called(offer))
    etree.SubElement(operation, f"{{{_WSDL}}}input", message="hub:In")
    _bind(root, offer)
    return etree.tostring(root)


def called(offer: Offer) -> str:
    """What the operation is called in the extract: only rpc sends its name, and some names are none in XML."""
    return offer.name if offer.style == "rpc" else "Call"


def _bind(root: etree._Element, offer: Offer) -> None:
    soap = _SOAP[offer.soap]
    binding = etree.SubElement(root, f"{{{_WSDL}}}binding", name="Binding", type="hub:Type")
    etree.SubElement(binding, f"{{{soap}}}binding", transport=_TRANSPORT)
    bound = etree.SubElement(binding, f"{{{_WSDL}}}operation", name=called(offer))
    etree.SubElement(bound, f"{{{soap}}}operation", soapAction=offer.action, style=offer.style)
    given = etree.SubElement(bound, f"{{{_WSDL}}}input")
    body = etree.SubElement(given, f"{{{soap}}}body", use="literal")
    if offer.input.namespace:
        body.set("namespace", offer.input.namespace)
    service = etree.SubElement(root, f"{{{_WSDL}}}service", name="Service")
    port = etree.SubElement(service, f"{{{_WSDL}}}port", name="Port", binding="hub:Binding")
    etree.SubElement(port, f"{{{soap}}}address", location="http://address.invalid/")


class _Writer:
    """Copies the parts of the schemas that are wanted, and what they refer to, in words that zeep reads well."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes, self._schemas = shapes, shapes.schemas
        self._prefixes = {NAMESPACE: "hub", XSD: "xs"}
        self._waiting: deque[Component] = deque()
        self._wanted: set[tuple[str, str]] = set()
        self._stubs: dict[str, list[etree._Element]] = {}

    def part(self, part: MessagePart) -> dict[str, str]:
        """A message's part, as it is written into the WSDL."""
        kind = "element" if part.element else "type"
        return {"name": part.name, kind: self.reference(kind, part.element or part.type or "", part.node)}

    def prefixes(self) -> dict[str, str]:
        """What each prefix that was used stands for."""
        return {prefix: namespace for namespace, prefix in self._prefixes.items()}

    def reference(self, kind: str, name: str, node: etree._Element) -> str:
        """The prefixed name of a part, which will be in the schemas."""
        namespace, local = split(name)
        if kind == "type" and is_plain(namespace):
            return f"xs:{plain_type(name)}"
        found = self._schemas.find(kind, name, node)
        namespace, local = split(found.name if found else name)
        if (kind, join(namespace, local)) not in self._wanted:
            self._wanted.add((kind, join(namespace, local)))
            if found is not None:
                self._waiting.append(found)
            else:
                self._stubs.setdefault(namespace, []).append(_stub(kind, local))
        if not namespace:
            return local
        return f"{self._prefixes.setdefault(namespace, f'n{len(self._prefixes)}')}:{local}"

    def schemas(self) -> list[etree._Element]:
        """A schema for each one that something is wanted of."""
        found: dict[SchemaDocument, etree._Element] = {}
        while self._waiting:
            component = self._waiting.popleft()
            if component.document not in found:
                found[component.document] = _shell(component.document.namespace, component.document)
            copied = self._copy(component.node, component.document)
            if copied is not None:
                found[component.document].append(copied)
        stubs = []
        for namespace, nodes in self._stubs.items():
            stubs.append(_shell(namespace))
            stubs[-1].extend(nodes)
        return [*found.values(), *stubs]

    def _copy(self, node: etree._Element, document: SchemaDocument) -> etree._Element | None:
        kind = xml.local_name(node)
        if kind == "simpleType":
            return self._simple(node, document)
        if kind not in _KEPT or not self._says_what(node, kind):
            return None
        shape = self._shapes.shape(Holds("", node, document)) if kind == "complexType" else None
        copied = etree.Element(f"{{{XSD}}}{kind}", {name: node.get(name, "") for name in _PLAIN if node.get(name)})
        _mend_occurrence(copied)
        self._copy_names(node, copied, kind, document)
        if shape is not None and shape.is_array:
            self._fill_array(copied, shape.parts, node)
            return copied
        children = [self._copy(child, document) for child in node.iterchildren(f"{{{XSD}}}*")]
        written = [child for child in children if child is not None]
        copied.extend(sorted(written, key=lambda each: "ttribute" in str(each.tag)))  # some schemas put them first
        return copied

    def _says_what(self, node: etree._Element, kind: str) -> bool:
        """Whether an element has a name; attributes of SOAP encoding are left to who writes encoded messages."""
        if kind == "attribute" and (node.get("use") == "prohibited" or ":arrayType" in node.get("ref", "")):
            return False
        return kind != "element" or bool(node.get("ref") or node.get("name", "").strip())

    def _copy_names(self, node: etree._Element, copied: etree._Element, kind: str, document: SchemaDocument) -> None:
        names = {"ref": kind, **_NAMES}
        for attribute in names.keys() & node.attrib.keys():
            name = self._schemas.name(node, node.get(attribute, ""), document)
            copied.set(attribute, self.reference(names[attribute], name, node))

    def _simple(self, node: etree._Element, document: SchemaDocument) -> etree._Element:
        """A simple type as what it comes down to: nothing more is needed to write its text."""
        text = self._shapes.shape(Holds("", node, document)).text
        copied = etree.Element(f"{{{XSD}}}simpleType")
        if node.get("name"):
            copied.set("name", node.get("name", ""))
        base = text.removeprefix("list of ")
        base = base if base.startswith("xs:") and base != "xs:anyType" else "xs:string"
        if text.startswith("list of "):
            etree.SubElement(copied, f"{{{XSD}}}list", itemType=base)
        else:
            etree.SubElement(copied, f"{{{XSD}}}restriction", base=base)
        return copied

    def _fill_array(self, copied: etree._Element, parts: Iterable[Part], node: etree._Element) -> None:
        """An array of SOAP encoding as a list of elements; how it is marked in a message is not zeep's."""
        inside = etree.SubElement(copied, f"{{{XSD}}}sequence")
        for part in parts:
            element = etree.SubElement(
                inside, f"{{{XSD}}}element", name=part.name, minOccurs="0", maxOccurs="unbounded", nillable="true"
            )
            if part.holds.name:
                element.set("type", self.reference("type", part.holds.name, node))


def _shell(namespace: str, document: SchemaDocument | None = None) -> etree._Element:
    schema = etree.Element(f"{{{XSD}}}schema")
    if document is not None and document.elements_qualified:
        schema.set("elementFormDefault", "qualified")
    if document is not None and document.attributes_qualified:
        schema.set("attributeFormDefault", "qualified")
    if namespace:
        schema.set("targetNamespace", namespace)
        etree.SubElement(schema, f"{{{XSD}}}import")  # names without a prefix are of no namespace
    return schema


def _stub(kind: str, local: str) -> etree._Element:
    """What stands for a part that nothing describes: any text."""
    if kind == "type":
        stub = etree.Element(f"{{{XSD}}}simpleType", name=local)
        etree.SubElement(stub, f"{{{XSD}}}restriction", base="xs:string")
        return stub
    if kind in ("element", "attribute"):
        return etree.Element(f"{{{XSD}}}{kind}", name=local, type="xs:string")
    stub = etree.Element(f"{{{XSD}}}{kind}", name=local)
    if kind == "group":
        etree.SubElement(stub, f"{{{XSD}}}sequence")
    return stub


def _mend_occurrence(node: etree._Element) -> None:
    for name in ("minOccurs", "maxOccurs"):
        told = node.get(name)
        if told is not None and not told.strip().isdigit() and told.strip() != "unbounded":
            del node.attrib[name]
