"""Where a list goes on, as one opaque text. Its check sum tells a damaged one, or one of another list, from a good one.

Whoever reads this can make one. It needs no secret: it hides nothing but what was shown, and filter and scope hold
anew on every page, so one that was made up leads to another place of what its maker may list anyway.
"""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson

from hub.store.finding import Place, Sort, keys_of
from hub.store.ranked import RankedPlace

LARGEST_ID = 2**63 - 1  # beyond it databases raise errors instead of finding nothing
_CHECK_BYTES = 6
_DOSSIERS = "dossiers"
_SEARCH = "search"
_TIME = re.compile(r"[0-9TZ:.+-]{0,30}", re.ASCII)  # also empty


class CursorError(ValueError):
    """The text was never handed out for this list, or was changed since."""


def after_place(place: Place, of: str = "") -> str:
    """A cursor of a list of dossiers in some order; `of` is what else it is of: `hub.store.filters.told_apart`."""
    return _encode(_of(place.sort), list(place.keys), of)


def place(sort: Sort, text: str, of: str = "") -> Place:
    """The place that `after_place` was given, of the same list in this order.

    Raises:
        CursorError: see there; it is of another list, or of one in another order.
    """
    match _decode(_of(sort), text, of):
        case [*texts, int(last)] if _is_id(last) and len(texts) + 1 == len(keys_of(sort)):
            if all(isinstance(one, str) and _TIME.fullmatch(one) for one in texts):
                return Place(sort, (*texts, last))
    raise CursorError(text)


def after_found(place: RankedPlace, of: str = "") -> str:
    """A cursor of a search; `of` as in `after_place`."""
    return _encode(_SEARCH, list(place), of)


def found_place(text: str, of: str = "") -> RankedPlace:
    """The place that `after_found` was given, of the same search.

    Raises:
        CursorError: see there.
    """
    position = _decode(_SEARCH, text, of)
    try:
        place = RankedPlace.read(position)
    except ValueError as error:
        raise CursorError(text) from error
    if "\0" in place.received_on:
        raise CursorError(text)
    return place


def after_id(of: str, last: int) -> str:
    """A cursor of a list that is ordered by id, newest first; `of` is the list's name."""
    return _encode(of, last)


def id_position(of: str, text: str) -> int:
    """The id that `after_id` was given.

    Raises:
        CursorError: see there.
    """
    match _decode(of, text):
        case int(last) if _is_id(last):
            return last
    raise CursorError(text)


def _is_id(number: int) -> bool:
    return 0 < number <= LARGEST_ID and number is not True  # which is a number in Python, and none in PostgreSQL


def _of(sort: Sort) -> str:
    return _DOSSIERS if sort is Sort.RECEIVED else f"by {sort}"


def _encode(listed: str, position: Any, of: str = "") -> str:
    body = orjson.dumps(position)
    check = hashlib.blake2b(body, digest_size=_CHECK_BYTES, person=listed.encode(), key=of.encode()).digest()
    return urlsafe_b64encode(check + body).decode().rstrip("=")


def _decode(listed: str, text: str, of: str = "") -> Any:
    try:
        letters = text.encode("ascii")
        whole = urlsafe_b64decode(letters + b"=" * (-len(letters) % 4))
        position = orjson.loads(whole[_CHECK_BYTES:])
    except ValueError as error:
        raise CursorError(text) from error
    if _encode(listed, position, of) != text:  # the text and not its bytes: decoding skips foreign letters
        raise CursorError(text)
    return position
