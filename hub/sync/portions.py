"""A page of very many records, in portions that are stored one after the other: memory is bounded by records, too."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from connectors.contract import Page
from hub.sync.sorting import Sorted

MOST = 2000  # records: what is made of one, until it is stored, takes some 10 KiB, however small it came


@dataclass(frozen=True, slots=True)
class Portion:
    """A page to be stored."""

    page: Page
    ahead: Sorted | None  # it, sorted while the one before it was being stored
    size: int  # bytes of the source that count with it


def portions(page: Page) -> Iterator[Page]:
    """The page itself where it is small. Else each has its payload, which is kept once, and the last one its end."""
    records, bad = len(page.records), len(page.bad)
    if records + bad <= MOST:
        yield page
        return
    starts = range(0, records + bad, MOST)
    for at in starts:
        some = replace(
            page,
            records=page.records[at : at + MOST],
            bad=page.bad[max(0, at - records) : max(0, at + MOST - records)],
        )
        is_last = at == starts[-1]
        yield some if is_last else replace(some, bookmark=None, total=None, repeated=0)
