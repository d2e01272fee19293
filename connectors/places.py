"""Places in an answer as settings name them: dotted paths, none of whose parts may be empty."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator


def _whole(place: str) -> str:
    if place and not all(place.split(".")):
        raise ValueError("has an empty part; write names with one dot between two of them, as `DanhSach.HoSo`")
    return place


Place = Annotated[str, AfterValidator(_whole)]


def refuse_empty_parts(places: Mapping[str, str | None]) -> None:
    """The same for settings of several fields, by the names of the settings.

    Raises:
        ValueError: one has an empty part.
    """
    for name, place in places.items():
        try:
            _whole(place or "")
        except ValueError as error:
            raise ValueError(f"`{name}` {error}") from None
