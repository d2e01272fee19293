"""How a run ended, in a sentence for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.errors import ConnectorError
from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.store.connectors import ConnectorRow
from hub.store.runs import Counts, Ending, RunRow
from hub.sync.circuit import local_time
from hub.sync.owner import certainly_alive

STOPPED = Ending(
    RunState.INTERRUPTED,
    "The hub was stopped. Nothing was lost: the next run goes on where this one stopped.",
    "stopped",
)
WORKER_DIED = "worker_died"
MOST_DEATHS = 5  # at one and the same page: it kills whoever takes it


@dataclass(frozen=True, slots=True)
class PutBack:
    """A run does not end: it waits for a worker who goes on with it."""

    code: str
    sentence: str
    not_before: datetime | None = None


GAVE_WAY = PutBack("gave_way", "It gave way to runs that cannot wait, and goes on after them.")
STORE_AWAY = PutBack("store_away", "The database could not store its next page. It goes on when it can.")
STOPPED_HALF_WAY = PutBack("stopped", "It was stopped while it read. It goes on where it was.")


def succeeded(counts: Counts, more: str = "") -> Ending:
    """The source was read to its end; `more` is a sentence on what that showed."""
    return Ending(
        RunState.SUCCEEDED,
        f"{counts.fetched:,} fetched: {counts.created:,} created, {counts.updated:,} updated, "
        f"{counts.unchanged:,} unchanged, {counts.quarantined:,} quarantined." + (f" {more}" if more else ""),
    )


def failed(name: str, error: ConnectorError, counts: Counts, tries_spent: int) -> Ending:
    """The department did not answer as it should; `tries_spent`: all that one run may try again, where it did."""
    spent = f" All {tries_spent} repeated tries of a run are spent (`retry: {{budget: …}}`)." if tries_spent else ""
    return Ending(RunState.FAILED, f"{name}: {error}. {_kept(counts)}{spent}", error.code, error.hint)


def hub_fault(name: str, counts: Counts) -> Ending:
    """The hub itself has a fault."""
    sentence = f"{name}: the hub met a fault of its own. {_kept(counts)}"
    return Ending(RunState.FAILED, sentence, "hub_fault", "The log has the details; tell the hub's keeper.")


def closed(name: str, counts: Counts, until: datetime, now: datetime) -> Ending:
    """A blackout window has begun."""
    at = local_time(until, now)
    sentence = f"{name} is not to be asked until {at} (`blackout`). {_stored(counts)} It goes on by itself at {at}."
    return Ending(RunState.INTERRUPTED, sentence, "blackout", f"`hub sync {name} --anyway` asks it nevertheless.")


def not_active(name: str, connector: ConnectorRow | None) -> Ending:
    """It is not to be run, or not registered here."""
    sentence = f"{name} is {connector.state if connector else 'no longer registered'}. Nothing was read."
    return Ending(
        RunState.INTERRUPTED, sentence, "not_active", f"`hub connector show {name}` says who changed that, and why."
    )


def paused(connector: ConnectorRow, counts: Counts) -> Ending:
    """Somebody paused or retired it while it was read."""
    sentence = f"{connector.name} was {connector.state} while it was read. {_kept(counts)}"
    return Ending(RunState.INTERRUPTED, sentence, "not_active")


def waits_for(name: str, until: datetime, now: datetime) -> PutBack:
    """A blackout window has begun; what nobody else would do goes on by itself after it."""
    at = local_time(until, now)
    return PutBack("blackout", f"{name} is not to be asked until {at} (`blackout`). It goes on then.", until)


def cancelled(name: str, run: RunRow, counts: Counts) -> Ending:
    """A person stopped it."""
    reason = f" ({run.stop_reason})" if run.stop_reason else ""
    return Ending(
        RunState.CANCELLED,
        f"{name}: {run.stop_author or 'somebody'} cancelled this run{reason}. {_kept(counts)}",
        "cancelled",
    )


def superseded(by: RunRow) -> Ending:
    """Its worker is gone, and another run does what it would have done."""
    does = "goes on where it stopped" if by.kind == RunKind.INCREMENTAL else "reads what it would have read"
    sentence = f"The worker stopped half-way. Nothing was lost: run {by.id} {does}."
    return Ending(RunState.INTERRUPTED, sentence, WORKER_DIED)


NOBODY_WAITS = Ending(
    RunState.INTERRUPTED, "The worker stopped half-way, and nobody waits for this record any more.", WORKER_DIED
)


def left(run: RunRow, now: datetime) -> dict[str, Any]:
    """What befell a run whose worker no longer has it: who it was, and at which page.

    One that is there still was cut off from the database or stood still: not the page's fault.
    """
    if certainly_alive(run.owner):
        sentence = f"Its worker {run.owner} was cut off at page {run.pages + 1:,}. It went on from what was stored."
        return {"at": now.isoformat(timespec="seconds"), "code": "lease_lost", "sentence": sentence}
    worker = f"Its worker {run.owner}" if run.owner else "Its worker"
    sentence = f"{worker} died, or was cut off, at page {run.pages + 1:,}. Another one went on from what was stored."
    return {"at": now.isoformat(timespec="seconds"), "code": WORKER_DIED, "sentence": sentence, "pages": run.pages}


def deadly(name: str, attempts: Sequence[Mapping[str, Any]], pages: int) -> Ending | None:
    """The end of a run whose workers die at one and the same page; None: it may be tried again."""
    deaths = sum(one["code"] == WORKER_DIED and one.get("pages") == pages for one in attempts)
    if deaths < MOST_DEATHS:
        return None
    return Ending(
        RunState.FAILED,
        f"{name}: {deaths} workers in a row died, or were cut off, at page {pages + 1:,}, before it was stored.",
        "worker_dies",
        "Look for what they lacked (memory, disk space: the machine's log says who was killed, and why); "
        "smaller pages (`page_size`) need less of both.",
    )


def unusable(name: str, reason: Exception) -> Ending:
    """Its document or mapping cannot be used: `reason` says what is wrong with it."""
    sentence = f"{name}: it cannot be run as it is registered. Nothing was read. {reason}"
    hint = f"`hub connector edit {name}` corrects it, `hub connector rollback` goes back to a version that worked."
    return Ending(RunState.FAILED, sentence, "not_usable", hint)


def _kept(counts: Counts) -> str:
    if not counts.fetched:
        return "Nothing was changed; the next run starts from the same bookmark."
    return f"{_stored(counts)[:-1]}; the next run goes on at the bookmark."


def _stored(counts: Counts) -> str:
    return f"Stored before that: {counts.fetched:,} records." if counts.fetched else "Nothing was read."
