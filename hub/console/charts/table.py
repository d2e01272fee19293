"""The numbers behind a chart: as a table of the page, and as a file that spreadsheets open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hub.console.shown import grouped

Number: TypeAlias = int | float


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, then rows: the first cell says what a row is about, the others are numbers or words."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str | Number]]

    def exact(self) -> list[list[str | Number]]:
        """The rows for a file: to the thousandth."""
        return [[value if isinstance(value, str) else round(value, 3) for value in row] for row in self.rows]

    def cell(self, value: str | Number) -> str:
        """As people read it."""
        return value if isinstance(value, str) else grouped(round(value, 1))
