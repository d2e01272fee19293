"""What the addresses of removals and of asking for runs take and answer, for the OpenAPI document."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.config import JsonDict

from hub.api.parameters import Day, Parameters, Text
from hub.store.removals import RemovalState

_EXAMPLE: JsonDict = {"connector": "mot-cua", "kind": "backfill", "from": "2026-01-01", "to": "2026-01-31"}
_PERIOD: JsonDict = {  # `_has_its_period`, for the OpenAPI document
    "if": {"properties": {"kind": {"const": "backfill"}}, "required": ["kind"]},
    "then": {
        "properties": {name: {"type": "string", "format": "date"} for name in ("from", "to")},
        "required": ["from", "to"],
    },
    "else": {"properties": {name: {"type": "null"} for name in ("from", "to")}},
}


class RemovalList(Parameters):
    """Which removals."""

    connector: Text | None = Field(None, description="name of the connector", json_schema_extra={"example": "mot-cua"})
    state: RemovalState | None = Field(RemovalState.WAITING, description="where it stands")


class RemovalPath(BaseModel):
    """A removal by its number."""

    removal_id: int = Field(description="number of the removal")


class Removal(BaseModel):
    """Records that a full listing did not hold though the hub has them: a person says whether they are gone."""

    id: int
    connector: str
    run_id: int = Field(description="the listing that did not hold them")
    state: RemovalState
    records: int = Field(description="how many")
    held: int = Field(description="of how many that the hub had of this connector")
    asked_at: datetime
    author: str | None = Field(description="who decided")
    reason: str | None = Field(description="why")
    decided_at: datetime | None


class RemovalPage(BaseModel):
    """Removals, newest first; 100 at most."""

    items: list[Removal]


class RemovalDetail(Removal):
    """A removal with the records that it is about."""

    keys: list[str] = Field(description="the records' keys at their source; the first 10,000")


class Decision(BaseModel):
    """Why the records are gone, or are not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Text = Field(
        description="why; kept in the history with the name of the key", json_schema_extra={"pattern": "[^\\s]"}
    )

    @field_validator("reason")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("must say something")
        return text


class Decided(BaseModel):
    """What became of a removal."""

    id: int
    state: RemovalState
    marked: int = Field(description="records that are gone now; those that were seen again since are not")


class WantedRun(BaseModel):
    """A run of a connector; a backfill needs its period."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"example": _EXAMPLE, **_PERIOD})

    connector: Text = Field(description="name of the connector")
    kind: Literal["incremental", "full", "backfill"] = Field(
        "incremental", description="what changed, everything, or what changed within a period"
    )
    from_: Day | None = Field(None, alias="from", description="of a backfill: its first day, in Vietnam")
    to: Day | None = Field(None, description="of a backfill: its last day")

    @model_validator(mode="after")
    def _has_its_period(self) -> Self:
        given = [day for day in (self.from_, self.to) if day is not None]
        if self.kind == "backfill" and len(given) < 2:
            raise ValueError("a backfill needs `from` and `to`")
        if self.kind != "backfill" and given:
            raise ValueError("only a backfill has `from` and `to`")
        return self
