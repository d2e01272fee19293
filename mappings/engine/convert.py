"""How the value that a path found becomes a value of a field: one closure for each, made once."""

from collections.abc import Callable, Container, Sequence
from typing import Any, TypeAlias

from mappings.engine.draft import Damaged, Unreadable, shown
from mappings.engine.text import scalar
from mappings.engine.xml_tree import Branch, Several

Get: TypeAlias = Callable[[Any], Any]
Convert: TypeAlias = Callable[[Any], Any]


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
        if type(raw) is str:
            return None if raw.strip() in missing else read(raw)
        if type(raw) is bool or type(raw) is int:
            return read(raw)
        value = scalar(raw) if isinstance(raw, Branch | Several) else raw
        if isinstance(value, str) and value.strip() in missing:
            return None
        return None if isinstance(value, dict | list) and not value else read(value)

    return convert


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


def part_of(get: Get, separator: str, number: int) -> Get:
    """One piece of a text that holds several: the first is 1, the last -1. None where there are not so many."""
    at = number - 1 if number > 0 else number

    def piece(record: Any) -> str | None:
        text = scalar(get(record))
        pieces = text.split(separator) if text else []
        return pieces[at].strip() if -len(pieces) <= at < len(pieces) else None

    return piece


def no_longer_than(longest: int | None, read: Convert) -> Convert:
    """For texts that a database finds records by: one without end is none of those."""
    if longest is None:
        return read

    def convert(raw: Any) -> Any:
        try:
            value = read(raw)
        except Damaged as damaged:
            check_length(damaged.kept, longest)
            raise
        check_length(value, longest)
        return value

    return convert


def check_length(value: Any, longest: int | None) -> None:
    """Raises `Unreadable` for a text of more characters than a field may have."""
    if longest is not None and isinstance(value, str) and len(value) > longest:
        raise Unreadable(f"a text of at most {longest} characters", f"it has {len(value):,}", found=shown(value))


def as_it_is(raw: Any) -> Any:
    """For a value that is ready."""
    return raw
