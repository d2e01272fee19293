"""The national portal's own payload becomes our record and back, and nothing of it is lost on the way."""

from datetime import datetime
from functools import cache
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from hub.record.national import dossier_payload, event_payload
from hub.record.status import OFFICIAL
from hub.wiring import record_targets
from mappings.engine import Library, Mapping
from mappings.engine.shared_tables import SHARED

DOSSIER, EVENT = "cong-quoc-gia/ho-so", "cong-quoc-gia/tien-do"
# The 68 names of the domain list dvcqg_dossier_fields, by the list that each stands in.
ROOT = """MaHoSo MaTTHC TenTTHC MaLinhVuc TenLinhVuc SoBienNhan KenhThucHien SoGiayToChuHoSo ChuHoSo LoaiDoiTuong
MaDoiTuong ThongTinKhac Email Fax SoDienThoai TrichYeuHoSo NgayTiepNhan NgayHenTra TrangThaiHoSo NgayTra ThongTinTra
HinhThuc NgayKetThucXuLy DonViXuLy GhiChu NoiNopHoSo HoSoCoThanhPhanSoHoa TaiKhoanDuocXacThucVoiVNeID
DuocThanhToanTrucTuyen NgayTuChoi NgayNopHoSo DinhDanhCHS.LoaiDinhDanh DinhDanhCHS.SoDinhDanh"""
LISTS = {
    "TaiLieuNop": "TepDinhKemId TenTepDinhKem IsDeleted MaThanhPhanHoSo DuongDanTaiTepTin DuocSoHoa DuocTaiSuDung"
    " DuocLayTuKhoDMQG MaKetQuaThayThe",
    "DanhSachLePhi": "TenPhiLePhi MaPhiLePhi HinhThucThu Gia LoaiPhiLePhi",
    "DanhSachTepDinhKemKhac": "TenGiayTo SoLuong LoaiGiayTo",
    "DanhSachHoSoBoSung": "HoSoBoSungId NguoiYeuCauBoSung NoiDungBoSung NgayBoSung NguoiTiepNhanBoSung ThongTinTiepNhan"
    " NgayTiepNhanBoSung TrangThaiBoSung DanhSachGiayToBoSung DanhSachLePhiBoSung NgayHenTraTruoc NgayHenTraMoi",
    "DanhSachGiayToKetQua": "TenGiayTo MaThanhPhanHoSo GiayToId DuongDanTepTinKetQua MaGiayToKetQua",
    "DSKetNoiCSDL": "MaCSDL",
}


def sent(name: str, case: str) -> dict[str, Any]:
    """The one record of a case's source."""
    path = Library().path(name).parent / "cases" / case / "source.json"
    (record,) = orjson.loads(path.read_bytes())["data"]
    return dict(record)


@cache
def mapping(name: str) -> Mapping:
    return Library().mapping(name, record_targets())


def read(name: str, record: dict[str, Any]) -> dict[str, Any]:
    draft = mapping(name).read(record)
    assert not draft.problems
    return draft.values


def named(payload: dict[str, Any]) -> set[str]:
    """Every name that a payload has a value at, as the domain list writes them."""
    names = set()
    for name, value in payload.items():
        if isinstance(value, dict):
            names |= {f"{name}.{inner}" for inner, below in value.items() if below}
        elif isinstance(value, list):
            names |= {f"{name}/{column}" for row in value for column, below in row.items() if below}
        elif value:
            names.add(name)
    return names


def test_each_of_the_68_fields_is_there_after_the_way_into_the_record_and_back() -> None:
    payload = sent(DOSSIER, "every-field")
    wanted = set(ROOT.split()) | {f"{of}/{name}" for of, names in LISTS.items() for name in names.split()}
    assert len(wanted) == 68
    assert named(payload) == wanted
    assert dossier_payload(read(DOSSIER, payload)) == payload


def test_an_empty_payload_comes_back_with_every_name_and_nothing_in_it() -> None:
    payload = sent(DOSSIER, "every-field-empty-but-the-required")
    back = dossier_payload(read(DOSSIER, payload))
    assert back == payload | {"TrangThaiHoSo": "1"}
    assert orjson.loads(orjson.dumps(back)) == back


def test_a_step_comes_back_as_it_was_sent() -> None:
    payload = sent(EVENT, "every-field")
    assert event_payload(read(EVENT, payload)) == payload


def test_the_filler_of_an_unknown_identity_number_does_not_come_back() -> None:
    values = read(DOSSIER, sent(DOSSIER, "filler-identity-number"))
    assert dossier_payload(values)["DinhDanhCHS"] == {"LoaiDinhDanh": "2", "SoDinhDanh": ""}


def test_the_portals_own_code_goes_before_the_local_one() -> None:
    assert dossier_payload({"code": "HS-1", "national_code": "Q-1", "status": "accepted"})["MaHoSo"] == "Q-1"


def test_the_shared_table_has_the_numbers_and_labels_of_the_record() -> None:
    table = SHARED["national_status"]
    for status, official in OFFICIAL.items():
        assert table[str(official.number)] == table[f"{official.number:02}"] == table[official.label] == str(status)
    assert len(table) == 10 + 9 + 10


TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(lambda at: at.strftime("%Y%m%d%H%M%S"))
CHOICES = {
    "TrangThaiHoSo": st.integers(1, 10).map(str),
    "KenhThucHien": st.sampled_from(["", "1", "2", "3"]),
    "LoaiDoiTuong": st.sampled_from(["", "1", "2", "3", "4"]),
    "HinhThuc": st.sampled_from(["", "0", "1"]),
    "DuocThanhToanTrucTuyen": st.sampled_from(["", "0", "1", "3"]),
}


@given(st.fixed_dictionaries({"NgayTiepNhan": TIMES, "NgayHenTra": TIMES, "GhiChu": st.just("x"), **CHOICES}))
def test_any_readable_payload_comes_back_as_it_was(parts: dict[str, str]) -> None:
    payload = sent(DOSSIER, "every-field-empty-but-the-required") | parts
    assert dossier_payload(read(DOSSIER, payload)) == payload
