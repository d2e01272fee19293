"""Texts that were read before: statuses, procedures, officers and steps come again in record after record."""

from typing import Any

from mappings.engine.convert import Convert

_MOST = 256  # texts of one field that are remembered: the first ones, as what is frequent comes early
_LONGEST = 200  # characters of one


class Repeats(dict[str, Any]):
    """By text the value that a field's converter made of it; it is asked for what is new."""

    __slots__ = ("_convert",)

    def __init__(self, convert: Convert) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, text: str) -> Any:
        """Read it; what raises is never remembered."""
        value = self._convert(text)
        if len(self) < _MOST and len(text) <= _LONGEST:
            self[text] = value
        return value
