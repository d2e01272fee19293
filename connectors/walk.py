"""Walks through the pages of a department system so that nothing is lost while its records move.

What is asked next and which bookmark a page earns is decided here, for every way of paging.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.changes import Seen, to_bookmark
from connectors.contract import Bookmark, Page, Record
from connectors.counting import Counting, Sum
from connectors.documents import overlooked
from connectors.errors import Changed
from connectors.plan import Ending, Part, Plan, Query, Response
from connectors.tally import Tally

_IDLE = 3  # pages in a row without a single new key: the system repeats itself


def walk(
    plan: Plan, ask: Callable[[Query], Response], since: Bookmark | None, source: str, *, at_a_change: bool = True
) -> Iterator[Page]:
    """Every page from `since` on, which is the time of a change that is known, unless told otherwise.

    `source` is the system's address for sentences.
    """
    steps = _Walk(plan, since, source, at_a_change=at_a_change)
    while steps.query is not None:
        response = ask(steps.query)
        steps.begin(response.date)
        for part in response.parts:
            page = steps.take(part)
            if page.records or page.bad or page.repeated or page.bookmark is not None:
                yield page
        steps.finished()


class _Walk:
    """One pull: what was seen, what is asked next."""

    def __init__(self, plan: Plan, since: Bookmark | None, source: str, *, at_a_change: bool) -> None:
        self._plan, self._source = plan, source
        self._from = plan.resumed(since)
        self._seen = Seen()
        self._counting = Counting(plan.first_page)
        self._reached: datetime | None = None  # the bookmark so far
        self._taken = 0  # records of the present query, over all its pages
        self._longest = self._longest_before = 0  # records of the longest answer, with the present one and without
        self._idle = 0
        self._newest: datetime | None = None
        self._visited: set[str] = set()  # links and cursors
        self._answers: set[Sum] = set()
        self._tally, self._open = Tally(plan.order), False  # of the present answer
        self._date: datetime | None = None
        self._first_newest: datetime | None = None  # of the first page
        self._clock: datetime | None = None  # the department's clock at the first page
        self._pages = 0
        self._total: int | None = None
        first = plan.first_query
        self._first = replace(first, since=self._from) if self._from else first
        self._is_exact = at_a_change and self._from is not None and not plan.overlap  # `{since}` is a change's time
        self._leaves_out: bool | None = None  # changes at exactly `{since}`; None: it has not shown yet
        self._to_read_again: int | None = None  # pages of the second reading that are still to come
        self.query: Query | None = self._first

    def begin(self, date: datetime | None) -> None:
        """An answer comes, of this time by the department's clock."""
        self._tally, self._date, self._open = Tally(self._plan.order), date, True

    def take(self, part: Part) -> Page:
        """The page that a part of an answer makes; the last part sets the next query, or None at the end."""
        contents, tally = part.contents, self._tally
        tally.add(contents)
        self._check_order()
        wanted = self._wanted(contents.records)
        records, new_keys = self._seen.split(wanted)
        bad, new_bad = self._seen.split(contents.bad)
        tally.new_keys += new_keys + new_bad
        page = Page(
            payload=part.payload,
            media_type=part.media_type,
            records=records,
            bookmark=None,
            bad=bad,
            repeated=len(wanted) - len(records) + len(contents.bad) - len(bad),
            again=self._plan.asks_again or self._to_read_again is not None,
        )
        return page if part.ending is None else self._end(page, part.ending)

    def finished(self) -> None:
        """All parts were taken; one that never says what comes next would be asked for again for ever."""
        if self._open:
            raise RuntimeError("an answer came to its end without an ending")

    def _end(self, page: Page, ending: Ending) -> Page:
        """The last page of an answer: what comes next, and the bookmark that its storing earns."""
        self._open = False
        self._note(ending)
        following = None if self._tally.is_stale else self._following(ending)
        following = following or self._second_reading()
        bookmark = self._bookmark(following)
        self.query = following
        return replace(page, bookmark=bookmark, total=self._total)

    def _second_reading(self) -> Query | None:
        """Newest first, a record that is deleted moves what follows it up, perhaps onto a page that was read already,
        and the bookmark would pass it for good. So where there was more than one page, they are read once more."""
        if self._plan.order != "newest_first" or not self._plan.steps or self._to_read_again is not None:
            return None
        self._to_read_again = self._pages
        self._taken = 0
        return self._first if self._pages > 1 else None

    def _before_the_edge(self) -> Query | None:
        """Some systems leave out changes at exactly `{since}`, though more of them may stand behind the page that ended
        there. It shows where an answer has none of them, though one is known: then we ask from just before it."""
        query, oldest = self._present(), self._tally.oldest
        if self._leaves_out is not None or not self._is_exact or query.since is None:
            return None
        written = self._plan.written
        shows = oldest is not None and (oldest <= query.since or written(oldest) == written(query.since))
        self._leaves_out, self._is_exact, self._taken = not shows, False, 0
        return None if shows else replace(query, since=query.since - self._plan.step(query.since))

    def _following(self, ending: Ending) -> Query | None:
        """What to ask after this answer; None at the end."""
        query, tally = self._present(), self._tally
        if self._plan.asks_again and query.page == self._plan.first_page and not self._counting.proving:
            before = self._before_the_edge()
            if before is not None:
                return before
        if tally.sum in self._answers:
            tally.new_keys = 0  # the very same came before, perhaps too long ago to remember each of its records
        self._answers.add(tally.sum)
        if self._counting.proving:
            self._idle = -self._pages  # whatever is read once more brings no new key
            self._taken = 0
            return self._counting.prove(query, tally.sum)
        if self._to_read_again is not None:
            self._to_read_again -= 1
            self._idle = 0  # whatever is read once more brings no new key
            if not self._to_read_again:
                return None
        following = None if self._ended(ending) else self._next(ending)
        if not self._plan.asks_again:
            return following
        return self._counting.after(query, tally.sum, tally.newest, following)

    def _note(self, ending: Ending) -> None:
        latest = self._tally.newest
        self._newest = max(filter(None, (self._newest, latest)), default=None)
        if self._pages == 0:
            self._check_first(ending)
            self._first_newest, self._clock = latest, self._date
            whole = self._from is None or self._plan.asks_since
            self._total = ending.total if whole else None
        self._pages += 1
        self._taken += self._tally.count
        self._longest, self._longest_before = max(self._longest, self._tally.count), self._longest

    def _check_first(self, ending: Ending) -> None:
        """Settings that are wrong must not look like a department that has nothing to say."""
        if self._plan.tells_total and ending.total is None:
            raise Changed(
                f"the answer of {self._source} does not say how many records there are",
                code="total",
                hint="Correct `total` in the settings, or leave it out.",
            )
        if self._tally.count == 0 and (ending.total or ending.last is False):
            raise Changed(
                f"{self._source} says that it has records, but none is found in its answer",
                code="records",
                hint="Correct `records` in the settings; the kept answer shows what it holds.",
            )
        if self._tally.count == 0 and self._tally.overlooked and self._from is None:
            raise overlooked(self._source, self._tally.overlooked)
        if self._tally.has_records and self._tally.newest is None and self._plan.keeps_bookmark:
            raise Changed(
                f"no record of {self._source} says when it changed",
                code="changed_at",
                hint="Correct `changed_at` in the settings: `from` is the field that holds the time.",
            )

    def _wanted(self, records: Sequence[Record]) -> Sequence[Record]:
        """Newest first, what is older than the bookmark is known: leave it out, and stop there."""
        if self._plan.order != "newest_first" or self._from is None:
            return records
        wanted = [r for r in records if r.changed_at is None or r.changed_at >= self._from]
        self._tally.is_stale = self._tally.is_stale or len(wanted) < len(records)
        return wanted

    def _ended(self, ending: Ending) -> bool:
        """Whether that was all, by the strongest word there is on it."""
        if self._tally.count == 0:
            if self._plan.tells_end and self._pages > 1:
                self._told_end(ending)  # a page before said that more follow: an answer that says nothing is no end
            return True  # some systems name a next page for ever
        if self._plan.follows_links:
            return ending.next_link is None
        if self._plan.tells_end:
            return self._told_end(ending)
        if self._plan.follows_cursor:
            return ending.next_cursor is None
        return self._seems_ended(ending)

    def _seems_ended(self, ending: Ending) -> bool:
        """Whether that was all, where the system does not say so."""
        count, size = self._tally.count, self._plan.page_size
        if size is not None and count >= size:
            return False
        if not self._plan.steps or size is None:
            return not self._plan.steps and not self._goes_on()
        # A short page may only mean that the system gives fewer records than we ask for: one that is as long as any
        # before it may have others behind it, though all that it holds be known.
        return (ending.total is not None and self._taken >= ending.total) or count < self._longest_before

    def _goes_on(self) -> bool:
        """Whether there is a newer time to ask from."""
        return self._plan.asks_again and self._further() is not None

    def _further(self) -> datetime | None:
        """From when to ask next: the newest time seen, less the overlap where that still brings us on."""
        latest, since = self._tally.newest, self._present().since
        if latest is None:
            return None
        before = latest - max(self._plan.overlap, self._plan.step(latest) if self._leaves_out else timedelta())
        if since is None or before > since:
            return before
        return latest if latest > since and not self._leaves_out else None

    def _told_end(self, ending: Ending) -> bool:
        if ending.last is None:
            raise Changed(
                f"the answer of {self._source} does not say whether it is the last",
                code="paging",
                hint="Correct the setting that names this place, or leave it out: then an empty or short page ends it.",
            )
        return ending.last

    def _next(self, ending: Ending) -> Query:
        query = self._present()
        further = self._further() if self._plan.asks_again else None
        self._idle = 0 if self._tally.new_keys or further is not None else self._idle + 1
        if self._idle >= _IDLE:
            raise self._stuck(f"sent the same records {_IDLE} times over instead of going on")
        if ending.next_link is not None:
            return replace(query, link=self._unvisited(ending.next_link))
        if self._plan.follows_cursor and ending.next_cursor is not None:
            return replace(query, cursor=self._unvisited(ending.next_cursor))
        if further is not None:
            self._taken, self._is_exact = 0, further == self._tally.newest
            return Query(further, self._plan.first_page)
        if self._plan.steps:
            return replace(query, page=query.page + 1, offset=query.offset + self._tally.count)
        raise self._stuck("has more records, and the settings give no way to ask for them")

    def _unvisited(self, place: str) -> str:
        if place in self._visited:
            raise self._stuck("names a next page that was read already")
        self._visited.add(place)
        return place

    def _stuck(self, what: str) -> Changed:
        return Changed(
            f"{self._source} {what} (after {self._pages} pages)",
            code="stuck",
            hint="Check the paging in the settings: the placeholder `{page}` or `{offset}`, "
            "the number of the first page, and where the answer says that it is the last.",
        )

    def _bookmark(self, following: Query | None) -> Bookmark | None:
        """What a later pull may begin with once this page is stored; None: as before."""
        plan = self._plan
        if not plan.keeps_bookmark or not (following is None or plan.order == "oldest_first"):
            return None
        if plan.order == "oldest_first":
            moment, clock = self._known_until(following), self._date
        else:
            # What changes while we read may stand on a page that was read before, so the bookmark must not pass
            # the moment we began: by the department's own clock, else by the newest change of the first page.
            moment, clock = (self._newest if self._clock else self._first_newest), self._clock
        if moment and clock:
            moment = min(moment, clock)  # a record dated in the future must not hide changes still to come
        self._reached = max(filter(None, (self._reached, moment)), default=None)
        return to_bookmark(self._reached) if self._reached else None

    def _known_until(self, following: Query | None) -> datetime | None:
        """Oldest first: the time before which everything was brought."""
        if not self._plan.asks_again:
            return self._tally.newest
        if following is None:
            return self._counting.reached
        return following.since if following.since != self._plan.first_query.since else None

    def _present(self) -> Query:
        """The query whose answer is being taken."""
        if self.query is None:
            raise RuntimeError("an answer came after the walk had ended")
        return self.query

    def _check_order(self) -> None:
        """A wrong `order` would skip records without a word, so it is refused."""
        if self._tally.is_disordered:
            raise Changed(
                f"the records of {self._source} do not come {self._plan.order.replace('_', ' ')}",
                code="order",
                hint="Correct `order` in the settings; with `none` everything is read before the bookmark moves.",
            )
