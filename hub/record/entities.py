"""What a source's record can become: a dossier, one step of its progress, a rating, or an entry of a catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS, OPEN_PREFIX, RecordField
from hub.record.identity import LONGEST
from hub.record.status import Status

DOSSIER, EVENT, RATING, PROCEDURE, AGENCY = "dossier", "event", "rating", "procedure", "agency"


@dataclass(frozen=True, slots=True)
class Entity:
    """The fields of one kind of record, and its lists; `open_prefix` is where facts without a field go."""

    fields: Mapping[str, RecordField]
    lists: Mapping[str, Mapping[str, RecordField]] = field(default_factory=dict)
    open_prefix: str = ""


def _text(meaning: str, *, required: bool = False) -> RecordField:
    return RecordField("text", "", meaning, required)


def _code(meaning: str, official: str = "", *, required: bool = False) -> RecordField:
    return RecordField("text", official, meaning, required, longest=LONGEST)


# A step that a system tells by itself (official: CapNhatTienDoHoSoMC), not as a part of its dossier.
_EVENT = {
    "dossier_code": RecordField("text", "MaHoSo", "code of the dossier", required=True),
    "agency.code": _code("agency that handles the dossier", "madonvi"),
    **LIST_FIELDS["events"],
    "status": RecordField("choice", "TrangThai", "status that it brought", required=True, choices=tuple(Status)),
}

_RATING = {
    "dossier_code": RecordField("text", "MaHoSo", "code of the dossier that was handled", required=True),
    "rated_at": RecordField("time", "", "when the citizen said so", required=True),
    "overall": RecordField(
        "choice", "", "the whole of it", required=True, choices=("very_satisfied", "satisfied", "dissatisfied")
    ),
    "complained": RecordField("boolean", "", "whether there was a complaint (phản ánh, kiến nghị)"),
    "channel": RecordField("choice", "", "how it was given", choices=("direct", "online", "post")),
    "comment": _text("what the citizen wrote"),
}
_SCORE = {
    "criterion": _text("what is assessed: a number of the official list, or its words", required=True),
    "score": RecordField("integer", "", "0, 1 or 2 (Circular 01/2018 Art. 13)", required=True),
}

_PROCEDURE = {
    "code": _code("national or local form", "MaTTHC", required=True),
    "name": RecordField("text", "TenTTHC", "its name", required=True),
    "field_code": _code("field (lĩnh vực)", "MaLinhVuc"),
    "field_name": RecordField("text", "TenLinhVuc", "its name"),
    "agency_code": _code("agency that is competent for it"),
    "online_level": RecordField(
        "choice",
        "",
        "levels 1 to 4; since Decree 42/2022 information, partial (một phần) or full (toàn trình)",
        choices=("level_1", "level_2", "level_3", "level_4", "information", "partial", "full"),
    ),
    "term": RecordField("integer", "", "how long it may take"),
    "term_unit": RecordField(
        "choice",
        "",
        "what `term` counts",
        choices=("working_days", "calendar_days", "working_hours", "calendar_hours"),
    ),
    "fee": RecordField("money", "", "fee in đồng"),
    "online_payment": RecordField("boolean", "", "whether it can be paid online"),
    "supplement_policy": RecordField(
        "choice",
        "",
        "what a supplement does to the term (see docs: due dates)",
        choices=("restart", "extend", "from_complete"),
    ),
    "effective_from": RecordField("date", "", "first day on which this holds"),
    "effective_to": RecordField("date", "", "last day on which this holds"),
    "portal": _text("portal or system at which it can be applied for, by its address or name"),
}

_AGENCY = {
    "code": _code("its code today", required=True),
    "name": _text("its name", required=True),
    "level": RecordField("choice", "", "where it belongs", choices=("city", "department", "district", "commune")),
    "parent_code": _code("the agency above it"),
    "leader.name": _text("who answers for it"),
    "leader.title": _text("the leader's title"),
    "phone": _text("telephone"),
    "email": _text("e-mail"),
    "address": _text("address"),
    "effective_from": RecordField("date", "", "first day on which it exists"),
    "effective_to": RecordField("date", "", "last day on which it exists"),
}
_ALIAS = {
    "code": _code("another code of the same agency: of the other standard, or an earlier one", required=True),
    "effective_from": RecordField("date", "", "first day on which it is its code"),
    "effective_to": RecordField("date", "", "last day on which it is its code"),
}
_HOURS = {
    "days": _text("weekdays, as mon-fri or sat", required=True),
    "from": _text("when work begins, as 07:30", required=True),
    "to": _text("when it ends, as 11:30", required=True),
}

ENTITIES: dict[str, Entity] = {
    DOSSIER: Entity(DOSSIER_FIELDS, LIST_FIELDS, OPEN_PREFIX),
    EVENT: Entity(_EVENT),
    RATING: Entity(_RATING, {"scores": _SCORE}),
    PROCEDURE: Entity(_PROCEDURE, {}, OPEN_PREFIX),
    AGENCY: Entity(_AGENCY, {"aliases": _ALIAS, "hours": _HOURS}, OPEN_PREFIX),
}
