"""What a good engineer would write by hand, with the standard library, to read the dossiers of `bench.dossiers`: as
strict with days, texts and tables as the mapping, with a problem for all that cannot be read. Nothing of the engine is
called but its `Draft` and `Problem`; what a problem expects is said more briefly."""

import re
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from bench.dossiers import CHANNELS, KINDS, STATUSES
from mappings.engine.draft import Draft, Problem

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_LOST = re.compile(r"[^\W\d_]\?[^\W\d_]|\ufffd")
_TIME = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})\s+([0-9]{2}):([0-9]{2})")
_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})")
_IDENTITY = re.compile(r"[0-9]{9}|[0-9]{3}[0-3][0-9]{8}")
_FILLER = re.compile(r"0+1?|0?123456789|1234567890?|123456789012|012345678901")
_AMOUNT = re.compile(r"[0-9]{1,18}|[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_HOME, _UTC = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("UTC")
_NO_DAYS = frozenset({"0001-01-01", "1753-01-01", "1900-01-01", "1899-12-30", "9999-12-31"})
_SEVEN_HOURS = timedelta(hours=7)
_BOOLEANS = {"true": True, "1": True, "có": True, "false": False, "0": False, "không": False}


class Reader:
    """Reads the values of one record and notes what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.rejected = False
        self.row = ""  # of which list: fees[0].

    def wrong(self, field: str, source: str, value: Any, expected: str) -> None:
        """Note a value that cannot be read; a required one rejects the record."""
        self.problems.append(Problem(self.row + field, source, None if value is None else str(value), expected))
        if field in ("code", "status") and not self.row:
            self.rejected = True

    def text(self, raw: Any, field: str, source: str) -> str | None:
        """NFC, trimmed, without control characters; None for an empty one."""
        if raw is None:
            return None
        if not isinstance(raw, str):
            if isinstance(raw, dict | list):
                return self.wrong(field, source, raw, "one value")
            raw = str(raw)
        if not raw.isprintable():
            raw = _UNSEEN.sub("", raw.replace("\r\n", "\n").replace("\r", "\n"))
        text = raw if raw.isascii() else normalize("NFC", raw)
        text = text.strip()
        if "?" in text and _LOST.search(text) and "://" not in text:
            self.wrong(field, source, raw, "a text with all its letters")
        return text or None

    def choice(self, raw: Any, table: dict[str, str], field: str, source: str) -> str | None:
        """A word of the table, by its key without regard to case and spaces."""
        if raw is None:
            return None
        text = str(raw)
        if text in table:
            return table[text]
        if not text.strip():
            return None
        found = table.get(" ".join(normalize("NFC", text).split()).casefold())
        if found is None:
            self.wrong(field, source, raw, "a text of the table")
        return found

    def time(self, raw: Any, field: str, source: str) -> str | None:
        """`20/05/2026 08:15` at home as `2026-05-20T01:15:00Z`."""
        text = raw.strip() if isinstance(raw, str) else raw
        if not text:
            return None
        found = _TIME.fullmatch(text) if isinstance(text, str) else None
        if not found:
            return self.wrong(field, source, raw, "a time as dd/MM/yyyy HH:mm")
        day, month, year, hour, minute = map(int, found.groups())
        try:
            moment = datetime(year, month, day, hour, minute)  # noqa: DTZ001 - the zone comes later
        except ValueError:
            return self.wrong(field, source, raw, "a time as dd/MM/yyyy HH:mm")
        if not 1900 < year < 2200:
            return self.strange_year(moment, raw, field, source)
        if year < 1976:
            return moment.replace(tzinfo=_HOME).astimezone(_UTC).isoformat()[:19] + "Z"
        return (moment - _SEVEN_HOURS).isoformat() + "Z"

    def iso_time(self, raw: Any, field: str, source: str) -> str | None:
        """`2026-05-20T08:15:00+07:00` as `2026-05-20T01:15:00Z`."""
        text = raw.strip() if isinstance(raw, str) else raw
        if not text:
            return None
        if not isinstance(text, str) or not _ISO.fullmatch(text):
            return self.wrong(field, source, raw, "a time as ISO 8601")
        try:
            moment = datetime.fromisoformat(text)
            if not 1900 < moment.year < 2200:
                return self.strange_year(moment, raw, field, source)
            return moment.astimezone(_UTC).isoformat()[:19] + "Z"
        except (ValueError, OverflowError):
            return self.wrong(field, source, raw, "a time as ISO 8601")

    def date(self, raw: Any, field: str, source: str) -> str | None:
        """`20/05/1990` as `1990-05-20`."""
        text = raw.strip() if isinstance(raw, str) else raw
        if not text:
            return None
        found = _DATE.fullmatch(text) if isinstance(text, str) else None
        if not found:
            return self.wrong(field, source, raw, "a date as dd/MM/yyyy")
        day, month, year = found.groups()
        try:
            moment = datetime.fromisoformat(f"{year}-{month}-{day}")
            if not 1900 < moment.year < 2200:
                return self.strange_year(moment, raw, field, source)
            return moment.date().isoformat()
        except ValueError:
            return self.wrong(field, source, raw, "a date as dd/MM/yyyy")

    def strange_year(self, moment: datetime, raw: Any, field: str, source: str) -> None:
        """How programs write "no day" is no value; any other day of such a year cannot be right."""
        if moment.date().isoformat() not in _NO_DAYS:
            self.wrong(field, source, raw, "a day of our time")

    def identity(self, raw: Any, field: str, source: str) -> str | None:
        """9 or 12 digits; None for a filler."""
        if raw is None:
            return None
        number = re.sub(r"[\s.-]+", "", str(raw))
        if not number or len(set(number)) == 1 or _FILLER.fullmatch(number):
            return None
        if not _IDENTITY.fullmatch(number):
            return self.wrong(field, source, raw, "an identity number of 9 or 12 digits")
        return number

    def boolean(self, raw: Any, field: str, source: str) -> bool | None:
        """True, false, 1, 0, có or không."""
        if raw is None or isinstance(raw, bool):
            return raw
        text = str(raw).strip().casefold()
        if not text:
            return None
        found = _BOOLEANS.get(text)
        if found is None:
            self.wrong(field, source, raw, "true, false, 1, 0, có or không")
        return found

    def money(self, raw: Any, field: str, source: str) -> int | None:
        """An amount in whole đồng, also as `200.000`."""
        if type(raw) is int and 0 <= raw < 10**15:
            return raw
        text = raw.strip() if isinstance(raw, str) else raw
        if text is None or text == "":
            return None
        if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
            return self.wrong(field, source, raw, "an amount in whole đồng")
        return int(text.replace(".", ""))


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None and value not in ({}, [])}


def _group(record: Any, name: str) -> Any:
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _rows(record: dict[str, Any], name: str) -> list[Any]:
    found = record.get(name)
    rows = found if isinstance(found, list) else [found]
    return [row for row in rows if isinstance(row, dict)]


def _first(*values: Any) -> Any:
    for value in values:
        if value is not None and (not isinstance(value, str) or value.strip()):
            return value
    return None


def read_xml(element: Any) -> Draft:
    """One record, an lxml element, as a draft."""
    return read_json(_inside(element))


def _inside(element: Any) -> dict[str, Any]:
    """Texts by name, elements that hold others as a dict, and what is repeated as a list."""
    found: dict[str, Any] = {}
    for child in element:
        tag = child.tag
        if not isinstance(tag, str):
            continue  # a comment
        name = tag.rpartition("}")[2]
        value = _inside(child) if len(child) else child.text
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def read_json(record: dict[str, Any]) -> Draft:
    """One record as a draft."""
    reader, get = Reader(), record.get
    text, choice, time = reader.text, reader.choice, reader.time
    procedure, agency, person = _group(record, "thuTuc"), _group(record, "donVi"), _group(record, "nguoiNop")
    field, officer = _group(procedure, "linhVuc"), _group(record, "canBo")
    national = _first(get("maQuocGia"), _group(record, "lienThong").get("ma"))
    procedure_code = _first(procedure.get("maQuocGia"), procedure.get("ma"))
    phone = _first(person.get("diDong"), person.get("dienThoai"))
    values = {
        "code": text(get("soHoSo"), "code", "soHoSo"),
        "national_code": text(national, "national_code", "maQuocGia, lienThong.ma"),
        "receipt_number": text(get("soBienNhan"), "receipt_number", "soBienNhan"),
        "procedure": _present(
            {
                "code": text(procedure_code, "procedure.code", "thuTuc.maQuocGia, thuTuc.ma"),
                "name": text(procedure.get("ten"), "procedure.name", "thuTuc.ten"),
                "field_code": text(field.get("ma"), "procedure.field_code", "thuTuc.linhVuc.ma"),
                "field_name": text(field.get("ten"), "procedure.field_name", "thuTuc.linhVuc.ten"),
                "level": text(procedure.get("mucDo"), "procedure.level", "thuTuc.mucDo"),
            }
        ),
        "agency": _present(
            {
                "code": text(agency.get("ma"), "agency.code", "donVi.ma"),
                "name": text(agency.get("ten"), "agency.name", "donVi.ten"),
            }
        ),
        "status": choice(get("trangThai"), STATUSES, "status", "trangThai"),
        "status_text": text(get("tenTrangThai"), "status_text", "tenTrangThai"),
        "channel": choice(get("kenh"), CHANNELS, "channel", "kenh"),
        "submission_place": text(get("noiNop"), "submission_place", "noiNop"),
        "summary": text(get("trichYeu"), "summary", "trichYeu"),
        "applicant": _present(
            {
                "name": text(person.get("hoTen"), "applicant.name", "nguoiNop.hoTen"),
                "kind": choice(person.get("loai"), KINDS, "applicant.kind", "nguoiNop.loai"),
                "id_number": reader.identity(person.get("soDinhDanh"), "applicant.id_number", "nguoiNop.soDinhDanh"),
                "birth_date": reader.date(person.get("ngaySinh"), "applicant.birth_date", "nguoiNop.ngaySinh"),
                "vneid_verified": reader.boolean(person.get("vneid"), "applicant.vneid_verified", "nguoiNop.vneid"),
                "phone": text(phone, "applicant.phone", "nguoiNop.diDong, nguoiNop.dienThoai"),
                "email": text(person.get("email"), "applicant.email", "nguoiNop.email"),
                "address": text(person.get("diaChi"), "applicant.address", "nguoiNop.diaChi"),
            }
        ),
        "officer": text(officer.get("hoTen"), "officer", "canBo.hoTen"),
        "submitted_at": time(get("ngayNop"), "submitted_at", "ngayNop"),
        "received_at": time(get("ngayTiepNhan"), "received_at", "ngayTiepNhan"),
        "due_at": time(get("ngayHenTra"), "due_at", "ngayHenTra"),
        "completed_at": reader.iso_time(get("ngayKetThuc"), "completed_at", "ngayKetThuc"),
        "digitised": reader.boolean(get("coSoHoa"), "digitised", "coSoHoa"),
        "note": text(get("ghiChu"), "note", "ghiChu"),
        "fees": [_fee(row, reader, at) for at, row in enumerate(_rows(record, "lePhi"))],
        "events": [_event(row, reader, at) for at, row in enumerate(_rows(record, "quaTrinh"))],
    }
    reader.row = ""
    for required, source in (("code", "soHoSo"), ("status", "trangThai")):
        if values[required] is None and not any(problem.field == required for problem in reader.problems):
            reader.wrong(required, source, None, "a value")
    return Draft(_present(values), tuple(reader.problems), reader.rejected)


def _fee(row: dict[str, Any], reader: Reader, at: int) -> dict[str, Any]:
    reader.row = f"fees[{at}]."
    return _present(
        {
            "name": reader.text(row.get("ten"), "name", "ten"),
            "code": reader.text(row.get("ma"), "code", "ma"),
            "amount": reader.money(row.get("soTien"), "amount", "soTien"),
            "paid": reader.boolean(row.get("daThu"), "paid", "daThu"),
        }
    )


def _event(row: dict[str, Any], reader: Reader, at: int) -> dict[str, Any]:
    reader.row = f"events[{at}]."
    return _present(
        {
            "at": reader.iso_time(row.get("thoiDiem"), "at", "thoiDiem"),
            "status": reader.choice(row.get("trangThai"), STATUSES, "status", "trangThai"),
            "name": reader.text(row.get("noiDung"), "name", "noiDung"),
            "actor": reader.text(row.get("nguoiXuLy"), "actor", "nguoiXuLy"),
        }
    )
