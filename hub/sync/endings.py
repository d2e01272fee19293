"""How a run ended, in a sentence for a person."""

from datetime import datetime

from connectors.errors import ConnectorError
from hub.record.run_state import RunState
from hub.store.connectors import ConnectorRow
from hub.store.runs import Counts, Ending
from hub.sync.circuit import local_time

STOPPED = Ending(
    RunState.INTERRUPTED,
    "The hub was stopped. Nothing was lost: the next run goes on where this one stopped.",
    "stopped",
)
LEASE_LOST = Ending(
    RunState.INTERRUPTED,
    "This worker was away too long and another one took over. Nothing was lost.",
    "lease_lost",
)


def succeeded(counts: Counts) -> Ending:
    """The source was read to its end."""
    return Ending(
        RunState.SUCCEEDED,
        f"{counts.fetched:,} fetched: {counts.created:,} created, {counts.updated:,} updated, "
        f"{counts.unchanged:,} unchanged, {counts.quarantined:,} quarantined.",
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


def unusable(name: str, reason: Exception) -> Ending:
    """Its document or mapping cannot be used: `reason` says what is wrong with it."""
    sentence = f"{name}: it cannot be run as it is registered. Nothing was read. {reason}"
    hint = f"`hub connector edit {name}` corrects it, `hub connector rollback` goes back to a version that worked."
    return Ending(RunState.FAILED, sentence, "not_usable", hint)


def _kept(counts: Counts) -> str:
    if not counts.fetched:
        return "Nothing was changed; the next run starts from the same bookmark."
    return f"{_stored(counts)[:-1]}; the next run goes on from there."


def _stored(counts: Counts) -> str:
    return f"Stored before that: {counts.fetched:,} records." if counts.fetched else "Nothing was read."
