"""What the hub is asked, as Flask is handed it."""

from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict


class _Given(ImmutableMultiDict[str, str]):
    """Parameters of an address, most of which are not given.

    werkzeug raises and catches an error for each that is asked for and is not there, and thirty are asked for with
    every list: a tenth of its time.
    """

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]  # noqa: A002
        """The first value of this name."""
        return super().get(key, default, type) if key in self else default


class Question(Request):
    """A request whose parameters are cheap to look for."""

    parameter_storage_class = _Given
