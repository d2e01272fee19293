"""What the API answers of catalogues, for the OpenAPI document."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from hub.api.absence import absent
from hub.api.parameters import Day, Parameters, Text

_SAID_BY = "the connector that says so; null: the catalogue keeper's file, which goes before"


class OnDay(Parameters):
    """The day that is asked about."""

    on: Day | None = Field(
        None, description="as it is on this day; left out, today", json_schema_extra={"example": "2025-06-30"}
    )


class CodePath(BaseModel):
    """An entry by its code."""

    code: Text = Field(
        description="a code in any of its forms: an alias of an agency, a procedure's local form",
        json_schema_extra={"example": "H29.15"},
    )


class Leader(BaseModel):
    """Who answers for an agency."""

    name: str | None = None
    title: str | None = None


class AliasAnswer(BaseModel):
    """Another code of an agency, with its days."""

    code: str
    effective_from: date | None = None
    effective_to: date | None = None


class HoursAnswer(BaseModel):
    """Working hours of some weekdays."""

    days: str = Field(description="mon-fri, sat or mon,wed")
    from_: str = Field(alias="from", description="07:30, Vietnam's time")
    to: str


class AgencyAnswer(BaseModel):
    """An agency as it is on a day. What nothing is said of is left out."""

    code: str
    name: str
    level: str | None = None
    parent_code: str | None = None
    leader: Leader | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    aliases: list[AliasAnswer] = []
    hours: list[HoursAnswer] = []
    connector: str | None = Field(description=_SAID_BY)


class ProcedureAnswer(BaseModel):
    """A procedure as it is on a day. What nothing is said of is left out."""

    code: str
    name: str
    field_code: str | None = None
    field_name: str | None = None
    agency_code: str | None = None
    online_level: str | None = Field(None, description="level_1 to level_4; since 2022 information, partial or full")
    term: int | None = None
    term_unit: str | None = None
    fee: int | None = Field(None, description="đồng")
    online_payment: bool | None = None
    supplement_policy: str | None = None
    portal: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    connector: str | None = Field(description=_SAID_BY)


class AgencyPage(BaseModel):
    """The agencies in force on a day, by code; one that several origins tell of stands once for each."""

    items: list[AgencyAnswer]


class ProcedurePage(BaseModel):
    """The procedures in force on a day, by code; one that several origins tell of stands once for each."""

    items: list[ProcedureAnswer]


class UnknownCodeAnswer(BaseModel):
    """A code that records name and no catalogue has."""

    kind: Literal["agency", "procedure"]
    code: str
    name: str | None = Field(description="what the last source that names it calls it")
    named_by: list[str] = Field(description="connectors, the first one first")
    first_seen_at: datetime
    last_seen_at: datetime = Field(description="when a run last read a new or changed record that names it")


class UnknownCodePage(BaseModel):
    """Every code that the catalogues lack. Their dossiers are kept all the same."""

    items: list[UnknownCodeAnswer]


class Server(BaseModel):
    """A connector whose records are of a procedure."""

    connector: str
    title: str
    agency: str
    code: str = Field(description="the procedure's code in the form that this system uses")
    first_seen_at: datetime
    last_seen_at: datetime


class DuplicateService(BaseModel):
    """A procedure that several systems or portals serve."""

    code: str = Field(description="its national code")
    name: str | None
    within_one_agency: bool = Field(description="whether all of them are systems of one agency")
    agencies: list[str] = Field(description="whose systems serve it, by today's codes")
    portals: list[str] = Field(description="at which it can be applied for, as the catalogue says")
    served_by: list[Server] = Field(description="the first one first")


class DuplicateServiceReport(BaseModel):
    """Every one of them: those of several agencies first."""

    items: list[DuplicateService]


class RatingScore(BaseModel):
    """What a citizen says of one criterion."""

    criterion: str
    score: int = Field(description="0, 1 or 2 (Circular 01/2018 Art. 13)")


class RatingAnswer(BaseModel):
    """A citizen's assessment of how a dossier was handled."""

    connector: str = absent()
    key: str = absent("the source's own identifier")
    rated_at: datetime
    overall: Literal["very_satisfied", "satisfied", "dissatisfied"]
    complained: bool | None = Field(description="whether there was a complaint; null: the source does not say")
    channel: Literal["direct", "online", "post"] | None = None
    comment: str | None = None
    scores: list[RatingScore] = []


class RatingsBehind(BaseModel):
    """The ratings of a dossier; with `include=ratings`."""

    ratings: list[RatingAnswer] = absent("what citizens said of its handling, oldest first")
