"""What happened to a dossier, and how the same happening told twice is recognised."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.record.merge import Values


@dataclass(frozen=True, slots=True)
class Event:
    """One happening: `at` is its time at the source (UTC ISO 8601), `connector` who told it first."""

    at: str
    connector: str
    status: str | None = None
    name: str | None = None
    actor: str | None = None
    unit: str | None = None

    @property
    def fingerprint(self) -> bytes:
        """The same for the same happening, whoever tells it and however often."""
        told = (self.at, self.status, self.name, self.actor, self.unit)
        return hashlib.blake2b("\x1f".join(part or "" for part in told).encode(), digest_size=16).digest()


def events_of(values: Values, connector: str) -> Iterator[Event]:
    """The events that a record tells of itself."""
    for told in values.get("events", ()):
        yield _event(told, connector)


def _event(told: dict[str, Any], connector: str) -> Event:
    return Event(
        at=told["at"],
        connector=connector,
        status=told.get("status"),
        name=told.get("name"),
        actor=told.get("actor"),
        unit=told.get("unit"),
    )
