"""A backfill: what changed within a period is read again, whatever the bookmark is, day by day where that is cheap.

The run's own bookmark is the last day that is done; the connector's stays where it is.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any

from connectors.contract import Bookmark, Connector, Page, Spans
from connectors.errors import Changed
from hub.record.moments import ZONE

_DONE = "day:"
_DAY = timedelta(days=1)


class CannotBackfill(Changed):
    """This connector cannot read a period once more; the sentence says what would let it."""

    def __init__(self) -> None:
        super().__init__(
            "it cannot be asked for a period: its settings do not say when a record changed",
            code="cannot_backfill",
            hint="`changed_at` in its settings does, if its records say it; its type's README shows how. "
            "`hub sync NAME --full` reads everything.",
        )


class NoPeriod(ValueError):
    """Two days that are no period; the sentence says why."""


def period(first: date, last: date, today: date) -> dict[str, str]:
    """What a run of this kind is asked for: days in Vietnam, `last` included.

    Raises:
        NoPeriod: it ends before it begins, or begins in the future.
    """
    if last < first:
        raise NoPeriod(f"the period ends ({last:%d/%m/%Y}) before it begins ({first:%d/%m/%Y})")
    if first > today:
        raise NoPeriod(f"the period begins in the future ({first:%d/%m/%Y})")
    return {"from": first.isoformat(), "to": min(last, today).isoformat()}


def pages(connector: Connector, wanted: Mapping[str, Any], since: Bookmark | None) -> Iterator[Page]:
    """The pages of the period `wanted` (`from` and `to`, days in Vietnam, `to` included).

    The last page of each day has that day as its bookmark; `since`, such a bookmark, is where it goes on.

    Raises:
        CannotBackfill: the connector cannot be asked for a period. Nothing was asked.
    """
    if not isinstance(connector, Spans):
        raise CannotBackfill
    first, last = date.fromisoformat(wanted["from"]), date.fromisoformat(wanted["to"])
    if since is not None:
        first = date.fromisoformat(since.removeprefix(_DONE)) + _DAY
    if first > last:
        return
    length = _DAY if connector.spans_cheaply() else last - first + _DAY
    while first <= last:
        until = first + length - _DAY
        yield from _marked(connector.pull_period(_begin(first), _begin(until + _DAY)), f"{_DONE}{until.isoformat()}")
        first = until + _DAY


def _marked(found: Iterator[Page], bookmark: Bookmark) -> Iterator[Page]:
    """The pages of a part of the period, then an empty one that says that it is done."""
    return chain(found, [Page(b"", "application/octet-stream", (), bookmark)])


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
