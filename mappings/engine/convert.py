"""How the value that a path found becomes a value of a field: one closure for each, made once."""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, TypeAlias

from mappings.engine.draft import Damaged, Unreadable
from mappings.engine.text import clean, comparable, from_tcvn3, scalar
from mappings.engine.xml_tree import Branch, Several

Get: TypeAlias = Callable[[Any], Any]
Convert: TypeAlias = Callable[[Any], Any]

REMEMBERED = 4096  # spellings of one table's keys that are kept as they came


def from_text(parse: Callable[[str], Any], missing: Container[str]) -> Convert:
    """For what is read from text: times and dates."""

    def convert(raw: Any) -> Any:
        text = raw if type(raw) is str else scalar(raw)
        if text is None:
            return None
        text = text.strip()
        return None if text in missing else parse(text)

    return convert


def unless_missing(read: Convert, missing: Container[str]) -> Convert:
    """For what reads numbers as well as text: money, whole numbers, yes or no, identity numbers."""

    def convert(raw: Any) -> Any:
        value = scalar(raw) if isinstance(raw, Branch | Several) else raw
        if isinstance(value, str) and value.strip() in missing:
            return None
        return None if isinstance(value, dict | list) and not value else read(value)

    return convert


def table_lookup(name: str, table: Mapping[str, Any], *, tcvn3: bool, missing: Container[str]) -> Convert:
    """For status, channel and the like. Raises `Unreadable` for a text that the table does not have."""
    known = {comparable(key): clean(value) if isinstance(value, str) else value for key, value in table.items()}
    remembered: dict[str, Any] = {}

    def convert(raw: Any) -> Any:
        if type(raw) is str and raw in remembered:
            return remembered[raw]
        text = scalar(raw)
        if text is None or text.strip() in missing:
            return None
        try:
            value = known[comparable(from_tcvn3(text) if tcvn3 else text)]
        except (KeyError, Damaged):
            raise Unreadable(in_table(name), _nearest(text, table)) from None
        if len(remembered) < REMEMBERED:
            remembered[text] = value
        return value

    return convert


def in_table(name: str) -> str:
    """What a field with this table expects."""
    return f'a text that the table "{name}" has'


def _nearest(text: str, table: Mapping[str, Any]) -> str:
    keys = ", ".join(f'"{key}"' for key in list(table)[:8])
    more = ", …" if len(table) > 8 else ""
    return f'add "{clean(text)[:60]}" to it if it is right; it has {keys}{more}'


def first_of(getters: Sequence[Get], missing: Container[str]) -> Get:
    """The value of the first path that has one."""

    def get(record: Any) -> Any:
        for one in getters:
            raw = one(record)
            if raw is None or (isinstance(raw, str) and raw.strip() in missing):
                continue
            if raw or not isinstance(raw, dict | list) or isinstance(raw, Branch):
                return raw
        return None

    return get


def joined(getters: Sequence[Get], read: Convert, separator: str) -> Get:
    """The texts of all paths that have one, as one text."""

    def get(record: Any) -> Any:
        pieces, damage = [], None
        for one in getters:
            try:
                piece = read(one(record))
            except Damaged as damaged:
                piece, damage = damaged.kept, damaged
            if piece is not None:
                pieces.append(piece)
        text = separator.join(pieces)
        if damage:
            raise Damaged(text, damage.expected, damage.hint)
        return text or None

    return get


def as_it_is(raw: Any) -> Any:
    """For a value that is ready."""
    return raw
