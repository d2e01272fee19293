"""One real dossier while it is being worked on: it hears what its sources say and knows what that changed."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from hub.record.event import Event, events_of, inferred, withdrawn
from hub.record.identity import Code, codes_of, normalise, stand_in
from hub.record.merge import Source, Values, flatten, merge, merged_values
from hub.record.shown import Shown, shown

Name = tuple[str, str]  # of a source record: its connector, and its key there


class Outcome(StrEnum):
    """What a source record did to its dossier, all its versions of one page together.

    UPDATED: it told what the dossier did not know (a code, a happening, a connector), went to another dossier, or says
    otherwise than before on a page that changed the dossier's values, or for how many fields its sources disagree.
    """

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(slots=True, eq=False)
class Voice:
    """One source record: what its newest version says, and what all its versions told. It moves as a whole."""

    source: Source
    codes: dict[Code, None] = field(default_factory=dict)  # that any version gave
    told: set[bytes] = field(default_factory=set)  # fingerprints of the events that any version told
    new_codes: list[Code] = field(default_factory=list)
    lost_codes: list[Code] = field(default_factory=list)  # stored, but no more
    guesses: dict[bytes, Event] = field(default_factory=dict)  # those of them that were inferred
    new_events: list[Event] = field(default_factory=list)
    lost_events: set[bytes] = field(default_factory=set)  # that were told, but by a wrong reading
    moved: bool = False  # stored as another dossier's
    joining: tuple[Code, ...] = ()  # the codes that its newest version gives: they join it to others
    before: Source | None = None  # what it said when the page came
    outcome: Outcome | None = None  # of its versions on the page, as far as one version alone shows

    def __post_init__(self) -> None:
        """Read its codes once: they are asked for again and again."""
        self.joining = codes_of(self.source.values, self.source.scope)

    def add_codes(self, codes: Iterable[Code]) -> None:
        """These were given by one of its versions."""
        fresh = [code for code in codes if code not in self.codes]
        self.codes.update(dict.fromkeys(fresh))
        self.new_codes += fresh

    def lose_stand_in(self) -> None:
        """What stands for the code of a record without one is no alias: it counts while its newest version needs it."""
        nobodys = normalise(stand_in(self.source.name))
        for code in [code for code in self.codes if code.value == nobodys and code not in self.joining]:
            del self.codes[code]
            if code in self.new_codes:
                self.new_codes.remove(code)
            else:
                self.lost_codes.append(code)

    def tell(self, events: Iterable[Event]) -> dict[bytes, Event]:
        """Those of the events that it never told before, by fingerprint."""
        fresh = {name: event for event in events if (name := event.fingerprint) not in self.told}
        self.told |= fresh.keys()
        self.guesses |= {name: event for name, event in fresh.items() if event.inferred}
        self.new_events += fresh.values()
        return fresh

    def take_back(self, source: Source) -> str:
        """`source` reads the same bytes in another way: what only the reading before told never happened.

        The time of the status before, where only the hub had dated it.
        """
        if source == self.source:  # nearly always: another mapping that reads this record no other way
            return ""
        gone, at = withdrawn(self.source, source, self.guesses.values())
        self.lost_events |= gone & self.told
        self.told -= gone
        self.guesses = {name: event for name, event in self.guesses.items() if name not in gone}
        self.new_events = [event for event in self.new_events if event.fingerprint not in gone]
        return at

    def did(self, outcome: Outcome, said: Source | None) -> None:
        """Note what one version did; `said` is what the record said before it."""
        if self.outcome is None:
            self.before = said
        if self.outcome is None or self.outcome is Outcome.UNCHANGED:
            self.outcome = outcome

    def says_otherwise(self, known: Values) -> bool:
        """Whether it says otherwise than when the page came; of one that is new: than its dossier did."""
        if self.before is not None:
            return self.before != self.source
        fields = dict(flatten(known))
        return any(fields.get(name) != value for name, value in flatten(self.source.values))


class Settled(NamedTuple):
    """What a dossier's records come to."""

    values: Values
    conflicts: int  # fields for which they disagree


class _Known(NamedTuple):
    """What was ever told of a dossier, whoever told it: what is not in here is news."""

    connectors: set[str]
    codes: set[Code]
    events: set[bytes]

    def add(self, voice: Voice) -> None:
        self.connectors.add(voice.source.connector)
        self.codes.update(voice.codes)
        self.events.update(voice.told)


