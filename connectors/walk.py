"""Walks through the pages of a department system so that nothing is lost while its records move.

What is asked next and which bookmark a page earns is decided here, for every way of paging.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from connectors.changes import Seen, newest, to_bookmark
from connectors.contract import Bookmark, Page, Record
from connectors.counting import Counting
from connectors.documents import Contents
from connectors.errors import Changed
from connectors.plan import Plan, Query, Response

_DAY = timedelta(days=1)  # some systems compare `{since}` by its date only
_IDLE = 3  # pages in a row without a single new key: the system repeats itself


def walk(plan: Plan, ask: Callable[[Query], Response], since: Bookmark | None, source: str) -> Iterator[Page]:
    """Every page from `since` on; `source` is the system's address for sentences."""
    steps = _Walk(plan, since, source)
    while steps.query is not None:
        page = steps.take(ask(steps.query))
        if page.records or page.bad or page.repeated or page.bookmark is not None:
            yield page


class _Walk:
    """One pull: what was seen, what is asked next."""

    def __init__(self, plan: Plan, since: Bookmark | None, source: str) -> None:
        self._plan, self._source = plan, source
        self._from = plan.resumed(since)
        self._seen = Seen()
        self._counting = Counting(plan.first_page)
        self._reached: datetime | None = None  # the bookmark so far
        self._taken = 0  # records of the present query, over all its pages
        self._longest = 0
        self._idle = 0
        self._newest: datetime | None = None
        self._links: set[str] = set()
        self._first_newest: datetime | None = None  # of the first page
        self._clock: datetime | None = None  # the department's clock at the first page
        self._pages = 0
        self._total: int | None = None
        first = plan.first_query
        self._first = replace(first, since=self._from) if self._from else first
        self._to_read_again: int | None = None  # pages of the second reading that are still to come
        self.query: Query | None = self._first

    def take(self, response: Response) -> Page:
        """The page that an answer makes; sets the next query, or None at the end."""
        contents = response.contents
        self._check_order(contents)
        wanted, stale = self._wanted(contents.records)
        records, new_keys = self._seen.split(wanted)
        bad, new_bad = self._seen.split(contents.bad)
        self._note(response)
        following = None if stale else self._following(response, new_keys + new_bad)
        following = following or self._second_reading()
        page = Page(
            payload=response.payload,
            media_type=response.media_type,
            records=records,
            bookmark=self._bookmark(response, following),
            bad=bad,
            total=self._total,
            repeated=len(wanted) - len(records) + len(contents.bad) - len(bad),
        )
        self._forget_before(following)
        self.query = following
        return page

    def _second_reading(self) -> Query | None:
        """Newest first, a record that is deleted moves what follows it up, perhaps onto a page that was read already,
        and the bookmark would pass it for good. So where there was more than one page, they are read once more."""
        if self._plan.order != "newest_first" or not self._plan.steps or self._to_read_again is not None:
            return None
        self._to_read_again = self._pages
        self._taken = 0
        return self._first if self._pages > 1 else None

    def _forget_before(self, following: Query | None) -> None:
        """What lies before the time that is asked from next cannot come again."""
        if following is not None and following.since is not None and following.since != self._present().since:
            self._seen.forget_before(following.since - _DAY)

    def _following(self, response: Response, new_keys: int) -> Query | None:
        """What to ask after this answer; None at the end."""
        query, contents = self._present(), response.contents
        keys = contents.keys
        if self._counting.proving:
            self._idle = -self._pages  # whatever is read once more brings no new key
            self._taken = 0
            return self._counting.prove(query, keys)
        if self._to_read_again is not None:
            self._to_read_again -= 1
            self._idle = 0  # whatever is read once more brings no new key
            if not self._to_read_again:
                return None
        following = None if self._ended(response, new_keys) else self._next(response, new_keys)
        if not self._plan.asks_again:
            return following
        return self._counting.after(query, keys, newest(contents.records), following)

    def _note(self, response: Response) -> None:
        latest = newest(response.contents.records)
        self._newest = max(filter(None, (self._newest, latest)), default=None)
        if self._pages == 0:
            self._check_first(response, latest)
            self._first_newest, self._clock = latest, response.date
            whole = self._from is None or self._plan.asks_since
            self._total = response.total if whole else None
        self._pages += 1
        self._taken += response.contents.count

    def _check_first(self, response: Response, latest: datetime | None) -> None:
        """Settings that are wrong must not look like a department that has nothing to say."""
        if self._plan.tells_total and response.total is None:
            raise Changed(
                f"the answer of {self._source} does not say how many records there are",
                code="total",
                hint="Correct `total` in the settings, or leave it out.",
            )
        if response.contents.count == 0 and (response.total or response.last is False):
            raise Changed(
                f"{self._source} says that it has records, but none is found in its answer",
                code="records",
                hint="Correct `records` in the settings; the kept answer shows what it holds.",
            )
        if response.contents.records and latest is None and self._plan.keeps_bookmark:
            raise Changed(
                f"no record of {self._source} says when it changed",
                code="changed_at",
                hint="Correct `changed_at` in the settings: `from` is the field that holds the time.",
            )

    def _wanted(self, records: tuple[Record, ...]) -> tuple[tuple[Record, ...], bool]:
        """Newest first, what is older than the bookmark is known: leave it out, and stop there."""
        if self._plan.order != "newest_first" or self._from is None:
            return records, False
        wanted = tuple(r for r in records if r.changed_at is None or r.changed_at >= self._from)
        return wanted, len(wanted) < len(records)

    def _ended(self, response: Response, new_keys: int) -> bool:
        """Whether that was all, by the strongest word there is on it."""
        count, size = response.contents.count, self._plan.page_size
        if count == 0:
            return True  # some systems name a next page for ever
        if self._plan.follows_links:
            return response.next_link is None
        if self._plan.tells_end:
            return self._told_end(response)
        if size is not None and count >= size:
            self._longest = max(self._longest, count)
            return False
        if not self._plan.steps or size is None:
            return not self._plan.steps and not self._goes_on(response)
        # A first short page may only mean that the system allows fewer records than we asked for.
        longest, self._longest = self._longest, max(self._longest, count)
        only_ties = self._plan.asks_again and not new_keys and not self._has_older(response.contents)
        return (response.total is not None and self._taken >= response.total) or count < longest or only_ties

    def _goes_on(self, response: Response) -> bool:
        """Whether there is a newer time to ask from."""
        latest, since = newest(response.contents.records), self._present().since
        return self._plan.asks_again and latest is not None and (since is None or latest > since)

    def _asked_from(self, latest: datetime) -> datetime:
        """The newest time seen, less the overlap where that still brings us on."""
        overlapping = latest - self._plan.overlap
        since = self._present().since
        return overlapping if since is None or overlapping > since else latest

    def _has_older(self, contents: Contents) -> bool:
        """Whether there are records from before `{since}`: then the system does not keep to it."""
        since = self._present().since
        return since is not None and any(r.changed_at and r.changed_at < since for r in contents.records)

    def _told_end(self, response: Response) -> bool:
        if response.last is None:
            raise Changed(
                f"the answer of {self._source} does not say whether it is the last",
                code="paging",
                hint="Correct the setting that names this place, or leave it out: then an empty or short page ends it.",
            )
        return response.last

    def _next(self, response: Response, new_keys: int) -> Query:
        query = self._present()
        self._idle = 0 if new_keys else self._idle + 1
        if self._idle >= _IDLE:
            raise self._stuck(f"sent the same records {_IDLE} times over instead of going on")
        if response.next_link is not None:
            return replace(query, link=self._unvisited(response.next_link))
        latest = newest(response.contents.records)
        if latest is not None and self._goes_on(response):
            self._taken = 0
            return Query(self._asked_from(latest), self._plan.first_page)
        if self._plan.steps:
            return replace(query, page=query.page + 1, offset=query.offset + response.contents.count)
        raise self._stuck("has more records, and the settings give no way to ask for them")

    def _unvisited(self, link: str) -> str:
        if link in self._links:
            raise self._stuck("names a next page that was read already")
        self._links.add(link)
        return link

    def _stuck(self, what: str) -> Changed:
        return Changed(
            f"{self._source} {what} (after {self._pages} pages)",
            code="stuck",
            hint="Check the paging in the settings: the placeholder `{page}` or `{offset}`, "
            "the number of the first page, and where the answer says that it is the last.",
        )

    def _bookmark(self, response: Response, following: Query | None) -> Bookmark | None:
        """What a later pull may begin with once this page is stored; None: as before."""
        plan = self._plan
        if not plan.keeps_bookmark or not (following is None or plan.order == "oldest_first"):
            return None
        if plan.order == "oldest_first":
            moment, clock = self._known_until(response, following), response.date
        else:
            # What changes while we read may stand on a page that was read before, so the bookmark must not pass
            # the moment we began: by the department's own clock, else by the newest change of the first page.
            moment, clock = (self._newest if self._clock else self._first_newest), self._clock
        if moment and clock:
            moment = min(moment, clock)  # a record dated in the future must not hide changes still to come
        self._reached = max(filter(None, (self._reached, moment)), default=None)
        return to_bookmark(self._reached) if self._reached else None

    def _known_until(self, response: Response, following: Query | None) -> datetime | None:
        """Oldest first: the time before which everything was brought."""
        if not self._plan.asks_again:
            return newest(response.contents.records)
        if following is None:
            return self._counting.reached
        return following.since if following.since != self._plan.first_query.since else None

    def _present(self) -> Query:
        """The query whose answer is being taken."""
        if self.query is None:
            raise RuntimeError("an answer came after the walk had ended")
        return self.query

    def _check_order(self, contents: Contents) -> None:
        """A wrong `order` would skip records without a word, so it is refused."""
        times = [record.changed_at for record in contents.records if record.changed_at]
        falls = any(later < earlier for earlier, later in pairwise(times))
        rises = any(later > earlier for earlier, later in pairwise(times))
        if (self._plan.order == "oldest_first" and falls) or (self._plan.order == "newest_first" and rises):
            raise Changed(
                f"the records of {self._source} do not come {self._plan.order.replace('_', ' ')}",
                code="order",
                hint="Correct `order` in the settings; with `none` everything is read before the bookmark moves.",
            )
