"""Foreign names as words and concepts, in the spellings that real systems use."""

import pytest

from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS
from mappings.scaffold.names import ESSENTIAL, LIST_NAMINGS, NAMINGS, ROW_NAMINGS, fit
from mappings.scaffold.vocabulary import ABBREVIATIONS, CONCEPTS, ENTITIES, LEXICON
from mappings.scaffold.words import readings

SPELLED = {
    "code": [
        "SoHoSo",
        "MaHS",
        "so_ho_so",
        "dossierCode",
        "dossierNo",
        "sohoso",
        "SOHOSO",
        "FILENO",
        "Số hồ sơ",
        "ma_hs",
    ],
    "national_code": ["nationCode", "MaHoSoQuocGia"],
    "procedure.code": ["MaTTHC", "MA_TTHC", "serviceCode", "procedureCode", "maThuTuc"],
    "procedure.name": ["TenTTHC", "tenthutuc", "serviceName", "Tên thủ tục hành chính"],
    "procedure.field_code": ["MaLinhVuc", "sectorCode"],
    "procedure.field_name": ["TenLinhVuc", "tenLV"],
    "agency.name": ["DonViXuLy", "govAgencyName", "TenCoQuan", "ten_don_vi"],
    "agency.code": ["govAgencyCode", "MaDonVi", "maCoQuan"],
    "status": ["TrangThai", "TinhTrang", "dossierStatus", "TrangThaiHoSo", "trang_thai", "maTrangThai"],
    "channel": ["KenhThucHien", "applyMethod", "HinhThucNop"],
    "summary": ["TrichYeuHoSo", "briefNote", "trichYeu"],
    "applicant.name": ["HoTen", "ChuHoSo", "hoVaTen", "applicantName", "TenChuHoSo", "ho_ten_nguoi_nop"],
    "applicant.kind": ["LoaiDoiTuong", "applicantIdType"],
    "applicant.id_number": ["SoGiayTo", "CMND", "CCCD", "soCMND", "SoDinhDanh", "applicantIdNo", "SoGiayToChuHoSo"],
    "applicant.birth_date": ["NgaySinh", "birthday", "dateOfBirth"],
    "applicant.phone": ["DienThoai", "SDT", "SoDienThoai", "contactTelNo", "phoneNumber"],
    "applicant.email": ["Email", "contactEmail"],
    "applicant.address": ["DiaChi", "address", "diaChiThuongTru"],
    "officer": ["NguoiXuLy", "CanBo", "canBoThuLy"],
    "submitted_at": ["APPLICATION_DATE", "NgayNopHoSo", "appliedDate", "submitDate", "NgayNop"],
    "received_at": [
        "NgayTiepNhan",
        "NgayNhan",
        "acceptedDate",
        "receiveDate",
        "ngaytiepnhan",
        "NGAY_TN",
        "Ngày tiếp nhận",
    ],
    "due_at": ["NgayHenTra", "HanTra", "dueDate", "appointmentDate", "ngayHenTraKQ", "NgayHen", "han_xu_ly"],
    "completed_at": ["NgayKetThucXuLy", "completedDate", "finishDate", "ngayHoanThanh"],
    "returned_at": ["NgayTra", "NgayTraKetQua", "returnedAt"],
    "note": ["GhiChu", "note", "ghi_chu"],
    "receipt_number": ["SoBienNhan", "ma_bien_nhan"],
    "submission_place": ["NoiNopHoSo"],
    "applicant.portal_id": ["MaDoiTuong", "techId"],
    "applicant.paper_number": ["SoHoChieu", "passportNo"],
    "applicant.tax_code": ["MaSoThue", "MST", "taxCode"],
    "applicant.vneid_verified": ["TaiKhoanDuocXacThucVoiVNeID"],
    "applicant.fax": ["Fax", "soFax"],
    "refused_at": ["NgayTuChoi", "rejectedDate"],
    "return_method": ["HinhThucTra", "hinhThucNhanKetQua"],
    "return_information": ["ThongTinTra"],
    "digitised": ["HoSoCoThanhPhanSoHoa"],
    "online_payment": ["DuocThanhToanTrucTuyen"],
    "other_information": ["ThongTinKhac"],
}


