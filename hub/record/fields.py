"""The fields of a dossier: their types, and what the national portal calls them (domain list dvcqg_dossier_fields).

Values are kept in the form they have in JSON: text in NFC, times as UTC `2026-05-20T01:15:00Z`,
dates as `2026-05-20`, money as whole đồng.
"""

from dataclasses import dataclass
from typing import Literal

from hub.record.confidentiality import Level
from hub.record.identity import LONGEST
from hub.record.status import Status

FieldType = Literal["text", "time", "date", "money", "integer", "boolean", "choice"]


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field: its type, its official name (empty where the portal has none), and its meaning."""

    type: FieldType
    official: str
    meaning: str
    required: bool = False
    choices: tuple[str, ...] = ()
    longest: int | None = None  # characters of a text; None: however long it is


def _text(official: str, meaning: str, *, required: bool = False) -> RecordField:
    return RecordField("text", official, meaning, required)


def _code(official: str, meaning: str, *, required: bool = False) -> RecordField:
    return RecordField("text", official, meaning, required, longest=LONGEST)


def _time(official: str, meaning: str, *, required: bool = False) -> RecordField:
    return RecordField("time", official, meaning, required)


def _choice(official: str, meaning: str, *choices: str, required: bool = False) -> RecordField:
    return RecordField("choice", official, meaning, required, choices)


def _yes_no(official: str, meaning: str) -> RecordField:
    return RecordField("boolean", official, meaning)


_STATUSES = tuple(Status)

DOSSIER_FIELDS: dict[str, RecordField] = {
    "code": _text("MaHoSo", "the dossier's code as the source gives it", required=True),
    "national_code": _text("MaHoSo", "its code on the national portal, where that is another"),
    "receipt_number": _text("SoBienNhan", "number of the receipt that the applicant was given"),
    "procedure.code": _code("MaTTHC", "administrative procedure, national or local form"),
    "procedure.name": _text("TenTTHC", "its name"),
    "procedure.field_code": _code("MaLinhVuc", "field (lĩnh vực) of the procedure"),
    "procedure.field_name": _text("TenLinhVuc", "its name"),
    "procedure.level": _text("", "online level, in the source's words"),
    "agency.code": _code("madonvi", "agency that handles the dossier"),
    "agency.name": _text("DonViXuLy", "its name"),
    "status": _choice("TrangThaiHoSo", "where the dossier stands", *_STATUSES, required=True),
    "status_text": _text("", "the status in the source's own words"),
    "channel": _choice("KenhThucHien", "how it was submitted", "direct", "online", "post"),
    "submission_place": _text("NoiNopHoSo", "where it was submitted, by the portal's number"),
    "confidentiality": _choice("", "how confidential it is; normal where no source says", *Level),
    "summary": _text("TrichYeuHoSo", "what it is about"),
    "applicant.name": _text("ChuHoSo", "owner of the dossier"),
    "applicant.kind": _choice("LoaiDoiTuong", "kind of owner", "citizen", "enterprise", "state_agency", "organisation"),
    "applicant.portal_id": _text("MaDoiTuong", "owner's TechID on the national portal"),
    "applicant.id_kind": _choice("DinhDanhCHS.LoaiDinhDanh", "kind of identity number", "citizen_id", "id_card"),
    "applicant.id_number": _text("DinhDanhCHS.SoDinhDanh", "identity number: 12 digits (CCCD), or 9 (CMND)"),
    "applicant.paper_number": _text("SoGiayToChuHoSo", "number of another paper of the owner's, such as a passport"),
    "applicant.tax_code": _text("", "tax code (mã số thuế) of the owner"),
    "applicant.vneid_verified": _yes_no("TaiKhoanDuocXacThucVoiVNeID", "whether VNeID has verified the account"),
    "applicant.birth_date": RecordField("date", "", "date of birth"),
    "applicant.phone": _text("SoDienThoai", "telephone"),
    "applicant.fax": _text("Fax", "fax"),
    "applicant.email": _text("Email", "e-mail"),
    "applicant.address": _text("", "address"),
    "officer": _text("NguoiXuLy", "officer who handles it"),
    "submitted_at": _time("NgayNopHoSo", "submitted"),
    "received_at": _time("NgayTiepNhan", "received by the agency"),
    "due_at": _time("NgayHenTra", "result promised for"),
    "completed_at": _time("NgayKetThucXuLy", "processing ended"),
    "refused_at": _time("NgayTuChoi", "refused"),
    "returned_at": _time("NgayTra", "result handed over"),
    "return_method": _choice("HinhThuc", "how the result is handed over", "direct", "post"),
    "return_information": _text("ThongTinTra", "what is known of the handing over"),
    "digitised": _yes_no("HoSoCoThanhPhanSoHoa", "whether some of its papers are digitised"),
    "online_payment": _choice("DuocThanhToanTrucTuyen", "payment online", "none", "paid", "other"),
    "other_information": _text("ThongTinKhac", "other information"),
    "note": _text("GhiChu", "note"),
}

_PAPER = {
    "name": _text("TenGiayTo", "paper"),
    "code": _text("MaThanhPhanHoSo", "its code in the procedure"),
    "quantity": RecordField("integer", "SoLuong", "how many"),
    "kind": _text("LoaiGiayTo", "original or copy, in the source's words"),
}
_FEE = {
    "name": _text("TenPhiLePhi", "fee or charge"),
    "code": _text("MaPhiLePhi", "its code"),
    "amount": RecordField("money", "Gia", "đồng"),
    "kind": _choice("LoaiPhiLePhi", "what for", "normal", "appraisal", "extension"),
    "collected": _choice("HinhThucThu", "when it is collected", "at_reception", "at_supplement", "at_return"),
    "paid": _yes_no("", "whether it is paid"),
    "paid_at": _time("", "when it was paid"),
}
_STEP = {
    "at": _time("ThoiDiemXuLy", "when it happened at the source", required=True),
    "status": _choice("TrangThai", "status that it brought", *_STATUSES),
    "name": _text("NoiDungXuLy", "what happened"),
    "actor": _text("NguoiXuLy", "who did it"),
    "title": _text("ChucDanh", "the actor's title"),
    "unit": _text("PhongBanXuLy", "unit of the actor"),
    "started_at": _time("NgayBatDau", "when the step began"),
    "due_at": _time("NgayKetThucTheoQuyDinh", "when the step is to end by the rules"),
}

# A list inside the rows of another stands under that one's name: `supplements.papers`.
LIST_FIELDS: dict[str, dict[str, RecordField]] = {
    "documents": {
        "id": _text("TepDinhKemId", "the file's number at the source"),
        "name": _text("", "paper that was submitted"),
        "code": _text("MaThanhPhanHoSo", "its code in the procedure"),
        "file_name": _text("TenTepDinhKem", "file"),
        "url": _text("DuongDanTaiTepTin", "where the file can be had"),
        "deleted": _yes_no("IsDeleted", "whether it was taken back"),
        "digitised": _yes_no("DuocSoHoa", "whether it is digitised"),
        "reuse": _text("DuocTaiSuDung", "whether it is re-used, by the portal's number: 0, 1 or 2"),
        "from_repository": _yes_no("DuocLayTuKhoDMQG", "whether it comes from the national e-repository"),
        "replaced_result": _text("MaKetQuaThayThe", "code of the result that stands in for it"),
    },
    "papers": _PAPER,
    "fees": _FEE,
    "supplements": {
        "id": _text("HoSoBoSungId", "the request's number at the source"),
        "requested_by": _text("NguoiYeuCauBoSung", "officer who asks"),
        "content": _text("NoiDungBoSung", "what is asked for"),
        "requested_at": _time("NgayBoSung", "when it was asked for"),
        "received_by": _text("NguoiTiepNhanBoSung", "officer who received it"),
        "reception_information": _text("ThongTinTiepNhan", "what is known of the reception"),
        "received_at": _time("NgayTiepNhanBoSung", "when it came"),
        "status": _text("TrangThaiBoSung", "where the request stands, in the source's words"),
        "due_before": _time("NgayHenTraTruoc", "due date before"),
        "due_after": _time("NgayHenTraMoi", "due date after"),
    },
    "supplements.papers": _PAPER,
    "supplements.fees": _FEE,
    "results": {
        "id": _text("GiayToId", "its number at the source"),
        "name": _text("TenGiayTo", "result paper"),
        "code": _text("MaThanhPhanHoSo", "its code in the procedure"),
        "kind": _text("MaGiayToKetQua", "code of its type, as KQ.G15.000031"),
        "url": _text("DuongDanTepTinKetQua", "where it can be had"),
    },
    "databases": {"code": _text("MaCSDL", "database that was consulted", required=True)},
    "events": _STEP,
}

# Facts of the source that have no field of ours are kept under this prefix (official: ThongTinKhac).
OPEN_PREFIX = "extra."

# What a precedence can be written for: a field, a list as a whole, or a group (`applicant`: all that stand under it).
PARTS = tuple(
    dict.fromkeys(
        part
        for name in (*DOSSIER_FIELDS, *(name for name in LIST_FIELDS if "." not in name and name != "events"))
        for part in (name, name.partition(".")[0])
    )
)
