"""What stands in the console's menu, in its order: each entry is shown to whoever may open it."""

from collections.abc import Iterator
from typing import NamedTuple

from flask_babel import lazy_gettext as _

from hub.console.visitor import may
from hub.console.words import Word
from hub.record.rights import Right


class Entry(NamedTuple):
    """One page of the menu."""

    endpoint: str
    label: Word
    right: Right
    also: tuple[str, ...] = ()  # pages that are below it


class Group(NamedTuple):
    """Pages that belong together."""

    name: str  # of its part in the page
    label: Word
    entries: tuple[Entry, ...]


_MENU = (
    Group(
        "work",
        _("Vận hành"),
        (
            Entry("console.overview", _("Tổng quan"), Right.WATCH),
            Entry("console.runs", _("Lượt chạy"), Right.WATCH, ("console.run",)),
            Entry("console.quarantine", _("Cách ly"), Right.WATCH),
        ),
    ),
    Group(
        "record",
        _("Bản ghi chung"),
        (
            Entry("console.dossiers", _("Hồ sơ"), Right.DOSSIERS, ("console.dossier",)),
            Entry(
                "console.agencies",
                _("Danh mục"),
                Right.WATCH,
                ("console.procedures", "console.unknown_codes", "console.duplicate_services"),
            ),
        ),
    ),
)


def menu() -> Iterator[tuple[Group, list[Entry]]]:
    """The groups of which somebody may open something, with what that is."""
    for group in _MENU:
        entries = [entry for entry in group.entries if may(entry.right)]
        if entries:
            yield group, entries
