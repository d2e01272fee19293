"""The services, ports and operations of a WSDL, with what is wrong in it passed over where that is safe."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from connectors.soap.wsdl.library import Library
from connectors.soap.wsdl.names import documentation, split
from connectors.soap.wsdl.tables import NO_DOCUMENT, WSDL, Tables

_SOAP = {"http://schemas.xmlsoap.org/wsdl/soap/": "1.1", "http://schemas.xmlsoap.org/wsdl/soap12/": "1.2"}
_HTTP = ("http://schemas.xmlsoap.org/soap/http", "http://www.w3.org/2003/05/soap/bindings/HTTP/")
_ACTIONS = (
    "{http://www.w3.org/2007/05/addressing/metadata}Action",
    "{http://www.w3.org/2006/05/addressing/wsdl}Action",
    "{http://schemas.xmlsoap.org/ws/2004/08/addressing}Action",
)
_NC_NAME = re.compile(r"[^\W\d][\w.\-]*")


@dataclass(frozen=True, slots=True)
class MessagePart:
    """A part of a message: an element as it is sent, or a named value of a type."""

    name: str
    element: str | None
    type: str | None
    node: etree._Element


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent one way, as a binding has it."""

    parts: tuple[MessagePart, ...] = ()
    headers: tuple[MessagePart, ...] = ()
    namespace: str = ""  # of the element around the parts (rpc)
    is_encoded: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """An operation at a port."""

    name: str
    service: str
    port: str
    address: str
    soap: str  # 1.1 or 1.2
    style: str  # document or rpc; "" where no binding says it
    action: str
    input: Message
    output: Message | None
    about: str = ""
    told_action: str = ""  # for WS-Addressing, where the WSDL names it


