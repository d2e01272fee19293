"""What the record asks of whoever counts working time: it knows no calendar itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class Explained(Protocol):
    """One step of a reckoning."""

    @property
    def code(self) -> str:
        """For programs."""

    @property
    def vi(self) -> str:
        """In Vietnamese."""

    @property
    def en(self) -> str:
        """In English."""


class Reckoned(Protocol):
    """When a term ends, and why."""

    @property
    def at(self) -> datetime:
        """The end."""

    @property
    def steps(self) -> Sequence[Explained]:
        """How it came to be."""

    @property
    def warnings(self) -> Sequence[Explained]:
        """What may still move it."""


class Terms(Protocol):
    """The working time of the agency that handles the dossier. Units are those of the catalogue of procedures."""

    def due(self, start: datetime, amount: int, unit: str) -> Reckoned:
        """The end of a term."""

    def extended(self, before: datetime, stopped: datetime, resumed: datetime, unit: str) -> Reckoned:
        """A due date, later by the time that was waited."""

    def spent(self, start: datetime, end: datetime, unit: str) -> float:
        """How much of a term passed between two moments."""
