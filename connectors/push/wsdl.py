"""The WSDL of a push service: its own one, or the one that a department's software was built for."""

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from connectors.push.receipt import COUNTS
from connectors.push.settings import SoapService

_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions name={service} targetNamespace={namespace} xmlns:tns={namespace}
    xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <wsdl:types>
    <xs:schema targetNamespace={namespace} elementFormDefault={form}>
      <xs:element name={operation}><xs:complexType><xs:sequence>
"""
_BETWEEN = """      </xs:sequence></xs:complexType></xs:element>
      <xs:element name={response}><xs:complexType><xs:sequence>
"""
_TAIL = """      </xs:sequence></xs:complexType></xs:element>
    </xs:schema>
  </wsdl:types>
  <wsdl:message name={asks}><wsdl:part name="parameters" element={tns_operation}/></wsdl:message>
  <wsdl:message name={answers}><wsdl:part name="parameters" element={tns_response}/></wsdl:message>
  <wsdl:portType name={port_type}>
    <wsdl:operation name={operation}>
      <wsdl:input message={tns_asks}/>
      <wsdl:output message={tns_answers}/>
    </wsdl:operation>
  </wsdl:portType>
{bindings}  <wsdl:service name={service}>
{ports}  </wsdl:service>
</wsdl:definitions>
"""
_BINDING = """  <wsdl:binding name={binding} type={tns_port_type}>
    <{soap}:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>
    <wsdl:operation name={operation}>
      <{soap}:operation soapAction={action} style="document"/>
      <wsdl:input><{soap}:body use="literal"/></wsdl:input>
      <wsdl:output><{soap}:body use="literal"/></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
"""
_PORT = """    <wsdl:port name={port} binding={tns_binding}><{soap}:address location={address}/></wsdl:port>
"""
_STRING = '        <xs:element name={name} type="xs:string" minOccurs="0"/>\n'
_ANY = """        <xs:element name={name} minOccurs="0"><xs:complexType><xs:sequence>
          <xs:any namespace="##any" processContents="skip" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence></xs:complexType></xs:element>
"""
_OUTCOMES = """        <xs:element name="record" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
          <xs:element name="position" type="xs:int"/>
          <xs:element name="key" type="xs:string" minOccurs="0"/>
          <xs:element name="outcome" type="xs:string"/>
          <xs:element name="reason" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
          <xs:element name="problem" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence></xs:complexType></xs:element>
"""


def wsdl(service: SoapService, address: str) -> str:
    """The document, for SOAP 1.1 and 1.2 at `address`."""
    names = _names(service)
    bindings = "".join(_BINDING.format(soap=soap, **names, **_of(service, suffix)) for soap, suffix in _VERSIONS)
    ports = "".join(
        _PORT.format(soap=soap, address=quoteattr(address), **_of(service, suffix)) for soap, suffix in _VERSIONS
    )
    asked, said = "".join(_parameters(service)), "".join(_answer(service))
    tail = _TAIL.format(bindings=bindings, ports=ports, **names)
    return _HEAD.format(**names) + asked + _BETWEEN.format(**names) + said + tail


_VERSIONS = (("soap", "Soap"), ("soap12", "Soap12"))


def _names(service: SoapService) -> dict[str, str]:
    operation = service.operation
    action = service.action if service.action is not None else action_of(service)
    plain = {
        "service": service.service,
        "namespace": service.namespace,
        "form": service.elements,
        "operation": operation,
        "response": f"{operation}Response",
        "asks": f"{operation}In",
        "answers": f"{operation}Out",
        "port_type": f"{service.service}PortType",
        "action": action,
    }
    tns = {f"tns_{name}": f"tns:{plain[name]}" for name in ("operation", "response", "asks", "answers", "port_type")}
    return {name: quoteattr(text) for name, text in (plain | tns).items()}


def action_of(service: SoapService) -> str:
    """The SOAPAction that a .NET service of these names has."""
    return f"{service.namespace.rstrip('/')}/{service.operation}"


def _of(service: SoapService, suffix: str) -> dict[str, str]:
    binding, port = f"{service.service}{suffix}Binding", f"{service.service}{suffix}"
    return {"binding": quoteattr(binding), "tns_binding": quoteattr(f"tns:{binding}"), "port": quoteattr(port)}


def _parameters(service: SoapService) -> Iterator[str]:
    for name in service.parameters:
        yield _STRING.format(name=quoteattr(name))
    if service.records:
        yield _ANY.format(name=quoteattr(service.records))
    if service.data:
        yield _STRING.format(name=quoteattr(service.data))


def _answer(service: SoapService) -> Iterator[str]:
    if service.answer:
        yield _STRING.format(name=quoteattr(service.answer.element or f"{service.operation}Result"))
        return
    yield _STRING.format(name='"requestId"')
    for count in COUNTS:
        yield f'        <xs:element name="{count}" type="xs:int"/>\n'
    yield _OUTCOMES
