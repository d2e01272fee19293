"""What the addresses of `hub.api.client_routes` take and answer."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from hub.record.confidentiality import Level
from hub.record.grant import Group, Sight
from hub.store.clients import Role
from schedules.cadence import parse_duration

_CLIENT: dict[str, Any] = {
    "client": "cong-dich-vu-cong",
    "title": "Cổng dịch vụ công Thành phố",
    "role": "query",
    "purpose": "tra cứu hồ sơ của công dân",
}
_SEES = {
    "agencies": ["000.00.15.H29"],
    "procedures": None,
    "fields": None,
    "level": "normal",
    "groups": {
        "name": "masked",
        "identity": "hidden",
        "contact": "hidden",
        "content": "full",
        "papers": "hidden",
        "fees": "full",
        "officers": "hidden",
        "provenance": "hidden",
    },
}
_KEY = {
    "id": 7,
    "hint": "mch_Zx3kQa",
    "created_at": "2026-11-23T01:15:00Z",
    "expires_at": "2027-11-23T01:15:00Z",
    "used_at": "2026-11-23T02:10:00Z",
}
_ITEM: dict[str, Any] = (
    _CLIENT
    | {"connector": None, "sees": _SEES, "quota": {"per_minute": 600, "per_day": None}, "token": None}
    | {"author": "quản trị", "created_at": "2026-11-23T01:15:00Z", "changed_at": "2026-11-23T01:15:00Z"}
    | {"keys": [_KEY]}
)


def _example(document: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"example": document})


class ClientPath(BaseModel):
    """A client by its name."""

    name: str = Field(description="name of the client", json_schema_extra={"example": "cong-dich-vu-cong"})


class ClientKeyPath(ClientPath):
    """One key of a client."""

    key_id: int = Field(ge=1, le=2**31 - 1, description="number of the key", json_schema_extra={"example": 7})


class Sees(BaseModel):
    """Which dossiers a client sees, and how much of each group of their data."""

    agencies: list[str] | None = Field(description="codes, each with all below it; null: all agencies")
    procedures: list[str] | None = Field(description="codes, in all their forms; null: all procedures")
    fields: list[str] | None = Field(description="codes of fields (lĩnh vực); null: all")
    level: Level = Field(description="the most confidential that it sees")
    groups: dict[Group, Sight] = Field(description="how much of each group; what is in no group is always shown")


class Limits(BaseModel):
    """How many requests may be made."""

    per_minute: int
    per_day: int


class Me(BaseModel):
    """Who asks, and what that client may see."""

    model_config = _example(
        _CLIENT
        | {"person": None, "sees": _SEES, "quota": {"per_minute": 600, "per_day": 100000}}
        | {"key_expires_at": "2027-11-23T01:15:00Z"}
    )

    client: str = Field(description="its name")
    title: str
    role: Role
    purpose: str = Field(description="what the log of reads says where a request does not (`X-Purpose`)")
    person: str | None = Field(description="on whose behalf, where the token says")
    sees: Sees
    quota: Limits
    key_expires_at: datetime | None = Field(description="null: never, or a token was shown")


class ClientKey(BaseModel):
    """A key; the key itself is known to its holder alone."""

    id: int
    hint: str = Field(description="how it begins")
    created_at: datetime
    expires_at: datetime | None = Field(description="null: never")
    used_at: datetime | None = Field(description="last, to the minute; null: not yet")


class ClientToken(BaseModel):
    """Whose tokens it may come with."""

    issuer: str
    client: str = Field(description="what that provider calls it")


class ClientQuota(BaseModel):
    """How many requests it may make; null: as configured for all."""

    per_minute: int | None
    per_day: int | None


class ClientItem(BaseModel):
    """A client."""

    model_config = _example(_ITEM)

    client: str
    title: str
    role: Role
    purpose: str
    connector: str | None = Field(description="of the role push: the one that it may push to")
    sees: Sees
    quota: ClientQuota
    token: ClientToken | None
    author: str = Field(description="who put it so")
    created_at: datetime
    changed_at: datetime
    keys: list[ClientKey]


class ClientDetail(ClientItem):
    """A client with its document."""

    model_config = _example(_ITEM | {"document": _CLIENT | {"sees": {"agencies": ["000.00.15.H29"]}}})

    document: dict[str, Any] = Field(description="as PUT takes it")


class ClientPage(BaseModel):
    """Every client by name."""

    model_config = _example({"items": [_ITEM]})

    items: list[ClientItem]


class ClientPut(BaseModel):
    """What became of a document."""

    model_config = _example(
        {
            "client": "cong-dich-vu-cong",
            "made": True,
            "doubts": ["sees.agencies: the catalogue has no H29.99 today; dossiers with such a code are seen once …"],
        }
    )

    client: str
    made: bool = Field(description="whether there was none of this name before")
    doubts: list[str] = Field(description="what is allowed, but probably not meant")


_SPAN = "^(never|([1-9][0-9]?|[12][0-9]{2}|3[0-5][0-9]|36[0-6])d|[1-9][0-9]{0,2}[smh])$"


def _span(value: Any) -> Any:
    span = "never" if value == "never" else parse_duration(value)
    if not span:
        raise ValueError("this would be over at once; write a longer time, as 24h")
    return span


Span = Annotated[
    timedelta | Literal["never"],
    BeforeValidator(_span),
    WithJsonSchema({"type": "string", "pattern": _SPAN, "example": "30d"}),
]


class NewKey(BaseModel):
    """How long a new key works, and the older ones."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"expires": "365d", "old_until": "24h"}})

    expires: Span = Field(
        default=timedelta(days=365),
        description="as 30d or 12h, up to 366d; `never` for one that does not expire",
        json_schema_extra={"default": "365d"},
    )
    old_until: Span = Field(
        default="never", description="older keys work so long at most, as 24h; left out: as they did"
    )


class KeyMade(ClientKey):
    """A new key, shown this once."""

    model_config = _example(_KEY | {"used_at": None, "key": "mch_Zx3kQa…"})

    key: str = Field(description="keep it: the hub keeps a digest only")