@pytest.mark.parametrize(("field", "name"), [(field, name) for field, names in SPELLED.items() for name in names])
def test_a_name_fits_its_field_better_than_any_other(field: str, name: str) -> None:
    fits = {one: fit(naming, (name,)) for one, naming in NAMINGS.items()}
    assert max(fits, key=lambda one: fits[one]) == field
    assert fits[field] >= 0.8


@pytest.mark.parametrize(
    ("names", "field"),
    [
        (("procedure", "code"), "procedure.code"),
        (("procedure", "sector", "code"), "procedure.field_code"),
        (("agency", "code"), "agency.code"),
        (("applicant", "data", "ownerFullname"), "applicant.name"),
        (("accepter", "fullname"), "officer"),
        (("dossierStatus", "id"), "status"),
        (("procedureLevel", "name"), "procedure.level"),
        (("DinhDanhCHS", "SoDinhDanh"), "applicant.id_number"),
    ],
)
def test_what_stands_above_a_name_says_whose_it_is(names: tuple[str, ...], field: str) -> None:
    fits = {one: fit(naming, names) for one, naming in NAMINGS.items()}
    assert max(fits, key=lambda one: fits[one]) == field
    assert fits["code"] < 0.6 <= fits[field]


@pytest.mark.parametrize(
    "name", ["NgayCapNhat", "modifiedDate", "x", "", "123", "gioiTinh", "_", "a" * 200, "ngày sửa"]
)
def test_a_name_of_something_else_fits_nothing_well(name: str) -> None:
    assert max(fit(naming, (name,)) for naming in NAMINGS.values()) < 0.6


def test_an_abbreviation_has_several_readings_and_not_without_end() -> None:
    assert ("trang", "thai") in readings("TT")
    assert len(readings("TT_TT_TT_TT_TT_TT")) <= 12


def test_every_field_of_the_record_can_be_named() -> None:
    assert NAMINGS.keys() == DOSSIER_FIELDS.keys()
    assert {name: row.keys() for name, row in ROW_NAMINGS.items()} == {
        name: row.keys() for name, row in LIST_FIELDS.items()
    }
    assert LIST_NAMINGS.keys() == LIST_FIELDS.keys()


def test_the_official_names_of_the_national_portal_are_all_known() -> None:
    lists = {(name, column): field.official for name, row in LIST_FIELDS.items() for column, field in row.items()}
    for name, field in DOSSIER_FIELDS.items():
        if field.official and name != "national_code":  # which has the same official name as `code`
            assert fit(NAMINGS[name], tuple(field.official.split("."))) >= 0.5, (name, field.official)
    for (name, column), official in lists.items():
        if official:
            assert fit(ROW_NAMINGS[name][column], (official,)) >= 0.5, (name, column, official)


def test_no_phrase_stands_for_two_concepts_by_accident() -> None:
    phrases = [phrase for listed in CONCEPTS.values() for phrase in listed.split("|")]
    assert sorted(phrases) == sorted(set(phrases))
    used = {concept for naming in NAMINGS.values() for way in naming.ways for concept in way.concepts}
    assert used <= CONCEPTS.keys()
    assert CONCEPTS.keys() >= ENTITIES


def test_what_abbreviations_say_is_in_the_lexicon() -> None:
    words = {word for meanings in ABBREVIATIONS.values() for meaning in meanings for word in meaning.split()}
    assert words <= LEXICON


def test_what_makes_a_row_worth_guessing_is_a_column_of_its_list() -> None:
    assert ESSENTIAL.keys() == LIST_FIELDS.keys()
    for name, groups in ESSENTIAL.items():
        assert groups
        assert all(group <= LIST_FIELDS[name].keys() for group in groups)
