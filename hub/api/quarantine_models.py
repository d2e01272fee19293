"""What the addresses of quarantine take and answer, for the OpenAPI document."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictBool, model_validator

from hub.api.parameters import Parameters, Text

_CHOICES = ("key", "group", "all", "everything")
_ONE_OF: list[JsonValue] = [  # `_one`, for the OpenAPI document
    {"properties": {"key": {"type": "string"}}, "required": ["key"]},
    {"properties": {"group": {"type": "string"}}, "required": ["group"]},
    {"properties": {"all": {"const": True}}, "required": ["all"]},
    {"properties": {"everything": {"const": True}}, "required": ["everything"]},
]


class QuarantineGroups(Parameters):
    """Of which connector."""

    connector: Text | None = Field(None, description="name of the connector", json_schema_extra={"example": "mot-cua"})


class QuarantineList(QuarantineGroups):
    """Which records, and which page of them."""

    group: Text | None = Field(None, description="with this reason only: `group` of /quarantine/groups")
    limit: int = Field(50, ge=1, le=200, description="how many at most")
    cursor: Text | None = Field(None, description="`next_cursor` of the page before")


class Replayed(BaseModel):
    """Which records are read again: one of `key`, `group`, `all` and `everything`."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"example": {"connector": "mot-cua", "all": True}, "oneOf": _ONE_OF},
    )

    connector: Text = Field(description="name of the connector")
    key: Text | None = Field(None, description="the record in quarantine with this key")
    group: Text | None = Field(None, description="those in quarantine with this reason")
    all: StrictBool = Field(default=False, description="all that stand in quarantine")
    everything: StrictBool = Field(default=False, description="every current record, in quarantine or not")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(bool(getattr(self, name)) for name in _CHOICES) != 1:
            raise ValueError(f"give one of {', '.join(_CHOICES)}")
        return self


class QuarantineReason(BaseModel):
    """One value that could not be read."""

    field: str = Field(description="the record's field; empty: the whole record")
    source: str = Field(description="where it was looked for")
    value: str | None = Field(description="what stood there, shortened")
    expected: str
    hint: str


class QuarantineItem(BaseModel):
    """One record in quarantine."""

    id: int
    connector: str
    key: str
    reasons: list[QuarantineReason]
    mapping: str = Field(description="that it was read with")
    run_id: int | None = Field(description="the run that found it")
    payload_id: int = Field(description="that it came with")
    first_seen_at: datetime
    last_seen_at: datetime
    unseen: bool = Field(description="no run has brought it for 30 days: it may be gone at its source")


class QuarantinePage(BaseModel):
    """One page of quarantine, newest first."""

    items: list[QuarantineItem]
    next_cursor: str | None = Field(description="null on the last page")


class QuarantineGroup(BaseModel):
    """One reason why records of a connector stand in quarantine."""

    group: str = Field(description="its short name, the same for the same reason")
    connector: str
    records: int
    field: str
    source: str
    expected: str
    hint: str
    example: str = Field(description="what stood in one of them; only its form where it may be about somebody")
    since: datetime


class QuarantineGroupPage(BaseModel):
    """The reasons, those of most records first; 200 at most."""

    items: list[QuarantineGroup]
