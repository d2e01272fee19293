"""What the API answers of dossiers, for the OpenAPI document. The fields come from `hub.record.fields`.

A field that no source gives, that was not asked for, or that the client may not see is absent.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from hub.api import example
from hub.api.absence import absent
from hub.api.catalogue_models import RatingsBehind
from hub.api.due_models import DueBehind, DueState
from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS, RecordField
from hub.record.status import Status

_TYPES: dict[str, Any] = {
    "text": str,
    "time": datetime,
    "date": Annotated[str, Field(pattern=r"^(\d{4}(-\d{2}-\d{2})?|\*\*\*)$")],  # masked: the year
    "money": int,
    "integer": int,
    "boolean": bool,
}


class DossierStatus(BaseModel):
    """A status with the national portal's number and label for it."""

    model_config = ConfigDict(json_schema_extra={"example": {"code": "processing", "number": 4, "label": "Đang xử lý"}})

    code: Status
    number: int
    label: str


def _definition(field: RecordField) -> Any:
    if field.choices:
        kind: Any = DossierStatus if field.choices == tuple(Status) else Literal[field.choices]
    else:
        kind = _TYPES[field.type]
    return kind, Field(description=field.meaning) if field.required else absent(field.meaning)


def _definitions(fields: Mapping[str, RecordField]) -> dict[str, Any]:
    """pydantic's definitions of fields, the dotted ones as models of their own."""
    found = {name: _definition(field) for name, field in fields.items() if "." not in name}
    for group in dict.fromkeys(name.partition(".")[0] for name in fields if "." in name):
        inner = {
            name.removeprefix(f"{group}."): field for name, field in fields.items() if name.startswith(f"{group}.")
        }
        found[group] = (create_model(group.title(), **_definitions(inner)), absent())
    return found


def _list_definitions(within: str = "") -> dict[str, Any]:
    """pydantic's definitions of the lists in a dossier, or in the rows of another list (`supplements.`)."""
    found: dict[str, Any] = {}
    for full, fields in LIST_FIELDS.items():
        name = full.removeprefix(within)
        if full.startswith(within) and "." not in name and full != "events":
            title = "".join(part.title() for part in full.split(".")).removesuffix("s")
            row = create_model(title, **_definitions(fields), **_list_definitions(f"{full}."))
            found[name] = (list[row], absent())
    return found


_FIELDS = _definitions(DOSSIER_FIELDS)
_LISTS = _list_definitions()


class Fresh(BaseModel):
    """What every dossier says of itself, whatever else is asked for."""

    id: str = Field(description="the hub's own, for ever: also of a dossier whose codes change")
    due: DueState
    as_of: datetime | None = Field(description="when its sources were last read to the end, the longest ago of them")
    source_seen_at: datetime | None = Field(description="the same, the last of them; null: none ever was")
    stale: bool = Field(description="whether `as_of` is longer ago than promised")
    changed_at: datetime = Field(description="last change in the hub")
    position: int = Field(description="of its last change, in the change feed")
    gone_at: datetime | None = Field(description="since then none of its sources holds it any more; null: one does")


class SourceRecord(BaseModel):
    """What one connector brought of a dossier."""

    connector: str
    key: str = absent("the source's own identifier")
    agency: str = Field(description="agency that the connector is registered for")
    changed_at: datetime | None = Field(description="last change at the source, if it says")
    stored_at: datetime = Field(description="last change in the hub")
    source_seen_at: datetime | None = Field(description="when the source was last read to its end")
    stale: bool
    gone_at: datetime | None = Field(description="since then its source does not list it any more; null: it does")
    problems: list[dict[str, Any]] = absent("optional fields that could not be read")


class Conflict(BaseModel):
    """A source that says otherwise."""

    connector: str
    key: str
    value: Any


class FieldProvenance(BaseModel):
    """Which source supplied a field, and which ones say otherwise."""

    connector: str
    key: str
    stored_at: datetime = Field(description="when the hub stored what the source says")
    payload_id: int = Field(description="the answer that it came in")
    mapping: str = Field(description="mapping that it was read with: name, version and fingerprint")
    conflicts: list[Conflict]


class TimelineEntry(BaseModel):
    """One thing that happened to a dossier; null: no source says, or the client may not see it."""

    at: datetime = Field(description="at the source")
    status: DossierStatus | None
    name: str | None
    actor: str | None
    title: str | None = Field(description="the actor's")
    unit: str | None
    started_at: datetime | None = Field(description="when the step began")
    due_at: datetime | None = Field(description="when the step is to end by the rules")
    inferred: bool = Field(description="no source tells it; what one says of the dossier shows it")
    unusual: bool = Field(description="a dossier does not usually move so; it is kept all the same")
    remark: str | None = Field(description="why it is unusual, for a person")
    connector: str | None
    recorded_at: datetime = Field(description="in the hub")


