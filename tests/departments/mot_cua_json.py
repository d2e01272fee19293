"""Writes a dossier as the one-stop gateway does: names by language, stamps in two zones, numbers of its own."""

from datetime import UTC, datetime, time, timedelta, timezone
from hashlib import sha256
from typing import Any, Literal, TypeAlias
from unicodedata import normalize
from zlib import crc32

from tests.departments.catalogue import CITY_NAME, Agency
from tests.departments.dossier import LOCAL, Dossier, Flaw, Step

Json: TypeAlias = dict[str, Any]

VIETNAMESE, ENGLISH = 228, 46

# What dossierStatus means at THIS department: the product leaves it open, and no other city agrees with it.
STATUS_IDS: dict[str, tuple[int, str]] = {
    "processing": (2, "Thụ lý hồ sơ"),
    "supplement_requested": (3, "Yêu cầu bổ sung giấy tờ"),
    "completed": (4, "Đã có kết quả"),
    "returned": (5, "Đã trả kết quả"),
    "accepted": (8, "Đã tiếp nhận"),
    "payment_requested": (9, "Yêu cầu thanh toán"),
    "withdrawn": (10, "Công dân rút hồ sơ"),
    "stopped": (11, "Dừng xử lý"),
    "registered": (16, "Mới đăng ký"),
    "not_accepted": (17, "Không tiếp nhận"),
}
CHANNELS = {"online": (0, "Trực tuyến"), "direct": (1, "Trực tiếp"), "post": (2, "Bưu chính công ích")}
_SEVEN_HOURS = timezone(timedelta(hours=7))  # the product knows no history: from 1960 to 1975 Sài Gòn had eight
FILLER_ID_NUMBER = "000000001"  # what clerks type when they have none


def object_id(*parts: str) -> str:
    """24 hexadecimal digits, as MongoDB makes them; always the same for the same parts."""
    return sha256("/".join(parts).encode()).hexdigest()[:24]


def dossier_id(dossier: Dossier) -> str:
    """The gateway's internal id of a dossier: the key of its records."""
    return object_id("dossier", dossier.code)


def write_dossier(dossier: Dossier) -> Json:
    """The gateway's JSON of a dossier; what is not known is absent."""
    impossible = "2026-02-31T08:15:00.000+0700" if dossier.flaw is Flaw.IMPOSSIBLE_DATE else None
    optional = {
        "nationCode": dossier.national_code,
        "appointmentDate": _stamp(dossier.due_at, utc=_one_in(3, dossier)) if dossier.due_at else None,
        "completedDate": _stamp(dossier.completed_at, utc=_one_in(2, dossier)) if dossier.completed_at else None,
    }
    return {
        "id": dossier_id(dossier),
        "code": dossier.code,
        **_status(dossier),
        "applicant": {"eformId": object_id("eform"), "data": _applicant(dossier)},
        "procedure": _procedure(dossier),
        "procedureLevel": {"id": object_id("level", "4"), "name": _names("Mức độ 4")},
        "agency": _agency(dossier.agency),
        "appliedDate": impossible or _stamp(dossier.submitted_at, utc=False),
        "acceptedDate": impossible or _stamp(dossier.received_at, utc=_one_in(2, dossier)),
        "updatedDate": _stamp(dossier.updated_at, utc=True),
        "applyMethod": dict(zip(("id", "name"), CHANNELS[dossier.channel], strict=True)),
        "accepter": {"id": object_id("officer", dossier.officer), "fullname": dossier.officer},
        "dossierFormFile": [_paper(dossier, number, name) for number, name in enumerate(dossier.papers, start=1)],
        "dossierFee": [_fee(name, amount, dossier) for name, amount in dossier.fees],
        "task": [_task(dossier, number, step) for number, step in enumerate(dossier.steps, start=1)],
        **{name: value for name, value in optional.items() if value is not None},
    }


def _one_in(times: int, dossier: Dossier) -> bool:
    """A trait that about one dossier in `times` has, for good."""
    return crc32(dossier.code.encode()) % times == 0


