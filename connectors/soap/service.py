"""One operation of a WSDL, ready to be called: zeep builds the envelope and secures it, but never reads an answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, cast

from lxml import etree
from pydantic import SecretStr
from zeep import Client as ZeepClient
from zeep import Plugin
from zeep import Settings as ZeepSettings
from zeep.exceptions import Error as ZeepError
from zeep.transports import Transport
from zeep.wsdl.utils import etree_to_string

from connectors.answers import Answer
from connectors.errors import Changed, Unavailable
from connectors.soap.addressing import address
from connectors.soap.encoding import Encoder
from connectors.soap.line import Line
from connectors.soap.parameters import fitted
from connectors.soap.security import Security
from connectors.soap.settings import SoapSettings
from connectors.soap.wsdl.definitions import Definitions, Offer
from connectors.soap.wsdl.describe import sides
from connectors.soap.wsdl.extract import NAMESPACE, called, one_operation
from connectors.soap.wsdl.names import split
from connectors.soap.wsdl.schema import Component
from connectors.soap.wsdl.shapes import Shapes
from connectors.wording import did_you_mean, listed, quoted

# zeep has hardly any annotations: it is untyped from here on.
_client, _bytes = cast(Any, ZeepClient), cast(Any, etree_to_string)

_NOT_THERE = ("no_connection", "unknown_host", "timeout")

# What zeep lets through when something is not what it expects.
_ODD = (ZeepError, etree.LxmlError, LookupError, AttributeError, TypeError, ValueError, RecursionError)


class Service:
    """One operation of one port."""

    def __init__(
        self,
        settings: SoapSettings,
        definitions: Definitions,
        operation: str,
        line: Line,
        security: Sequence[Security] = (),
    ) -> None:
        self._settings, self.operation = settings, operation
        self._offer = _offer(settings, definitions, operation)
        self.address = settings.address or self._offer.address
        if not self.address:
            raise Changed(
                f"the WSDL {definitions.library.place} does not say where {operation} is asked",
                code="wsdl",
                hint="Ask the department for the address of the service and set `address`.",
            )
        self._shapes = Shapes(definitions.schemas)
        self.parts, self.answer_parts = sides(self._offer, self._shapes)
        self._headers = _Headers(definitions, settings.soap_headers)
        self._zeep = self._made(definitions, line, security)
        self._proxy = self._zeep.create_service(f"{{{NAMESPACE}}}Binding", self.address)
        self._missing = tuple(definitions.library.missing.values())

    @property
    def parameters(self) -> list[str]:
        """The names that the operation takes."""
        return [part.name for part in self.parts if part.name != "*"]

    @property
    def shapes(self) -> Shapes:
        """What the parts of the answer hold."""
        return self._shapes

    @contextmanager
    def advertised(self) -> Iterator[None]:
        """Where the address that the WSDL gives leads nowhere, the hint says what to do."""
        try:
            yield
        except Unavailable as error:
            if self._settings.address is None and error.code in _NOT_THERE:
                error.hint = f"The WSDL gives this address; if another one is meant, set `address`. {error.hint}"
            raise

    def call(self, parameters: Mapping[str, Any]) -> Answer:
        """Send the operation with these parameters; the answer is not looked at."""
        plain, named = self._arguments(self._fitted(parameters))
        try:
            headers = {"_soapheaders": made} if (made := self._headers.made(self._zeep)) else {}
            return cast(Answer, self._proxy[called(self._offer)](*plain, **named, **headers))
        except _ODD as error:
            why = f" ({self._missing[0]})" if self._missing else ""
            raise Changed(
                f"no request for {self.operation} could be made: {quoted(str(error) or type(error).__name__)}{why}",
                code="parameters",
                hint=f"Compare `parameters` with the WSDL; the operation takes {listed(self.parameters)}.",
            ) from None

    def _fitted(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return fitted(parameters, self.parts, self._shapes, self.operation)
        except Changed as error:
            if not self._missing:
                raise
            raise Changed(f"{error}; {self._missing[0]}", code="schema_elsewhere", hint=error.hint) from None

    def _arguments(self, given: Mapping[str, Any]) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
        """As zeep wants them: what is in an element without parts of its own has no name there."""
        message = self._offer.input
        is_single = self._offer.style != "rpc" and len(message.parts) == 1 and message.parts[0].element
        if is_single and len(self.parts) == 1 and split(message.parts[0].element or "")[1] == self.parts[0].name:
            shape = self._shapes.shape(self.parts[0].holds)
            if not shape.parts:
                return tuple(given.values()), {}
        return (), given

    def _made(self, definitions: Definitions, line: Line, security: Sequence[Security]) -> Any:
        extract = one_operation(self._offer, self._shapes, self._headers.described)
        rules = ZeepSettings(raw_response=True, forbid_dtd=True, forbid_external=True, xml_huge_tree=False)
        encoder = Encoder(self._offer, self._shapes) if self._offer.input.is_encoded else None
        finish = _Finish(self._settings, self._offer, self.address, encoder)
        try:
            return _client(
                BytesIO(extract),
                transport=_Transport(line),
                settings=rules,
                wsse=list(security) or None,
                plugins=[finish],
            )
        except _ODD as error:
            problem = next(iter(definitions.problems), "")
            raise Changed(
                f"{self.operation} in the WSDL {definitions.library.place} cannot be called: "
                f"{quoted(str(error) or type(error).__name__)}" + (f" ({problem})" if problem else ""),
                code="wsdl",
                hint="Show this to the department: their WSDL breaks a rule that a call depends on.",
            ) from None


class _Headers:
    """The elements of the SOAP header that the settings give, described in the WSDL or by their namespace."""

    def __init__(self, definitions: Definitions, wanted: Mapping[str, SecretStr | Mapping[str, SecretStr]]) -> None:
        self._wanted, self._definitions = wanted, definitions
        self.described: list[Component] = [self._component(name) for name in wanted if not name.startswith("{")]

    def made(self, zeep: Any) -> list[Any]:
        """One for each, as zeep takes them."""
        names = {split(component.name)[1]: component.name for component in self.described}
        return [
            zeep.get_element(names[name])(**_plain(values))
            if name in names and isinstance(values, Mapping)
            else _written(names.get(name, name), values)
            for name, values in self._wanted.items()
        ]

    def _component(self, name: str) -> Component:
        found = self._definitions.schemas.elements(name)
        if not found:
            raise Changed(
                f"the WSDL describes no header element `{name}`",
                code="parameters",
                hint=did_you_mean(name, self._definitions.schemas.element_names())
                + ' One that the WSDL leaves out is written with its namespace: `"{http://tempuri.org/}AuthHeader"`.',
            )
        return found[0]


def _plain(values: Mapping[str, SecretStr]) -> dict[str, str]:
    return {name: secret.get_secret_value() for name, secret in values.items()}


def _written(name: str, values: SecretStr | Mapping[str, SecretStr]) -> etree._Element:
    namespace = split(name)[0]
    nsmap: dict[Any, str] = {None: namespace} if namespace else {}
    element = etree.Element(name, nsmap=nsmap)
    if isinstance(values, SecretStr):
        element.text = values.get_secret_value()
        return element
    for part, text in _plain(values).items():
        etree.SubElement(element, f"{{{namespace}}}{part}" if namespace else part).text = text
    return element


class _Finish(Plugin):
    """What zeep leaves out of an envelope, added before it is secured."""

    def __init__(self, settings: SoapSettings, offer: Offer, to: str, encoder: Encoder | None) -> None:
        self._settings, self._offer, self._to, self._encoder = settings, offer, to, encoder

    def egress(self, envelope: Any, http_headers: Any, operation: Any, binding_options: Any) -> Any:  # noqa: ARG002
        """zeep calls this with every request that goes out."""
        if self._encoder is not None:
            self._encoder.encode(envelope)
        action = self._settings.action if self._settings.action is not None else self._offer.action
        if self._settings.addressing != "none":
            address(envelope, self._settings.addressing, self._offer.told_action or action, self._to)
        return envelope, _with_action(http_headers, action, self._offer.soap)


def _with_action(headers: Mapping[str, str], action: str, version: str) -> dict[str, str]:
    if version == "1.1":
        return {**headers, "SOAPAction": f'"{action}"'}
    told = f'; action="{action}"' if action else ""
    return {"Content-Type": f"application/soap+xml; charset=utf-8{told}"}


class _Transport(Transport):
    """Sends what zeep wants sent through the one HTTP client, and loads nothing."""

    def __init__(self, line: Line) -> None:
        cast(Any, super()).__init__()
        self._line = line

    def post_xml(self, address: str, envelope: Any, headers: Mapping[str, str]) -> Answer:
        return self._line.send("POST", address, data=_bytes(envelope), headers=headers)

    def load(self, url: str) -> bytes:
        raise LookupError(f"{url} is not part of the extract")


def _offer(settings: SoapSettings, definitions: Definitions, operation: str) -> Offer:
    """The operation at the port that the settings choose, or else at the first that has it."""
    chosen = [
        offer
        for offer in definitions.offers
        if settings.service in (None, offer.service) and settings.port in (None, offer.port)
    ]
    found = next((offer for offer in chosen if offer.name == operation and offer.style), None)
    if found is not None:
        return found
    place, where = definitions.library.place, _places(definitions.offers)
    if any(offer.name == operation and not offer.style for offer in chosen):
        raise Changed(
            f"the WSDL {place} describes {operation}, but not how it is asked: it has no binding",
            code="operation",
            hint="It is a part of another WSDL; give that one as `wsdl`.",
        )
    limited = bool(settings.service or settings.port)
    raise Changed(
        f"the WSDL {place} has no operation `{operation}`"
        + (" at the `service` and `port` of the settings" if limited else ""),
        code="operation",
        hint=did_you_mean(operation, dict.fromkeys(offer.name for offer in chosen))
        + (f" Services and ports: {where}." if limited else ""),
    )


def _places(offers: Iterable[Offer]) -> str:
    return listed(dict.fromkeys(f"{offer.service}/{offer.port}" for offer in offers))
