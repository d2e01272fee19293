"""What the public look-up is asked and answers, for the OpenAPI document."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hub.api.dossier_models import DossierStatus
from hub.api.due_models import DueState
from hub.api.parameters import Parameters, Text

_EXAMPLE: dict[str, Any] = {
    "code": "000.00.15.H29-260518-0007",
    "status": {"code": "processing", "number": 4, "label": "Đang xử lý"},
    "procedure": {"code": "2.000488", "name": "Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam"},
    "agency": {"code": "000.00.15.H29", "name": "Sở Tư pháp"},
    "applicant": {"name": "Đ*** T*** D****"},
    "received_at": "2026-05-18T01:15:00Z",
    "due": {"state": "in_time", "due_at": "2026-05-29T10:00:00Z", "ended_at": None},
    "as_of": "2026-05-22T02:10:00Z",
    "source_seen_at": "2026-05-22T02:10:00Z",
    "stale": False,
    "timeline": [
        {"at": "2026-05-18T01:15:00Z", "status": {"code": "accepted", "number": 2, "label": "Được tiếp nhận"}},
        {"at": "2026-05-19T03:00:00Z", "status": {"code": "processing", "number": 4, "label": "Đang xử lý"}},
    ],
}


class SecondFact(Parameters):
    """What whoever asks knows besides the code."""

    fact: Text = Field(
        description="the last 4 or more characters of the owner's identity number, tax code or telephone",
        json_schema_extra={"example": "0001", "pattern": "^[ .-]*([0-9A-Za-z][ .-]*){4,20}$"},
    )


class PublicName(BaseModel):
    """A person's name, masked."""

    name: str


class CodeAndName(BaseModel):
    """An agency or a procedure."""

    code: str | None = None
    name: str | None = None


class PublicStep(BaseModel):
    """A change of status."""

    at: datetime
    status: DossierStatus


class PublicDossier(BaseModel):
    """What anybody may know of a dossier who has its code and the second fact."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    code: str
    status: DossierStatus
    procedure: CodeAndName | None = None
    agency: CodeAndName | None = None
    applicant: PublicName | None = None
    received_at: datetime | None = None
    completed_at: datetime | None = None
    returned_at: datetime | None = None
    due: DueState
    as_of: datetime | None = Field(description="when its sources were last read to the end, the longest ago of them")
    source_seen_at: datetime | None = Field(description="likewise, the last of them")
    stale: bool = Field(description="whether they were read longer ago than promised")
    timeline: list[PublicStep] = Field(description="changes of its status, the oldest first")
