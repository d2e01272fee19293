"""What a payload's media type says besides the type, so that the payload can be read again by itself, years later."""

from collections.abc import Iterator
from email.message import Message
from typing import Literal, TypeAlias

from connectors.answers import Answer
from connectors.body import Body
from connectors.contract import Record
from connectors.documents import Contents
from connectors.errors import BadRecord

Holds: TypeAlias = Literal["part", "one", "elements", "rows"]

PART: Holds = "part"  # of an answer too large for one payload: always in UTF-8, whatever the settings say
ONE: Holds = "one"  # the answer on one record, which was asked for by its key
ELEMENTS: Holds = "elements"  # the wrapper that a SOAP request brought its records in
ROWS: Holds = "rows"  # of a table: each by the names of its columns, or [why it cannot be cut, its text]

_NAME = "holds"
_USUAL = ("utf-8", "utf8", "us-ascii")


def noted(media_type: str, holds: Holds | None = None, told: str | None = None) -> str:
    """`media_type` with a note on what the payload holds, and with the charset that was told beside it."""
    if told and told.lower() not in _USUAL and holds != PART:
        media_type = f'{media_type}; charset="{_plain(told)}"'
    return f"{media_type}; {_NAME}={holds}" if holds else media_type


def kept_answer(address: str, payload: bytes, media_type: str) -> Answer:
    """A payload as the answer that it was; `address` is for sentences."""
    return Answer(address, 200, {"Content-Type": media_type}, Body(payload))


def holds(media_type: str) -> str:
    """The note on what a payload holds; empty: a whole answer."""
    message = Message()
    message["Content-Type"] = media_type
    found = message.get_param(_NAME)
    return found if isinstance(found, str) else ""


def charset_told(media_type: str) -> str | None:
    """The charset that was told beside a payload, where it counts."""
    return kept_answer("", b"", media_type).charset


def items(contents: Contents) -> Iterator[Record | BadRecord]:
    """All that one answer brought."""
    yield from contents.records
    yield from contents.bad


def _plain(told: str) -> str:
    return "".join(letter for letter in told if letter.isalnum() or letter in "-_.:")
