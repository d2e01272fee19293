"""A page of the console, or something that is done from one: its address, and the right that it takes."""

from collections.abc import Callable
from typing import NamedTuple

from flask.typing import ResponseReturnValue

from hub.record.rights import Right


class Page(NamedTuple):
    """One address."""

    method: str
    rule: str
    endpoint: str
    view: Callable[..., ResponseReturnValue]
    right: Right | None  # that whoever asks must have; None: anybody who has signed in
    dangerous: bool = False  # they prove once more who they are, unless they did so a moment ago
    largest: int = 0  # bytes that a form with files may have; 0: as all others
