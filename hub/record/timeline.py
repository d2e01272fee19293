"""A dossier's timeline as it is read: each happening once, in the order of its time, with what is unusual about it.

What is kept is what every record told, in whatever order it came; what is shown is a function of that set alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.record.event import Event
from hub.record.status import OFFICIAL, Status, is_usual


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a timeline: what happened, who told it, and the status that it came after."""

    event: Event
    teller: int  # index of what was given: the first that told it
    unusual_after: str | None = None  # the status before, where a dossier does not usually move from it to this one


def timeline(told: Sequence[Event]) -> list[Step]:
    """`told` in the order of preference of its tellers. A repeated status that nobody tells as a step is left out."""
    first: dict[bytes, int] = {}
    for index, event in enumerate(told):
        first.setdefault(event.fingerprint, index)
    ordered = sorted(first.values(), key=lambda index: _order(told[index]))
    return _judged([Step(told[index], index) for index in _without_repeats(told, ordered)])


def _order(event: Event) -> tuple[str, int, bytes]:
    """At one instant (some sources only tell days) statuses come in the order of their official numbers."""
    return event.at, OFFICIAL[Status(event.status)].number if event.status else 0, event.fingerprint


def _without_repeats(told: Sequence[Event], ordered: Iterable[int]) -> Iterable[int]:
    """Of steps in a row that bring one status: those that were told, or else the first that was inferred."""
    row: list[int] = []
    found: list[int] = []
    for index in [*ordered, None]:
        if index is not None and (told[index].status is None or (row and told[index].status == _status(told, row))):
            row.append(index)
            continue
        found += _shown(told, row)
        row = [] if index is None else [index]
    return found


def _status(told: Sequence[Event], row: Sequence[int]) -> str | None:
    return next((told[index].status for index in row if told[index].status), None)


def _shown(told: Sequence[Event], row: Sequence[int]) -> list[int]:
    inferred = [index for index in row if told[index].inferred]
    is_told = any(told[index].status and not told[index].inferred for index in row)
    kept = inferred[:1] if not is_told else []
    return [index for index in row if not told[index].inferred or index in kept]


def _judged(steps: Iterable[Step]) -> list[Step]:
    before: str | None = None
    judged = []
    for step in steps:
        status = step.event.status
        unusual = status is not None and not is_usual(before, status)
        judged.append(Step(step.event, step.teller, before) if unusual else step)
        before = status or before
    return judged
