"""What the walk through a department's pages goes by: the plan from the settings, a query, a response."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.changes import from_bookmark
from connectors.contract import Bookmark
from connectors.documents import Contents
from connectors.settings import ChangedAt, Order


@dataclass(frozen=True, slots=True)
class Plan:
    """How this system is walked, from its settings."""

    order: Order
    asks_since: bool  # `{since}` is sent
    steps: bool  # pages or offsets are counted
    follows_links: bool = False
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
        return from_bookmark(since) - self.overlap

    def words(self, query: "Query") -> dict[str, Any]:
        """What the placeholders stand for in this query, but for the page's size."""
        since = self.changed_at.form.write(query.since) if self.changed_at and query.since else ""
        return {"since": since, "page": query.page, "offset": query.offset}

    @property
    def asks_again(self) -> bool:
        """Ask from the newest time seen instead of counting on, so that pages that shift lose nothing."""
        return self.order == "oldest_first" and not self.follows_links

    @property
    def keeps_bookmark(self) -> bool:
        """Whether a later pull can begin where this one ended."""
        return self.asks_since or self.order == "newest_first"


@dataclass(frozen=True, slots=True)
class Query:
    """What to ask next."""

    since: datetime | None
    page: int
    offset: int = 0
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """One answer, read as far as walking needs it."""

    payload: bytes
    media_type: str
    contents: Contents
    last: bool | None = None
    total: int | None = None
    next_link: str | None = None
    date: datetime | None = None  # the department's own clock
