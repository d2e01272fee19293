"""The dossiers that one page touches, laid out to be worked on: which record belongs to which dossier.

Records that share a code are one dossier. Nothing else decides, so a wrong code that a source corrects is undone, and
so is one that a person disowned.
"""

from collections.abc import Iterable, Mapping, Set

from hub.record.dossier import Dossier, Name, Outcome, Voice
from hub.record.identity import Code, codes_of
from hub.record.merge import Source
from hub.store import laid_out
from hub.store.database import Transaction
from hub.store.laid_out import Known


class Desk:
    """Dossiers by the codes that their present records give, and by record."""

    def __init__(self, loaded: Iterable[Dossier], now: str, wrong: Mapping[Name, Set[Code]] | None = None) -> None:
        self._all = dict.fromkeys(loaded)
        self._by_record = {name: dossier for dossier in self._all for name in dossier.voices}
        self._by_code = {code: dossier for dossier in self._all for code in dossier.joining_codes}
        self._wrong = dict(wrong or {})
        self._now = now

    @classmethod
    def laid(cls, transaction: Transaction, known: Known, now: str) -> "Desk":
        """Fetch (and lock) every dossier that is known of a page's records."""
        loaded = laid_out.load_dossiers(transaction, known.dossiers, known.wrong)
        return cls(loaded.values(), now, known.wrong)

    def hear(self, told: Source) -> None:
        """Take a version of a record to the dossier that it speaks of, whatever it spoke of before."""
        source = laid_out.believed(told, self._wrong)
        before = self._by_record.get(source.name)
        voice = before.voices[source.name] if before else None
        if before and voice and source.older_than(voice.source):
            before.hear(source, self._now)  # news of what was; where it belongs is known better
            return
        codes = codes_of(source.values, source.scope)
        said = voice.joining if voice else ()
        if before and set(codes) == set(said):
            dossier, said = before, ()  # by far the most: nothing has to be moved
        else:
            dossier = self._dossier_of(source.name, codes, before)
        dossier.hear(source, self._now)
        self._by_record[source.name] = dossier
        self._all[dossier] = None
        self._by_code.update(dict.fromkeys(codes, dossier))
        self._forget_codes(dossier, said)

    def outcome(self, name: Name) -> Outcome:
        """What a record did that was heard, now that all were."""
        return self._by_record[name].outcome(name) or Outcome.UNCHANGED

    def believe(self, wrong: Mapping[Name, Set[Code]]) -> None:
        """From now on these codes of records are known to be wrong."""
        self._wrong = dict(wrong)

    def touched(self) -> list[Dossier]:
        """Every dossier on the desk that still stands for itself."""
        return list(self._all)

    def dossier(self, name: Name) -> Dossier:
        """The dossier that a record ended up in."""
        return self._by_record[name]

    def _dossier_of(self, name: Name, codes: Iterable[Code], before: Dossier | None) -> Dossier:
        """The dossier of a record whose codes are new, or other ones than before; its voice is there already."""
        voice = None
        if before and len(before.voices) > 1:
            voice = self._take_away(name, before)
            before = None
        named = dict.fromkeys(self._by_code[code] for code in sorted(codes) if code in self._by_code)
        if before:
            named[before] = None  # renumbered: it stays itself, or becomes part of what it is now known to be
        dossier = self._joined(list(named)) if named else Dossier()
        if voice:
            dossier.take([voice])
        return dossier

    def _take_away(self, name: Name, dossier: Dossier) -> Voice:
        """Let a record leave a dossier; what only it held together goes its own ways."""
        (voice,) = dossier.release([name])
        together = len(voice.joining) < 2  # a record with one code holds no others together
        for apart in [] if together else dossier.parts()[1:]:
            own = Dossier()
            own.take(dossier.release(apart))
            self._all[own] = None
            self._by_record |= dict.fromkeys(apart, own)
            self._by_code.update(dict.fromkeys(own.joining_codes, own))
        self._forget_codes(dossier, voice.joining)
        return voice

    def _joined(self, found: list[Dossier]) -> Dossier:
        """The oldest of these, which takes over the others."""
        oldest, *others = sorted(found, key=_age)
        for other in others:
            self._by_record |= dict.fromkeys(other.voices, oldest)
            self._by_code |= {code: oldest for code in other.joining_codes if self._by_code.get(code) is other}
            oldest.join(other)
            self._all.pop(other, None)
        return oldest

    def _forget_codes(self, dossier: Dossier, given: Iterable[Code]) -> None:
        """A dossier whose record gave these codes before is no longer found by those that none of its records gives."""
        for code in given:
            if self._by_code.get(code) is dossier and code not in dossier.joining_codes:
                del self._by_code[code]


def _age(dossier: Dossier) -> tuple[bool, int]:
    return dossier.id is None, dossier.id or 0
