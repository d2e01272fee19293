"""An ability of a connector besides those of the contract: to be told what the hub has stored."""

from typing import Protocol, runtime_checkable

from connectors.contract import Bookmark


@runtime_checkable
class Archives(Protocol):
    """A connector that puts away at the source what is stored. Who only looks (a preview) never tells it anything."""

    def stored(self, bookmark: Bookmark) -> None:
        """The page with this bookmark is safely stored, and every page before it."""
        ...
