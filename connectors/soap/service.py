"""The service that a WSDL describes: zeep reads it and builds the envelopes, but never reads an answer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from lxml import etree
from requests.auth import AuthBase
from zeep import Client as ZeepClient
from zeep import Settings as ZeepSettings
from zeep.exceptions import Error as ZeepError
from zeep.transports import Transport
from zeep.wsdl.bindings.soap import SoapBinding
from zeep.wsdl.utils import etree_to_string
from zeep.wsse.username import UsernameToken
from zeep.xsd import Element

from connectors import xml
from connectors.answers import Answer
from connectors.errors import Changed
from connectors.http import Client, same_origin
from connectors.scrub import plain_address
from connectors.soap.settings import SoapSettings, UsernameTokenAuth
from connectors.wording import did_you_mean, listed, quoted

# zeep has hardly any annotations: it is untyped from here on.
_client, _token, _bytes = cast(Any, ZeepClient), cast(Any, UsernameToken), cast(Any, etree_to_string)

# What zeep lets through when a WSDL is not what it expects.
_ODD = (ZeepError, etree.LxmlError, LookupError, AttributeError, TypeError, ValueError)


class Service:
    """One operation of one port, ready to be called."""

    def __init__(self, settings: SoapSettings, client: Client, auth: AuthBase | None) -> None:
        self._settings = settings
        self._zeep = _describe(settings, _Transport(settings, client, auth))
        port = self._port()
        self.address: str = settings.address or port.binding_options["address"]
        self._proxy = self._zeep.create_service(port.binding.name, self.address)
        self.parameters = _parameter_names(port.binding.get(settings.operation))

    def call(self, parameters: Mapping[str, Any]) -> Answer:
        """Send the operation with these parameters; the answer is not looked at."""
        names = self.parameters
        for name in parameters if names is not None else ():
            if name not in cast(list[str], names):
                raise Changed(
                    f"the operation {self._settings.operation} has no parameter `{name}`",
                    code="parameters",
                    hint=did_you_mean(name, cast(list[str], names)),
                )
        try:
            return cast(Answer, self._proxy[self._settings.operation](**parameters, **self._headers()))
        except _ODD as error:
            raise Changed(
                f"no request for {self._settings.operation} could be made: {quoted(str(error))}",
                code="parameters",
                hint=f"Compare `parameters` with the WSDL; the operation takes {listed(names or ())}.",
            ) from None

    def _headers(self) -> dict[str, Any]:
        elements = [self._header(name, values) for name, values in self._settings.soap_headers.items()]
        return {"_soapheaders": elements} if elements else {}

    def _header(self, name: str, values: Mapping[str, Any]) -> Any:
        elements = self._zeep.wsdl.types.elements
        known = {element.qname.localname: element for element in elements if isinstance(element, Element)}
        if name not in known:
            raise Changed(
                f"the WSDL describes no header element `{name}`", code="parameters", hint=did_you_mean(name, known)
            )
        return known[name](**{part: secret.get_secret_value() for part, secret in values.items()})

    def _port(self) -> Any:
        """The port that offers the operation, SOAP only, as the settings or else the WSDL's order say."""
        settings, operations = self._settings, dict[str, None]()
        for service in self._zeep.wsdl.services.values():
            for port in service.ports.values():
                chosen = settings.service in (None, service.name) and settings.port in (None, port.name)
                if chosen and isinstance(port.binding, SoapBinding):
                    offered = cast(Any, port.binding).all()
                    if settings.operation in offered:
                        return port
                    operations.update(dict.fromkeys(offered))
        raise Changed(
            f"the WSDL {_place(settings)} has no operation `{settings.operation}`"
            + (" at the `service` and `port` of the settings" if settings.service or settings.port else ""),
            code="operation",
            hint=did_you_mean(settings.operation, operations),
        )


class _Transport(Transport):
    """Sends what zeep wants sent through the one HTTP client, and asks no stranger for a schema."""

    def __init__(self, settings: SoapSettings, client: Client, auth: AuthBase | None) -> None:
        cast(Any, super()).__init__()
        self._wsdl, self._client, self._auth = settings.wsdl, client, auth

    def post_xml(self, address: str, envelope: Any, headers: Mapping[str, str]) -> Answer:
        return self._client.send("POST", address, data=_bytes(envelope), headers=headers, auth=self._auth)

    def load(self, url: str) -> bytes:
        if urlsplit(url).scheme not in ("http", "https"):
            return self._read(url)
        if not same_origin(url, self._wsdl):
            raise _elsewhere(self._wsdl, url)
        body = self._client.ask("GET", url, auth=self._auth).body
        xml.parse(body, plain_address(url))  # zeep takes half a document, and forbids less
        return body

    def _read(self, path: str) -> bytes:
        if urlsplit(self._wsdl).scheme in ("http", "https"):
            raise _elsewhere(self._wsdl, path)
        try:
            body = Path(path).read_bytes()
        except OSError as error:
            raise Changed(
                f"the file {path} cannot be read: {error.strerror}",
                code="wsdl",
                hint="Correct `wsdl`; files that the WSDL imports must lie beside it.",
            ) from None
        xml.parse(body, path)
        return body


def _describe(settings: SoapSettings, transport: _Transport) -> Any:
    auth, wsse = settings.auth, None
    if isinstance(auth, UsernameTokenAuth):
        wsse = _token(auth.username, auth.password.get_secret_value(), use_digest=auth.sent_as == "digest")
    rules = ZeepSettings(raw_response=True, forbid_dtd=True, xml_huge_tree=False)
    try:
        client = _client(settings.wsdl, transport=transport, settings=rules, wsse=wsse)
    except _ODD as error:
        raise _not_understood(settings, quoted(str(error) or type(error).__name__)) from None
    if not client.wsdl.services:
        raise _not_understood(settings, "it describes no service")
    return client


def _not_understood(settings: SoapSettings, why: str) -> Changed:
    return Changed(
        f"the WSDL {_place(settings)} cannot be understood: {why}",
        code="wsdl",
        hint="Check that `wsdl` is the address or file of a WSDL; show it to the department if it is.",
    )


def _parameter_names(operation: Any) -> list[str] | None:
    """The names that the operation takes; None where its request is a single value without any."""
    body = operation.input.body
    elements = getattr(body.type, "elements", None) if body is not None else []
    return None if elements is None else [name for name, _ in elements]


def _place(settings: SoapSettings) -> str:
    return plain_address(settings.wsdl)


def _elsewhere(wsdl: str, url: str) -> Changed:
    return Changed(
        f"the WSDL {plain_address(wsdl)} needs {plain_address(url)}, which is at another place",
        code="schema_elsewhere",
        hint="The hub asks no other host to read a WSDL. Save the WSDL and what it imports as files in one folder, "
        "change the import to the file's name, and give the file as `wsdl`.",
    )
