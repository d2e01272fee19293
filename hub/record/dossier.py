"""One real dossier while it is being worked on: it hears what its sources say and knows what that changed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hub.record.event import Event, events_of
from hub.record.identity import Code, codes_of
from hub.record.merge import Source, Values, merged_values
from hub.record.text import fold


class Outcome(StrEnum):
    """What a source record did to its dossier."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(slots=True, eq=False)
class Dossier:
    """A dossier as the store knows it (`id` is None for a new one), and what is new about it.

    Its values and the codes that join records to it are a function of its present sources alone. Codes that no
    source gives any more stay known as aliases: they find the dossier, but join nothing to it.
    """

    id: int | None = None
    values: Values = field(default_factory=dict)
    codes: dict[Code, None] = field(default_factory=dict)
    sources: dict[tuple[str, str], Source] = field(default_factory=dict)
    told: set[bytes] = field(default_factory=set)  # fingerprints of the events it has
    new_codes: list[Code] = field(default_factory=list)
    new_events: list[Event] = field(default_factory=list)
    dropped_events: set[bytes] = field(default_factory=set)  # told of another dossier, as it turned out
    joined: list["Dossier"] = field(default_factory=list)  # found to be this same dossier
    adopted: list[Source] = field(default_factory=list)  # stored as another dossier's
    changed: bool = False

    def hear(self, source: Source, now: str) -> Outcome:
        """Take in what a source says; `now` dates a change of status that the source does not date."""
        born = self.id is None and not self.sources
        changed = source.connector not in {connector for connector, _ in self.sources}
        self.sources[source.connector, source.key] = source
        self._add_codes(_codes(source))
        changed = self._settle(source.changed_at or now, events_of(source.values)) or changed
        self.changed = self.changed or changed
        if born:
            return Outcome.CREATED
        return Outcome.UPDATED if changed else Outcome.UNCHANGED

    def lose(self, lost: Collection[Source], now: str) -> None:
        """These sources turned out to speak of another dossier: what only they said goes with them."""
        for source in lost:
            self.sources.pop((source.connector, source.key), None)
        gone = _fingerprints(lost) - _fingerprints(self.sources.values())
        self.new_events = [event for event in self.new_events if event.fingerprint not in gone]
        self.dropped_events |= gone & self.told
        self.told -= gone
        for code in {code for source in lost for code in _codes(source)} - self.joining_codes:
            self.codes.pop(code, None)
        self.new_codes = [code for code in self.new_codes if code in self.codes]
        if self.sources:
            self.changed = True
            self._settle(now)

    def adopt(self, sources: Collection[Source], now: str) -> None:
        """Take over sources that were thought to speak of another dossier."""
        for source in sources:
            self.hear(source, now)
        self.adopted += sources

    def join(self, other: "Dossier", now: str) -> None:
        """`other` is this same dossier: take over all that it has."""
        self.codes |= other.codes
        self.new_codes += other.new_codes
        self.sources |= other.sources
        self.new_events += [event for event in other.new_events if event.fingerprint not in self.told]
        self.told |= other.told
        self.dropped_events |= other.dropped_events
        self.joined += [other, *other.joined]
        self.adopted += other.adopted
        self.changed = True
        self._settle(now)

    def parts(self) -> list[list[Source]]:
        """Its sources, grouped by the codes that they share; one group unless what held them together is gone."""
        groups: list[tuple[set[Code], list[Source]]] = []
        for name in sorted(self.sources):
            codes, members = set(_codes(self.sources[name])), [self.sources[name]]
            for group in [group for group in groups if group[0] & codes]:
                groups.remove(group)
                codes, members = codes | group[0], [*group[1], *members]
            groups.append((codes, members))
        return [members for _, members in groups]

    @property
    def joining_codes(self) -> set[Code]:
        """The codes that its present sources give: a record with one of them is about this dossier."""
        return {code for source in self.sources.values() for code in _codes(source)}

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

    def _add_codes(self, codes: Iterable[Code]) -> None:
        fresh = [code for code in codes if code not in self.codes]
        self.codes.update(dict.fromkeys(fresh))
        self.new_codes += fresh

    def _settle(self, at: str, told: Iterable[Event] = ()) -> bool:
        """Merge the sources anew; whether that changed the values or added an event.

        A change of status that no event tells becomes an event, dated `at`.
        """
        before, self.values = self.values, merged_values(list(self.sources.values()))
        fresh = {event.fingerprint: event for event in told if event.fingerprint not in self.told}
        status = self.values["status"]
        if status != before.get("status") and all(event.status != status for event in fresh.values()):
            inferred = Event(at=at, status=status)
            if inferred.fingerprint not in self.told:
                fresh[inferred.fingerprint] = inferred
        self.told |= fresh.keys()
        self.new_events += fresh.values()
        return bool(fresh) or self.values != before


def _fingerprints(sources: Iterable[Source]) -> set[bytes]:
    return {event.fingerprint for source in sources for event in events_of(source.values)}


def _codes(source: Source) -> tuple[Code, ...]:
    return codes_of(source.values, source.scope)
