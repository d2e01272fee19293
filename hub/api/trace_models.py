"""What the address of a dossier's trace takes and answers, for the OpenAPI document."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hub.api.parameters import Parameters, Text
from hub.inspection.believing import Ground
from hub.inspection.traced import Happening

_EXAMPLE: dict[str, Any] = {
    "asked": "000.00.15.H29-260518-0007",
    "known": True,
    "code": "000.00.15.H29-260518-0007",
    "codes": ["000.00.00.H29-260518-1201", "000.00.15.H29-260518-0007"],
    "conflicts": [
        {
            "field": "status",
            "value": "processing",
            "connector": "mot-cua",
            "key": "65a",
            "others": [
                {"connector": "so-tu-phap", "key": "TP-7", "value": "supplement_requested", "ground": "precedence"}
            ],
        }
    ],
    "entries": [
        {
            "at": "2026-05-22T02:10:00Z",
            "kind": "received",
            "connector": "so-tu-phap",
            "key": "TP-7",
            "run_id": 1207,
            "payload_id": 311,
            "who": None,
            "reason": "",
            "data": {
                "mapping": "so-tu-phap/ly-lich-tu-phap v3 1a2b3c4d",
                "entity": "dossier",
                "changed_at": "2026-05-22T02:00:00Z",
                "received_at": "2026-05-22T02:10:00Z",
                "problems": [],
            },
        }
    ],
    "cut": [],
}


class TraceOf(Parameters):
    """Which dossier of that code, and how much of its trace."""

    agency: Text | None = Field(
        None, description="code of the agency that handles it", json_schema_extra={"example": "000.00.15.H29"}
    )
    connector: Text | None = Field(
        None, description="a connector of which a record gives the code", json_schema_extra={"example": "mot-cua"}
    )
    kind: Happening | None = Field(None, description="entries of this kind alone, and further back: 1,000 and not 100")


class TracedOther(BaseModel):
    """What a source says that is not believed, and by which rule it is not."""

    connector: str
    key: str
    value: Any
    ground: Ground


class TracedConflict(BaseModel):
    """A field of which sources say different things."""

    field: str = Field(description="dotted name")
    value: Any = Field(description="that is believed")
    connector: str
    key: str
    others: list[TracedOther]


class TracedEntry(BaseModel):
    """One thing that happened."""

    at: datetime
    kind: Happening
    connector: str | None
    key: str | None = Field(description="of the record at its source")
    run_id: int | None
    payload_id: int | None
    who: str | None = Field(description="a person or a client")
    reason: str
    data: dict[str, Any] = Field(description="what else is known of it; its names depend on the kind")


class TraceAnswer(BaseModel):
    """Everything that happened to a dossier, newest first."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    asked: str
    known: bool = Field(description="false: the record has no such dossier, but something of it stands in quarantine")
    code: str | None
    codes: list[str] = Field(description="every code that it is known under")
    conflicts: list[TracedConflict]
    entries: list[TracedEntry]
    cut: list[Happening] = Field(description="kinds of which there is more: ask for one of them alone")
