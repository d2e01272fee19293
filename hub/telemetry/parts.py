"""The parts of this process that work by themselves, and whether each still does: what `/health/ready` tells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeAlias

Trouble: TypeAlias = Callable[[], str | None]  # what is wrong with a part, as a sentence; None: it does what it should


@dataclass(slots=True)
class Beat:
    """Whether something is done again and again: it must not be longer ago than `patience` seconds."""

    what: str  # as “schedules are looked at”
    patience: float
    _last: float = field(default_factory=monotonic)

    def beat(self) -> None:
        """It was done just now."""
        self._last = monotonic()

    def trouble(self) -> str | None:
        """That it was not done for too long."""
        ago = monotonic() - self._last
        return f"{self.what} for the last time {ago:.0f} s ago" if ago > self.patience else None


@dataclass(slots=True)
class Parts:
    """Those of one process, by name."""

    _by_name: dict[str, Trouble] = field(default_factory=dict)

    def add(self, more: Mapping[str, Trouble]) -> None:
        """Watch these too."""
        self._by_name.update(more)

    def names(self) -> list[str]:
        """What this process does."""
        return sorted(self._by_name)

    def troubles(self) -> dict[str, str]:
        """What is wrong, by part."""
        return {name: told for name, trouble in sorted(self._by_name.items()) if (told := trouble()) is not None}
