"""The fields of a dossier: their types, and what the national portal calls them (domain list dvcqg_dossier_fields).

Values are kept in the form they have in JSON: text in NFC, times as UTC `2026-05-20T01:15:00Z`,
dates as `2026-05-20`, money as whole đồng.
"""

from dataclasses import dataclass
from typing import Literal

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


def _choice(official: str, meaning: str, *choices: str, required: bool = False) -> RecordField:
    return RecordField("choice", official, meaning, required, choices)


_STATUSES = tuple(Status)

DOSSIER_FIELDS: dict[str, RecordField] = {
    "code": RecordField("text", "MaHoSo", "the dossier's code as the source gives it", required=True),
    "national_code": RecordField("text", "MaHoSo", "its code on the national portal, where that is another"),
    "procedure.code": RecordField("text", "MaTTHC", "administrative procedure, national or local form"),
    "procedure.name": RecordField("text", "TenTTHC", "its name"),
    "procedure.field_code": RecordField("text", "MaLinhVuc", "field (lĩnh vực) of the procedure"),
    "procedure.field_name": RecordField("text", "TenLinhVuc", "its name"),
    "procedure.level": RecordField("text", "", "online level, in the source's words"),
    "agency.code": RecordField("text", "madonvi", "agency that handles the dossier"),
    "agency.name": RecordField("text", "DonViXuLy", "its name"),
    "status": _choice("TrangThaiHoSo", "where the dossier stands", *_STATUSES, required=True),
    "status_text": RecordField("text", "", "the status in the source's own words"),
    "channel": _choice("KenhThucHien", "how it was submitted", "direct", "online", "post"),
    "summary": RecordField("text", "TrichYeuHoSo", "what it is about"),
    "applicant.name": RecordField("text", "ChuHoSo", "owner of the dossier"),
    "applicant.kind": _choice("LoaiDoiTuong", "kind of owner", "citizen", "enterprise", "state_agency", "organisation"),
    "applicant.id_number": RecordField("text", "DinhDanhCHS.SoDinhDanh", "identity number, 9 or 12 digits"),
    "applicant.birth_date": RecordField("date", "", "date of birth"),
    "applicant.phone": RecordField("text", "SoDienThoai", "telephone"),
    "applicant.email": RecordField("text", "Email", "e-mail"),
    "applicant.address": RecordField("text", "", "address"),
    "officer": RecordField("text", "NguoiXuLy", "officer who handles it"),
    "submitted_at": RecordField("time", "NgayNopHoSo", "submitted"),
    "received_at": RecordField("time", "NgayTiepNhan", "received by the agency"),
    "due_at": RecordField("time", "NgayHenTra", "result promised for"),
    "completed_at": RecordField("time", "NgayKetThucXuLy", "processing ended"),
    "returned_at": RecordField("time", "NgayTra", "result handed over"),
    "note": RecordField("text", "GhiChu", "note"),
}

LIST_FIELDS: dict[str, dict[str, RecordField]] = {
    "documents": {
        "name": RecordField("text", "", "paper that was submitted", required=True),
        "code": RecordField("text", "MaThanhPhanHoSo", "its code in the procedure"),
        "file_name": RecordField("text", "TenTepDinhKem", "file"),
        "url": RecordField("text", "DuongDanTaiTepTin", "where the file can be had"),
    },
    "fees": {
        "name": RecordField("text", "TenPhiLePhi", "fee or charge", required=True),
        "amount": RecordField("money", "Gia", "đồng", required=True),
        "paid": RecordField("boolean", "", "whether it is paid"),
        "paid_at": RecordField("time", "", "when it was paid"),
    },
    "events": {
        "at": RecordField("time", "ThoiDiemXuLy", "when it happened at the source", required=True),
        "status": _choice("TrangThai", "status that it brought", *_STATUSES),
        "name": RecordField("text", "NoiDungXuLy", "what happened"),
        "actor": RecordField("text", "NguoiXuLy", "who did it"),
        "unit": RecordField("text", "PhongBanXuLy", "unit of the actor"),
    },
}

# Facts of the source that have no field of ours are kept under this prefix (official: ThongTinKhac).
OPEN_PREFIX = "extra."
