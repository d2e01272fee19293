"""What the address of the log of reads takes and answers, for the OpenAPI document."""

from datetime import datetime, timedelta
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.api.parameters import From, Parameters, Text, To
from hub.store.reads import Action

MOST_DAYS: Final = 31
_EXAMPLE: dict[str, Any] = {
    "id": "90412",
    "at": "2026-11-23T03:00:00Z",
    "client": "cong-dich-vu-cong",
    "person": None,
    "address": "10.20.0.7",
    "action": "list",
    "purpose": "Tra cứu hồ sơ của người dân",
    "dossiers": ["1207", "1311"],
    "records": 2,
    "what": {
        "filter": {"status": "processing", "phone": {"traces": ["5a1f0c3be94d27a1c00fe6d1"]}},
        "groups": ["name", "contact"],
    },
    "request": "0f3a9c1be0d24a7f5c11",
    "seal": "7f" * 32,
}


class ReadList(Parameters):
    """Which reads, and which page of them."""

    dossier: Text | None = Field(
        None,
        description="reads in which this dossier was shown, by any of its codes, or by `id:` with its id; with `from` "
        f"and `to`, at most {MOST_DAYS} days apart",
        json_schema_extra={"example": "000.00.15.H29-260518-0007"},
    )
    looked_for: Text | None = Field(
        None,
        description="reads that looked for exactly this number, name or word; with `from` and `to`, likewise",
        json_schema_extra={"example": "000190000001"},
    )
    client: Text | None = Field(None, description="name of the client", json_schema_extra={"example": "cong-dvc"})
    person: Text | None = Field(None, description="on whose behalf it asked")
    action: Action | None = Field(None, description="how the data were shown")
    from_: From | None = Field(
        None,
        alias="from",
        description="on or after this day (Vietnam's), or at or after this time",
        json_schema_extra={"example": "2026-11-01"},
    )
    to: To | None = Field(
        None,
        description="up to and including this day (Vietnam's), or before this time",
        json_schema_extra={"example": "2026-11-30"},
    )
    limit: int = Field(50, ge=1, le=200, description="how many at most")
    cursor: Text | None = Field(None, description="`next_cursor` of the page before")

    @property
    def since(self) -> datetime | None:
        """`from` as a time."""
        return None if self.from_ is None else datetime.fromisoformat(self.from_)

    @property
    def until(self) -> datetime | None:
        """`to` as a time."""
        return None if self.to is None else datetime.fromisoformat(self.to)

    @model_validator(mode="after")
    def _within_a_month(self) -> Self:
        since, until = self.since, self.until
        if since and until and since >= until:
            raise ValueError("`from` is later than `to`")
        if self.dossier is None and self.looked_for is None:
            return self
        if since is None or until is None or until - since > timedelta(days=MOST_DAYS):
            raise ValueError(f"with `dossier` or `looked_for` give `from` and `to`, at most {MOST_DAYS} days apart")
        return self


class ReadOf(BaseModel):
    """Somebody was shown data of persons, or looked for a person and found nothing."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    id: str = Field(description="1, 2, 3 … without a gap")
    at: datetime
    client: str
    person: str | None = Field(description="on whose behalf, where a token said so")
    address: str = Field(description="of the network, or where it was sent to")
    action: Action
    purpose: str = Field(description="why: as `X-Purpose` said, else what the client was registered for")
    dossiers: list[str] = Field(description="ids of those that were shown")
    records: int = Field(description="how many dossiers, or records of a source, were shown")
    what: dict[str, Any] = Field(
        description="`filter`: what was asked, with `traces` in place of what may name a person; `fields`, where some "
        "were chosen; `groups` of data of persons that were shown in full"
    )
    request: str = Field(description="its number, as `X-Request-Id` of the answer had it")
    seal: str = Field(description="that ties it to the read before; `hub reads verify` checks them")


class ReadPage(BaseModel):
    """Reads, newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_EXAMPLE], "next_cursor": None}})

    items: list[ReadOf]
    next_cursor: str | None = Field(description="null: these were the last")
