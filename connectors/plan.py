"""What the walk through a department's pages goes by: the plan from the settings, a query, a response."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.changes import from_bookmark
from connectors.contract import Bookmark
from connectors.documents import Contents
from connectors.settings import ChangedAt, Order

_FINE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """How this system is walked, from its settings."""

    order: Order
    asks_since: bool  # `{since}` is sent
    steps: bool  # pages or offsets are counted
    follows_links: bool = False
    follows_cursor: bool = False  # every answer names what the next query must send to go on
    tells_end: bool = False  # the answer itself says whether it is the last
    page_size: int | None = None  # None: the system decides
    first_page: int = 1
    changed_at: ChangedAt | None = None
    tells_total: bool = False  # the answer says how many records there are

    @property
    def overlap(self) -> timedelta:
        """How far before the last known change to ask again."""
        return timedelta(seconds=self.changed_at.overlap_seconds if self.changed_at else 0)

    @property
    def first_query(self) -> "Query":
        """What is asked when nothing is known yet."""
        return Query(self.changed_at.first if self.changed_at else None, self.first_page)

    def resumed(self, since: Bookmark | None) -> datetime | None:
        """From when on changes are wanted; None: from the beginning."""
        if since is None or not self.keeps_bookmark or self.changed_at is None:
            return None
        moment = from_bookmark(since) - self.overlap
        step = self.step(moment)
        # Whether changes at exactly `{since}` are left out shows only where records come by time, page by page.
        is_hidden = self.asks_since and not self.asks_again and step <= _FINE
        return moment - step if is_hidden else moment

    def step(self, moment: datetime) -> timedelta:
        """How much earlier than `moment` is the next time that `{since}` can say."""
        return self.changed_at.sent_form.step(moment) if self.changed_at else timedelta()

    def written(self, moment: datetime | None) -> str:
        """A time as it is sent."""
        return self.changed_at.sent_form.write(moment) if self.changed_at and moment else ""

    def _sent(self, moment: datetime | None) -> str | int:
        """A time as it is filled in: a count is a number."""
        is_count = self.changed_at is not None and self.changed_at.sent_form.is_count
        text = self.written(moment)
        return int(text) if is_count and text else text

    def words(self, query: "Query") -> dict[str, Any]:
        """What the placeholders stand for in this query, but for the page's size."""
        return {
            "since": self._sent(query.since),
            "page": query.page,
            "offset": query.offset,
            "cursor": query.cursor or "",
        }

    @property
    def asks_again(self) -> bool:
        """Ask from the newest time seen instead of counting on, so that pages that shift lose nothing."""
        return self.order == "oldest_first" and not (self.follows_links or self.follows_cursor)

    @property
    def keeps_bookmark(self) -> bool:
        """Whether a later pull can begin where this one ended."""
        return self.asks_since or self.order == "newest_first"

    @property
    def is_steady(self) -> bool:
        """Whether a record that is deleted while we read hides no other one.

        A total does not tell: a record that comes meanwhile makes up for one that was hidden.
        """
        is_one_answer = not (self.steps or self.follows_links or self.follows_cursor)
        is_read_twice = self.order == "newest_first" and self.steps
        return is_one_answer or self.asks_again or is_read_twice


@dataclass(frozen=True, slots=True)
class Query:
    """What to ask next."""

    since: datetime | None
    page: int
    offset: int = 0
    link: str | None = None
    cursor: str | None = None  # what the answer before named to go on with


@dataclass(frozen=True, slots=True)
class Ending:
    """What an answer says besides its records."""

    last: bool | None = None
    total: int | None = None
    next_link: str | None = None
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an answer that is read, and stored, as one page."""

    payload: bytes
    media_type: str
    contents: Contents
    ending: Ending | None = None  # of the last part; None: more parts of the same answer follow


@dataclass(frozen=True, slots=True)
class Response:
    """One answer, read as far as walking needs it; `parts` may be read once, and only as far as it is wanted."""

    parts: Iterable[Part]
    date: datetime | None = None  # the department's own clock

    def said_of(self, source: str) -> str:
        """A sentence for a check, which reads one record and keeps none."""
        return next(iter(self.parts)).contents.said_of(source)


def whole(
    payload: bytes, media_type: str, contents: Contents, ending: Ending | None = None, date: datetime | None = None
) -> Response:
    """An answer that was read at once."""
    return Response((Part(payload, media_type, contents, ending or Ending()),), date)
