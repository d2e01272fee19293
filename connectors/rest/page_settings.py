"""How a long list is cut into pages, as settings of a `rest` connector."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from connectors.settings import Settings

_PLACE = "a dotted path, or `header:NAME`"


class _Ending(Settings):
    """How an answer may say that it is the last."""

    last: str | None = Field(
        default=None, description=f"Where the answer says true on its last page ({_PLACE}), if it does."
    )
    more: str | None = Field(
        default=None, description=f"Where the answer says true while there are further pages ({_PLACE}), if it does."
    )

    @model_validator(mode="after")
    def _one_word(self) -> Self:
        if self.last is not None and self.more is not None:
            raise ValueError("give `last` or `more`, not both")
        return self


class NumberedPages(_Ending):
    """`{page}` counts pages."""

    type: Literal["numbered"]
    first: int = Field(default=0, ge=0, description="The number of the first page.")
    count: str | None = Field(
        default=None, description=f"Where the answer says how many pages there are ({_PLACE}), if it does."
    )


class OffsetPages(_Ending):
    """`{offset}` counts records; `{last}` is the last one of the page, `{end}` the one behind it."""

    type: Literal["offset"]
    first: int = Field(default=0, ge=0, description="The number of the first record.")


class _Linked(Settings):
    """An answer leads to the next one, until it leads nowhere."""

    if_missing: Literal["prove", "end"] = Field(
        default="prove",
        description="What it means where an answer does not have that place at all. `prove`: the hub makes sure, "
        "by asking for one record, that the place is right; `end`: that was the last page.",
    )


class LinkedPages(_Linked):
    """Every answer names the address of the next one."""

    type: Literal["next_link"]
    next: str = Field(min_length=1, description=f"Where the answer names the next address ({_PLACE}).")


class HeaderPages(_Linked):
    """Every answer names the address of the next one in its header `Link` (rel="next")."""

    type: Literal["link_header"]


class CursorPages(_Linked):
    """Every answer names a token, which goes into the next request as `{cursor}`; the first one leaves it out."""

    type: Literal["cursor"]
    next: str = Field(min_length=1, description=f"Where the answer names the token ({_PLACE}).")
    more: str | None = Field(
        default=None, description=f"Where the answer says true while there are further pages ({_PLACE}), if it does."
    )


class LastIdPages(Settings):
    """`{last_id}` is the key of the last record that came; the first request leaves it out."""

    type: Literal["last_id"]
    more: str | None = Field(
        default=None, description=f"Where the answer says true while there are further pages ({_PLACE}), if it does."
    )


class SinglePage(Settings):
    """Pages are not counted: one answer holds everything, or everything up to its limit since `{since}`."""

    type: Literal["single"] = "single"


Pages = Annotated[
    NumberedPages | OffsetPages | LinkedPages | HeaderPages | CursorPages | LastIdPages | SinglePage,
    Field(discriminator="type"),
]

NEEDED = {  # the placeholders without which a way of paging asks for the same page again and again
    "numbered": ("page",),
    "offset": ("offset", "last", "end"),
    "cursor": ("cursor",),
    "last_id": ("last_id",),
}
