"""What was counted of a day, in sentences for a person."""

from collections.abc import Sequence
from typing import Any

from connectors.wording import quoted
from hub.record.moments import ZONE
from hub.store.tallies import LACKING, State, Tally
from hub.sync.judging import Judged

CODE = "incomplete"  # of a run's note
_MOST_NAMED = 3


def sentence(day: Judged, state: State, name: str, left: Sequence[str], *, able: bool) -> str:
    """One day: what is there, what is here, and what is done about it. `left`: asked for in vain."""
    until = "" if day.until is None else f" until {day.until.astimezone(ZONE):%H:%M}"
    head = f"{day.day:%d/%m/%Y}{until}"
    if day.unsure:
        return f"{head}: {day.unsure}."
    parts = [f"{_number(day.there)} there, {day.here:,} here"]
    if day.aside:
        parts.append(f"{day.aside:,} in quarantine")
    if day.is_missing:
        parts.append(f"{day.is_missing:,} missing{_named(day.missing)}")
    if day.is_extra:
        parts.append(f"{day.is_extra:,} here that the source does not list{_named(day.extra)}")
    return f"{head}: {'; '.join(parts)}.{_done(day, state, name, left, able=able)}"


def all_of(days: Sequence[Tally]) -> str:
    """All days of a run."""
    lacking = [day for day in days if day.state in LACKING]
    unknown = sum(day.state == State.UNKNOWN for day in days)
    counted = "1 day" if len(days) == 1 else f"{len(days)} days"
    if not lacking:
        rest = f" {unknown} cannot be judged yet." if unknown else ""
        return f"{counted} counted: nothing is known to be missing.{rest}"
    missing = sum(day.missing for day in lacking)
    return f"{counted} counted: {missing:,} missing on {len(lacking)} of them. {lacking[-1].sentence}"


def notes(days: Sequence[Tally]) -> list[dict[str, Any]]:
    """The days that a person should know of."""
    return [{"code": CODE, "sentence": day.sentence} for day in days if day.state in LACKING or day.extra]


_FOLLOWS = {
    State.REPAIRED: " It was missing and has been fetched.",
    State.REPAIRING: " What is missing is being fetched.",
}


def _done(day: Judged, state: State, name: str, left: Sequence[str], *, able: bool) -> str:
    if state is not State.DRIFT:
        return _FOLLOWS.get(state, "")
    if left:
        return f" {len(left):,} were asked for and not given: `hub fetch {name} {left[0]}` shows why."
    if not able and day.missing:
        return (
            f" {name} can fetch neither single records nor a period: `hub sync {name} --full` reads everything, and "
            "`fetch` in its settings would let the hub fetch just these."
        )
    if not able:
        return f" The source does not tell which: `hub sync {name} --full` reads everything."
    return f" `hub completeness {name} --repair` fetches them."


def _number(count: int | None) -> str:
    return "?" if count is None else f"{count:,}"


def _named(keys: set[str]) -> str:
    if not keys:
        return ""
    named = ", ".join(quoted(key) for key in sorted(keys)[:_MOST_NAMED])
    return f" ({named}{' …' if len(keys) > _MOST_NAMED else ''})"
