"""What the addresses of `hub.api.connectors` take and answer."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StrictBool, model_validator

from hub.api.models import ConnectorAnswer, WhyLate
from hub.api.parameters import Day, Parameters, Storable
from hub.record.connector_state import Life

_WHY = "kept in the history"
_LARGEST = 2**31 - 1


class Why(Parameters):
    """Why something is changed."""

    reason: Storable = Field("", max_length=500, description=_WHY)


class ConnectorPath(BaseModel):
    """A connector by its name."""

    name: str = Field(description="name of the connector", json_schema_extra={"example": "so-tu-phap"})


class VersionPath(ConnectorPath):
    """One version of a connector."""

    version: int = Field(ge=1, le=_LARGEST, description="number of the version")


class MappingPath(BaseModel):
    """A mapping by its name."""

    name: str = Field(description="name of the mapping", json_schema_extra={"example": "so-tu-phap/ly-lich-tu-phap"})


class MappingVersionPath(MappingPath):
    """One version of a mapping."""

    version: int = Field(ge=1, le=_LARGEST, description="number of the version")


class SecretPath(BaseModel):
    """A secret by its name."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$", description="its name, as in `${secret:NAME}`")


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _absent_is_empty(cls, data: Any) -> Any:
        """So that what is missing is told by name."""
        return {} if data is None else data


class Reason(_Sent):
    """Why a connector is activated or resumed."""

    reason: Storable = Field("", max_length=500, description=_WHY)


class NeededReason(_Sent):
    """Why a connector is paused or retired."""

    reason: Storable = Field(min_length=1, max_length=500, description=_WHY)


class Rollback(NeededReason):
    """Which version is put into use again, and why."""

    version: int = Field(ge=1, le=_LARGEST, description="number of the old version")


class NewSecret(_Sent):
    """A secret's value; it can be used by connectors, and read by nobody."""

    value: SecretStr = Field(min_length=1, max_length=64 * 1024)
    expires_on: Day | None = Field(None, description="its last day; operators are warned before")


class Secret(BaseModel):
    """A secret without its value."""

    name: str
    updated_at: datetime
    expires_on: date | None
    used_by: list[str] = Field(description="the connectors that refer to it")


class SecretPage(BaseModel):
    """Every secret by name."""

    items: list[Secret]


class Version(BaseModel):
    """One version of a connector's or a mapping's document."""

    version: int
    managed_by: str = Field(description="config: config.yaml or a mapping's file said so; hub: put in at run time")
    author: str
    reason: str
    created_at: datetime


class VersionText(Version):
    """A version with its document."""

    document: str = Field(description="YAML; secrets are references")


class VersionPage(BaseModel):
    """Every version, newest first."""

    items: list[Version]


class MoveAnswer(BaseModel):
    """A step in a connector's life."""

    before: Life | None = Field(description="null: it was registered")
    after: Life
    author: str
    reason: str
    at: datetime


class LapseAnswer(BaseModel):
    """One time that a source was read later than promised."""

    since: datetime
    until: datetime | None = Field(description="null: it goes on")
    because: WhyLate = Field(description="the last known reason")


class ConnectorDetail(ConnectorAnswer):
    """A connector with its document."""

    fresh_share_of_week: float = Field(description="of the last seven days, in which it was read in time: 0 to 1")
    lapses: list[LapseAnswer] = Field(description="the newest first, no more than 20")

    document: str = Field(description="YAML, as it is in use; secrets are references")
    section: dict[str, Any] = Field(description="the same as data")
    version: Version
    moved: MoveAnswer | None = Field(description="the last step in its life")


class ConnectorPut(BaseModel):
    """What became of a document that was sent."""

    name: str
    changed: bool = Field(description="false: in use was the very same already")
    version: int = Field(description="the version in use now")
    state: Life | None = Field(None, description="of a connector, afterwards")
    note: str = Field(description="what to know or do next; empty where nothing")


class HowToRun(_Sent):
    """What a run is to read."""

    full: StrictBool = Field(default=False, description="everything, not only what changed")


class MappingDetail(BaseModel):
    """A mapping with its document, as connectors of the hub are read with it."""

    name: str
    version: int | None = Field(description="null: it stands in its file only, and no connector was ever run with it")
    managed_by: str = Field(description="hub: put at run time; config: its file, as it was when the hub last read it")
    document: str = Field(description="YAML")


class ConnectorMoved(BaseModel):
    """Where a connector stands now."""

    name: str
    before: Life
    state: Life
    note: str = Field("", description="what to know of it; empty where nothing")
