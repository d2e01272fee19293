"""Bookmarks, and what a pull brought already.

Nothing here looks at a clock: every time comes from the department.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

from connectors.contract import Bookmark, Record
from connectors.errors import BadRecord, Changed


def to_bookmark(moment: datetime) -> Bookmark:
    """A bookmark that means: everything that changed before this moment is known."""
    return moment.astimezone(UTC).isoformat()


def from_bookmark(bookmark: Bookmark) -> datetime:
    """The moment of a bookmark; `Changed` if it was made by other settings than these."""
    try:
        return datetime.fromisoformat(bookmark).astimezone(UTC)
    except ValueError as error:
        raise Changed(
            f"the bookmark {bookmark!r} is not a time",
            code="bookmark",
            hint="The settings changed their way of asking; read everything again with a full sync.",
        ) from error


Item = TypeVar("Item", Record, BadRecord)


_REMEMBERED = 100_000  # records; what is forgotten and comes again costs the hub a look, and no more


@dataclass(slots=True)
class Seen:
    """What one pull brought already, so that pages that overlap or shift bring a record only once."""

    _known: dict[str, int] = field(default_factory=dict)

    def split(self, items: Sequence[Item]) -> tuple[Sequence[Item], int]:
        """The items that are new or changed since they were last seen, and how many keys were never seen."""
        # Python's own hash is keyed anew in every process: nobody can prepare two records that look the same.
        found = {item.key: hash(item.raw) for item in items}
        if len(found) == len(items) and self._known.keys().isdisjoint(found):
            self._known |= found
            new = items, len(items)
        else:
            new = self._split_slowly(items)
        for key in list(islice(self._known, max(0, len(self._known) - _REMEMBERED))):
            del self._known[key]
        return new

    def _split_slowly(self, items: Sequence[Item]) -> tuple[Sequence[Item], int]:
        fresh, new_keys = [], 0
        for item in items:
            content, before = hash(item.raw), self._known.get(item.key)
            if before != content:
                new_keys += before is None
                self._known[item.key] = content
                fresh.append(item)
        return fresh, new_keys
