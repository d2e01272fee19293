"""The parts of a WSDL's schemas by their names, and what a name in them refers to."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from connectors import xml
from connectors.soap.catalogue import standard
from connectors.soap.wsdl.library import Library, Source, shown
from connectors.soap.wsdl.names import XSD, join, owner_of, split

_XML = "http://www.w3.org/XML/1998/namespace"
_KINDS = {
    "element": "element",
    "attribute": "attribute",
    "complexType": "type",
    "simpleType": "type",
    "group": "group",
    "attributeGroup": "attributeGroup",
}
_WORDS = {"type": "type", "element": "element", "group": "group", "attributeGroup": "attribute group"}


@dataclass(frozen=True, slots=True)
class SchemaDocument:
    """What a schema says for all its parts."""

    namespace: str
    place: str
    elements_qualified: bool
    attributes_qualified: bool
    is_chameleon: bool  # has no namespace of its own and takes that of who includes it


@dataclass(frozen=True, slots=True)
class Component:
    """A named part of a schema."""

    kind: str
    name: str  # {namespace}local
    node: etree._Element
    document: SchemaDocument


class Schemas:
    """Every schema of a WSDL as one; what is wrong and was passed over goes to the library's `problems`."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._components: dict[tuple[str, str], Component] = {}
        self._by_local: dict[tuple[str, str], list[Component]] = {}
        self._read: set[tuple[etree._Element, str]] = set()
        self._standards: set[str] = set()
        self._unknown: set[tuple[str, str]] = set()

    def add(self, root: etree._Element, source: Source) -> None:
        """Take in a schema and all that it imports, however they import one another."""
        waiting = deque([(root, source, root.get("targetNamespace", ""))])
        while waiting:
            schema, its_source, namespace = waiting.popleft()
            if (schema, namespace) in self._read:
                continue
            self._read.add((schema, namespace))
            document = _document(schema, its_source.place, namespace)
            for node in schema.iterchildren(f"{{{XSD}}}*"):
                kind = xml.local_name(node)
                if kind in ("import", "include", "redefine"):
                    waiting.extend(self._imported(node, its_source, namespace))
                    self._refuse_redefined(node, kind, its_source)
                elif kind in _KINDS:
                    self._register(node, kind, document)

    def find(self, kind: str, name: str, node: etree._Element) -> Component | None:
        """The part that `node` means by a name; where nothing has it, a namesake of another namespace will do."""
        found = self._known(kind, name)
        if found is not None or (kind, name) in self._unknown:
            return found
        self._unknown.add((kind, name))
        namespace, local = split(name)
        namesakes = self._by_local.get((kind, local), [])
        here = f"{owner_of(node)} refers to the {_WORDS.get(kind, kind)} `{local}` of {_of(namespace)}"
        if len(namesakes) == 1:
            self.note(f"{here}, which nothing describes; that of {_of(split(namesakes[0].name)[0])} is taken")
            self._components[kind, name] = namesakes[0]
            return namesakes[0]
        if kind != "attribute":  # an attribute that is not described is read all the same
            because = self._library.missing.get(namespace)
            self.note(f"{here}, which nothing describes" + (", as that schema is missing" if because else ""))
        return None

    def elements(self, local: str) -> list[Component]:
        """Every global element of this local name."""
        return list(self._by_local.get(("element", local), []))

    def element_names(self) -> list[str]:
        """The local name of every global element."""
        return [local for kind, local in self._by_local if kind == "element"]

    def name(self, node: etree._Element, text: str, document: SchemaDocument) -> str:
        """What a prefixed name in an attribute of `node` stands for, as {namespace}local."""
        prefix, colon, local = text.strip().partition(":")
        prefix, local = (prefix, local) if colon else ("", prefix)
        namespaces = node.nsmap
        if prefix == "xml":
            return join(_XML, local)
        if prefix in namespaces or (not prefix and None in namespaces):
            return join(namespaces[prefix or None], local)
        if prefix:
            self.note(f"{owner_of(node)} uses the prefix `{prefix}`, which is not declared")
            return join(f"?{prefix}", local)
        return join(document.namespace if document.is_chameleon else "", local)

    def _known(self, kind: str, name: str) -> Component | None:
        namespace = split(name)[0]
        body = standard(namespace) if namespace not in self._standards else None
        if body is not None and (kind, name) not in self._components:
            self._standards.add(namespace)
            source = Source(f"catalogue:{namespace}", xml.parse(body, namespace))
            self.add(source.root, source)
        return self._components.get((kind, name))

    def _imported(
        self, node: etree._Element, source: Source, namespace: str
    ) -> Iterator[tuple[etree._Element, Source, str]]:
        location = node.get("schemaLocation", "")
        is_import = xml.local_name(node) == "import"
        wanted = node.get("namespace", "") if is_import else namespace
        found = self._library.imported(source, location, wanted) if location else None
        if found is None:
            return
        for schema in schemas_in(found.root):
            own = schema.get("targetNamespace", "")
            if is_import and own and own != wanted:
                self.note(
                    f"{shown(source.place)} imports {shown(location)} as {_of(wanted)}, but it describes {_of(own)}"
                )
            yield schema, found, own or ("" if is_import else namespace)

    def _refuse_redefined(self, node: etree._Element, kind: str, source: Source) -> None:
        if kind == "redefine" and len(node):
            names = ", ".join(child.get("name", "") for child in node.iterchildren(f"{{{XSD}}}*"))
            self.note(f"{shown(source.place)} redefines {names}; the definition from before is taken")

    def _register(self, node: etree._Element, kind: str, document: SchemaDocument) -> None:
        local = node.get("name", "").strip()
        if not local:
            self.note(f"{shown(document.place)} has a global {kind} without a name (line {node.sourceline})")
            return
        component = Component(_KINDS[kind], join(document.namespace, local), node, document)
        before = self._components.setdefault((component.kind, component.name), component)
        if before is component:
            self._by_local.setdefault((component.kind, local), []).append(component)
        elif xml.raw_bytes(before.node) != xml.raw_bytes(node):
            self.note(
                f"{kind} `{local}` of {_of(document.namespace)} is described twice, and not alike; the first is taken"
            )

    def note(self, sentence: str) -> None:
        """Something is wrong, and was passed over."""
        self._library.problems[sentence] = None


def schemas_in(root: etree._Element) -> Iterator[etree._Element]:
    """The schema that a document is, or those in the `types` of a WSDL."""
    if root.tag == f"{{{XSD}}}schema":
        yield root
    else:
        yield from root.iterfind(f"{{*}}types/{{{XSD}}}schema")


def _document(schema: etree._Element, place: str, namespace: str) -> SchemaDocument:
    return SchemaDocument(
        namespace=namespace,
        place=place,
        elements_qualified=schema.get("elementFormDefault") == "qualified",
        attributes_qualified=schema.get("attributeFormDefault") == "qualified",
        is_chameleon=bool(namespace) and not schema.get("targetNamespace"),
    )


def _of(namespace: str) -> str:
    return namespace or "no namespace"