class Definitions:
    """One WSDL with all that it imports."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._tables = Tables(library)
        self.schemas = self._tables.schemas
        self.offers = tuple(self._offers())
        if not self.offers:
            raise self._tables.hopeless("it describes no operation")

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for each thing that is wrong in it, and was passed over."""
        return tuple(self.library.problems)

    def _offers(self) -> Iterator[Offer]:
        for service in self._tables.services:
            for port in service.iterchildren(f"{{{WSDL}}}port"):
                yield from self._at_port(service, port)
        if self._tables.services:
            return
        bindings = self._tables.all("binding")
        for name, node in bindings:
            self._tables.note(f"it has no service, so no address: `{name}` can be asked where `address` is set")
            yield from self._of_binding(node, "", name, "")
        if not bindings:
            yield from self._of_port_types()

    def _at_port(self, service: etree._Element, port: etree._Element) -> Iterator[Offer]:
        name, address = port.get("name", ""), next(port.iterchildren("{*}address"), None)
        if address is not None and _namespace(address) not in _SOAP:
            return  # HTTP GET and POST, which ASMX offers beside SOAP
        if address is None:
            self._tables.note(f"port `{name}` names no address; set `address`")
        binding = self._tables.referred("binding", port, "binding")
        if binding is not None:
            location = "" if address is None else address.get("location", "").strip()
            yield from self._of_binding(binding, service.get("name", ""), name, location)

    def _of_binding(self, binding: etree._Element, service: str, port: str, address: str) -> Iterator[Offer]:
        soap = next((node for node in binding.iterchildren("{*}binding") if _namespace(node) in _SOAP), None)
        if soap is None:
            return
        if soap.get("transport", _HTTP[0]).rstrip("/") not in [each.rstrip("/") for each in _HTTP]:
            self._tables.note(f"port `{port}` is not spoken over HTTP but by {soap.get('transport')}; it is left out")
            return
        port_type = self._tables.referred("portType", binding, "type")
        if port_type is None:
            return
        given: set[str] = set()
        for operation in binding.iterchildren(f"{{{WSDL}}}operation"):
            name = operation.get("name", "").strip()
            if name in given:
                self._tables.note(
                    f"operation `{name}` of port `{port}` is described more than once; the first is taken"
                )
                continue
            given.add(name)
            abstract = self._abstract(port_type, operation, name)
            offer = self._offer(operation, abstract, soap, service, port, address) if abstract is not None else None
            if offer is not None:
                yield offer

    def _abstract(self, port_type: etree._Element, bound: etree._Element, name: str) -> etree._Element | None:
        """The operation of the port type; of several of one name that which has the same input."""
        found = [each for each in port_type.iterchildren(f"{{{WSDL}}}operation") if each.get("name") == name]
        wanted = _name_of(_side(bound, "input"))
        same = [each for each in found if wanted and _name_of(_side(each, "input")) == wanted]
        if not found:
            self._tables.note(f"operation `{name}` is bound, but port type `{port_type.get('name')}` does not have it")
        elif not _NC_NAME.fullmatch(name):
            self._tables.note(f"operation `{name}` has a name that XML forbids; it is listed all the same")
        return next(iter(same or found), None)

    def _offer(
        self,
        bound: etree._Element,
        abstract: etree._Element,
        soap: etree._Element,
        service: str,
        port: str,
        address: str,
    ) -> Offer | None:
        how = next((node for node in bound.iterchildren("{*}operation") if _namespace(node) in _SOAP), None)
        version = _namespace(soap if how is None else how)
        if version != _namespace(soap):
            self._tables.note(
                f"`{port}` is bound to SOAP {_SOAP[_namespace(soap)]}, but its operations to {_SOAP[version]}"
            )
        style = soap.get("style", "document") if how is None else how.get("style", soap.get("style", "document"))
        output = _side(abstract, "output")
        name, given = bound.get("name", "").strip(), _side(abstract, "input")
        takes = self._message(given, _side(bound, "input"), version)
        if takes is None:
            self._tables.note(f"what operation `{name}` takes is not described; it is left out")
            return None
        return Offer(
            name=name,
            service=service,
            port=port,
            address=address,
            soap=_SOAP[version],
            style=style if style in ("document", "rpc") else "document",
            action="" if how is None else how.get("soapAction", ""),
            input=takes,
            output=self._message(output, _side(bound, "output"), version),
            about=documentation(abstract) or documentation(bound),
            told_action=next((given.get(each, "") for each in _ACTIONS if given is not None and given.get(each)), ""),
        )

    def _of_port_types(self) -> Iterator[Offer]:
        for name, node in self._tables.all("portType"):
            self._tables.note(
                f"it has neither a service nor a binding: `{name}` cannot be asked by it alone; "
                "give the WSDL that imports it, or ask the department for that"
            )
            for each in node.iterchildren(f"{{{WSDL}}}operation"):
                given = self._message(_side(each, "input"), None, "") or Message()
                gives = self._message(_side(each, "output"), None, "")
                yield Offer(each.get("name", ""), "", name, "", "", "", "", given, gives, documentation(each))

    def _message(self, abstract: etree._Element | None, bound: etree._Element | None, soap: str) -> Message | None:
        if abstract is None:
            return None
        message = self._tables.referred("message", abstract, "message")
        if message is None:
            return None
        parts = tuple(self._parts(message))
        body = None if bound is None else next(bound.iter(f"{{{soap}}}body"), None)
        headers = tuple(self._headers(bound, soap)) if bound is not None else ()
        wanted = body.get("parts") if body is not None else None
        if wanted is not None:
            parts = tuple(part for part in parts if part.name in wanted.split())
        in_header = {part.node for part in headers}
        return Message(
            parts=tuple(part for part in parts if part.node not in in_header),
            headers=headers,
            namespace="" if body is None else body.get("namespace", ""),
            is_encoded=body is not None and body.get("use") == "encoded",
        )

    def _headers(self, bound: etree._Element, soap: str) -> Iterator[MessagePart]:
        for header in bound.iter(f"{{{soap}}}header"):
            message = self._tables.referred("message", header, "message")
            if message is not None:
                yield from (part for part in self._parts(message) if part.name == header.get("part"))

    def _parts(self, message: etree._Element) -> Iterator[MessagePart]:
        for node in message.iterchildren(f"{{{WSDL}}}part"):
            element, type_, name = node.get("element"), node.get("type"), node.get("name", "")
            if not element and not type_:
                self._tables.note(f"part `{name}` of message `{message.get('name')}` has neither an element nor a type")
                continue
            yield MessagePart(
                name=name,
                element=self.schemas.name(node, element, NO_DOCUMENT) if element else None,
                type=self.schemas.name(node, type_, NO_DOCUMENT) if type_ and not element else None,
                node=node,
            )


def _namespace(node: etree._Element) -> str:
    return split(str(node.tag))[0]


def _side(operation: etree._Element, kind: str) -> etree._Element | None:
    return next(operation.iterchildren(f"{{{WSDL}}}{kind}"), None)


def _name_of(node: etree._Element | None) -> str:
    return "" if node is None else node.get("name", "")
