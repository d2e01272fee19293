"""The messages, port types, bindings and services of a WSDL and of all that it imports, by their names."""

from collections import deque

from lxml import etree

from connectors import xml
from connectors.errors import Changed
from connectors.soap.wsdl.library import Library, Source
from connectors.soap.wsdl.names import XSD, join, split
from connectors.soap.wsdl.schema import SchemaDocument, Schemas, schemas_in
from connectors.wording import listed

WSDL = "http://schemas.xmlsoap.org/wsdl/"
_WSDL_20 = "http://www.w3.org/ns/wsdl"
NO_DOCUMENT = SchemaDocument("", "", elements_qualified=False, attributes_qualified=False, is_chameleon=False)


class Tables:
    """Every document of a WSDL, taken in."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.schemas = Schemas(library)
        self.services: list[etree._Element] = []
        self._named: dict[tuple[str, str], etree._Element] = {}
        self._read(library.main())

    def all(self, kind: str) -> list[tuple[str, etree._Element]]:
        """Every message, port type or binding, by its local name."""
        return [(split(name)[1], node) for (its, name), node in self._named.items() if its == kind]

    def referred(self, kind: str, node: etree._Element, attribute: str) -> etree._Element | None:
        """The message, port type or binding that a node means; a namesake of another namespace will do."""
        named = node.get(attribute, "").strip()
        name = self.schemas.name(node, named, NO_DOCUMENT)
        found = self._named.get((kind, name))
        if found is not None:
            return found
        of_kind = {has: each for (its, has), each in self._named.items() if its == kind}
        namesakes = [each for has, each in of_kind.items() if split(has)[1] == split(name)[1]]
        by = xml.local_name(node)
        owner = node.get("name") or next((up.get("name") for up in node.iterancestors() if up.get("name")), "")
        if len(namesakes) == 1 and split(name)[1]:
            self.note(f"{by} `{owner}` refers to {kind} `{named}`, whose namespace has none; its namesake is taken")
            return namesakes[0]
        means = f"refers to {kind} `{named}`, which is not there" if named else f"names no {kind}"
        self.note(f"{by} of `{owner}` {means} (there is {listed(split(has)[1] for has in of_kind)})")
        return None

    def note(self, sentence: str) -> None:
        """Something is wrong, and was passed over."""
        self.library.problems[sentence] = None

    def hopeless(self, why: str) -> Changed:
        """What to say of a WSDL in which nothing can be used."""
        passed_over = "".join(f"; {problem}" for problem in list(self.library.problems)[:3])
        return Changed(
            f"the WSDL {self.library.place} cannot be understood: {why}{passed_over}",
            code="wsdl",
            hint="Check that `wsdl` is the address or file of a WSDL; show it to the department if it is.",
        )

    def _read(self, main: Source) -> None:
        self._refuse_others(main)
        waiting, seen = deque([main]), {main.place}
        while waiting:
            source = waiting.popleft()
            for schema in schemas_in(source.root):
                self.schemas.add(schema, source)
            for node in source.root.iterchildren(f"{{{WSDL}}}*"):
                kind = xml.local_name(node)
                if kind == "import":
                    found = self.library.imported(source, node.get("location", ""), node.get("namespace"))
                    if found is not None and found.place not in seen:
                        seen.add(found.place)
                        waiting.append(found)
                elif kind in ("message", "portType", "binding"):
                    name = join(source.root.get("targetNamespace"), node.get("name", "").strip())
                    self._named.setdefault((kind, name), node)
                elif kind == "service":
                    self.services.append(node)

    def _refuse_others(self, main: Source) -> None:
        root = main.root
        if root.tag == f"{{{XSD}}}schema":
            raise self.hopeless("it is a schema; the WSDL is another file, which imports it")
        if root.tag == f"{{{_WSDL_20}}}description":
            raise self.hopeless("it is written in WSDL 2.0; ask the department for WSDL 1.1")
        if root.tag != f"{{{WSDL}}}definitions":
            raise self.hopeless(f"it is XML, but no WSDL: it begins with `{xml.local_name(root)}`")
