"""One real dossier while it is being worked on: it hears what its sources say and knows what that changed."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hub.record.event import Event, events_of
from hub.record.identity import Code
from hub.record.merge import Source, Values, merged_values
from hub.record.text import fold


class Outcome(StrEnum):
    """What a source record did to its dossier."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(slots=True, eq=False)
class Dossier:
    """A dossier as the store knows it (`id` is None for a new one), and what is new about it."""

    id: int | None = None
    values: Values = field(default_factory=dict)
    codes: dict[Code, None] = field(default_factory=dict)
    sources: dict[tuple[str, str], Source] = field(default_factory=dict)
    told: set[bytes] = field(default_factory=set)  # fingerprints of the events it has
    new_codes: list[Code] = field(default_factory=list)
    new_events: list[Event] = field(default_factory=list)
    joined: list["Dossier"] = field(default_factory=list)  # found to be this same dossier
    changed: bool = False

    def hear(self, source: Source, codes: Collection[Code], now: str) -> Outcome:
        """Take in what a source says; `now` dates a change of status that the source does not date."""
        born = self.id is None and not self.sources
        changed = source.connector not in {connector for connector, _ in self.sources}
        status = self.values.get("status")
        self._add_codes(codes)
        self.sources[source.connector, source.key] = source
        changed = self._merge() or changed
        changed = self._tell(source, now, status) or changed
        self.changed = self.changed or changed
        if born:
            return Outcome.CREATED
        return Outcome.UPDATED if changed else Outcome.UNCHANGED

    def forget(self, connector: str, key: str) -> None:
        """A source record turned out to speak of another dossier."""
        self.sources.pop((connector, key), None)
        if self.sources:
            self.changed = self._merge() or self.changed

    def join(self, other: "Dossier") -> None:
        """`other` is this same dossier: take over all that it has."""
        self.codes |= other.codes
        self.new_codes += other.new_codes
        self.sources |= other.sources
        self.new_events += [event for event in other.new_events if event.fingerprint not in self.told]
        self.told |= other.told
        self.joined += [other, *other.joined]
        self._merge()
        self.changed = True

    @property
    def code(self) -> str:
        """The code that the dossier is shown under."""
        return str(self.values["code"])

    @property
    def received_on(self) -> str:
        """The time that orders lists: received, else submitted; empty where no source says."""
        return str(self.values.get("received_at") or self.values.get("submitted_at") or "")

    @property
    def search_text(self) -> str:
        """What a search looks through, folded: codes, owner's name, summary, procedure."""
        values = self.values
        parts: list[Any] = [code.value for code in self.codes]
        parts += [
            values.get("applicant", {}).get("name"),
            values.get("summary"),
            values.get("procedure", {}).get("name"),
        ]
        return fold(" ".join(part for part in parts if part))

    def _add_codes(self, codes: Collection[Code]) -> None:
        fresh = [code for code in codes if code not in self.codes]
        self.codes.update(dict.fromkeys(fresh))
        self.new_codes += fresh

    def _merge(self) -> bool:
        values = merged_values(list(self.sources.values()))
        changed, self.values = values != self.values, values
        return changed

    def _tell(self, source: Source, now: str, status_before: str | None) -> bool:
        """Add the events that this source tells, and the change of status if no event tells it."""
        status = self.values["status"]
        told = [event for event in events_of(source.values) if event.fingerprint not in self.told]
        if status != status_before and all(event.status != status for event in told):
            told.append(Event(at=source.changed_at or now, status=status))
        fresh = {event.fingerprint: event for event in told if event.fingerprint not in self.told}
        self.told |= fresh.keys()
        self.new_events += fresh.values()
        return bool(fresh)