@dataclass(slots=True, eq=False)
class Dossier:
    """A dossier as the store knows it (`id` is None for a new one), and what is new about it.

    Its values and the codes that join records to it are a function of the newest versions of its records alone.
    Codes that no newest version gives stay known as aliases: they find the dossier, but join nothing to it.
    Its records are merged when somebody asks, not at every word: a page may hold thousands of records of one dossier.
    """

    id: int | None = None
    before: Settled = field(default_factory=lambda: Settled({}, 0))  # of a new one: what its first record said
    voices: dict[Name, Voice] = field(default_factory=dict)
    joined: list["Dossier"] = field(default_factory=list)  # found to be this same dossier
    news: bool = False  # something about it is new, whatever its values are
    stored: "Stored | None" = None
    _settled: Settled | None = field(init=False)  # None: its records have to be merged anew
    _known: _Known | None = field(init=False, default=None)
    _joining: dict[Code, int] = field(init=False, default_factory=dict)  # by how many records

    def __post_init__(self) -> None:
        """It is as it was until it hears something."""
        self._settled = self.before

    def hear(self, source: Source, now: str) -> None:
        """Take in what a version of a record says; `now` dates a change of status that the source does not date."""
        born = self.id is None and not self.voices
        known = self._what_is_known()
        news = source.connector not in known.connectors
        voice = self.voices.get(source.name)
        said = voice.source if voice else None
        if voice and source.version and source.version == voice.source.version:
            now = voice.take_back(source) or now
            if voice.lost_events:
                self._known = None
                known, news = self._what_is_known(), True
        codes = codes_of(source.values, source.scope)
        if voice is None or not source.older_than(voice.source):
            voice = self._say(source, codes, voice)
        if born:
            self.before = self.settled
        voice.add_codes(codes)
        voice.lose_stand_in()
        news = not known.codes.issuperset(codes) or news
        news = self._tell(voice, source, said, now) or news
        known.codes.update(codes)
        self.news = self.news or news
        voice.did(Outcome.CREATED if born else Outcome.UPDATED if news else Outcome.UNCHANGED, said)

    def outcome(self, name: Name) -> Outcome | None:
        """What a record did, all that was heard considered; None for one that was not heard."""
        voice = self.voices[name]
        if voice.outcome is not Outcome.UNCHANGED:
            return voice.outcome
        differs = self.settled != self.before and voice.says_otherwise(self.before.values)
        return Outcome.UPDATED if voice.moved or differs else Outcome.UNCHANGED

    def hold(self, voice: Voice) -> None:
        """This is one of its records."""
        self.voices[voice.source.name] = voice
        for code in voice.joining:
            self._joining[code] = self._joining.get(code, 0) + 1
        if self._known is not None:
            self._known.add(voice)

    def release(self, names: Iterable[Name]) -> list[Voice]:
        """These records turned out to speak of another dossier: all that they told goes with them."""
        gone = [self.voices.pop(name) for name in names]
        for voice in gone:
            self._forget_joining(voice)
            voice.moved = True
        if gone and self.voices:
            self.news = True
            self._settled = None
        return gone

    def take(self, voices: Iterable[Voice]) -> None:
        """Take over records that were thought to speak of another dossier."""
        for voice in voices:
            self.hold(voice)
        self.news = True
        self._settled = None

    def join(self, other: "Dossier") -> None:
        """`other` is this same dossier: take over all that it has."""
        self.joined += [other, *other.joined]
        self.take(other.voices.values())

    def parts(self) -> list[list[Name]]:
        """Its records, grouped by the codes that they share; one group unless what held them together is gone."""
        groups: list[tuple[set[Code], list[Name]]] = []
        for name in sorted(self.voices):
            codes, members = set(self.voices[name].joining), [name]
            for group in [group for group in groups if group[0] & codes]:
                groups.remove(group)
                codes, members = codes | group[0], [*group[1], *members]
            groups.append((codes, members))
        return [members for _, members in groups]

    @property
    def settled(self) -> Settled:
        """Its records merged."""
        if self._settled is None:
            sources = [voice.source for voice in self.voices.values()]
            if len(sources) == 1:
                self._settled = Settled(merged_values(sources), 0)
            else:
                merged = merge(sources)
                self._settled = Settled(merged.values, merged.conflicts)
        return self._settled

    @property
    def values(self) -> Values:
        """What is believed of it."""
        return self.settled.values

    @property
    def conflicts(self) -> int:
        """For how many fields its sources disagree."""
        return self.settled.conflicts

    @property
    def changed(self) -> bool:
        """Whether it is not as it was."""
        return self.news or self.id is None or self.settled != self.before

    @property
    def sources(self) -> dict[Name, Source]:
        """What each of its records says."""
        return {name: voice.source for name, voice in self.voices.items()}

    @property
    def codes(self) -> list[Code]:
        """Every code that it is known under, in a stable order."""
        return sorted({code for voice in self.voices.values() for code in voice.codes})

    @property
    def joining_codes(self) -> Set[Code]:
        """The codes that its records give now: a record with one of them is about this dossier."""
        return self._joining.keys()

    @property
    def new_events(self) -> list[Event]:
        """The events that are not stored yet."""
        return [event for voice in self.voices.values() for event in voice.new_events]

    @property
    def code(self) -> str:
        """The code that the dossier is shown under."""
        return str(self.values["code"])

    @property
    def shown(self) -> Shown:
        """What it is found by."""
        return shown(self.values, self.codes)

    def _say(self, source: Source, codes: tuple[Code, ...], voice: Voice | None) -> Voice:
        """This is the newest version of a record that it may have heard of."""
        if voice is None:
            voice = Voice(source)
        else:
            self._forget_joining(voice)
            voice.source, voice.joining = source, codes
        self.hold(voice)
        self._settled = None
        return voice

    def _forget_joining(self, voice: Voice) -> None:
        for code in voice.joining:
            self._joining[code] -= 1
            if not self._joining[code]:
                del self._joining[code]

    def _what_is_known(self) -> _Known:
        if self._known is None:
            self._known = _Known(set(), set(), set())
            for voice in self.voices.values():
                self._known.add(voice)
        return self._known

    def _tell(self, voice: Voice, source: Source, said: Source | None, now: str) -> bool:
        """Take in the events of a version; whether one of them is news, and no mere repetition of a status."""
        guess = inferred(source, said, now)
        fresh = voice.tell([*events_of(source.values), guess] if guess else events_of(source.values))
        known = self._what_is_known().events
        news = fresh.keys() - known
        known.update(news)
        return any(not fresh[name].inferred or self._moves(source, said) for name in news)

    def _moves(self, source: Source, said: Source | None) -> bool:
        """Whether the status of a version is another one than before it, as far as is known without the timeline."""
        if said is not None and not source.older_than(said):
            return bool(said.values.get("status") != source.values["status"])
        return bool(source.changed_at) or self.before.values.get("status") != source.values["status"]


