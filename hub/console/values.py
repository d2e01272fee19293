"""Values of a dossier as a person reads them: fields, rows of lists, and what was before and after."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from hub.console import shown, words
from hub.console.words import Word
from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS, RecordField
from hub.store.dossiers import RevisionRow
from hub.store.whole import WholeDossier

_LISTS = ("papers", "supplements", "results", "databases")  # documents and fees have forms of their own
_HEADS = ("name", "content", "code", "id")  # what a row is called by: the first of these that it has
_MOST_NAMED = 3
_WHOLE = ("time", "date", "money", "boolean")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row of a list."""

    head: str
    pairs: Sequence[tuple[Word, str]]
    lists: Sequence[tuple[Word, Sequence["RowShown"]]]


@dataclass(frozen=True, slots=True)
class ListShown:
    """One list: whose it is, and who says otherwise with how many rows."""

    name: str
    label: Word
    connector: str
    rows: Sequence[RowShown]
    conflicts: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a revision."""

    label: Word
    before: str  # empty where `after` says all
    after: str


@dataclass(frozen=True, slots=True)
class RevisionShown:
    """One entry of the history."""

    row: RevisionRow
    changes: Sequence[Change]


def text(name: str, value: Any) -> str:
    """A field's value."""
    return _text(DOSSIER_FIELDS.get(name), words.CHOICES.get(name, {}), value)


def cell(name: str, column: str, value: Any) -> str:
    """A value in a row of a list."""
    return _cell(name, column, value)


def lists(found: WholeDossier) -> list[ListShown]:
    """The lists that a dossier has."""
    return [_list(found, name) for name in _LISTS if found.row.values.get(name) and name in found.provenance]


def history(revisions: Sequence[RevisionRow]) -> list[RevisionShown]:
    """Each revision with its changes in words."""
    return [RevisionShown(row, changes(row.changes)) for row in revisions]


def changes(changed: Mapping[str, Sequence[Any]]) -> list[Change]:
    """What a revision changed, in words."""
    return [_change(name, *both) for name, both in changed.items()]


def _list(found: WholeDossier, name: str) -> ListShown:
    said = found.provenance[name]
    conflicts = [(claim.source.connector, len(claim.value)) for claim in said.conflicts]
    shown_rows = [_row(name, row) for row in found.row.values[name]]
    return ListShown(name, words.field(name), said.believed.source.connector, shown_rows, conflicts)


def _row(name: str, row: Mapping[str, Any]) -> RowShown:
    fields = LIST_FIELDS[name]
    head = next((column for column in _HEADS if row.get(column)), "")
    pairs = [(words.COLUMNS[column], _cell(name, column, row[column])) for column in fields if _says(row, column, head)]
    inner = [part for part in LIST_FIELDS if part.startswith(f"{name}.") and row.get(part.partition(".")[2])]
    within = [(words.field(part), [_row(part, each) for each in row[part.partition(".")[2]]]) for part in inner]
    return RowShown(str(row[head]) if head else "", pairs, within)


def _says(row: Mapping[str, Any], column: str, head: str) -> bool:
    return column in row and column != head


def _cell(name: str, column: str, value: Any) -> str:
    return _text(LIST_FIELDS[name][column], words.ROW_CHOICES.get(column, {}), value)


def _text(known: RecordField | None, choices: Mapping[str, Word], value: Any) -> str:
    match _kind(known, value):
        case "time":
            return shown.time(value)
        case "date":
            return shown.day(value)
        case "choice":
            return str(choices.get(value, value))
        case "money":
            return shown.money(value)
        case "boolean":
            return str(_("Có") if value else _("Không"))
    return str(value)


def _kind(known: RecordField | None, value: Any) -> str:
    """How a value is written out; what is left of a masked one is no day, no amount, no yes or no."""
    kind = known.type if known else "text"
    is_masked = isinstance(value, str) and kind in _WHOLE and not _DAY.match(value)
    return "text" if is_masked else kind


def _change(name: str, before: Any, after: Any) -> Change:
    if name in words.OF_A_REVISION:
        return Change(words.field(name), "", _lost_and_got(before, after))
    return Change(words.field(name), side(name, before), side(name, after))


def _lost_and_got(lost: Sequence[str], got: Sequence[str]) -> str:
    less = [_("bớt %(what)s", what=", ".join(lost))] if lost else []
    more = [_("thêm %(what)s", what=", ".join(got))] if got else []
    return "; ".join([*less, *more]) or "–"


def side(name: str, value: Any) -> str:
    """One side of a change; a list by the number of its rows and what the first of them are called."""
    if value is None:
        return "–"
    if name in words.GONE:
        return shown.time(value)
    if not isinstance(value, list):
        return text(name, value)
    heads = [_row(name, row).head if name in LIST_FIELDS else str(row) for row in value[:_MOST_NAMED]]
    more = "…" if len(value) > _MOST_NAMED else ""
    count: str = ngettext("%(num)s mục", "%(num)s mục", len(value))
    return f"{count}: {', '.join(filter(None, heads))}{more}" if any(heads) else count
