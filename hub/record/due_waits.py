"""When a dossier waited for its applicant: requests for supplements, as its list tells them or else its timeline."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hub.record.status import Status


class Happening(Protocol):
    """One entry of a timeline, oldest first."""

    @property
    def at(self) -> str:
        """When, as UTC text."""

    @property
    def status(self) -> str | None:
        """What status it brought."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One request for a supplement. Times are UTC text, empty where nobody tells them."""

    requested: str
    received: str  # empty: it is waited for still, or nobody says that it came
    due_before: str = ""
    due_after: str = ""

    @property
    def returned(self) -> bool:
        """Whether it came, and both times are known."""
        return bool(self.requested and self.received)


def waits(values: Mapping[str, Any], timeline: Sequence[Happening]) -> list[Wait]:
    """Every request, oldest first. The list of supplements knows best; without one the timeline's statuses tell."""
    rows = [_of(row) for row in values.get("supplements", ())]
    return sorted(rows, key=lambda wait: wait.requested or wait.received) or _told(timeline)


def _of(row: Mapping[str, Any]) -> Wait:
    names = ("requested_at", "received_at", "due_before", "due_after")
    return Wait(*(str(row.get(name) or "") for name in names))


def _told(timeline: Iterable[Happening]) -> list[Wait]:
    found: list[Wait] = []
    since = ""
    for happening in timeline:
        if happening.status == Status.SUPPLEMENT_REQUESTED:
            since = since or happening.at
        elif happening.status is not None and since:
            found.append(Wait(since, happening.at))
            since = ""
    return [*found, Wait(since, "")] if since else found
