"""What a compiled path is, whatever the input."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

WORKABLE = "a value that the path can work with"
OTHER_KIND = "what stands there is of another kind"


class BadPath(Exception):
    """A path that cannot be used: what is wrong with it, and what would be right."""

    def __init__(self, what: str, right: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.right = right


@dataclass(frozen=True, slots=True)
class Path:
    """How to get a value out of a record; `get` raises nothing but `Unreadable`."""

    text: str
    get: Callable[[Any], Any]
    names: tuple[str, ...] = ()  # of a plain path: one name alone needs no call at all
    needs: frozenset[str] = frozenset()  # of an XML path: what the record's tree must hold for it
