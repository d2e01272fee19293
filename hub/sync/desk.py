"""The dossiers that one page touches, laid out to be worked on: which record belongs to which dossier.

Records that share a code are one dossier. Nothing else decides, so a wrong code that a source corrects is undone.
"""

from collections.abc import Iterable, Mapping, Sequence

from hub.record.dossier import Dossier, Outcome
from hub.record.identity import Code, codes_of
from hub.record.merge import Source
from hub.store import pages
from hub.store.connectors import ConnectorRow
from hub.store.database import Transaction


class Desk:
    """Dossiers by the codes that their present sources give, and by the connector's records."""

    def __init__(self, by_record: dict[str, Dossier], loaded: Iterable[Dossier], now: str) -> None:
        self._by_record = by_record
        self._all = dict.fromkeys(loaded)
        self._by_code = {code: dossier for dossier in self._all for code in dossier.joining_codes}
        self._now = now

    @classmethod
    def laid(
        cls, transaction: Transaction, connector: ConnectorRow, spoken_of: Mapping[str, Sequence[Code]], now: str
    ) -> "Desk":
        """Fetch (and lock) every dossier that a page's records speak of: `spoken_of` is record key → codes."""
        by_code = pages.dossiers_by_code(transaction, {code for codes in spoken_of.values() for code in codes})
        by_record = pages.dossiers_by_record(transaction, connector.id, spoken_of.keys())
        loaded = pages.load_dossiers(transaction, {*by_code.values(), *by_record.values()})
        return cls({key: loaded[dossier_id] for key, dossier_id in by_record.items()}, loaded.values(), now)

    def hear(self, source: Source) -> Outcome:
        """Take a record to the dossier that it speaks of, whatever it spoke of before."""
        codes = set(codes_of(source.values, source.scope))
        before = self._by_record.get(source.key)
        said = before.sources.get((source.connector, source.key)) if before else None
        if before and said and codes == set(codes_of(said.values, said.scope)):
            dossier, said = before, None  # by far the most: nothing has to be moved
        else:
            dossier = self._dossier_of(codes, before, said)
        outcome = dossier.hear(source, self._now)
        self._by_record[source.key] = dossier
        self._all[dossier] = None
        self._by_code.update(dict.fromkeys(codes, dossier))
        if said:
            self._forget_codes(dossier)
        return outcome

    def touched(self) -> list[Dossier]:
        """Every dossier on the desk that still stands for itself."""
        return list(self._all)

    def stored_dossier(self, key: str) -> int:
        """The id of the dossier that a record ended up in, once the dossiers are saved."""
        dossier_id = self._by_record[key].id
        if dossier_id is None:
            raise LookupError(f"the dossier of record {key!r} was not saved")
        return dossier_id

    def _dossier_of(self, codes: set[Code], before: Dossier | None, said: Source | None) -> Dossier:
        """The dossier of a record whose codes are new, or other ones than before."""
        alone = before is not None and len(before.sources) == 1
        if before and said and not alone:
            self._take_away(said, before)
        named = dict.fromkeys(self._by_code[code] for code in sorted(codes) if code in self._by_code)
        if before and alone:
            named[before] = None  # renumbered: it stays itself, or becomes part of what it is now known to be
        return self._joined(list(named)) if named else Dossier()

    def _take_away(self, source: Source, dossier: Dossier) -> None:
        """Let a source leave a dossier; what only it held together goes its own ways."""
        dossier.lose([source], self._now)
        _, *others = dossier.parts()
        for apart in others:
            own = Dossier()
            dossier.lose(apart, self._now)
            own.adopt(apart, self._now)
            self._all[own] = None
            self._by_record |= {one.key: own for one in apart if one.connector == source.connector}
            self._by_code.update(dict.fromkeys(own.joining_codes, own))
        self._forget_codes(dossier)

    def _joined(self, found: list[Dossier]) -> Dossier:
        """The oldest of these, which takes over the others."""
        oldest, *others = sorted(found, key=_age)
        for other in others:
            oldest.join(other, self._now)
            self._all.pop(other, None)
            self._by_record |= {key: oldest for key, dossier in self._by_record.items() if dossier is other}
            self._by_code |= {code: oldest for code, dossier in self._by_code.items() if dossier is other}
        return oldest

    def _forget_codes(self, dossier: Dossier) -> None:
        """A dossier whose sources gave other codes before is no longer found by those."""
        joining = dossier.joining_codes
        stale = [code for code, owner in self._by_code.items() if owner is dossier and code not in joining]
        for code in stale:
            del self._by_code[code]


def _age(dossier: Dossier) -> tuple[bool, int]:
    return dossier.id is None, dossier.id or 0
