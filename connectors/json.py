"""Reads JSON answers: byte-order marks are tolerated, half a document is told from a wrong one."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson

from connectors import json_exact, json_unread
from connectors.charset import as_utf8
from connectors.errors import Changed, ConnectorError, Unavailable
from connectors.json_places import has_star
from connectors.json_scan import slices
from connectors.wording import quoted


def parse(body: bytes, source: str, *, charset: str | None = None, told: str | None = None) -> Any:
    """The JSON value of `body`, which came from `source`; its declared type does not matter.

    `charset` is the one to read it in; `told` is what came beside it, tried where UTF-8 does not fit.
    """
    return read(body, source, None, charset=charset, told=told)[0]


def read(
    body: bytes, source: str, where: str | None, *, charset: str | None = None, told: str | None = None
) -> tuple[Any, Sequence[bytes]]:
    """As `parse`, and the bytes of each record of the list at `where` as they were sent; none where it is no list.

    In the value such a record may stand unread: as its bytes, of which `record` makes what it says.
    """
    # Nearly every answer is in UTF-8, and the parser sees by itself where it is not.
    text = body if charset is None else as_utf8(body, source, charset, told)
    with _no_search_for_garbage():
        if where is not None and not has_star(where) and (found := json_unread.unread(text, where)):
            return found
        try:
            return _with_slices(text, _whole(source, text, orjson.loads(text)), where)
        except orjson.JSONDecodeError:
            text = as_utf8(body, source, charset, told)
    if not text.strip():
        raise Unavailable(
            f"{source} answered nothing at all", code="empty_answer", hint="The hub tries again later; nothing is lost."
        )
    try:
        value = _whole(source, text, orjson.loads(text))
    except orjson.JSONDecodeError as error:
        value = _slowly(text, source, error)
    return _with_slices(text, value, where)


def _with_slices(text: bytes, value: Any, where: str | None) -> tuple[Any, Sequence[bytes]]:
    """The same bytes for a record, whether its answer could be read record by record or not."""
    found = at(value, where) if where is not None and not has_star(where) else None
    if where is None or not found or not isinstance(found, list):
        return value, ()
    cut_out = tuple(slices(text, where))
    return value, cut_out if len(cut_out) == len(found) else ()


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """While values are made, none of them is garbage; looking for some would cost a quarter of the time."""
    is_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_on:
            gc.enable()


def _whole(source: str, text: bytes, value: Any) -> Any:
    """The value, if need be read again so that nothing of it is lost."""
    try:
        return json_exact.slowly(text) if json_exact.may_have_lost(text, value) else value
    except orjson.JSONEncodeError:
        raise too_deep(source) from None


def _slowly(text: bytes, source: str, error: orjson.JSONDecodeError) -> Any:
    """What the fast reader refuses may be readable all the same."""
    try:
        value = json_exact.slowly(text)
    except ValueError:
        raise _unreadable(text, source, error) from None
    except RecursionError:
        raise too_deep(source) from None
    return _whole(source, orjson.dumps(value), value)


def record(text: bytes) -> Any:
    """The value of a record that was left unread."""
    try:
        return json_unread.record(text)
    except (ValueError, RecursionError) as error:
        raise _no_record(error) from None


def some_of(text: bytes, where: str) -> Any:
    """Such a record with no more than what a dotted path into it may need."""
    try:
        return json_unread.some_of(text, where)
    except (ValueError, RecursionError) as error:
        raise _no_record(error) from None


def _no_record(error: Exception) -> Changed:
    source = "the department"
    return too_deep(source) if isinstance(error, RecursionError) else no_json(source, str(error))


def too_deep(source: str) -> Changed:
    """What to say of a value inside a value inside a value."""
    return Changed(
        f"the answer of {source} is nested deeper than is safe to read",
        code="not_json",
        hint="No department system needs this in an answer; ask who stands between it and the hub.",
    )


def at(value: Any, path: str) -> Any:
    """The value at a dotted path, None where there is none; a name that itself has dots is found too."""
    if path == "":
        return value
    if isinstance(value, dict) and path in value:
        return value[path]
    for name in path.split("."):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            found = value[int(name)]
            value = record(found) if isinstance(found, bytes) else found
        else:
            return None
    return value


def has(value: Any, path: str) -> bool:
    """Whether something stands at a dotted path, be it null."""
    if isinstance(value, dict) and path in value:
        return True
    above, _, name = path.rpartition(".")
    parent = at(value, above)
    return name in parent if isinstance(parent, dict) else at(value, path) is not None


def raw_bytes(value: Any) -> bytes:
    """The same bytes for the same content, whatever order the names came in."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _unreadable(text: bytes, source: str, error: orjson.JSONDecodeError) -> ConnectorError:
    return half(source, len(text)) if _is_cut_off(text, error) else no_json(source, str(error))


def half(source: str, size: int) -> Unavailable:
    """What to say of an answer that ends before its end."""
    return Unavailable(
        f"the answer of {source} is half a document: it ends after {size:,} bytes",
        code="truncated",
        hint="Nothing is lost; the hub asks again later. If it lasts, lower `page_size`.",
    )


def no_json(source: str, why: str) -> Changed:
    """What to say of an answer that nobody can read."""
    return Changed(
        f"the answer of {source} is not JSON: {quoted(why)}",
        code="not_json",
        hint="Look at the kept answer; the address may be of another service, or their system writes broken JSON.",
    )


def _is_cut_off(text: bytes, error: orjson.JSONDecodeError) -> bool:
    """Whether everything was right up to the end, even where the cut went through a letter."""
    try:
        return error.pos >= len(text.decode())
    except UnicodeDecodeError as letter:
        return letter.end == len(text) and letter.reason == "unexpected end of data"
