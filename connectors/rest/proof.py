"""Makes sure that an answer without a next page is the last one: a misspelt place looks the same."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from connectors.errors import Changed
from connectors.rest.asking import Wanted

# How many records come, and whether the answer has the place that names the next page.
Probe: TypeAlias = Callable[[Wanted], tuple[int, bool]]


class Proof:
    """What one line to a system has found out about the place that names the next page."""

    def __init__(self, probe: Probe, *, takes_size: bool, source: str) -> None:
        self._probe, self._takes_size, self._source = probe, takes_size, source
        self._is_right = False

    def demand(self, place: str, wanted: Wanted, count: int, total: int | None) -> None:
        """Of a first answer with `count` records that lacks `place`: `Changed` unless it is all."""
        is_first = wanted.query.link is None and wanted.query.cursor is None
        if self._is_right or not is_first or count == 0 or (total is not None and count >= total):
            return
        if not self._takes_size or count > wanted.size:
            if total is None:
                raise self._unproven(place)
            raise self._misspelt(place, f"{count:,} of {total:,} records came")
        if count > 1:
            self._by_fewer(place, wanted, count)
        elif wanted.size == 1:
            self._by_more(place, wanted)

    def _by_fewer(self, place: str, wanted: Wanted, count: int) -> None:
        """Asked for one of these records, the system must name a next page."""
        came, self._is_right = self._probe(replace(wanted, size=1))
        if self._is_right:
            return
        raise self._misspelt(place, f"1 of {count:,} records came") if came == 1 else self._unproven(place)

    def _by_more(self, place: str, wanted: Wanted) -> None:
        """Where one record was asked for and came, there must be no second."""
        came, self._is_right = self._probe(replace(wanted, size=2))
        if came > 1 and not self._is_right:
            raise self._misspelt(place, f"1 of {came:,} records came")

    def _misspelt(self, place: str, what: str) -> Changed:
        return Changed(
            f"{what}, but the answer of {self._source} has nothing at `{place}`, where it should name the next page",
            code="paging",
            hint="Correct `pages` in the settings; the kept answer shows where it names the next page.",
        )

    def _unproven(self, place: str) -> Changed:
        return Changed(
            f"the answer of {self._source} has nothing at `{place}`, where it should name the next page, "
            "and nothing shows that this was all",
            code="paging",
            hint="Correct `pages` in the settings. If the system leaves that place out on its last page, write "
            "`if_missing: end`; if everything comes in one answer, leave `pages` out.",
        )
