"""What happened to a dossier, and how the same happening told twice is recognised."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hub.record.merge import Values


@dataclass(frozen=True, slots=True)
class Event:
    """One happening; `at` is its time at the source (UTC ISO 8601)."""

    at: str
    status: str | None = None
    name: str | None = None
    actor: str | None = None
    unit: str | None = None
    # The same for the same happening, whoever tells it and however often.
    fingerprint: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compute the fingerprint once: it is asked for again and again."""
        told = "\x1f".join((self.at, self.status or "", self.name or "", self.actor or "", self.unit or ""))
        object.__setattr__(self, "fingerprint", hashlib.blake2b(told.encode(), digest_size=16).digest())


def events_of(values: Values) -> Iterator[Event]:
    """The events that a record tells of itself."""
    for told in values.get("events", ()):
        yield _event(told)


def _event(told: dict[str, Any]) -> Event:
    return Event(
        at=told["at"],
        status=told.get("status"),
        name=told.get("name"),
        actor=told.get("actor"),
        unit=told.get("unit"),
    )
