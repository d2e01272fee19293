"""Reads JSON answers: byte-order marks are tolerated, half a document is told from a wrong one."""

from typing import Any

import orjson

from connectors.errors import Changed, ConnectorError, Unavailable
from connectors.wording import quoted

_BOM = b"\xef\xbb\xbf"


def parse(body: bytes, source: str) -> Any:
    """The JSON value of `body`, which came from `source`; its declared type does not matter."""
    text = body.removeprefix(_BOM)
    if not text.strip():
        raise Unavailable(
            f"{source} answered nothing at all", code="empty_answer", hint="The hub tries again later; nothing is lost."
        )
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _unreadable(text, source, error) from None


def at(value: Any, path: str) -> Any:
    """The value at a dotted path, None where there is none; a name that itself has dots is found too."""
    if path == "":
        return value
    if isinstance(value, dict) and path in value:
        return value[path]
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def raw_bytes(value: Any) -> bytes:
    """The same bytes for the same content, whatever order the names came in."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _unreadable(text: bytes, source: str, error: orjson.JSONDecodeError) -> ConnectorError:
    if _is_cut_off(text, error):
        return Unavailable(
            f"the answer of {source} is half a document: it ends after {len(text):,} bytes",
            code="truncated",
            hint="Nothing is lost; the hub asks again later. If it lasts, lower `page_size`.",
        )
    return Changed(
        f"the answer of {source} is not JSON: {quoted(str(error))}",
        code="not_json",
        hint="Look at the kept answer; the address may be of another service, or their system writes broken JSON.",
    )


def _is_cut_off(text: bytes, error: orjson.JSONDecodeError) -> bool:
    """Whether everything was right up to the end, even where the cut went through a letter."""
    try:
        return error.pos >= len(text.decode())
    except UnicodeDecodeError as letter:
        return letter.end == len(text) and letter.reason == "unexpected end of data"
