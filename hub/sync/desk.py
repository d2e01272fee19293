"""The dossiers that one page touches, laid out to be worked on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hub.record.dossier import Dossier
from hub.record.identity import Code
from hub.store import pages
from hub.store.connectors import ConnectorRow
from hub.store.database import Transaction


class Desk:
    """The dossiers that one page touches, laid out to be worked on; found again by code or by record."""

    def __init__(
        self, connector: str, by_code: dict[Code, Dossier], by_record: dict[str, Dossier], loaded: Iterable[Dossier]
    ) -> None:
        self._connector = connector
        self._by_code = by_code
        self._by_record = by_record
        self._all = dict.fromkeys(loaded)

    @classmethod
    def laid(cls, transaction: Transaction, connector: ConnectorRow, spoken_of: Mapping[str, Sequence[Code]]) -> "Desk":
        """Fetch (and lock) every dossier that a page's records speak of: `spoken_of` is record key → codes."""
        by_code = pages.dossiers_by_code(transaction, {code for codes in spoken_of.values() for code in codes})
        by_record = pages.dossiers_by_record(transaction, connector.id, spoken_of.keys())
        loaded = pages.load_dossiers(transaction, {*by_code.values(), *by_record.values()})
        return cls(
            connector.name,
            {code: loaded[dossier_id] for code, dossier_id in by_code.items()},
            {key: loaded[dossier_id] for key, dossier_id in by_record.items()},
            loaded.values(),
        )

    def touched(self) -> list[Dossier]:
        """Every dossier on the desk that still stands for itself."""
        return list(self._all)

    def dossier_for(self, key: str, codes: Sequence[Code]) -> Dossier:
        """The one dossier that a record speaks of: by its codes, else by what the record spoke of before.

        Codes that were thought to be two dossiers' make those one. A record whose number was corrected to
        another dossier's moves there; what it leaves empty behind goes with it.
        """
        before = self._by_record.get(key)
        named = dict.fromkeys(self._by_code[code] for code in codes if code in self._by_code)
        if not named:
            return before or Dossier()
        dossier = self._joined(list(named))
        if before and before is not dossier:
            before.forget(self._connector, key)
            if not before.sources:
                dossier = self._joined([dossier, before])
        return dossier

    def put(self, key: str, codes: Sequence[Code], dossier: Dossier) -> None:
        """Remember what a record spoke of, for the page's later records."""
        self._by_record[key] = dossier
        self._by_code.update(dict.fromkeys(codes, dossier))
        self._all[dossier] = None

    def stored_dossier(self, key: str) -> int:
        """The id of the dossier that a record ended up in, once the dossiers are saved."""
        dossier_id = self._by_record[key].id
        if dossier_id is None:
            raise LookupError(f"the dossier of record {key!r} was not saved")
        return dossier_id

    def _joined(self, found: list[Dossier]) -> Dossier:
        """The oldest of these, which takes over the others."""
        oldest, *others = sorted(found, key=_age)
        for other in others:
            oldest.join(other)
            self._all.pop(other, None)
            _redirect(self._by_code, other, oldest)
            _redirect(self._by_record, other, oldest)
        return oldest


def _age(dossier: Dossier) -> tuple[bool, int]:
    return dossier.id is None, dossier.id or 0


def _redirect(places: dict[Any, Dossier], gone: Dossier, stands: Dossier) -> None:
    places.update({name: stands for name, dossier in places.items() if dossier is gone})