def _stamp(moment: datetime, *, utc: bool) -> str:
    """ISO 8601 with milliseconds and an offset without colon, which strict parsers do not take."""
    shown = moment.astimezone(UTC if utc else LOCAL)
    return f"{shown:%Y-%m-%dT%H:%M:%S}.{shown.microsecond // 1000:03d}{shown:%z}"


def _names(vietnamese: str, english: str | None = None) -> list[Json]:
    other = [{"languageId": ENGLISH, "name": english}] if english else []
    return [*other, {"languageId": VIETNAMESE, "name": vietnamese}]


def _status(dossier: Dossier) -> Json:
    if dossier.flaw is Flaw.NO_STATUS:
        return {}
    number, label = STATUS_IDS[dossier.status]
    if dossier.flaw is Flaw.UNKNOWN_STATUS:
        number, label = 99, "Treo chờ ý kiến"
    return {
        "dossierStatus": {"id": number, "name": _names(label)},
        "dossierTaskStatus": {"id": object_id("status", str(number)), "name": _names(label)},
    }


def _applicant(dossier: Dossier) -> Json:
    person = dossier.applicant
    form: Literal["NFC", "NFD"] = "NFD" if _one_in(5, dossier) else "NFC"
    midnight = datetime.combine(person.birth_date, time(tzinfo=_SEVEN_HOURS))
    return {
        "fullname": normalize(form, person.submitter),
        "ownerFullname": normalize(form, person.name),
        "identityNumber": FILLER_ID_NUMBER if _one_in(11, dossier) else person.id_number,
        "birthday": _stamp(midnight, utc=True),
        "gender": 0 if person.female else 1,
        "phoneNumber": f"+84{person.phone[1:]}",
        "address": person.street,
        "village": {"label": person.ward, "value": object_id("place", person.ward)},
        "province": {"label": CITY_NAME, "value": object_id("place", CITY_NAME)},
    }


def _procedure(dossier: Dossier) -> Json:
    procedure = dossier.procedure
    return {
        "id": object_id("procedure", procedure.code),
        "code": f"{procedure.code}.000.00.00.H29",
        "nationCode": procedure.code,
        "translate": _names(procedure.name, procedure.english),
        "sector": {
            "id": object_id("sector", procedure.field_code),
            "code": procedure.field_code,
            "name": _names(procedure.field_name),
        },
    }


def _agency(agency: Agency) -> Json:
    return {"id": object_id("agency", agency.code), "code": agency.code, "name": _names(agency.name)}


def _paper(dossier: Dossier, number: int, name: str) -> Json:
    file_name = f"{dossier.code}_{number}.pdf"
    return {
        "procedureForm": {"id": object_id("form", name), "name": name},
        "requirement": {"typeId": object_id("requirement"), "typeName": "Bản chính", "quantity": 1},
        "file": [{"id": object_id("file", file_name), "filename": file_name, "size": 10_240 * number}],
        "case": {"id": object_id("case"), "name": "Tất cả trường hợp"},
    }


def _fee(name: str, amount: int, dossier: Dossier) -> Json:
    return {
        "procost": {"type": {"name": _names(name)}},
        "amount": float(amount),
        "quantity": 1,
        "paid": float(amount) if dossier.completed_at else 0.0,
        "required": 1,
    }


def _task(dossier: Dossier, number: int, step: Step) -> Json:
    status, label = STATUS_IDS[step.status]
    return {
        "id": object_id("task", dossier.code, str(number)),
        "assignee": {"id": object_id("officer", step.officer), "fullname": step.officer},
        "agency": {"id": object_id("unit", step.unit), "name": _names(step.unit)},
        "isCurrent": 1 if number == len(dossier.steps) else 0,
        "createdDate": _stamp(step.at, utc=True),
        "updatedDate": _stamp(step.at, utc=True),
        "bpmProcessDefinitionTask": {
            "name": step.text,
            "remind": {"id": status, "name": label},
            "processingTime": 1,
        },
    }
