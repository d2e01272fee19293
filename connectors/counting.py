"""Pages counted at one change time, and whether what they brought can be trusted."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors.plan import Query


@dataclass(frozen=True, slots=True)
class Sum:
    """What tells one answer from another, however many records it holds."""

    count: int
    keys: int  # a hash of every record's key, in order


@dataclass(slots=True)
class Counting:
    """Where one change time fills more than a page, pages are counted, and then read once more to be sure.

    A record that changes while we count leaves its place, and what follows moves up, perhaps onto a page that was
    read already. Then the page that it left is another one when read again, so pages that are the same the second
    time prove that nothing slipped past the first time. The last page needs no proof: nothing behind it was read.
    """

    first_page: int
    reached: datetime | None = None  # the newest time among the counted pages
    proving: bool = False
    _read: list[Sum] = field(default_factory=list)  # of each counted page
    _then: Query | None = None  # what to ask when the proof is done

    def after(self, query: Query, page: Sum, latest: datetime | None, then: Query | None) -> Query | None:
        """What to ask after this page, where `then` would come next (None: the end)."""
        self._read.append(page)
        self.reached = max(filter(None, (self.reached, latest)), default=None)
        if then is not None and then.since == query.since:
            return then
        if query.page == self.first_page:
            self._forget()
            return then
        self.proving, self._then = True, then
        return replace(query, page=self.first_page, offset=0)

    def prove(self, query: Query, page: Sum) -> Query | None:
        """What to ask after this page of the second reading (None: the end)."""
        read = query.page - self.first_page + 1
        is_same = page == self._read[read - 1]
        if is_same and read < len(self._read) - 1:
            return replace(query, page=query.page + 1, offset=query.offset + page.count)
        then = self._then if is_same else replace(query, page=self.first_page, offset=0)
        self._forget()
        return then

    def _forget(self) -> None:
        self._read, self._then, self.proving = [], None, False
