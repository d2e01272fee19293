"""The justice department: a .NET-flavoured SOAP 1.1 service over its dossiers, paged by the time of change.

The environment may set SO_TU_PHAP_USER and SO_TU_PHAP_PASSWORD: the service then asks for HTTP Basic authentication.
"""

import argparse
import os
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from flask import Flask, Response, request
from lxml import etree

from tests.departments.department import Department
from tests.departments.dossier import LOCAL, Dossier
from tests.departments.generator import add_arguments, city_of
from tests.departments.server import run
from tests.departments.so_tu_phap_xml import NAMESPACE, STAMP, child, write_dossier

PATH = "/HoSoService.asmx"
MOST_ROWS = 1000
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_FOLDER = Path(__file__).parent
_WSDL = (_FOLDER / "so_tu_phap.wsdl").read_text(encoding="utf-8")
_XSD = (_FOLDER / "so_tu_phap.xsd").read_text(encoding="utf-8")

Values: TypeAlias = Mapping[str, str]


class _Fault(Exception):
    """What the service answers with instead of a result; all of them blame the caller."""


class SoTuPhap(Department):
    """The department and its service (`app`); `credentials` (user, password) make it ask for Basic authentication."""

    def __init__(self, dossiers: Iterable[Dossier] = (), *, credentials: tuple[str, str] | None = None) -> None:
        super().__init__(dossiers)
        self._credentials = credentials
        self._operations: dict[str, Callable[[etree._Element, Values], None]] = {
            "LayDanhSachHoSo": self._list_dossiers,
            "LayHoSo": self._one_dossier,
        }
        self.app = Flask(__name__)
        self.app.before_request(self._ask_who)
        self.app.get(PATH)(self._describe)
        self.app.post(PATH)(self._call)

    def _ask_who(self) -> Response | None:
        who = request.authorization
        if self._credentials is None or (who and (who.username, who.password) == self._credentials):
            return None
        return Response("401", 401, {"WWW-Authenticate": 'Basic realm="sotuphap.example"'})

    def _describe(self) -> Response:
        query = request.query_string.decode().lower()
        if query in ("wsdl", "singlewsdl"):
            return _xml(_WSDL.replace("{address}", request.base_url).encode())
        if query == "xsd=xsd0":
            return _xml(_XSD.encode())
        return Response(f"<h1>HoSoService</h1><p><a href='{PATH}?wsdl'>Service Description</a></p>")

    def _call(self) -> Response:
        if request.mimetype != "text/xml":
            return Response(f"The media type {request.mimetype!r} is not text/xml.", 415, mimetype="text/plain")
        try:
            name, values = _request(self._operations)
            body = _soap_body()
            response = child(body, f"{name}Response")
            self._operations[name](child(response, f"{name}Result"), values)
        except _Fault as fault:
            return _fault(str(fault))
        return _envelope(body)

    def _list_dossiers(self, result: etree._Element, values: Values) -> None:
        since = _moment(values, "tuThoiDiem")
        page, rows = _number(values, "trang", 10**9), _number(values, "soDong", MOST_ROWS)
        found = self.dossiers()
        if since is not None:
            found = found[bisect_left(found, since, key=lambda dossier: dossier.updated_at.replace(microsecond=0)) :]
        child(result, "TongSo", str(len(found)))
        child(result, "ConTrang", "true" if page * rows < len(found) else "false")
        listing = child(result, "DanhSach")
        for dossier in found[(page - 1) * rows : page * rows]:
            write_dossier(child(listing, "HoSo"), dossier)

    def _one_dossier(self, result: etree._Element, values: Values) -> None:
        code = values.get("soHoSo", "")
        try:
            write_dossier(result, self.dossier(code))
        except KeyError:
            raise _Fault(f"Không tìm thấy hồ sơ '{code}'.") from None


def _request(known: Collection[str]) -> tuple[str, Values]:
    """The operation asked for and its parameters, after the checks that .NET makes."""
    action = request.headers.get("SOAPAction", "").strip('"')
    try:
        envelope = etree.fromstring(request.get_data(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise _Fault(f"Server was unable to read request. ---> {error.msg}") from None
    operation = envelope.find(f"{{{SOAP}}}Body/{{{NAMESPACE}}}*")
    if operation is None:
        raise _Fault("The request has no operation of this service in its body.")
    name = etree.QName(operation).localname
    if name not in known or action != f"{NAMESPACE}/{name}":
        raise _Fault(f"Server did not recognize the value of HTTP Header SOAPAction: {action}.")
    return name, {etree.QName(value).localname: (value.text or "").strip() for value in operation.iterchildren("*")}


def _moment(values: Values, name: str) -> datetime | None:
    if not (text := values.get(name)):
        return None
    try:
        return datetime.strptime(text, STAMP).replace(tzinfo=LOCAL)
    except ValueError:
        raise _Fault(f"Tham số {name} không hợp lệ: '{text}' (dd/MM/yyyy HH:mm:ss).") from None


def _number(values: Values, name: str, most: int) -> int:
    text = values.get(name, "")
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise _Fault(f"Tham số {name} không hợp lệ: '{text}' (1–{most}).")
    return int(text)


def _fault(sentence: str) -> Response:
    body = _soap_body()
    fault = etree.SubElement(body, f"{{{SOAP}}}Fault")
    etree.SubElement(fault, "faultcode").text = "soap:Client"
    etree.SubElement(fault, "faultstring").text = sentence
    etree.SubElement(fault, "detail")
    return _envelope(body, 500)


def _soap_body() -> etree._Element:
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    return etree.SubElement(envelope, f"{{{SOAP}}}Body")


def _envelope(body: etree._Element, status: int = 200) -> Response:
    return _xml(etree.tostring(body.getroottree(), encoding="utf-8", xml_declaration=True), status)


def _xml(content: bytes, status: int = 200) -> Response:
    return Response(content, status, content_type="text/xml; charset=utf-8")


def main() -> None:
    """Serve an invented city's judicial dossiers until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m tests.departments.so_tu_phap", description=__doc__)
    add_arguments(parser, port=8711)
    arguments = parser.parse_args()
    user = os.environ.get("SO_TU_PHAP_USER")
    credentials = (user, os.environ.get("SO_TU_PHAP_PASSWORD", "")) if user else None
    run(SoTuPhap(city_of(arguments).judicial, credentials=credentials).app, arguments.port)


if __name__ == "__main__":
    main()
