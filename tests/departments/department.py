"""The register of a department: what its server answers from, and what a test changes while it runs."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from tests.departments.catalogue import STATUSES
from tests.departments.dossier import LOCAL, Dossier, with_status

FIRST_CHANGE = datetime(2026, 5, 20, 8, 0, tzinfo=LOCAL)  # of a register that begins empty


class Department:
    """Dossiers by their own code, safe to change while the server answers from other threads.

    A change is stamped one second after the latest one, never with the clock, so that every run is the same.
    """

    def __init__(self, dossiers: Iterable[Dossier] = ()) -> None:
        self._lock = RLock()
        self._dossiers = {dossier.code: dossier for dossier in dossiers}
        self._ordered: tuple[Dossier, ...] | None = None

    def dossiers(self) -> tuple[Dossier, ...]:
        """All dossiers, the one that changed longest ago first; ties by code."""
        with self._lock:
            if self._ordered is None:
                self._ordered = tuple(sorted(self._dossiers.values(), key=lambda d: (d.updated_at, d.code)))
            return self._ordered

    def dossier(self, code: str) -> Dossier:
        """The dossier with this code of the department's own; KeyError if there is none."""
        with self._lock:
            return self._dossiers[code]

    def change(self, code: str, *, at: datetime | None = None, **fields: Any) -> Dossier:
        """Set `fields` of a dossier; a new `status` also adds the step that brought it."""
        if (status := fields.pop("status", None)) is not None and status not in STATUSES:
            raise ValueError(f"{status!r} is none of {', '.join(STATUSES)}")
        with self._lock:
            at = at or self._next_second()
            dossier = self._dossiers[code]
            if status is not None and status != dossier.status:
                dossier = with_status(dossier, status, at)
            return self._keep(replace(dossier, **{"updated_at": at, **fields}))

    def add(self, dossier: Dossier, *, at: datetime | None = None) -> Dossier:
        """Put a new dossier into the register as its latest change."""
        with self._lock:
            if dossier.code in self._dossiers:
                raise ValueError(f"{dossier.code} is in the register already")
            return self._keep(replace(dossier, updated_at=at or self._next_second()))

    def hold(self, dossiers: Iterable[Dossier]) -> None:
        """Hold these from now on, and no others."""
        with self._lock:
            self._dossiers = {dossier.code: dossier for dossier in dossiers}
            self._ordered = None

    def remove(self, code: str) -> None:
        """Take a dossier out without a trace, as old systems do."""
        with self._lock:
            del self._dossiers[code]
            self._ordered = None

    def _keep(self, dossier: Dossier) -> Dossier:
        self._dossiers[dossier.code] = dossier
        self._ordered = None
        return dossier

    def _next_second(self) -> datetime:
        ordered = self.dossiers()
        return ordered[-1].updated_at + timedelta(seconds=1) if ordered else FIRST_CHANGE
