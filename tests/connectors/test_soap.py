"""The `soap` type against real servers: conformance, faults, credentials, texts that hold documents, and odd WSDLs."""

import re
from collections.abc import Iterator
from html import escape
from itertools import islice
from typing import Any

import orjson
import pytest
from lxml import etree
from pydantic import ValidationError

from connectors.conformance import ConnectorConformance
from connectors.contract import Page
from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.soap import SOAP
from connectors.soap.settings import SoapSettings
from tests.connectors.desk import check, desk, keys, last_bookmark, once, pull
from tests.connectors.small_soap import NS12, answering, envelope, fails, result, small
from tests.departments import hostile
from tests.departments.faults import Faults, Kind
from tests.departments.generator import generate
from tests.departments.server import serve
from tests.departments.so_tu_phap import SoTuPhap

CITY = generate(judicial=60, one_stop=30, shared=5, faulty=1)


def so_tu_phap(address: str, **changes: Any) -> dict[str, Any]:
    """As in config.yaml."""
    settings = {
        "wsdl": f"{address}/HoSoService.asmx?wsdl",
        "operation": "LayDanhSachHoSo",
        "parameters": {"tuThoiDiem": "{since}", "trang": "{page}", "soDong": "{page_size}"},
        "page_size": 20,
        "records": "HoSo",
        "key": "SoHoSo",
        "changed_at": {"from": "NgayCapNhat", "date": "dd/MM/yyyy HH:mm:ss"},
        "more": "ConTrang",
        "total": "TongSo",
    }
    return settings | changes


class TestSoTuPhap(ConnectorConformance):
    connector_type = SOAP

    @pytest.fixture
    def address(self) -> Iterator[str]:
        with serve(SoTuPhap(CITY.judicial, credentials=("hub", "mật khẩu")).app) as url:
            yield url

    def settings(self, address: str) -> dict[str, Any]:
        return so_tu_phap(address, auth={"type": "basic", "username": "hub", "password": "mật khẩu"})


def fault_11(code: str, text: str = "Lỗi") -> bytes:
    return envelope(f"<s:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring><detail/></s:Fault>")


def fault_12(code: str, subcode: str = "") -> bytes:
    below = f"<s:Subcode><s:Value>{subcode}</s:Value></s:Subcode>" if subcode else ""
    reason = '<s:Reason><s:Text xml:lang="vi">Lỗi</s:Text></s:Reason>'
    return envelope(f"<s:Fault><s:Code><s:Value>{code}</s:Value>{below}</s:Code>{reason}</s:Fault>", NS12)


@pytest.mark.parametrize("status", [200, 500, 400])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (fault_11("soap:Server"), Unavailable),
        (fault_11("soap:Client"), Changed),
        (fault_11("Server.Database"), Unavailable),
        (fault_11("soap:Client.Database"), Changed),
        (fault_11("soap:Client.Authentication"), Refused),
        (fault_11("wsse:FailedAuthentication"), Refused),
        (fault_11("9001"), Changed),
        (fault_12("s:Receiver"), Unavailable),
        (fault_12("s:Sender"), Changed),
        (fault_12("s:Sender", "wsse:FailedAuthentication"), Refused),
        (fault_12("s:Receiver", "m:Timeout"), Unavailable),
        (fault_12("s:VersionMismatch"), Changed),
    ],
)
def test_a_fault_counts_whatever_status_it_comes_with(body: bytes, kind: type[ConnectorError], status: int) -> None:
    error = fails(kind, body, status)
    assert error.code == "fault"
    assert "“Lỗi”" in str(error)


@pytest.mark.parametrize(
    "text",
    [
        "Sai tai khoan",
        "Sai mật khẩu hoặc tài khoản",
        "Mật khẩu không đúng",
        "Invalid user name or password",
        "Unauthorized",
    ],
)
def test_a_password_that_is_wrong_may_be_told_in_words_alone(text: str) -> None:
    assert "credentials" in fails(Refused, fault_11("soap:Client", text), 500).hint


@pytest.mark.parametrize("text", ["Sai tham số maDonVi", "Invalid page", "Tài khoản chưa có hồ sơ"])
def test_other_words_are_no_wrong_password(text: str) -> None:
    fails(Changed, fault_11("soap:Client", text), 500)


@pytest.mark.parametrize(
    "trace",
    [
        "\n   at SoTC.HoSo.LayHoSo(String tuNgay) in D:\\x.cs:line 9",
        " ---&gt; System.FormatException: chuỗi",
        "\n\tat vn.stnmt.Main.lay(Main.java:324)",
    ],
)
def test_a_services_own_stack_trace_is_left_out(trace: str) -> None:
    assert str(fails(Changed, fault_11("soap:Client", f"Sai ngày{trace}"), 500)).endswith("“Sai ngày”")


def test_records_under_another_name_are_no_empty_answer() -> None:
    rows = "<DanhSach>" + "<Ho><So>1</So></Ho>" * 2 + "</DanhSach>"
    assert "several of `Ho`" in str(fails(Changed, envelope(rows)))
    with desk(answering(envelope("<DanhSach><Ho/></DanhSach>"))) as there:
        assert pull(SOAP, small(there.url)) == []


