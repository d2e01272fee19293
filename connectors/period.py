"""What changed within a period, out of pages that bring more than that."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from connectors.contract import Page, Record
from connectors.plan import Plan

_WITHOUT_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # when a record that does not say it counts as changed


def within(pages: Iterable[Page], plan: Plan, start: datetime, end: datetime) -> Iterator[Page]:
    """The pages with the records from `start` up to, not including, `end` alone, and without a bookmark.

    Where the oldest come first it stops behind the end.
    """
    for page in pages:
        records = [record for record in page.records if start <= _changed(record) < end]
        if records or page.bad:
            yield replace(page, records=records, bookmark=None, total=None, repeated=0)
        if plan.order == "oldest_first" and any(
            record.changed_at and record.changed_at >= end for record in page.records
        ):
            return


def _changed(record: Record) -> datetime:
    return record.changed_at or _WITHOUT_TIME
