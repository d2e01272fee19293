"""The bookmark of a `files` connector: what the hub has stored of which file.

A file is only moved away when a bookmark that came back says that its records are stored.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.contract import Bookmark
from connectors.errors import Changed
from connectors.files.folder import Entry


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that cannot be read, why, and what its author can do."""

    entry: Entry
    sentence: str
    advice: str


@dataclass(frozen=True, slots=True)
class Halfway:
    """The file that is being read, and how many parts of which size are stored of it."""

    entry: Entry
    parts: int
    page_size: int


@dataclass(slots=True)
class Progress:
    """What is known of the files in the folder."""

    taken: list[Entry] = field(default_factory=list)  # stored to the end, to be moved away
    failed: list[Failed] = field(default_factory=list)  # to be moved away too
    halfway: Halfway | None = None
    seen: dict[str, tuple[Entry, float]] = field(default_factory=dict)  # not settled yet: since when they look so

    @classmethod
    def read(cls, bookmark: Bookmark | None) -> "Progress":
        """What a bookmark says; `Changed` where it is one of another connector type."""
        if bookmark is None:
            return cls()
        try:
            said = json.loads(bookmark)
            return cls(
                [_entry(each) for each in said.get("taken", ())],
                [Failed(_entry(each[:3]), each[3], each[4]) for each in said.get("failed", ())],
                _halfway(said.get("halfway")),
                {each[0]: (_entry(each[:3]), each[3]) for each in said.get("seen", ())},
            )
        except (ValueError, TypeError, AttributeError, IndexError, KeyError):
            raise Changed(
                "the bookmark says nothing of files: it was made by other settings",
                code="bookmark",
                hint="The settings changed their way of asking; read everything again with a full sync.",
            ) from None

    def write(self) -> Bookmark:
        """As a bookmark. Names may hold letters that no charset knows, so it is ASCII."""
        said: dict[str, object] = {}
        if self.taken:
            said["taken"] = [_written(entry) for entry in self.taken]
        if self.failed:
            said["failed"] = [[*_written(each.entry), each.sentence, each.advice] for each in self.failed]
        if self.halfway:
            said["halfway"] = [*_written(self.halfway.entry), self.halfway.parts, self.halfway.page_size]
        if self.seen:
            said["seen"] = [[*_written(entry), since] for entry, since in self.seen.values()]
        return json.dumps(said)

    def parts_of(self, entry: Entry, page_size: int) -> int:
        """How many parts of this very file are stored already."""
        halfway = self.halfway
        return halfway.parts if halfway and halfway.page_size == page_size and halfway.entry.is_same(entry) else 0


def _written(entry: Entry) -> Sequence[str | int]:
    return entry.name, entry.size, entry.stamp


def _entry(said: Sequence[object]) -> Entry:
    name, size, stamp = said
    if not isinstance(name, str) or not isinstance(size, int) or not isinstance(stamp, int):
        raise TypeError
    return Entry(name, size, stamp)


def _halfway(said: Sequence[object] | None) -> Halfway | None:
    if said is None:
        return None
    parts, page_size = said[3], said[4]
    if not isinstance(parts, int) or not isinstance(page_size, int):
        raise TypeError
    return Halfway(_entry(said[:3]), parts, page_size)
