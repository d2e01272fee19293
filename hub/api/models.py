"""What the API answers, for the OpenAPI document. The fields of a dossier come from `hub.record.fields`."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from hub.api import example
from hub.api.catalogue_models import RatingsBehind
from hub.api.due_models import DueBehind, DueState
from hub.record.connector_state import Life
from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS, RecordField
from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.record.status import Status
from hub.sync.health import Health

_TYPES: dict[str, Any] = {
    "text": str,
    "time": datetime,
    "date": date,
    "money": int,
    "integer": int,
    "boolean": bool,
}
# What a list leaves out: it is read for one dossier at a time.
SINGLY = frozenset({name for name in LIST_FIELDS if "." not in name} - {"events"} | {"extra"})


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
    return kind, Field(description=field.meaning) if field.required else _absent(field.meaning)


def _absent(meaning: str | None = None) -> Any:
    """A field that is left out where no source says anything; it is never null."""
    return Field(None, description=meaning, json_schema_extra=_without_default)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default")


def _definitions(fields: Mapping[str, RecordField]) -> dict[str, Any]:
    """pydantic's definitions of fields, the dotted ones as models of their own."""
    found = {name: _definition(field) for name, field in fields.items() if "." not in name}
    for group in dict.fromkeys(name.partition(".")[0] for name in fields if "." in name):
        inner = {
            name.removeprefix(f"{group}."): field for name, field in fields.items() if name.startswith(f"{group}.")
        }
        found[group] = (create_model(group.title(), **_definitions(inner)), _absent())
    return found


def _list_definitions(within: str = "") -> dict[str, Any]:
    """pydantic's definitions of the lists in a dossier, or in the rows of another list (`supplements.`)."""
    found: dict[str, Any] = {}
    for full, fields in LIST_FIELDS.items():
        name = full.removeprefix(within)
        if full.startswith(within) and "." not in name and full != "events":
            title = "".join(part.title() for part in full.split(".")).removesuffix("s")
            row = create_model(title, **_definitions(fields), **_list_definitions(f"{full}."))
            found[name] = (list[row], _absent())
    return found


_FIELDS = _definitions(DOSSIER_FIELDS)
_LISTS = _list_definitions()


class Fresh(BaseModel):
    """How fresh an answer is, and when the hub last changed it."""

    as_of: datetime | None = Field(description="when its sources were last read to the end, the longest ago of them")
    stale: bool = Field(description="whether that is longer ago than promised")
    changed_at: datetime = Field(description="last change in the hub")
    gone_at: datetime | None = Field(description="since then none of its sources holds it any more; null: one does")


class SourceRecord(BaseModel):
    """What one connector brought of a dossier."""

    connector: str
    key: str = Field(description="the source's own identifier")
    agency: str = Field(description="agency that the connector is registered for")
    changed_at: datetime | None = Field(description="last change at the source, if it says")
    stored_at: datetime = Field(description="last change in the hub")
    source_seen_at: datetime | None = Field(description="when the source was last read to its end")
    stale: bool
    gone_at: datetime | None = Field(description="since then its source does not list it any more; null: it does")
    problems: list[dict[str, Any]] = Field(description="optional fields that could not be read")


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
    """One thing that happened to a dossier."""

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
    connector: str
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
    """What stands behind a dossier."""

    model_config = ConfigDict(json_schema_extra={"example": example.DOSSIER})

    first_seen_at: datetime
    codes: list[str] = Field(description="every code that the dossier is known under")
    extra: dict[str, Any] = Field({}, description="facts of the source that have no field of ours")
    timeline: list[TimelineEntry]
    history: list[Revision] = Field(description="the last 200 changes of its values, the newest first")
    disowned: list[DisownedCode]
    sources: list[SourceRecord]
    provenance: dict[str, FieldProvenance] = Field(description="by dotted name of the field")


DossierItem: type[BaseModel] = create_model("DossierItem", __base__=Fresh, due=(DueState, ...), **_FIELDS)
Dossier: type[BaseModel] = create_model("Dossier", __base__=Behind, due=(DueState, ...), **_FIELDS, **_LISTS)


