"""A small SOAP service for tests: its WSDL in both versions of SOAP, and whatever answer a test wants."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from connectors.contract import Description
from connectors.errors import ConnectorError
from connectors.soap import SOAP
from tests.connectors.desk import desk, pull

WSDL = """<?xml version="1.0" encoding="utf-8"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:ho-so"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"
    targetNamespace="urn:ho-so">
  <types><xs:schema targetNamespace="urn:ho-so" elementFormDefault="qualified">{imports}
    <xs:element name="LayDanhSach"><xs:complexType><xs:sequence>
      <xs:element name="maDonVi" type="xs:string" minOccurs="0"/>
      <xs:element name="matKhau" type="xs:string" minOccurs="0"/>
      <xs:element name="trang" type="xs:int" minOccurs="0"/>
      <xs:element name="yeuCau" minOccurs="0"><xs:complexType><xs:sequence>
        <xs:element name="tuNgay" type="xs:dateTime" minOccurs="0"/>
        <xs:element name="matKhau" type="xs:string" minOccurs="0"/>
      </xs:sequence></xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
    <xs:element name="LayDanhSachResponse"><xs:complexType><xs:sequence>
      <xs:element name="LayDanhSachResult" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="AuthHeader"><xs:complexType><xs:sequence>
      <xs:element name="UserName" type="xs:string"/><xs:element name="Password" type="xs:string"/>
    </xs:sequence></xs:complexType></xs:element>
  </xs:schema></types>
  <message name="In"><part name="parameters" element="t:LayDanhSach"/></message>
  <message name="Out"><part name="parameters" element="t:LayDanhSachResponse"/></message>
  <portType name="P">
    <operation name="LayDanhSach"><input message="t:In"/><output message="t:Out"/></operation></portType>
  {bindings}
  <service name="HoSo">
    <port name="Soap11" binding="t:B11"><soap:address location="{address}/soap"/></port>
    <port name="Soap12" binding="t:B12"><soap12:address location="{address}/soap12"/></port>
  </service>
</definitions>"""
BINDING = """<binding name="B1{n}" type="t:P"><{s}:binding transport="http://schemas.xmlsoap.org/soap/http"/>
  <operation name="LayDanhSach"><{s}:operation soapAction="urn:ho-so/LayDanhSach" style="document"/>
    <input><{s}:body use="literal"/></input><output><{s}:body use="literal"/></output></operation></binding>"""
BINDINGS = BINDING.format(n=1, s="soap") + BINDING.format(n=2, s="soap12")
NS11, NS12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"


STYLED = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:t="urn:ho-so" xmlns:soap="http://schemas.xmlsoap.org/wsdl/{wsdl_soap}/"
    xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
    targetNamespace="urn:ho-so">
  <types><xs:schema targetNamespace="urn:ho-so" {form}>{types}</xs:schema></types>
  <message name="In">{parts}</message><message name="Out">{answer}</message>
  <portType name="P"><operation name="Lay"><input message="t:In"/><output message="t:Out"/></operation></portType>
  <binding name="B" type="t:P"><soap:binding style="{style}" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Lay"><soap:operation soapAction="urn:ho-so/Lay"/>
      <input><soap:body use="{use}" namespace="urn:goi"/></input>
      <output><soap:body use="{use}" namespace="urn:goi"/></output></operation></binding>
  <service name="HoSo"><port name="Cong" binding="t:B"><soap:address location="{address}"/></port></service>
</definitions>"""


def styled(
    types: str = "",
    parts: str = "",
    answer: str = "",
    *,
    style: str = "document",
    use: str = "literal",
    wsdl_soap: str = "soap",
    address: str = "http://ho-so.invalid/soap",
    form: str = 'elementFormDefault="qualified"',
) -> bytes:
    """A WSDL with one operation, `Lay`, of any style."""
    return STYLED.format(
        types=types, parts=parts, answer=answer, style=style, use=use, wsdl_soap=wsdl_soap, address=address, form=form
    ).encode()


def described(path: Path | str) -> Description:
    """What the type makes of a place without any settings."""
    assert SOAP.describe is not None
    found = SOAP.describe(str(path))
    assert found is not None
    return found


def wsdl(address: str, imports: str = "") -> bytes:
    return WSDL.format(address=address, imports=imports, bindings=BINDINGS).encode()


def envelope(content: str, ns: str = NS11) -> bytes:
    return f'<s:Envelope xmlns:s="{ns}"><s:Body>{content}</s:Body></s:Envelope>'.encode()


def result(text: str) -> bytes:
    inner = f"<LayDanhSachResult>{text}</LayDanhSachResult>"
    return envelope(f'<LayDanhSachResponse xmlns="urn:ho-so">{inner}</LayDanhSachResponse>')


def answering(body: bytes, status: int = 200, media_type: str = "text/xml") -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        if request.method == "GET":
            return Response(wsdl(request.host_url.rstrip("/")), mimetype="text/xml")
        return Response(body, status, mimetype=media_type)

    return answer


def small(base: str, **changes: Any) -> dict[str, Any]:
    return {"wsdl": f"{base}/?wsdl", "operation": "LayDanhSach", "records": "HoSo", "key": "So"} | changes


def fails(kind: type[ConnectorError], body: bytes, status: int = 200, **changes: Any) -> Any:
    with desk(answering(body, status)) as there, pytest.raises(kind) as caught:
        pull(SOAP, small(there.url, **changes))
    assert type(caught.value) is kind
    assert caught.value.hint
    return caught.value
