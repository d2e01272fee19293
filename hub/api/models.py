"""What the API answers of operations, for the OpenAPI document. What it answers of dossiers is in `dossier_models`."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from hub.record.connector_state import Life
from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.sync.health import Health


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
