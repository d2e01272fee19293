"""Departments push over SOAP: tools need the WSDL alone, and software built for another service only a new address."""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import orjson
import pytest
import requests
import zeep
from lxml import etree
from requests.auth import HTTPBasicAuth
from sqlalchemy import text
from zeep.wsse.username import UsernameToken

from connectors.push.envelope import NAMESPACES
from hub.store import runs
from tests.departments.server import serve
from tests.hub.web.pushing import NAME, Door, opened, record
from tests.hub.web.test_push import stored

HO_SO = "<HoSo><maHoSo>000.00.99.H29-261122-{:04}</maHoSo><ngayNhan>{}</ngayNhan><trangThai>Đã trả</trangThai></HoSo>"
BUS = {
    "namespace": "http://tempuri.org/",
    "service": "TrucTichHop",
    "operation": "DongBoHoSo",
    "data": "data",
    "answer": {"refused": "-1"},
}


def xml(number: int, day: str = "20/11/2026") -> str:
    return HO_SO.format(number, day)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with opened(tmp_path, "sqlite:///hub.db", format="xml", records="HoSo") as found:
        yield found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """For tests of which none stores anything."""
    settings = {"format": "xml", "records": "HoSo", "max_body_bytes": 100_000}
    with opened(tmp_path_factory.mktemp("shared"), "sqlite:///hub.db", **settings) as found:
        yield found


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Door]:
    with opened(tmp_path, "sqlite:///hub.db", soap=BUS) as found:
        yield found


def client(url: str, key: str | None = None, token: UsernameToken | None = None) -> zeep.Client:
    """What a department's tool makes of the WSDL alone."""
    session = requests.Session()
    session.trust_env = False
    session.auth = HTTPBasicAuth("so", key) if key else None
    return zeep.Client(f"{url}/soap/{NAME}?wsdl", wsse=token, transport=zeep.Transport(session=session))


def envelope(inside: str, version: str = "1.1", head: str = "") -> bytes:
    namespace = NAMESPACES[version]  # type: ignore[index]
    return f'<s:Envelope xmlns:s="{namespace}">{head}<s:Body>{inside}</s:Body></s:Envelope>'.encode()


def sent(door: Door, body: bytes, **headers: str) -> Any:
    return door.post(body, f"/soap/{NAME}", Content_Type="text/xml", **headers)


@pytest.mark.parametrize("port", ["PushSoap", "PushSoap12"])
def test_a_tool_pushes_elements_by_the_wsdl_alone(door: Door, port: str) -> None:
    with serve(door.app) as url:
        service = client(url, door.key).bind("Push", port)
        elements = [etree.fromstring(xml(1)), etree.fromstring(xml(2, "?"))]
        said = service.Push(requestId="A1", records={"_value_1": elements})
    assert (said.requestId, said.received, said.created, said.quarantined) == ("A1", 2, 1, 1)
    assert [(each.key, each.outcome) for each in said.record] == [
        ("000.00.99.H29-261122-0001", "created"),
        ("000.00.99.H29-261122-0002", "quarantined"),
    ]
    assert 'ngayNhan says "?"' in said.record[1].reason[0]


def test_a_tool_pushes_a_text_and_repeats_it(door: Door) -> None:
    with serve(door.app) as url:
        service = client(url, token=UsernameToken("so", door.key)).service
        text = f'<?xml version="1.0" encoding="utf-16"?><DS>{xml(1)}{xml(2)}</DS>'  # as .NET writes into strings
        first = service.Push(requestId="A1", data=text)
        again = service.Push(requestId="A1", data=text)
        with pytest.raises(zeep.exceptions.Fault, match="“A1” was used for other records"):
            service.Push(requestId="A1", data=xml(3))
    assert (first.created, again.created) == (2, 2)
    assert len(stored(door.database)) == 2


def test_software_built_for_a_service_bus_needs_only_a_new_address(bus: Door) -> None:
    with serve(bus.app) as url:
        service = client(url, bus.key).service
        taken = service.DongBoHoSo(data=orjson.dumps([record(1)]).decode())
        partly = service.DongBoHoSo(data=orjson.dumps([record(2), record(3, ngayNhan='"?"')]).decode())
        unread = service.DongBoHoSo(data="không phải JSON")
        nothing = service.DongBoHoSo(data=orjson.dumps([record(4, ngayNhan="?")]).decode())
    codes = [orjson.loads(each) for each in (taken, partly, unread, nothing)]
    assert [each["error_code"] for each in codes] == ["0", "0", "-1", "-1"]
    assert codes[0]["message"] == "1 received: 1 created, 0 updated, 0 unchanged, 0 quarantined."
    assert 'Record 2: received_at: ngayNhan says ""?""' in codes[1]["message"]
    assert codes[2]["message"].startswith("The body is not JSON")


