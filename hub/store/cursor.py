"""Where a list goes on, as one opaque text. It hides nothing; its check sum tells a damaged one from a good one."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson

from hub.store.dossiers import Position

LARGEST_ID = 2**63 - 1  # beyond it databases raise errors instead of finding nothing
_CHECK_BYTES = 6
_DOSSIERS = "dossiers"


class CursorError(ValueError):
    """The text was never handed out for this list, or was changed since."""


def after_dossier(position: Position) -> str:
    """A cursor of the list of dossiers."""
    return _encode(_DOSSIERS, list(position))


def dossier_position(text: str) -> Position:
    """The position that `after_dossier` was given.

    Raises:
        CursorError: see there.
    """
    match _decode(_DOSSIERS, text):
        case [str(received_on), int(dossier_id)] if 0 < dossier_id <= LARGEST_ID:
            return Position(received_on, dossier_id)
    raise CursorError(text)


def after_id(of: str, last: int) -> str:
    """A cursor of a list that is ordered by id, newest first; `of` is the list's name."""
    return _encode(of, last)


def id_position(of: str, text: str) -> int:
    """The id that `after_id` was given.

    Raises:
        CursorError: see there.
    """
    match _decode(of, text):
        case int(last) if 0 < last <= LARGEST_ID:
            return last
    raise CursorError(text)


def _encode(of: str, position: Any) -> str:
    body = orjson.dumps(position)
    check = hashlib.blake2b(body, digest_size=_CHECK_BYTES, person=of.encode()).digest()
    return urlsafe_b64encode(check + body).decode().rstrip("=")


def _decode(of: str, text: str) -> Any:
    try:
        letters = text.encode("ascii")
        whole = urlsafe_b64decode(letters + b"=" * (-len(letters) % 4))
        position = orjson.loads(whole[_CHECK_BYTES:])
    except ValueError as error:
        raise CursorError(text) from error
    if _encode(of, position) != text:  # the text and not its bytes: decoding skips foreign letters
        raise CursorError(text)
    return position
