"""Choosing among the dossiers of one code: agencies give the same numbers of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.record.dossier import Name
from hub.record.identity import normalise
from hub.record.shown import agency_key
from hub.store import dossiers
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.looking_up import Found, givers


@dataclass(frozen=True, slots=True)
class Which:
    """Which dossier of a code is meant; None means any."""

    agency: str | None = None  # that handles it
    connector: str | None = None  # of which a record gives the code


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dossier that a code may mean."""

    found: Found
    # That give the code, or all where none gives it any more; not looked up where there is nothing to choose.
    records: Sequence[Name] = ()

    @property
    def row(self) -> DossierRow:
        """The dossier."""
        return self.found.row

    @property
    def agency(self) -> str:
        """Code of the agency that handles it."""
        return str(self.row.values.get("agency", {}).get("code", ""))


def matching(database: Database, known: Sequence[Found], code: str, which: Which) -> list[Candidate]:
    """Those that are meant, of the dossiers that are known under a code."""
    chosen = [one for one in known if which.agency is None or one.row.agency == agency_key(which.agency)]
    if len(chosen) < 2 and which.connector is None:
        return [Candidate(one) for one in chosen]
    giving = givers(database, [one.row.id for one in chosen])
    candidates = [Candidate(one, _records(giving.get(one.row.id, {}), code)) for one in chosen]
    if which.connector is None:
        return candidates
    return [one for one in candidates if which.connector in {connector for connector, _key in one.records}]


def is_of(database: Database, code: str, name: Name) -> bool:
    """Whether a dossier that is known under this code has this record."""
    rows = dossiers.with_code(database, code)
    return any(name == each.source.name for row in rows for each in dossiers.sources(database, row.id))


def _records(by_code: Mapping[str, Sequence[Name]], code: str) -> list[Name]:
    """Those that give the code, or all where none gives it any more."""
    return list(by_code.get(normalise(code)) or dict.fromkeys(name for names in by_code.values() for name in names))