@dataclass(frozen=True, slots=True)
class Stored:
    """A dossier as it was before it was worked on."""

    values: Values
    codes: list[Code]
    names: frozenset[Name]

    def changes(self, dossier: Dossier) -> dict[str, list[Any]]:
        """What is different now, by field: before and after; of its codes and records those that it lost and got."""
        before: dict[str, Any] = dict(flatten(_otherwise(self.values, dossier.values)))
        after: dict[str, Any] = dict(flatten(_otherwise(dossier.values, self.values)))
        names = [*before, *(name for name in after if name not in before)]
        changes = {name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)}
        if self.names != dossier.voices.keys():
            gone, come = self.names - dossier.voices.keys(), dossier.voices.keys() - self.names
            changes["sources"] = [_written(gone), _written(come)]
        if self.codes != dossier.codes:
            codes = set(self.codes), set(dossier.codes)
            changes["codes"] = [_values_of(codes[0] - codes[1]), _values_of(codes[1] - codes[0])]
        return changes


def _otherwise(values: Values, others: Values) -> Values:
    """The groups of values that are not the same in `others`: few, so that only these need to be taken apart."""
    return {name: value for name, value in values.items() if value != others.get(name)}


def _written(names: Iterable[Name]) -> list[str]:
    return [f"{connector} {key}" for connector, key in sorted(names)]


def _values_of(codes: Iterable[Code]) -> list[str]:
    return [code.value for code in sorted(codes)]
