"""What is known of one answer, summed up over its parts: an answer may hold more records than may be remembered."""

from dataclasses import dataclass
from datetime import datetime
from operator import ge, le

from connectors.counting import Sum
from connectors.documents import Contents
from connectors.settings import Order


@dataclass(slots=True)
class Tally:
    """One answer so far."""

    order: Order
    count: int = 0
    new_keys: int = 0  # records whose keys this pull had not brought before
    newest: datetime | None = None
    oldest: datetime | None = None
    has_records: bool = False
    overlooked: str = ""  # what looks like records where none was found
    is_stale: bool = False  # newest first: whether it reaches back behind the bookmark
    is_disordered: bool = False  # its change times do not come in the order that the settings promise
    _last: datetime | None = None
    _keys: int = 0

    def add(self, contents: Contents) -> None:
        """Take in what one part brought."""
        records, bad = contents.records, contents.bad
        self.count += contents.count
        self.has_records = self.has_records or bool(records)
        self.overlooked = self.overlooked or contents.overlooked
        keys = [record.key for record in records] + [record.key for record in bad]
        self._keys = hash((self._keys, *keys))
        times = [record.changed_at for record in records if record.changed_at]
        if times:
            self._note(times)

    def _note(self, times: list[datetime]) -> None:
        first, last = (times[0], times[-1]) if self.order != "none" else (min(times), max(times))
        if self.order != "none":
            compare = le if self.order == "oldest_first" else ge
            chain = times if self._last is None else [self._last, *times]
            self.is_disordered = self.is_disordered or not all(map(compare, chain, chain[1:]))
            self._last = last
        self.oldest = min(filter(None, (self.oldest, first, last)))
        self.newest = max(filter(None, (self.newest, first, last)))

    @property
    def sum(self) -> Sum:
        """What tells this answer from another."""
        return Sum(self.count, self._keys)