def test_the_envelope_that_such_software_sends_is_answered_in_its_names(bus: Door) -> None:
    text = orjson.dumps(record(1)).decode()
    call = f'<DongBoHoSo xmlns="http://tempuri.org/"><data><![CDATA[{text}]]></data></DongBoHoSo>'
    answer = sent(bus, envelope(call), SOAPAction='"http://tempuri.org/DongBoHoSo"')
    assert answer.status_code == 200
    root = etree.fromstring(answer.data)
    said = root.findtext(".//{http://tempuri.org/}DongBoHoSoResponse/{http://tempuri.org/}DongBoHoSoResult")
    assert orjson.loads(said)["error_code"] == "0"


def test_an_answer_may_be_any_text(tmp_path: Path) -> None:
    answer = {"element": "return", "text": "<KQ><Ma>{code}</Ma><ND>{message} {khac}</ND></KQ>", "taken": "00"}
    soap = {"data": "arg0", "elements": "unqualified", "operation": "nhanHoSo", "answer": answer}
    with opened(tmp_path, "sqlite:///hub.db", soap=soap) as door:
        call = f'<n:nhanHoSo xmlns:n="urn:x"><arg0>{orjson.dumps(record(1, chuHoSo="A")).decode()}</arg0></n:nhanHoSo>'
        root = etree.fromstring(sent(door, envelope(call)).data)
    inside = etree.fromstring(root.findtext(".//return"))
    assert inside.findtext("Ma") == "00"
    assert inside.findtext("ND").endswith("0 quarantined. {khac}")


def test_the_key_may_come_as_a_parameter(tmp_path: Path) -> None:
    soap = BUS | {"username": "user", "password": "pass", "request_id": "maYeuCau", "others": ["kieu"]}
    with opened(tmp_path, "sqlite:///hub.db", soap=soap) as door, serve(door.app) as url:
        service = client(url).service
        text = orjson.dumps(record(1)).decode()
        said = service.DongBoHoSo(**{"user": "so", "pass": door.key, "kieu": "1", "maYeuCau": "7", "data": text})
        assert orjson.loads(said)["error_code"] == "0"
        with pytest.raises(zeep.exceptions.Fault, match="never issued"):
            service.DongBoHoSo(**{"user": "so", "pass": "sai", "data": text})
        (payload,) = payloads(door)
        assert door.key.encode() not in payload


def payloads(door: Door) -> list[bytes]:
    with door.database.read() as connection:
        return [zlib.decompress(row.body) for row in connection.execute(text("select body from payloads"))]


@pytest.mark.parametrize(
    "head",
    [
        '<AuthHeader xmlns="http://tempuri.org/"><UserName>so</UserName><Password>{key}</Password></AuthHeader>',
        "<TaiKhoan><TenDangNhap>so</TenDangNhap><MatKhau>{key}</MatKhau></TaiKhoan>",
    ],
)
def test_the_key_may_come_in_a_header_of_the_envelope(door: Door, head: str) -> None:
    head = f"<s:Header>{head.format(key=door.key)}</s:Header>"
    body = envelope(f"<Push><data><![CDATA[{xml(1)}]]></data></Push>", head=head)
    answer = door.app.test_client().post(f"/soap/{NAME}", data=body, content_type="text/xml")
    assert answer.status_code == 200, answer.text
    assert door.key.encode() not in b"".join(payloads(door))


def test_elements_do_not_bring_the_envelope_into_the_record(door: Door) -> None:
    head = "<s:Header><Password>mch_bi_mat</Password></s:Header>"
    body = envelope(f"<Push><records>{xml(1)}</records></Push>", head=head).replace(b"mch_bi_mat", door.key.encode())
    assert b"<created>1</created>" in sent(door, body).data
    (payload,) = payloads(door)
    assert payload.startswith(b"<records><HoSo>")


def test_an_answer_is_xml_whatever_the_department_sent(bus: Door) -> None:
    strange = escape(orjson.dumps(record(1, maHoSo="a\x01<b>", ngayNhan="\0&]]>")).decode())
    answer = sent(bus, envelope(f"<DongBoHoSo><data>{strange}</data></DongBoHoSo>"))
    text = etree.fromstring(answer.data).findtext(".//{*}DongBoHoSoResult")
    assert orjson.loads(text)["error_code"] == "-1"


