"""Choosing among the dossiers of one code: agencies give the same numbers of their own."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.record.dossier import Name
from hub.store import dossiers
from hub.store.database import Database
from hub.store.dossiers import DossierRow


@dataclass(frozen=True, slots=True)
class Which:
    """Which dossier of a code is meant; None means any."""

    agency: str | None = None  # that handles it
    connector: str | None = None  # of which a record gives the code


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dossier that a code may mean."""

    row: DossierRow
    # That give the code, or all where none gives it any more; not looked up where there is nothing to choose.
    records: Sequence[Name] = ()

    @property
    def agency(self) -> str:
        """Code of the agency that handles it."""
        return str(self.row.values.get("agency", {}).get("code", ""))


def matching(database: Database, code: str, which: Which) -> list[Candidate]:
    """The dossiers that are known under a code, or those of them that are meant."""
    rows = dossiers.with_code(database, code)
    if len(rows) == 1 and which.connector is None:
        return [one for one in [Candidate(rows[0])] if _is_meant(one, which)]
    found = [Candidate(row, _records(database, row, code)) for row in rows]
    return [one for one in found if _is_meant(one, which)]


def is_of(database: Database, code: str, name: Name) -> bool:
    """Whether a dossier that is known under this code has this record."""
    rows = dossiers.with_code(database, code)
    return any(name == each.source.name for row in rows for each in dossiers.sources(database, row.id))


def _is_meant(one: Candidate, which: Which) -> bool:
    its_agency = which.agency is None or one.agency == which.agency
    return its_agency and (which.connector is None or which.connector in {connector for connector, _key in one.records})


def _records(database: Database, row: DossierRow, code: str) -> list[Name]:
    giving = dossiers.givers(database, row.id, code)
    return giving or [each.source.name for each in dossiers.sources(database, row.id)]
