"""What the addresses of alerts take and answer, for the OpenAPI document."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hub.alerts.kinds import Severity
from hub.api.parameters import Parameters, Text

_ALERT: JsonDict = {
    "id": "41",
    "rule": "freshness",
    "connector": "so-tu-phap",
    "subject": "",
    "severity": "warning",
    "state": "open",
    "silenced": False,
    "cause": None,
    "sentence": {
        "vi": "Sở Tư pháp – Lý lịch tư pháp: chậm hơn cam kết 10 phút từ 22/05/2026 08:15; lần đọc gần nhất: "
        "22/05/2026 08:05. Lượt đọc gần nhất bị lỗi.",
        "en": "Sở Tư pháp – Lý lịch tư pháp: later than the promised 10 minutes since 22/05/2026 08:15; last read: "
        "22/05/2026 08:05. Its last run failed.",
    },
    "next": {
        "vi": "Xem các lượt chạy gần nhất, sửa nguyên nhân rồi bấm “Chạy ngay”.",
        "en": "Look at the latest runs, mend what held them up, then press “Run now”.",
    },
    "page": "/connectors/so-tu-phap",
    "opened_at": "2026-05-22T01:20:00Z",
    "seen_at": "2026-05-22T01:45:00Z",
    "times": 1,
    "level": 0,
    "answered_by": None,
    "answered_at": None,
    "answer": "",
    "over_at": None,
}


class Which(StrEnum):
    """Which alerts."""

    GOING_ON = "going_on"
    OVER = "over"


class AlertList(Parameters):
    """Which alerts, and which page of them."""

    state: Which = Field(Which.GOING_ON, description="going_on: answered or not; over: what was")
    connector: Text | None = Field(None, description="name of the connector", json_schema_extra={"example": "mot-cua"})
    limit: int = Field(50, ge=1, le=200, description="how many at most")
    cursor: Text | None = Field(None, description="`next_cursor` of the page before")


class InBoth(BaseModel):
    """A text in both languages."""

    vi: str
    en: str


class Alert(BaseModel):
    """Trouble that a rule found: one from when it was first seen until it was over."""

    model_config = ConfigDict(json_schema_extra={"example": _ALERT})

    id: str
    rule: str = Field(description="what was looked for; hub/alerts/README.md lists the rules")
    connector: str | None = Field(description="that it is of; null: of the hub as a whole")
    subject: str = Field(description="what else tells it from others of its rule")
    severity: Severity
    state: str = Field(description="open: nobody has answered; acknowledged: somebody looks after it; over")
    silenced: bool = Field(description="nobody is told just now")
    cause: str | None = Field(description="the alert that explains it, and is told in its place")
    sentence: InBoth
    next: InBoth = Field(description="what to do")
    page: str = Field(description="page of the console that mends it")
    opened_at: datetime
    seen_at: datetime = Field(description="when it was last found so, to the minute")
    times: int = Field(description="how often it came back while it was open, and the first time")
    level: int = Field(description="how far it was escalated")
    answered_by: str | None
    answered_at: datetime | None
    answer: str = Field(description="what they wrote")
    over_at: datetime | None


class AlertPage(BaseModel):
    """Alerts, newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "judged_at": "2026-05-22T01:45:10Z",
                "judged_late": False,
                "items": [_ALERT],
                "next_cursor": None,
            }
        }
    )

    judged_at: datetime | None = Field(description="when all rules were last looked through; null: never")
    judged_late: bool = Field(description="nobody has looked for minutes: what is listed may not be all")
    items: list[Alert]
    next_cursor: str | None = Field(description="for the next page; null: this is the last one")
