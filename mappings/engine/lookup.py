"""Tables: a value that one text decides, or several together; `*` is whatever stands there, an empty key nothing."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from mappings.engine.convert import Convert, Get
from mappings.engine.damage import lost
from mappings.engine.draft import Damaged, Unreadable
from mappings.engine.text import clean, comparable, scalar

ANYTHING, NOTHING = "*", ""
REMEMBERED = 4096  # spellings of one table's keys that are kept as they came

Known: TypeAlias = dict[str, Any]  # by folded key: the answer, or a further table by the next field's text


class Together(str):
    """The texts of several fields as a problem shows them; `parts` are what the table is asked for."""

    __slots__ = ("parts",)
    parts: tuple[str, ...]


def together(getters: Sequence[Get]) -> Get:
    """The texts of all paths, for a table that they decide together."""

    def get(record: Any) -> Together:
        parts = tuple((scalar(one(record)) or "").strip() for one in getters)
        made = Together(" + ".join(part or "nothing" for part in parts))
        made.parts = parts
        return made

    return get


def or_nothing(get: Get) -> Get:
    """For a table that has an answer where nothing stands: it must be asked then, too."""

    def found(record: Any) -> Any:
        raw = get(record)
        return "" if raw is None else raw

    return found


def table_lookup(
    name: str, table: Mapping[str, Any], *, decode: Callable[[str], str] | None, missing: Container[str]
) -> Convert:
    """For status, channel and the like. Raises `Unreadable` for a text that the table does not have."""
    known = _folded(table)
    remembered: dict[str, Any] = {}

    def convert(raw: Any) -> Any:
        if type(raw) is str and raw in remembered:
            return remembered[raw]
        if type(raw) is Together:
            return _answer(name, table, known, raw.parts, raw, decode, missing)
        text = scalar(raw)
        if text is None:
            return known.get(NOTHING)
        value = _answer(name, table, known, (text,), text, decode, missing)
        if len(remembered) < REMEMBERED:
            remembered[text] = value
        return value

    return convert


def leaves(table: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every answer of a table, with the keys that lead to it."""
    for key, inner in table.items():
        if isinstance(inner, dict):
            yield from leaves(inner, (*above, key))
        else:
            yield (*above, key), inner


def depth(table: Mapping[str, Any]) -> int:
    """How many fields the table's longest entries ask for."""
    return max((len(keys) for keys, _ in leaves(table)), default=1)


def in_table(name: str) -> str:
    """What a field with this table expects."""
    return f'a text that the table "{name}" has'


def _folded(table: Mapping[str, Any]) -> Known:
    return {
        comparable(key): _folded(inner)
        if isinstance(inner, dict)
        else clean(inner)
        if isinstance(inner, str)
        else inner
        for key, inner in table.items()
    }


def _answer(
    name: str,
    table: Mapping[str, Any],
    known: Known,
    texts: tuple[str, ...],
    shown: str,
    decode: Callable[[str], str] | None,
    missing: Container[str],
) -> Any:
    try:
        keys = [_key(text, decode, missing) for text in texts]
        return _found(known, keys, wild=any(keys))
    except (KeyError, Damaged):
        if all(text.strip() in missing for text in texts):
            return None  # nothing was said, and the table has no answer for that
        raise Unreadable(in_table(name), _nearest(shown, table)) from None


def _key(text: str, decode: Callable[[str], str] | None, missing: Container[str]) -> str:
    return NOTHING if text.strip() in missing else comparable(decode(text) if decode else text)


def _found(known: Known, keys: Sequence[str], *, wild: bool) -> Any:
    """The answer for these texts; `*` only where no key of its table is the text. Raises `KeyError`."""
    inner: Any = known
    for key in keys:
        if not isinstance(inner, dict):
            break  # decided already, whatever the other fields say
        inner = inner[key if key in inner or not wild else ANYTHING]
    return inner


def _nearest(text: str, table: Mapping[str, Any]) -> str:
    if lost(text):
        return "letters were lost before it reached us; ask for it again"
    names = [" + ".join(key or "nothing" for key in keys) for keys, _ in leaves(table)]
    keys = ", ".join(f'"{key}"' for key in names[:8])
    more = ", …" if len(names) > 8 else ""
    return f'add "{clean(text)[:60]}" to it if it is right; it has {keys}{more}'