def test_an_array_without_members_is_empty_though_members_are_called_like_it() -> None:
    with desk(answering(envelope("<lay><ketQua/></lay>"))) as there:
        assert pull(SOAP, small(there.url, records="ketQua.ketQua")) == []


def test_a_fault_is_quoted_in_their_words_but_not_at_length() -> None:
    error = fails(Changed, fault_11("soap:Client", "Tham số\n  sai. " + "x" * 500), 500)
    assert "answered with a fault (soap:Client): “Tham số sai. xxx" in str(error)
    assert len(str(error)) < 320


def test_the_departments_own_fault_is_read() -> None:
    with serve(SoTuPhap(CITY.judicial).app) as url, pytest.raises(Changed, match="“Tham số soDong không hợp lệ"):
        pull(SOAP, so_tu_phap(url, page_size=5000))


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, Refused, "refused"),
        (403, Refused, "refused"),
        (404, Changed, "not_found"),
        (503, Unavailable, "server_error"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"no XML", hostile.LOGIN_PAGE, envelope(""), b"<a/>"])
def test_a_status_without_a_fault_counts_by_itself(
    body: bytes, status: int, kind: type[ConnectorError], code: str
) -> None:
    assert fails(kind, body, status).code == code


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (hostile.LOGIN_PAGE, Unavailable, "html_answer"),
        (b"", Unavailable, "empty_answer"),
        (b"OK", Changed, "not_xml"),
        (hostile.INVALID_XML, Changed, "not_xml"),
        (b"<HoSo/>", Changed, "not_soap"),
        (envelope("<HoSo><So>1</So></HoSo>")[:-20], Unavailable, "truncated"),
        (envelope("<hoso><So>1</So></hoso>"), Changed, "records"),
    ],
)
def test_an_answer_that_is_no_envelope_says_what_happens_next(
    body: bytes, kind: type[ConnectorError], code: str
) -> None:
    assert fails(kind, body).code == code


@pytest.mark.parametrize(
    ("kind", "error", "code"),
    [
        ("reset", Unavailable, "cut"),
        ("truncated", Unavailable, "truncated"),
        ("truncated_without_length", Unavailable, "truncated"),
        ("html_login", Unavailable, "html_answer"),
        ("500", Unavailable, "server_error"),
        ("503", Unavailable, "server_error"),
        ("429", Unavailable, "busy"),
        ("401", Refused, "refused"),
        ("empty", Unavailable, "empty_answer"),
        ("invalid_xml", Changed, "not_xml"),
        ("external_entity", Changed, "forbidden_xml"),
        ("billion_laughs", Changed, "forbidden_xml"),
        ("deep_xml", Changed, "forbidden_xml"),
        ("endless", Changed, "too_large"),
        ("gzip_bomb", Changed, "too_large"),
    ],
)
@pytest.mark.parametrize("at", ["GET", "POST"])
def test_trouble_loses_nothing_wherever_it_comes(kind: Kind, error: type[ConnectorError], code: str, at: str) -> None:
    faults = Faults(SoTuPhap(CITY.judicial).app)
    with serve(faults) as url:
        settings = so_tu_phap(url, max_answer_bytes=1_000_000)
        faults.arm(kind, after=0 if at == "GET" else 1, matching=at)
        brought: list[Page] = []
        with SOAP.open(SoapSettings.model_validate(settings), once) as connector, pytest.raises(error) as caught:
            brought.extend(connector.pull(None))
        assert caught.value.code == code
        assert len(brought) == (0 if at == "GET" else 1)
        brought += pull(SOAP, settings, last_bookmark(brought))
    assert len(set(keys(brought))) == len(CITY.judicial)


def test_a_shifting_list_loses_nothing_while_it_is_paged() -> None:
    department = SoTuPhap(CITY.judicial)
    with serve(department.app) as url, SOAP.open(SoapSettings.model_validate(so_tu_phap(url)), once) as connector:
        pages = connector.pull(None)
        brought = [next(pages)]
        for dossier in department.dossiers()[:15]:
            department.change(dossier.code, officer="another than before")
            brought += islice(pages, 1)
        brought += pages
        brought += connector.pull(last_bookmark(brought))  # what changed after the last answer
    newest = {record.key: record.value.findtext("{*}NgayCapNhat") for page in brought for record in page.records}
    assert len(newest) == len(CITY.judicial)
    assert newest == {d.code: d.updated_at.strftime("%d/%m/%Y %H:%M:%S") for d in department.dossiers()}


def test_records_stay_usable_and_their_bytes_are_their_own() -> None:
    with serve(SoTuPhap(CITY.judicial).app) as url:
        pages = pull(SOAP, so_tu_phap(url))
    for page in pages:
        assert page.media_type == "text/xml"
        assert page.total == len(CITY.judicial)
        for record in page.records:
            assert isinstance(record.value, etree._Element)
            assert record.value.findtext("{*}SoHoSo") == record.key
            assert etree.fromstring(record.raw).findtext("{*}SoHoSo") == record.key
            assert record.changed_at is not None


