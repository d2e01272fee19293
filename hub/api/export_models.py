"""What the addresses of exports take and answer, for the OpenAPI document."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator
from pydantic.config import JsonDict

from hub.api.parameters import Parameters, Text
from hub.outbox.exports.options import Dialect, Format, Options
from hub.store.exports import ExportState

_WANTED: JsonDict = {
    "format": "csv",
    "filter": {"agency": "000.00.15.H29", "received_from": "2026-05-01"},
    "fields": ["code", "status", "applicant.name", "due_at"],
}
_EXPORT: JsonDict = {
    "id": "12",
    "client": "cong-dvc",
    "state": "running",
    "format": "csv",
    "compress": False,
    "dialect": "excel",
    "filter": {"agency": "000.00.15.H29", "received_from": "2026-05-01"},
    "fields": ["code", "status", "applicant.name", "due_at"],
    "records": 20000,
    "estimate": 84210,
    "share": 0.2375,
    "bytes": None,
    "digest": None,
    "position": 915402,
    "sentence": None,
    "asked_at": "2026-05-20T01:15:00Z",
    "started_at": "2026-05-20T01:15:01Z",
    "finished_at": None,
    "expires_at": None,
    "file": None,
}


class WantedExport(BaseModel):
    """A file of dossiers."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"example": _WANTED})

    format: Format = Field(description="ndjson: items as lists show them, one a line; the others are tables")
    filter: dict[str, Any] = Field(
        default_factory=dict, description="which dossiers: the parameters of `GET /dossiers` that choose; {}: all"
    )
    fields: list[Text] | None = Field(
        None, min_length=1, max_length=200, description="dotted names; left out: all that the client may see"
    )
    compress: StrictBool = Field(
        default=False, description="with gzip: of ndjson and csv; the others are compressed anyway"
    )
    dialect: Dialect = Field(
        Dialect.EXCEL,
        description="of csv. excel: Vietnamese headers, `;`, Vietnam's times, texts kept as texts. plain: RFC 4180",
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        Options(self.format, self.compress, self.dialect)
        return self

    @property
    def options(self) -> Options:
        """How the file is written."""
        return Options(self.format, self.compress, self.dialect)


class ExportPath(BaseModel):
    """An export by its number."""

    export_id: int = Field(description="number of the export")


class ExportList(Parameters):
    """Which page of exports."""

    limit: int = Field(50, ge=1, le=200, description="how many at most")
    cursor: Text | None = Field(None, description="`next_cursor` of the page before")


class Export(BaseModel):
    """A file of dossiers, as far as it is written."""

    model_config = ConfigDict(json_schema_extra={"example": _EXPORT})

    id: str
    client: str = Field(description="who asked for it")
    state: ExportState
    format: Format
    compress: bool
    dialect: Dialect
    filter: dict[str, Any]
    fields: list[str] | None
    records: int = Field(description="dossiers that are written")
    estimate: int | None = Field(description="how many there will be, about")
    share: float | None = Field(description="of the work that is done, 0 to 1; about")
    bytes: int | None = Field(description="size of the file")
    digest: str | None = Field(description="SHA-256 of the file, in hexadecimal")
    position: int = Field(
        description="of the change feed when it was asked for: `GET /changes?after=` it tells whatever changed since"
    )
    sentence: str | None = Field(description="how it ended, where there is something to say")
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None = Field(description="the file can be fetched until then")
    file: str | None = Field(description="where it can be fetched; null while there is none")


class ExportPage(BaseModel):
    """Exports, newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_EXPORT], "next_cursor": None}})

    items: list[Export]
    next_cursor: str | None
