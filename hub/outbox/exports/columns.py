"""The columns of flat files: every value of a dossier in a column of its own, its lists each in one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import orjson

from hub.outbox.exports import words
from hub.record.fields import DOSSIER_FIELDS
from hub.record.grant import Grant, Sight
from hub.view.fields import Fields
from hub.view.masking import EXTRA, LISTS


class Kind(StrEnum):
    """What stands in the cells of a column."""

    TEXT = "text"
    CHOICE = "choice"  # a text of a few that have Vietnamese words
    TIME = "time"  # UTC text
    DATE = "date"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    LIST = "list"
    FACTS = "facts"  # whatever the source says beside: names and values


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `path` leads through an item to its value."""

    name: str
    kind: Kind
    path: tuple[str, ...]

    @property
    def word(self) -> str:
        """What people call it."""
        return words.FIELDS[self.name]

    def value(self, item: dict[str, Any]) -> Any:
        """Its value in an item; None: it has none."""
        found: Any = item
        for name in self.path:
            found = found.get(name) if isinstance(found, dict) else None
        return found


_KINDS = {"money": Kind.INTEGER}
_STATUS = "status"
_DUE = {"due.state": Kind.CHOICE, "due.due_at": Kind.TIME, "due.ended_at": Kind.TIME}
_OF_THE_HUB = {
    "as_of": Kind.TIME,
    "source_seen_at": Kind.TIME,
    "stale": Kind.BOOLEAN,
    "changed_at": Kind.TIME,
    "position": Kind.INTEGER,
    "gone_at": Kind.TIME,
}


def _column(name: str, kind: Kind) -> Column:
    return Column(name, kind, (_STATUS, "code") if name == _STATUS else tuple(name.split(".")))


_OF_THE_SOURCES = (
    *(_column(name, _KINDS.get(field.type) or Kind(field.type)) for name, field in DOSSIER_FIELDS.items()),
    *(_column(name, Kind.LIST) for name in LISTS),
    _column(EXTRA, Kind.FACTS),
)
_ALWAYS = tuple(_column(name, kind) for name, kind in (_DUE | _OF_THE_HUB).items())


def columns_of(grant: Grant, fields: Fields | None) -> Sequence[Column]:
    """The columns that a grant shows, in their order: of `fields` alone where there are any."""
    chosen = [column for column in _OF_THE_SOURCES if fields is None or _is_wanted(column.name, fields)]
    shown = [_as_seen(column, grant) for column in chosen if grant.sight(column.name) is not Sight.HIDDEN]
    return (_column("id", Kind.TEXT), *shown, *_ALWAYS)


def for_people(column: Column, value: Any) -> Any:
    """A choice or a yes in Vietnamese, and of a list how long it is; other values as they are."""
    match column.kind:
        case Kind.BOOLEAN:
            return words.YES if value else words.NO
        case Kind.CHOICE:
            return words.CHOICES.get(column.name, {}).get(value, value)
    return value


def as_json(value: Any) -> str:
    """A list, or facts, in one cell."""
    return orjson.dumps(value).decode()


def _is_wanted(name: str, fields: Fields) -> bool:
    parts = any(each.startswith(f"{name}.") for each in fields.names)
    return name in fields.names or name.partition(".")[0] in fields.names or parts


def _as_seen(column: Column, grant: Grant) -> Column:
    """What is masked is a text, whatever it was: of a day only its year is left."""
    is_plain = column.kind in (Kind.LIST, Kind.FACTS) or grant.sight(column.name) is Sight.FULL
    return column if is_plain else replace(column, kind=Kind.TEXT)
