"""When a connector that fails is left alone, and for how long. Pure: the moves are one table."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from hub.record.moments import ZONE
from hub.store.watched import Circuit

_LONGEST_ASKED_SECONDS = 86_400.0  # a department that asks for more is heard, but not for ever
_MOST_DOUBLINGS = 20


class State(StrEnum):
    """Whether schedules may run it."""

    CLOSED = "closed"  # yes
    OPEN = "open"  # no; by hand always
    HALF_OPEN = "half_open"  # one run may try


class Outcome(StrEnum):
    """What a run says of the department; one that was interrupted or met a fault of the hub says nothing."""

    SUCCEEDED = "succeeded"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    CHANGED = "changed"


class Move(StrEnum):
    """What becomes of the circuit."""

    CLOSE = "close"
    COUNT = "count"  # and open when it has failed so often in a row
    OPEN = "open"
    OPEN_LONG = "open_long"


MOVES: dict[tuple[State, Outcome], Move] = {
    (State.CLOSED, Outcome.SUCCEEDED): Move.CLOSE,
    (State.CLOSED, Outcome.UNAVAILABLE): Move.COUNT,
    (State.CLOSED, Outcome.REFUSED): Move.OPEN,  # at once: accounts get locked
    (State.CLOSED, Outcome.CHANGED): Move.OPEN_LONG,  # at once: asking again gives the same answer
    (State.HALF_OPEN, Outcome.SUCCEEDED): Move.CLOSE,
    (State.HALF_OPEN, Outcome.UNAVAILABLE): Move.OPEN,
    (State.HALF_OPEN, Outcome.REFUSED): Move.OPEN,
    (State.HALF_OPEN, Outcome.CHANGED): Move.OPEN_LONG,
    (State.OPEN, Outcome.SUCCEEDED): Move.CLOSE,  # by hand, like the others of an open one
    (State.OPEN, Outcome.UNAVAILABLE): Move.OPEN,
    (State.OPEN, Outcome.REFUSED): Move.OPEN,
    (State.OPEN, Outcome.CHANGED): Move.OPEN_LONG,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """After how many failed runs in a row it opens, and how the waits grow."""

    after: int = 5
    first_wait: timedelta = timedelta(minutes=5)
    longest_wait: timedelta = timedelta(hours=1)


def state(circuit: Circuit, now: datetime) -> State:
    """Where a circuit stands."""
    if circuit.open_until is None:
        return State.CLOSED
    return State.OPEN if circuit.open_until > now else State.HALF_OPEN


def outcome_of(error: ConnectorError | None) -> Outcome:
    """What a run that ended with this error, or with none, says of the department."""
    match error:
        case None:
            return Outcome.SUCCEEDED
        case Refused():
            return Outcome.REFUSED
        case Changed():
            return Outcome.CHANGED
        case _:
            return Outcome.UNAVAILABLE


def after_run(circuit: Circuit, error: ConnectorError | None, rule: Rule, now: datetime) -> Circuit:
    """The circuit when a run has ended so."""
    outcome = outcome_of(error)
    move = MOVES[state(circuit, now), outcome]
    if move is Move.CLOSE:
        return Circuit()
    failures = circuit.failures + 1
    if move is Move.COUNT and failures < rule.after:
        return Circuit(failures)
    # A refusal counts from the first one on: what locks accounts is not tried often.
    doublings = failures - (1 if outcome is Outcome.REFUSED else rule.after)
    wait = rule.longest_wait if move is Move.OPEN_LONG else _doubled(rule, doublings)
    return Circuit(failures, now + max(wait, asked_wait(error)), _because(failures, outcome, error))


def asked_wait(error: ConnectorError | None) -> timedelta:
    """How long the department itself asked to be left alone (Retry-After), within reason."""
    asked = (isinstance(error, Unavailable) and error.retry_after) or 0.0
    return timedelta(seconds=min(asked, _LONGEST_ASKED_SECONDS))


def said_of(circuit: Circuit, error: ConnectorError | None, now: datetime) -> str:
    """When it is tried again, for the end of a run's sentence; empty where the schedule alone says so."""
    if state(circuit, now) is State.OPEN and circuit.open_until is not None:
        at = local_time(circuit.open_until, now)
        return f" The hub does not ask it by itself before {at}; by hand it can always be tried."
    asked = asked_wait(error)
    return (
        f" It asked to be left alone until {local_time(now + asked, now)}, and no schedule runs it before."
        if asked
        else ""
    )


def local_time(at: datetime, now: datetime) -> str:
    """`14:05`, with the day where that is another one."""
    local = at.astimezone(ZONE)
    return local.strftime("%H:%M" if local.date() == now.astimezone(ZONE).date() else "%H:%M on %d/%m/%Y")


def _doubled(rule: Rule, times: int) -> timedelta:
    factor: int = 2 ** min(max(times, 0), _MOST_DOUBLINGS)
    return min(rule.longest_wait, rule.first_wait * factor)


def _because(failures: int, outcome: Outcome, error: ConnectorError | None) -> str:
    runs = "its last run" if failures == 1 else f"its last {failures} runs"
    how = {Outcome.REFUSED: "was refused", Outcome.CHANGED: "met an interface that is not as configured"}
    what = how.get(outcome, "failed")
    return f"{runs} {what if failures == 1 else 'failed'}: {error}"
