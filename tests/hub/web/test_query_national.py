"""The national portal's own form of the record: one dossier, many, a list; masked like any other answer."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.record.grant import EVERYTHING, Grant, Group, Sight
from hub.store.database import Database
from hub.view.official import MEDIA_TYPE
from tests.hub.web.filling import AMBIGUOUS, SHARED
from tests.hub.web.querying import LIST, LOOKUP, asking, filled_app

# The names of the domain list dvcqg_dossier_fields, and those of the lists in it.
NAMES = """MaHoSo MaTTHC TenTTHC MaLinhVuc TenLinhVuc SoBienNhan KenhThucHien SoGiayToChuHoSo ChuHoSo LoaiDoiTuong
MaDoiTuong ThongTinKhac Email Fax SoDienThoai TrichYeuHoSo NgayTiepNhan NgayHenTra TrangThaiHoSo NgayTra ThongTinTra
HinhThuc NgayKetThucXuLy DonViXuLy GhiChu NoiNopHoSo HoSoCoThanhPhanSoHoa TaiKhoanDuocXacThucVoiVNeID
DuocThanhToanTrucTuyen NgayTuChoi NgayNopHoSo DinhDanhCHS TaiLieuNop DanhSachLePhi DanhSachTepDinhKemKhac
DanhSachHoSoBoSung DanhSachGiayToKetQua DSKetNoiCSDL"""
PAPER = """TepDinhKemId TenTepDinhKem IsDeleted MaThanhPhanHoSo DuongDanTaiTepTin DuocSoHoa DuocTaiSuDung
DuocLayTuKhoDMQG MaKetQuaThayThe"""


@pytest.fixture
def app(database: Database) -> Flask:
    """On both databases."""
    return filled_app(database)


@pytest.fixture
def portal(app: Flask) -> FlaskClient:
    """Sees every dossier in full."""
    return asking(app, EVERYTHING)


def the_one(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    body = answer.get_json()
    assert (body["error_code"], body["message"]) == ("0", "Thành công")
    (payload,) = body["result"]
    return dict(payload)


def test_a_dossier_has_every_name_of_the_portals_payload_and_no_other(portal: FlaskClient) -> None:
    payload = the_one(portal.get(f"{LIST}/{SHARED}?format=national"))
    assert set(payload) == set(NAMES.split())
    assert set(payload["DinhDanhCHS"]) == {"LoaiDinhDanh", "SoDinhDanh"}
    assert set(payload["TaiLieuNop"][0]) == set(PAPER.split())


def test_numbers_times_and_codes_are_the_portals(portal: FlaskClient) -> None:
    payload = the_one(portal.get(f"{LIST}/{SHARED}?format=national"))
    assert payload["MaHoSo"] == SHARED
    assert payload["TrangThaiHoSo"] == "4"
    assert payload["KenhThucHien"] == "2"
    assert payload["NgayHenTra"].isdigit()
    assert len(payload["NgayHenTra"]) == 14
    assert payload["DanhSachLePhi"][0]["Gia"] == "200000"


def test_accept_asks_for_it_too(portal: FlaskClient) -> None:
    asked = portal.get(f"{LIST}/{SHARED}", headers={"Accept": MEDIA_TYPE})
    assert asked.mimetype == MEDIA_TYPE
    assert asked.data == portal.get(f"{LIST}/{SHARED}?format=national").data
    assert portal.get(f"{LIST}/{SHARED}?format=national").mimetype == "application/json"
    assert portal.get(f"{LIST}/{SHARED}", headers={"Accept": "application/json"}).get_json()["codes"]


def test_a_list_and_a_look_up_answer_in_the_same_form(portal: FlaskClient) -> None:
    one = the_one(portal.get(f"{LIST}/{SHARED}?format=national"))
    page = portal.get(LIST, query_string={"format": "national", "limit": 3}).get_json()
    assert len(page["result"]) == 3
    assert page["next_cursor"]
    assert the_one(portal.get(LIST, query_string={"format": "national", "identity": "000190000001"})) == one
    assert the_one(portal.post(f"{LOOKUP}?format=national", json={"codes": [SHARED]})) == one
    several = portal.post(f"{LOOKUP}?format=national", json={"codes": [SHARED, AMBIGUOUS, "nobody"]}).get_json()
    assert len(several["result"]) == 3


def test_it_is_masked_like_any_other_answer(app: Flask) -> None:
    masked = asking(app, Grant(sights=EVERYTHING.sights | {Group.NAME: Sight.MASKED, Group.IDENTITY: Sight.HIDDEN}))
    payload = the_one(masked.get(f"{LIST}/{SHARED}?format=national"))
    assert payload["ChuHoSo"] == "Đ*** T*** D****"
    assert payload["DinhDanhCHS"] == {"LoaiDinhDanh": "", "SoDinhDanh": ""}
    blind = the_one(asking(app, Grant()).get(f"{LIST}/{SHARED}?format=national"))
    assert blind["TaiLieuNop"] == blind["DanhSachLePhi"] == []
    assert blind["TrangThaiHoSo"] == "4"


def test_fields_choose_in_this_form_too(portal: FlaskClient) -> None:
    payload = the_one(portal.get(f"{LIST}/{SHARED}?format=national&fields=applicant.name"))
    assert payload["ChuHoSo"] == "Đặng Thùy Dương"
    assert payload["SoDienThoai"] == ""


def test_what_is_not_there_is_a_problem_in_any_form(portal: FlaskClient) -> None:
    answer = portal.get(f"{LIST}/nobody?format=national")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