def test_xml_that_somebody_forgot_to_write_as_text_is_read(door: Door) -> None:
    assert b"<created>1</created>" in sent(door, envelope(f"<Push><data>{xml(1)}</data></Push>")).data


def fault(answer: Any) -> tuple[int, str, str]:
    root = etree.fromstring(answer.data)
    code = root.findtext(".//faultcode") or root.findtext(".//{*}Code/{*}Value")
    return answer.status_code, code, root.findtext(".//{*}problem/{*}code")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (500, "soap:Client", "no_soap")),
        (b"{}", (500, "soap:Client", "no_soap")),
        (b"<html/>", (500, "soap:Client", "no_soap")),
        (envelope("<Push>")[:-40], (500, "soap:Client", "no_soap")),
        (
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + envelope("<Push/>"),
            (500, "soap:Client", "no_soap"),
        ),
        (envelope("<Xoa/>"), (500, "soap:Client", "no_such_operation")),
        (envelope(""), (500, "soap:Client", "no_such_operation")),
        (envelope("<Push/>"), (500, "soap:Client", "unreadable_body")),
        (envelope("<Push/>", "1.2"), (400, "soap:Sender", "unreadable_body")),
        (envelope("<Push><data>x</data></Push>"), (500, "soap:Client", "unreadable_body")),
        (envelope("<Push><data>" + " " * 200_000 + "</data></Push>"), (413, "soap:Client", "body_too_large")),
    ],
)
def test_a_request_that_is_broken_is_a_fault(shared: Door, body: bytes, expected: tuple[int, str, str]) -> None:
    assert fault(sent(shared, body)) == expected
    assert stored(shared.database) == []


@pytest.mark.parametrize(
    ("head", "key", "code"),
    [
        ("", "", "no_key"),
        ("", "mch_sai", "unknown_key"),
        ("<s:Header><Password>mch_sai</Password></s:Header>", "", "unknown_key"),
        ('<s:Header><Password Type="x#PasswordDigest">abc</Password></s:Header>', "", "password_digest"),
    ],
)
def test_without_the_right_key_nothing_is_taken_or_noted(shared: Door, head: str, key: str, code: str) -> None:
    answer = sent(shared, envelope(f"<Push><data><![CDATA[{xml(1)}]]></data></Push>", head=head), X_API_Key=key)
    assert fault(answer) == (401, "soap:Client", code)
    assert "Basic" in answer.headers["WWW-Authenticate"]
    assert all(attempt["code"] != code for run in runs.listed(shared.database) for attempt in run.attempts)


def test_the_wsdl_names_the_address_that_the_department_sees(tmp_path: Path) -> None:
    with opened(tmp_path, "sqlite:///hub.db", public_address="https://hub.example/truc/") as door:
        page = door.app.test_client().get(f"/soap/{NAME}?WSDL")
        assert page.mimetype == "text/xml"
        assert set(re.findall(r'address location="([^"]+)"', page.text)) == {f"https://hub.example/truc/soap/{NAME}"}


def test_who_looks_without_asking_for_the_wsdl_is_told_where_it_is(door: Door) -> None:
    browser = door.app.test_client()
    assert f"/soap/{NAME}?wsdl" in browser.get(f"/soap/{NAME}").text
    assert browser.get("/soap/so-hoi?wsdl").status_code == 404
    assert browser.get("/soap/no-such?wsdl").status_code == 404


def test_what_was_left_empty_is_told_over_soap_too(door: Door, tmp_path: Path) -> None:
    wrong = xml(1).replace("</HoSo>", "<hanTra>32/13/2026</hanTra></HoSo>")
    with serve(door.app) as url:
        answer = client(url, door.key).service.Push(data=f"<DS>{wrong}{xml(2)}</DS>")
    assert [len(each.problem) for each in answer.record] == [1, 0]
    assert answer.record[0].problem[0].startswith('due_at: hanTra says "32/13/2026"')
    (tmp_path / "bus").mkdir()
    with opened(tmp_path / "bus", "sqlite:///hub.db", soap=BUS) as bus, serve(bus.app) as url:
        text = orjson.dumps([record(1, hanTra="32/13/2026"), record(2)]).decode()
        said = client(url, bus.key).service.DongBoHoSo(data=text)
    message = orjson.loads(said)["message"]
    assert "Fields that cannot be read in 1 of those taken; record 1: due_at: hanTra says" in message