class Revision(BaseModel):
    """What one arrival, or one person, changed of a dossier; personal values stand in it as in the dossier."""

    changes: dict[str, list[Any]] = Field(
        description="by dotted name of the field: before and after, null for none; for `sources` and `codes` those "
        "that the dossier lost and those that it got"
    )
    connector: str | None = Field(description="whose record changed it; null: a person did")
    run_id: int | None
    author: str | None = Field(description="the person")
    reason: str | None = Field(description="the person's")
    at: datetime = Field(description="in the hub")


class DisownedCode(BaseModel):
    """A code that a record gives, but that a person found to be wrong: it joins the record to nothing."""

    connector: str
    key: str
    code: str
    author: str
    reason: str
    at: datetime


class Behind(DueBehind, RatingsBehind, Fresh):
    """What stands behind a dossier; each part with the `include` of its name."""

    model_config = ConfigDict(json_schema_extra={"example": example.DOSSIER})

    first_seen_at: datetime
    codes: list[str] = Field(description="every code that the dossier is known under")
    timeline: list[TimelineEntry] = absent()
    history: list[Revision] = absent("the last 200 changes of its values, the newest first")
    disowned: list[DisownedCode] = absent("with `include=provenance`")
    sources: list[SourceRecord] = absent("with `include=provenance`")
    provenance: dict[str, FieldProvenance] = absent("by dotted name of the field")


class BehindMany(Fresh):
    """What a look-up of many dossiers may include of each."""

    codes: list[str] = Field(description="every code that the dossier is known under")
    timeline: list[TimelineEntry] = absent()
    sources: list[SourceRecord] = absent("with `include=provenance`")
    provenance: dict[str, FieldProvenance] = absent("by dotted name of the field")


_LISTS["extra"] = (dict[str, Any], absent("facts of the source that have no field of ours"))
DossierItem: type[BaseModel] = create_model("DossierItem", __base__=Fresh, **_FIELDS, **_LISTS)
Dossier: type[BaseModel] = create_model("Dossier", __base__=Behind, **_FIELDS, **_LISTS)
DossierFound: type[BaseModel] = create_model("DossierFound", __base__=BehindMany, **_FIELDS, **_LISTS)


_COUNT = "of a list, with `count`; where `corrected` is told, of what that finds"
_CORRECTED = (
    "of a list, with `q`: by word that was asked and found nothing, the words that were searched for instead of it"
)


class CountAnswer(BaseModel):
    """How many dossiers the filter holds."""

    records: int
    exact: bool = Field(description="false: an estimate of the database")


class DossierPage(BaseModel):
    """One page of dossiers."""

    model_config = ConfigDict(json_schema_extra={"example": example.PAGE})

    items: list[DossierItem]
    next_cursor: str | None = Field(description="null on the last page")
    count: CountAnswer = absent(_COUNT)
    corrected: dict[str, list[str]] = absent(_CORRECTED)


class NationalReply(BaseModel):
    """Dossiers as the national portal's TraCuuHoSo answers: with `format=national`, or where `Accept` asks for it."""

    error_code: Literal["0"]
    message: str
    result: list[dict[str, Any]] = Field(description="as DongBoHoSoMC takes them; what nobody says is empty")
    next_cursor: str | None = absent("of a list; null on the last page")
    count: CountAnswer = absent(_COUNT)
    corrected: dict[str, list[str]] = absent(_CORRECTED)


class LookedUp(BaseModel):
    """What became of one code or id of a look-up."""

    code: str = absent("as it was asked")
    id: str = absent("as it was asked")
    outcome: Literal["found", "unknown", "ambiguous", "malformed", "repeated"] = Field(
        description="unknown: no dossier that you may see has it; ambiguous: agencies gave the same number, `found` "
        "has them all; repeated: the answer stands where it was asked first"
    )
    found: list[DossierFound]


class LookUpAnswer(BaseModel):
    """One entry for each code, and then for each id, in the order in which they were asked."""

    model_config = ConfigDict(json_schema_extra={"example": example.LOOKED_UP})

    items: list[LookedUp]


class DossierGroup(BaseModel):
    """How many dossiers have these values; a value that no source gives is null."""

    agency: str | None = absent("as codes are compared")
    status: Status = absent()
    procedure: str | None = absent("its national code")
    field: str | None = absent()
    channel: str | None = absent()
    records: int


class DossierCounts(BaseModel):
    """How many dossiers there are of each."""

    model_config = ConfigDict(json_schema_extra={"example": example.COUNTS})

    counted_at: datetime = Field(description="when they were counted: some seconds ago at most")
    groups: list[DossierGroup]
