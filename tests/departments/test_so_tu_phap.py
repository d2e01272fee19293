"""The justice department over a real socket, asked by zeep in strict mode and by hand."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
import zeep
from lxml import etree

from tests.departments.generator import generate
from tests.departments.server import serve
from tests.departments.so_tu_phap import PATH, SoTuPhap
from tests.departments.so_tu_phap_xml import NAMESPACE

CITY = generate(judicial=160, one_stop=10, shared=5)
LIST = f'"{NAMESPACE}/LayDanhSachHoSo"'


@pytest.fixture
def department() -> SoTuPhap:
    return SoTuPhap(CITY.judicial)


@pytest.fixture
def url(department: SoTuPhap) -> Iterator[str]:
    with serve(department.app) as address:
        yield address + PATH


@pytest.fixture
def service(url: str) -> Iterator[Any]:
    with zeep.Client(f"{url}?wsdl", settings=zeep.Settings(strict=True)) as client:  # type: ignore[no-untyped-call]
        yield client.service


def _post(url: str, body: str, action: str = LIST, media_type: str = "text/xml; charset=utf-8") -> requests.Response:
    envelope = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>' + body + "</s:Body></s:Envelope>"
    )
    headers = {"SOAPAction": action, "Content-Type": media_type}
    return requests.post(url, data=envelope.encode(), headers=headers, timeout=10)


def _listing(since: str = "", page: str = "1", rows: str = "5") -> str:
    return (
        f'<LayDanhSachHoSo xmlns="{NAMESPACE}"><tuThoiDiem>{since}</tuThoiDiem>'
        f"<trang>{page}</trang><soDong>{rows}</soDong></LayDanhSachHoSo>"
    )


def _all(service: Any, since: str | None, rows: int) -> list[Any]:
    records, page = [], 1
    while True:
        result = service.LayDanhSachHoSo(since, page, rows)
        records += result.DanhSach.HoSo
        if not result.ConTrang:
            assert len(records) == result.TongSo
            return records
        page += 1


@pytest.mark.parametrize("rows", [7, 20, 160, 1000])
def test_the_pages_hold_every_dossier_once_and_the_oldest_change_first(service: Any, rows: int) -> None:
    records = _all(service, None, rows)
    assert [record.SoHoSo for record in records] == [dossier.code for dossier in SoTuPhap(CITY.judicial).dossiers()]


def test_a_look_up_from_a_second_has_every_dossier_of_that_second(service: Any) -> None:
    records = _all(service, None, 1000)
    middle = records[len(records) // 2].NgayCapNhat
    same_second = [record.SoHoSo for record in records if record.NgayCapNhat == middle]
    found = [record.SoHoSo for record in _all(service, middle, 10)]
    assert len(same_second) > 10  # more than a page
    assert found[: len(same_second)] == same_second


def test_a_change_shows_in_the_next_look_up_from_the_last_second(department: SoTuPhap, service: Any) -> None:
    last = _all(service, None, 1000)[-1].NgayCapNhat
    code = next(dossier.code for dossier in department.dossiers() if dossier.status == "processing")
    department.change(code, status="completed")
    newest = _all(service, last, 1000)[-1]
    assert newest.SoHoSo == code
    assert newest.TinhTrang.strip().lower().replace("  ", " ") == "đã xử lý xong"
    assert newest.QuaTrinh.Buoc[-1].TrangThai == "Đã xử lý xong"
    assert newest.QuaTrinh.Buoc[-1].ThoiDiem == newest.NgayCapNhat


def test_a_new_dossier_shows_as_the_latest_change(department: SoTuPhap, service: Any) -> None:
    department.add(replace(CITY.judicial[0], code="000.00.15.H29-260520-9001"))
    assert _all(service, None, 1000)[-1].SoHoSo == "000.00.15.H29-260520-9001"


def test_a_record_has_the_departments_own_forms(department: SoTuPhap, service: Any) -> None:
    dossier = next(dossier for dossier in department.dossiers() if dossier.returned_at and dossier.fees)
    assert dossier.due_at is not None
    person = replace(dossier.applicant, name="Nguyễn Văn <Đức> & Con")
    department.change(dossier.code, applicant=person)
    record = service.LayHoSo(dossier.code)
    assert record.HoTen == "NguyÔn V¨n <§øc> & Con"
    assert record.NgaySinh == f"{person.birth_date:%d/%m/%Y}"
    assert record.NgayNhan == f"{dossier.received_at:%d/%m/%Y %H:%M:%S}"
    assert record.NgayHen == f"{dossier.due_at.day}/{dossier.due_at.month}/{dossier.due_at.year}"
    assert record.NgayTra == f"{dossier.returned_at:%d/%m/%Y %H:%M:%S}"
    assert [fee.SoTien for fee in record.LePhi] == [f"{amount:,}".replace(",", ".") for _, amount in dossier.fees]
    assert [paper.TenGiayTo for paper in record.DanhSachGiayTo.GiayTo] == list(dossier.papers)


def test_the_same_status_is_typed_in_several_ways(service: Any) -> None:
    typed = {record.TinhTrang for record in _all(service, None, 1000) if record.TinhTrang}
    returned = {text for text in typed if " ".join(text.lower().split()) == "đã trả kết quả"}
    assert len(returned) >= 4
    assert any(text != text.strip() for text in returned)


def test_the_faulty_records_are_among_the_others(service: Any) -> None:
    records = _all(service, None, 1000)
    assert sum(record.TinhTrang == "Treo chờ ý kiến" for record in records) == 1
    assert sum(record.TinhTrang is None for record in records) == 1
    assert sum(record.NgayNhan == "31/02/2026 08:15:00" for record in records) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (_listing(since="2026-05-20"), "Tham số tuThoiDiem không hợp lệ: '2026-05-20'"),
        (_listing(since="31/02/2026 00:00:00"), "Tham số tuThoiDiem không hợp lệ"),
        (_listing(page="0"), "Tham số trang không hợp lệ: '0'"),
        (_listing(page="x"), "Tham số trang không hợp lệ: 'x'"),
        (_listing(rows="1001"), "Tham số soDong không hợp lệ: '1001'"),
        (f'<XoaHoSo xmlns="{NAMESPACE}"/>', "did not recognize the value of HTTP Header SOAPAction"),
        ('<LayDanhSachHoSo xmlns="http://tempuri.org/"/>', "no operation of this service"),
        ("<LayDanhSachHoSo>", "Server was unable to read request"),
    ],
)
def test_a_bad_call_is_a_fault(url: str, body: str, says: str) -> None:
    answer = _post(url, body)
    assert answer.status_code == 500
    fault = etree.fromstring(answer.content).find(".//{*}Fault")
    assert fault is not None
    assert fault.findtext("faultcode") == "soap:Client"
    assert says in (fault.findtext("faultstring") or "")


def test_the_soap_action_must_name_the_operation(url: str) -> None:
    assert _post(url, _listing()).status_code == 200
    answer = _post(url, _listing(), action=f'"{NAMESPACE}/LayHoSo"')
    assert answer.status_code == 500
    assert "SOAPAction" in answer.text


def test_zeep_sees_an_unknown_dossier_as_a_fault(service: Any) -> None:
    with pytest.raises(zeep.exceptions.Fault, match="Không tìm thấy hồ sơ 'X-1'"):
        service.LayHoSo("X-1")


def test_another_media_type_is_refused(url: str) -> None:
    assert _post(url, _listing(), media_type="application/soap+xml").status_code == 415


def test_credentials_guard_everything_when_they_are_set() -> None:
    with serve(SoTuPhap(CITY.judicial, credentials=("hub", "demo-only")).app) as address:
        refused = requests.get(f"{address}{PATH}?wsdl", timeout=10)
        let_in = requests.get(f"{address}{PATH}?wsdl", auth=("hub", "demo-only"), timeout=10)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Basic ")
    assert let_in.status_code == 200


def test_a_department_refuses_a_status_that_does_not_exist(department: SoTuPhap) -> None:
    with pytest.raises(ValueError, match="'done' is none of registered"):
        department.change(CITY.judicial[0].code, status="done")