class DossierPage(BaseModel):
    """One page of dossiers, newest reception first."""

    items: list[DossierItem]
    next_cursor: str | None = Field(description="null on the last page")


class RunCounts(BaseModel):
    """Every fetched record is counted once, in one of the last four."""

    fetched: int
    created: int
    updated: int
    unchanged: int
    quarantined: int
    total: int | None = Field(description="how many records the source announced")


class Attempt(BaseModel):
    """One failed exchange with the department system."""

    at: datetime
    code: str
    sentence: str
    next_try_in_seconds: float | None = None


class Note(BaseModel):
    """What a person should know of a run though it went on."""

    code: str
    sentence: str
    records: int | None = Field(None, description="how many it is about, where it counts any")


class Run(BaseModel):
    """One execution of a connector's job."""

    id: int
    connector: str
    kind: RunKind
    trigger: str = Field(
        description="schedule, hand, anyway (by hand, whatever stands against it), or mapping: another one is in use"
    )
    state: RunState
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None = Field(description="how long it took, or has taken until now")
    priority: int = Field(description="of those that wait the lowest goes first")
    owner: str | None = Field(description="the worker that does it, or did it last")
    taken_over: int = Field(description="how often another worker went on with it, because its own was gone")
    stop_wanted: str | None = Field(description="cancel: a person wants it to stop")
    stop_author: str | None
    stop_reason: str | None
    not_before: datetime | None = Field(description="it waits until then for the end of a blackout window")
    pages: int
    bytes: int = Field(description="that the source answered")
    gone: int = Field(description="records that a full listing did not hold any more")
    timings: dict[str, float] = Field(
        description="seconds by stage: wait, fetch, decode, map, store; they overlap, so they may add up to more"
    )
    counts: RunCounts
    mapping: str | None = Field(description="name, version and fingerprint")
    bookmark_before: str | None
    bookmark_after: str | None
    sentence: str | None = Field(description="how it ended, for a person")
    error_code: str | None
    hint: str | None
    wanted: dict[str, Any] | None = Field(
        description="of a replay or a repair which records ({}: all in quarantine), of a backfill which period"
    )
    attempts: list[Attempt] = Field(description="every failed exchange, and every worker that it was taken over from")
    notes: list[Note]


class RunPage(BaseModel):
    """One page of runs, newest first."""

    items: list[Run]
    next_cursor: str | None = Field(description="null on the last page")


class ConnectorWarning(BaseModel):
    """What will need a person: a certificate, secret or token that ends, a source that has changed."""

    code: str
    sentence: str
    until: datetime | None = Field(description="when it becomes trouble; null: it is as it is")
    since: datetime = Field(description="the run that told it")


class WhyLate(BaseModel):
    """Why a source was not read in time."""

    code: str = Field(description="stable: reading, queued, circuit, blackout, failed, scheduler, no_schedule …")
    sentence: str = Field(description="for a person")
    hint: str = Field(description="what to do; empty where nothing")


class ConnectorAnswer(BaseModel):
    """One department system as it is registered, and how it fares."""

    name: str
    title: str
    type: str
    agency: str
    mapping: str
    precedence: int
    precedence_for: dict[str, int] = Field(description="another one, by field, list or group of fields")
    state: Life
    managed_by: Literal["config", "hub"] = Field(description="config: config.yaml says what it is; hub: this API")
    health: Health
    seen_at: datetime | None = Field(description="when the source was last read to its end")
    fresh_within_seconds: int
    stale: bool
    stale_since: datetime | None = Field(description="since when it is read later than promised; null: it is not")
    stale_because: WhyLate | None = Field(description="what holds it up now")
    incomplete_days: int = Field(description="days of which something is known to be missing: `…/completeness`")
    next_run_at: datetime | None = Field(description="not before open_until; null: runs only by hand")
    failures: int = Field(description="runs in a row that failed")
    open_until: datetime | None = Field(description="set: it failed, and was or is left alone by schedules until then")
    open_because: str | None = Field(description="why, for a person")
    warnings: list[ConnectorWarning]
    quarantined: int
    last_run: Run | None


class ConnectorPage(BaseModel):
    """Every connector, the worst first."""

    items: list[ConnectorAnswer]


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"]