RECORDS = [{"So": "1", "Ten": "Nguyễn Thị Hòa"}, {"So": "2", "Ten": "Trần & Lê"}]
INNER_XML = (
    '<?xml version="1.0" encoding="utf-16"?><ds>'
    + "".join(f"<HoSo><So>{r['So']}</So><Ten>{escape(r['Ten'])}</Ten></HoSo>" for r in RECORDS)
    + "<Con>false</Con></ds>"
)


@pytest.mark.parametrize("text", [escape(INNER_XML), f"<![CDATA[{INNER_XML}]]>", f"\n  {escape(INNER_XML)}  "])
def test_a_text_that_holds_xml_is_read(text: str) -> None:
    with desk(answering(result(text))) as there:
        settings = small(there.url, inside={"element": "LayDanhSachResult", "format": "xml"}, more="Con")
        (page,) = pull(SOAP, settings | {"parameters": {"trang": "{page}"}})
    assert [(r.key, r.value.findtext("Ten")) for r in page.records] == [("1", "Nguyễn Thị Hòa"), ("2", "Trần & Lê")]
    assert page.payload == result(text)


def test_a_text_that_holds_json_is_read() -> None:
    text = escape(orjson.dumps({"data": {"HoSo": RECORDS}}).decode())
    with desk(answering(result(text))) as there:
        inside = {"element": "LayDanhSachResult", "format": "json"}
        (page,) = pull(SOAP, small(there.url, inside=inside, records="data.HoSo"))
    assert [record.value for record in page.records] == RECORDS


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("ERR:1 Sai mật khẩu", Changed, "inside"),
        (escape("<ds><HoSo>"), Unavailable, "truncated"),
        (escape(hostile.BILLION_LAUGHS.decode()), Changed, "forbidden_xml"),
        (escape("<ds><HoSo></ds>"), Changed, "not_xml"),
    ],
)
def test_a_text_that_should_hold_xml_but_does_not_is_shown(text: str, kind: type[ConnectorError], code: str) -> None:
    error = fails(kind, result(text), inside={"element": "LayDanhSachResult", "format": "xml"})
    assert error.code == code


def test_a_message_where_a_document_is_expected_is_quoted() -> None:
    error = fails(Changed, result("ERR:1 Sai"), inside={"element": "LayDanhSachResult", "format": "json"})
    assert "“ERR:1 Sai” where JSON is expected" in str(error)


def test_an_empty_text_holds_no_record() -> None:
    with desk(answering(result(""))) as there:
        assert pull(SOAP, small(there.url, inside={"element": "LayDanhSachResult", "format": "xml"})) == []


def test_a_missing_holder_names_what_the_answer_has() -> None:
    error = fails(Changed, result("x"), inside={"element": "KetQua", "format": "xml"})
    assert "`LayDanhSachResult`" in error.hint


def test_a_check_describes_and_reads_one_record() -> None:
    faults = Faults(SoTuPhap(CITY.judicial).app)
    with serve(faults) as url:
        connected, described, asked = check(SOAP, so_tu_phap(url))
    assert connected.startswith("connected: 127.0.0.1, port ")
    assert re.fullmatch(
        rf"described: {url}/HoSoService\.asmx offers \d+ operations \(fingerprint [0-9a-f]{{8}}\); LayDanhSachHoSo is "
        rf"asked at {url}/HoSoService\.asmx and takes `tuThoiDiem`, `trang`, `soDong`",
        described,
    )
    assert asked.startswith(f"asked {url}/HoSoService.asmx for records")
    assert [line.split()[0] for line in faults.requests].count("POST") == 1


def test_a_wsdl_is_read_once_for_each_opening() -> None:
    faults = Faults(SoTuPhap(CITY.judicial).app)
    with serve(faults) as url, SOAP.open(SoapSettings.model_validate(so_tu_phap(url)), once) as connector:
        list(connector.check())
        list(connector.pull(None))
    assert sum("?wsdl" in line for line in faults.requests) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"wsdl": "ftp://sotuphap.example/x.wsdl"}, "or the path of a file"),
        ({"order": "newest_first", "changed_at": {"from": "x"}}, r"needs `\{page\}` or `\{offset\}`"),
        ({"inside": {"element": "x", "format": "csv"}}, "'xml' or 'json'"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        SoapSettings.model_validate(small("http://x") | changes)


def test_an_attribute_and_a_nested_element_can_be_the_key() -> None:
    body = envelope('<L><HoSo id="7"><A><So>70</So></A></HoSo><HoSo><A/></HoSo></L>')
    with desk(answering(body)) as there:
        (by_attribute,) = pull(SOAP, small(there.url, key="@id", records="L.HoSo"))
        (nested,) = pull(SOAP, small(there.url, key="A.So"))
    assert keys([by_attribute, nested]) == ["7", "70"]
    assert [error.raw for error in nested.bad] == [b"<HoSo><A/></HoSo>"]
