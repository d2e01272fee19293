"""What an element or a type holds, as XML Schema says it in its many ways, in one plain form."""

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from connectors import xml
from connectors.errors import Changed
from connectors.soap.wsdl.names import SOAP_ENCODING, XSD, documentation, is_plain, join, owner_of, plain_type, split
from connectors.soap.wsdl.parts import Holds, Part, Shape
from connectors.soap.wsdl.schema import Component, SchemaDocument, Schemas

_WSDL_ARRAY_TYPE = "{http://schemas.xmlsoap.org/wsdl/}arrayType"
_MOST_VALUES = 30  # of an enumeration that are worth a sentence
_DEEPEST = 80  # types and groups that build on one another, or stand inside one another
_MOST_GROUPS = 20_000  # times that groups are looked into; real schemas do it tens of times
DATA_SET = ".NET DataSet"
_DATA_SET_PARTS = ((XSD, "schema"), ("urn:schemas-microsoft-com:xml-diffgram-v1", "*"))


_ANY = Holds(join(XSD, "anyType"))
_NOTHING = Shape()


class Shapes:
    """The shape of every type, worked out once."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self._known: dict[object, Shape] = {}
        self._looked_into = 0

    def of_element(self, component: Component) -> Holds:
        """What a global element holds."""
        return self._held(component.node, component.document)

    def of_type(self, name: str, node: etree._Element) -> Holds:
        """The type that `node` means by a name."""
        if is_plain(split(name)[0]):
            return Holds(join(XSD, plain_type(name)))
        found = self.schemas.find("type", name, node)
        return Holds(name) if found is None else Holds(found.name, found.node, found.document)

    def shape(self, holds: Holds, depth: int = 0) -> Shape:
        """What a type holds."""
        if holds.node is None or holds.document is None:
            return Shape(_word(holds.name))
        key = holds.name or holds.node
        if key not in self._known:
            if depth > _DEEPEST:
                return _NOTHING
            self._known[key] = _NOTHING  # for a type that builds on itself
            self._known[key] = self._worked_out(holds.node, holds.document, depth + 1)
        return self._known[key]

    def _worked_out(self, node: etree._Element, document: SchemaDocument, depth: int) -> Shape:
        if xml.local_name(node) == "simpleType":
            return self._simple(node, document, depth)
        simple, complex_ = _child(node, "simpleContent"), _child(node, "complexContent")
        if simple is not None:
            return self._derived(simple, document, depth)
        if complex_ is not None:
            return self._derived(complex_, document, depth)
        parts = tuple(self._parts(node, document, depth))
        return _with_data_set(Shape("xs:string" if node.get("mixed") == "true" else "", parts))

    def _simple(self, node: etree._Element, document: SchemaDocument, depth: int) -> Shape:
        restriction, list_ = _child(node, "restriction"), _child(node, "list")
        if restriction is not None:
            below = self._base(restriction, document, depth)
            return Shape(below.text, values=_values(restriction) or below.values)
        if list_ is not None:
            item = self._base(list_, document, depth, "itemType")
            return Shape(f"list of {item.text or 'xs:string'}", values=item.values)
        return Shape("xs:string")  # a union: any of several

    def _base(self, node: etree._Element, document: SchemaDocument, depth: int, attribute: str = "base") -> Shape:
        named, inside = node.get(attribute), _child(node, "simpleType")
        if named:
            return self.shape(self.of_type(self.schemas.name(node, named, document), node), depth)
        return self.shape(Holds("", inside, document), depth) if inside is not None else Shape("xs:string")

    def _derived(self, content: etree._Element, document: SchemaDocument, depth: int) -> Shape:
        node = _child(content, "extension")
        extends = node is not None
        node = node if node is not None else _child(content, "restriction")
        if node is None:
            return _NOTHING
        base_name = self.schemas.name(node, node.get("base", ""), document)
        own = tuple(self._parts(node, document, depth))
        if split(base_name)[0] in SOAP_ENCODING and split(base_name)[1] == "Array":
            return self._array(node, document, own)
        below = self.shape(self.of_type(base_name, node), depth)
        text = "" if below.text == "xs:anyType" else below.text
        if xml.local_name(content) == "simpleContent":
            return Shape(text or "xs:string", _merged(below.parts, own), _values(node) or below.values)
        if extends:
            return replace(below, text=text, parts=(*below.parts, *own), is_array=False)
        inherited = tuple(part for part in below.parts if part.name.startswith("@"))
        return Shape(text, _merged(own, inherited), is_array=below.is_array)

    def _array(self, node: etree._Element, document: SchemaDocument, own: tuple[Part, ...]) -> Shape:
        """An array of SOAP encoding: what its items are is said by an attribute, what they are called often not."""
        elements = tuple(part for part in own if not part.name.startswith("@") and part.name != "*")
        if elements:
            return Shape(parts=tuple(replace(part, repeated=True, required=False) for part in elements), is_array=True)
        for attribute in node.iterfind(f"{{{XSD}}}attribute"):
            told = attribute.get(_WSDL_ARRAY_TYPE)
            if told:
                name = self.schemas.name(attribute, re.sub(r"[\[\]\d,\s]+$", "", told), document)
                return Shape(parts=(Part("item", "", self.of_type(name, attribute), repeated=True),), is_array=True)
        return Shape(parts=(Part("item", "", _ANY, repeated=True),), is_array=True)

    def _parts(self, node: etree._Element, document: SchemaDocument, depth: int) -> Iterator[Part]:
        """The elements and attributes right below a node, through every group."""
        self._looked_into += 1
        if self._looked_into > _MOST_GROUPS:
            raise self._endless(node)
        if depth > _DEEPEST:
            return
        for child in node.iterchildren(f"{{{XSD}}}*"):
            kind = xml.local_name(child)
            if kind in ("sequence", "all", "choice"):
                yield from (_within(child, part) for part in self._parts(child, document, depth + 1))
            elif kind == "element":
                yield from self._element(child, document)
            elif kind == "attribute":
                yield from self._attribute(child, document)
            elif kind == "any":
                yield Part("*", child.get("namespace", ""), _ANY, _many(child), child.get("minOccurs") != "0")
            elif kind in ("group", "attributeGroup"):
                yield from self._group(child, kind, document, depth)

    def _endless(self, node: etree._Element) -> Changed:
        return Changed(
            f"the groups in {owner_of(node)} of the WSDL refer to one another more than {_MOST_GROUPS:,} times",
            code="wsdl",
            hint="No real service needs that; show it to the department.",
        )

    def _group(self, node: etree._Element, kind: str, document: SchemaDocument, depth: int) -> Iterator[Part]:
        found = self._referred(kind, node, document)
        if found is not None:
            yield from (_within(node, part) for part in self._parts(found.node, found.document, depth + 1))

    def _element(self, node: etree._Element, document: SchemaDocument) -> Iterator[Part]:
        many, required, about = _many(node), node.get("minOccurs") != "0", documentation(node)
        if node.get("ref"):
            name = self.schemas.name(node, node.get("ref", ""), document)
            found = self.schemas.find("element", name, node)
            holds = self.of_element(found) if found is not None else Holds(name)
            about = about or (documentation(found.node) if found is not None else "")
            namespace, local = split(found.name if found is not None else name)
            yield Part(local, namespace, holds, many, required, about)
        elif node.get("name", "").strip():
            qualified = node.get("form", "qualified" if document.elements_qualified else "") == "qualified"
            held = self._held(node, document)
            yield Part(
                node.get("name", "").strip(), document.namespace if qualified else "", held, many, required, about
            )
        else:
            self.schemas.note(f"{owner_of(node)} has an element without a name; it is left out")

    def _attribute(self, node: etree._Element, document: SchemaDocument) -> Iterator[Part]:
        if node.get("use") == "prohibited":
            return
        if node.get("ref"):
            name = self.schemas.name(node, node.get("ref", ""), document)
            if split(name)[0] in (*SOAP_ENCODING, XSD):
                return
            found = self.schemas.find("attribute", name, node)
            holds = self._held(found.node, found.document) if found is not None else Holds(join(XSD, "string"))
            yield Part(f"@{split(name)[1]}", split(name)[0], holds, required=node.get("use") == "required")
        elif node.get("name", "").strip():
            qualified = node.get("form", "qualified" if document.attributes_qualified else "") == "qualified"
            yield Part(
                f"@{node.get('name', '').strip()}",
                document.namespace if qualified else "",
                self._held(node, document, default="string"),
                required=node.get("use") == "required",
                about=documentation(node),
            )

    def _held(self, node: etree._Element, document: SchemaDocument, default: str = "anyType") -> Holds:
        if node.get("type"):
            return self.of_type(self.schemas.name(node, node.get("type", ""), document), node)
        for kind in ("complexType", "simpleType"):
            inside = _child(node, kind)
            if inside is not None:
                return Holds("", inside, document)
        return Holds(join(XSD, default))

    def _referred(self, kind: str, node: etree._Element, document: SchemaDocument) -> Component | None:
        ref = node.get("ref")
        return self.schemas.find(kind, self.schemas.name(node, ref, document), node) if ref else None


def _child(node: etree._Element, kind: str) -> etree._Element | None:
    return next(node.iterchildren(f"{{{XSD}}}{kind}"), None)


def _many(node: etree._Element) -> bool:
    return node.get("maxOccurs", "1").strip() not in ("0", "1")


def _within(group: etree._Element, part: Part) -> Part:
    """A part of a group that may itself come many times, or not at all."""
    free = group.get("minOccurs") == "0" or xml.local_name(group) == "choice"
    if part.name.startswith("@"):
        return part
    return replace(part, repeated=part.repeated or _many(group), required=part.required and not free)


def _merged(first: tuple[Part, ...], second: tuple[Part, ...]) -> tuple[Part, ...]:
    names = {part.name for part in first}
    return (*first, *(part for part in second if part.name not in names))


def _values(node: etree._Element) -> tuple[str, ...]:
    found = tuple(each.get("value", "") for each in node.iterchildren(f"{{{XSD}}}enumeration"))
    return found[:_MOST_VALUES]


def _with_data_set(shape: Shape) -> Shape:
    """.NET describes a DataSet as a schema that comes with the answer, and then anything."""
    if any((part.namespace, part.name) in _DATA_SET_PARTS for part in shape.parts):
        return Shape(DATA_SET)
    return shape


def _word(name: str) -> str:
    namespace, local = split(name)
    return f"xs:{local}" if namespace == XSD else f"{local} (not described)"
