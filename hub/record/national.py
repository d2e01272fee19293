"""A dossier or one of its events as the national portal takes it: the names, numbers and times of its own payload.

Source: domain lists dvcqg_dossier_fields and progress_fields (DongBoHoSoMC, CapNhatTienDoHoSoMC).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hub.record.entities import ENTITIES, EVENT
from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS, RecordField
from hub.record.status import OFFICIAL

_HOME = ZoneInfo("Asia/Ho_Chi_Minh")
_TIME = "%Y%m%d%H%M%S"
_STATUS_NUMBERS = {str(status): str(official.number) for status, official in OFFICIAL.items()}
# The portal's numbers for our words, by its own name of the field.
_NUMBERS: dict[str, dict[str, str]] = {
    "TrangThaiHoSo": _STATUS_NUMBERS,
    "TrangThai": _STATUS_NUMBERS,
    "KenhThucHien": {"direct": "1", "online": "2", "post": "3"},
    "LoaiDoiTuong": {"citizen": "1", "enterprise": "2", "state_agency": "3", "organisation": "4"},
    "DinhDanhCHS.LoaiDinhDanh": {"citizen_id": "1", "id_card": "2"},
    "HinhThuc": {"direct": "0", "post": "1"},
    "DuocThanhToanTrucTuyen": {"none": "0", "paid": "1", "other": "3"},
    "LoaiPhiLePhi": {"normal": "1", "appraisal": "2", "extension": "3"},
    "HinhThucThu": {"at_reception": "1", "at_supplement": "2", "at_return": "4"},
}
_YES_NO = {True: "1", False: "0"}
_SPELLED = {"IsDeleted": {True: "True", False: "False"}}  # the one that is not written as a number
_LISTS = {
    "documents": "TaiLieuNop",
    "papers": "DanhSachTepDinhKemKhac",
    "fees": "DanhSachLePhi",
    "supplements": "DanhSachHoSoBoSung",
    "supplements.papers": "DanhSachGiayToBoSung",
    "supplements.fees": "DanhSachLePhiBoSung",
    "results": "DanhSachGiayToKetQua",
    "databases": "DSKetNoiCSDL",
}
# Not in a dossier's own entry: who sends stands in the envelope, the portal's code stands in for ours, and who handles
# it is told with each step.
_ELSEWHERE = {"agency.code", "national_code", "officer"}
# A row of DanhSachTepDinhKemKhac has no code, one of DanhSachGiayToBoSung has: both are papers of ours.
_NO_COLUMN = {("papers", "code")}


def dossier_payload(values: Mapping[str, Any]) -> dict[str, Any]:
    """One entry of `data` of DongBoHoSoMC: every field of it, an empty text or list where the dossier says nothing."""
    fields = {name: field for name, field in DOSSIER_FIELDS.items() if name not in _ELSEWHERE}
    payload = _entry(values, fields)
    if values.get("national_code"):
        payload["MaHoSo"] = values["national_code"]
    for name, official in _LISTS.items():
        if "." not in name:
            payload[official] = _rows(name, values.get(name, ()))
    return payload


def event_payload(values: Mapping[str, Any]) -> dict[str, Any]:
    """One entry of `data` of CapNhatTienDoHoSoMC."""
    return _entry(values, {name: field for name, field in ENTITIES[EVENT].fields.items() if name not in _ELSEWHERE})


def _rows(name: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    columns = {column: field for column, field in LIST_FIELDS[name].items() if (name, column) not in _NO_COLUMN}
    below = {inner: official for inner, official in _LISTS.items() if inner.startswith(f"{name}.")}
    made = []
    for row in rows:
        lists = {official: _rows(inner, row.get(inner.rpartition(".")[2], ())) for inner, official in below.items()}
        made.append(_entry(row, columns) | lists)
    return made


def _entry(values: Mapping[str, Any], fields: Mapping[str, RecordField]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for name, field in fields.items():
        if field.official:
            *groups, last = field.official.split(".")
            into = entry
            for group in groups:
                into = into.setdefault(group, {})
            into[last] = _written(_at(values, name), field)
    return entry


def _at(values: Mapping[str, Any], name: str) -> Any:
    value: Any = values
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _written(value: Any, field: RecordField) -> str:
    if value is None:
        return ""
    if field.type == "time":
        return datetime.fromisoformat(value).astimezone(_HOME).strftime(_TIME)
    if field.type == "boolean":
        return _SPELLED.get(field.official, _YES_NO)[value]
    return _NUMBERS[field.official][value] if field.type == "choice" else str(value)
