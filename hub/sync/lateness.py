"""Why the hub has not read a source within the time that is promised: the one thing that holds it up now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.record.connector_state import Life
from hub.record.run_state import RunState
from hub.store import registrations, runs
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.runs import READ_TO_THE_END, RunRow
from hub.sync import threshold
from hub.sync.circuit import local_time
from schedules.windows import Timetable, closed_until

_FIRES_WITHIN = timedelta(seconds=15)  # a schedule that is due for longer has nobody who fires it
_TAKEN_OVER_WITHIN = timedelta(seconds=10)  # by any worker that is there, after its lease has run out
_PUSHED = "push"  # the type of connector that asks nobody


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a source was not read in time: `code` for programs, the rest for a person."""

    code: str
    sentence: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known of a connector that is late."""

    database: Database
    row: ConnectorRow
    now: datetime
    running: RunRow | None  # of any kind: it has the connector
    waiting: RunRow | None  # that would read it
    last: RunRow | None  # of those that read it, the newest that has ended

    def at(self, moment: datetime) -> str:
        return local_time(moment, self.now)


def reason(database: Database, row: ConnectorRow, now: datetime) -> Reason:
    """The first of these that holds."""
    running = runs.listed(database, connector=row.name, state=RunState.RUNNING, limit=1)
    waiting = runs.listed(database, connector=row.name, state=RunState.QUEUED, kinds=READ_TO_THE_END, limit=1)
    newest = runs.listed(database, connector=row.name, kinds=READ_TO_THE_END, limit=3)
    last = next((run for run in newest if run.finished_at is not None), None)
    case = _Case(database, row, now, next(iter(running), None), next(iter(waiting), None), last)
    return next(filter(None, (look(case) for look in _LOOKS)))


def _not_active(case: _Case) -> Reason | None:
    if case.row.state == Life.ACTIVE:
        return None
    moves = registrations.moves_of(case.database, case.row.name)
    by = f" by {moves[0].author} since {case.at(moves[0].at)}" if moves else ""
    why = f": {moves[0].reason.rstrip('.')}" if moves and moves[0].reason else ""
    return Reason(
        "not_active",
        f"It is {case.row.state}{by}{why}.",
        f"`hub connector resume {case.row.name}` lets it run again.",
    )


def _unreadable(case: _Case) -> Reason | None:
    if not case.row.cadence:
        return None
    try:
        Timetable.model_validate_json(case.row.cadence)
    except ValueError:
        return Reason(
            "unreadable",
            "Its schedule was written by another version of the hub, and this one cannot read it.",
            f"Give {case.row.name} its `schedule` again, in config.yaml or with `hub connector edit`.",
        )
    return None


def _under_way(case: _Case) -> Reason | None:
    run = case.running
    if run is None or run.started_at is None:
        return None
    begun = case.at(run.started_at)
    until = case.row.lease_until
    if until is None or until + _TAKEN_OVER_WITHIN < case.database.now():
        return Reason(
            "abandoned",
            f"Run {run.id} has been under way since {begun}, but its worker is gone, and no other has gone on with it.",
            "`hub worker` or `hub serve` must be running.",
        )
    if run.kind not in READ_TO_THE_END:
        return Reason("used", f"Run {run.id} ({run.kind}) has had it since {begun}; what is new is read after that.")
    far = f"{run.fetched:,} of {run.total:,} records" if run.total else f"{run.fetched:,} records"
    return Reason("reading", f"Run {run.id} has been reading since {begun}: {far} so far.")


def _queued(case: _Case) -> Reason | None:
    if case.waiting is None or _open(case) or _window(case):
        return None
    others = len(runs.listed(case.database, state=RunState.RUNNING))
    busy = f"; workers are busy with {others} other runs" if others else "; no worker is doing anything"
    return Reason(
        "queued",
        f"Run {case.waiting.id} has waited for a worker since {case.at(case.waiting.queued_at)}{busy}.",
        "More `hub worker` processes do more at once." if others else "`hub worker` or `hub serve` must be running.",
    )


def _open(case: _Case) -> Reason | None:
    row = case.row
    if row.open_until is None or row.open_until <= case.now:
        return None
    because = f": {row.open_because.rstrip('.')}" if row.open_because else ""
    return Reason(
        threshold.CODE if case.last is not None and case.last.error_code == threshold.CODE else "circuit",
        f"It is left alone until {case.at(row.open_until)}{because}.",
        (case.last.hint if case.last is not None else None) or f"`hub sync {row.name}` tries it now.",
    )


def _window(case: _Case) -> Reason | None:
    windows = Timetable.model_validate_json(case.row.cadence).blackout if case.row.cadence else ()
    until = closed_until(windows, case.now)
    if until is None:
        return None
    return Reason(
        "blackout",
        f"It is not to be asked until {case.at(until)} (`blackout`).",
        f"`hub sync {case.row.name} --anyway` asks it nevertheless; a longer `fresh_within` promises less.",
    )


def _not_fired(case: _Case) -> Reason | None:
    at = case.row.next_fire_at
    if not case.row.cadence or (at is not None and at + _FIRES_WITHIN > case.now):
        return None
    due = "Its schedule has not been planned" if at is None else f"It has been due since {case.at(at)}"
    return Reason(
        "scheduler",
        f"{due}, and nobody has queued its run.",
        "`hub scheduler` or `hub serve` must be running.",
    )


def _ended_badly(case: _Case) -> Reason | None:
    run = case.last
    if run is None or run.finished_at is None or run.state == RunState.SUCCEEDED:
        return None
    again = f" It is tried again at {case.at(case.row.next_fire_at)}." if case.row.next_fire_at else ""
    what = f"Run {run.id} {run.state} at {case.at(run.finished_at)}: {run.sentence or run.error_code}{again}"
    is_stopped = run.error_code == threshold.CODE
    return Reason(threshold.CODE if is_stopped else str(run.state), what, run.hint or "")


def _unscheduled(case: _Case) -> Reason | None:
    if case.row.cadence:
        return None
    if case.row.type == _PUSHED:
        return Reason("not_pushed", "Its department has pushed nothing for longer than that.")
    return Reason(
        "no_schedule",
        "It has no schedule, so it is read only when somebody asks for it.",
        f"`hub sync {case.row.name}` reads it now; `schedule` in its section reads it by itself.",
    )


def _slow(case: _Case) -> Reason | None:
    took = case.last.seconds(case.now) if case.last is not None else None
    if took is None or took < case.row.fresh_within or case.last is None or case.last.finished_at is None:
        return None
    return Reason(
        "slow",
        f"Its last run read for {timedelta(seconds=round(took))}, until {case.at(case.last.finished_at)}: longer than "
        "`fresh_within`.",
        "A longer `fresh_within` promises less; `limits` may let the hub ask more at once.",
    )


def _next(case: _Case) -> Reason:
    at = case.row.next_fire_at
    when = "Its schedule runs it later than that" if at is None else f"Its schedule runs it next at {case.at(at)}"
    if case.row.seen_at is None:
        return Reason("never_run", f"It has never been read. {when}.", f"`hub sync {case.row.name}` reads it now.")
    return Reason("schedule", f"{when}.", "A closer schedule, or a longer `fresh_within`.")


_LOOKS: tuple[Callable[[_Case], Reason | None], ...] = (
    _not_active,
    _unreadable,
    _under_way,
    _queued,
    _open,
    _window,
    _not_fired,
    _ended_badly,
    _unscheduled,
    _slow,
    _next,
)
