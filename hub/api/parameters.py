"""What a request may ask for; a name that is not here is refused, never ignored."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from hub.record.moments import as_text, end_of, start_of
from hub.record.run_state import RunState
from hub.record.standing import Standing
from hub.record.status import Status

_YEARS = range(1900, 2200)  # what a time in a dossier can be; far from where calendars end


def _point(instant_of: Callable[[date], str]) -> Callable[[str], str]:
    """Read a day of Vietnam or a time with its zone, as UTC text."""

    def read(text: str) -> str:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return as_text(_time(text))
        if day.year not in _YEARS:
            raise ValueError(f"“{text}” is out of range")
        return instant_of(day)

    return read


def _time(text: str) -> datetime:
    try:
        # A + that was not written as %2B arrives as a space; a time with a zone has no other.
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise ValueError(f"“{text}” is neither a day (2026-05-20) nor a time (2026-05-20T08:15:00+07:00)") from error
    if at.tzinfo is None:
        raise ValueError(f"“{text}” has no zone; write {text}+07:00 for Vietnam's time, or just the day")
    if at.year not in _YEARS:
        raise ValueError(f"“{text}” is out of range")
    return at


def _storable(text: str) -> str:
    """PostgreSQL cannot hold a NUL, so nothing has one."""
    if "\0" in text:
        raise ValueError("holds a NUL character, which nothing in the hub has")
    return text


Storable = Annotated[str, AfterValidator(_storable)]
Text = Annotated[Storable, Field(min_length=1, max_length=500)]
From = Annotated[str, AfterValidator(_point(start_of))]
To = Annotated[str, AfterValidator(_point(end_of))]


class Parameters(BaseModel):
    """The parameters of one address."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoParameters(Parameters):
    """An address that takes none."""


class DossierList(Parameters):
    """Which dossiers, and which page of them."""

    agency: Text | None = Field(None, description="code of the agency", json_schema_extra={"example": "000.00.15.H29"})
    status: Status | None = Field(None, description="where the dossier stands")
    procedure: Text | None = Field(None, description="code of the procedure", json_schema_extra={"example": "1.001193"})
    due: Standing | None = Field(None, description="where the dossier stands against its due date, now")
    conflicts: bool | None = Field(None, description="true: only where sources disagree on a field; false: nowhere")
    gone: bool = Field(default=False, description="true: only those that none of their sources holds any more")
    received_from: From | None = Field(
        None,
        description="received on or after this day (Vietnam's), or at or after this time",
        json_schema_extra={"example": "2026-05-01"},
    )
    received_to: To | None = Field(
        None,
        description="received up to and including this day (Vietnam's), or before this time",
        json_schema_extra={"example": "2026-05-31"},
    )
    q: Text | None = Field(
        None,
        description="words of a code, the owner's name, the summary or the procedure; accents do not matter",
        json_schema_extra={"example": "nguyen an"},
    )
    limit: int = Field(50, ge=1, le=200, description="how many at most")
    cursor: Text | None = Field(None, description="`next_cursor` of the page before")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.received_from and self.received_to and self.received_from >= self.received_to:
            raise ValueError("`received_from` is later than `received_to`")
        return self


class WhichDossier(Parameters):
    """Chooses among dossiers of one code."""

    agency: Text | None = Field(None, description="of several dossiers with this code, the one of this agency")
    connector: Text | None = Field(
        None, description="the one of which a record of this connector gives the code: where the agency is the same"
    )


class DossierPath(BaseModel):
    """A dossier by any of its codes."""

    code: str = Field(
        description="any code of the dossier, local or national",
        json_schema_extra={"example": "000.00.15.H29-260520-0001"},
    )


class ConnectorList(Parameters):
    """Which connectors."""

    retired: bool = Field(default=False, description="the retired ones too")


class RunList(Parameters):
    """Which runs, and which page of them."""

    connector: Text | None = Field(None, description="name of the connector", json_schema_extra={"example": "mot-cua"})
    state: RunState | None = Field(None, description="where the run stands")
    limit: int = Field(50, ge=1, le=200, description="how many at most")
    cursor: Text | None = Field(None, description="`next_cursor` of the page before")


class RunPath(BaseModel):
    """A run by its number."""

    run_id: int = Field(description="number of the run")


def known_parameters(model_name: str) -> list[str]:
    """The names that a model of this name takes."""
    models = {model.__name__: model for model in Parameters.__subclasses__()}
    return list(models[model_name].model_fields) if model_name in models else []
