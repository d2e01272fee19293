"""What the addresses of deliveries take and answer, for the OpenAPI document."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator
from pydantic.config import JsonDict

from hub.api.parameters import Parameters, Text
from hub.api.webhook_models import WebhookPath
from hub.outbox.webhooks.state import NoticeState

_DELIVERY: JsonDict = {
    "id": "5031",
    "event_id": "0f0e9b2c6a5d4c3b8f7e6d5c4b3a2918",
    "dossier_id": "81",
    "position": 915380,
    "change": "changed",
    "state": "failed",
    "tries": 9,
    "next_try_at": None,
    "made_at": "2026-05-18T03:00:00Z",
    "delivered_at": None,
    "attempts": [
        {
            "at": "2026-05-20T01:14:58Z",
            "status": 500,
            "error": "https://portal.example/hub-hook answered 500 Internal Server Error: no disk space",
            "seconds": 0.214,
        }
    ],
}
_WHICH: list[JsonValue] = [  # `_says_which`, for the OpenAPI document
    {"properties": {"state": {"enum": ["failed", "delivered"]}}, "required": ["state"]},
    {
        "properties": {"from": {"type": "string"}, "state": {"enum": ["failed", "delivered", None]}},
        "required": ["from"],
    },
]


class DeliveryPath(WebhookPath):
    """A delivery by its number."""

    delivery_id: int = Field(description="number of the delivery")


class DeliveryList(Parameters):
    """Which deliveries, and which page of them."""

    state: NoticeState | None = Field(None, description="where they stand")
    limit: int = Field(50, ge=1, le=200, description="how many at most")
    cursor: Text | None = Field(None, description="`next_cursor` of the page before")


class Resend(BaseModel):
    """Which deliveries are sent once more: those in a state, those made in a time, or both."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        json_schema_extra={"example": {"state": "failed"}, "anyOf": _WHICH},
    )

    state: NoticeState | None = Field(None, description="failed or delivered; left out: both")
    made_from: datetime | None = Field(None, alias="from", description="made at or after this time, with its zone")
    made_to: datetime | None = Field(None, alias="to", description="made before this time, with its zone")

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if self.state is None and self.made_from is None:
            raise ValueError("say which: `state` (failed), or `from` and `to`")
        if self.state is NoticeState.WAITING:
            raise ValueError("what waits is sent anyway; `state` can be failed or delivered")
        for at in (self.made_from, self.made_to):
            if at is not None and (at.tzinfo is None or at.year not in range(1900, 2200)):
                raise ValueError(f"{at.isoformat()} has no zone or is out of range; write 2026-05-20T08:15:00+07:00")
        if self.made_from and self.made_to and self.made_from >= self.made_to:
            raise ValueError("`from` is later than `to`")
        return self


class DeliveryAttempt(BaseModel):
    """One try to deliver."""

    at: datetime
    status: int | None = Field(description="what the subscriber answered; null: nothing")
    error: str | None = Field(description="what went wrong, in a sentence; null: it was taken")
    seconds: float


class Delivery(BaseModel):
    """One thing that a subscriber is told."""

    model_config = ConfigDict(json_schema_extra={"example": _DELIVERY})

    id: str
    event_id: str = Field(description="`id` of the event, `webhook-id` of the request: the same in every try")
    dossier_id: str
    position: int = Field(description="of the change that it was made for; what is sent is how the dossier is then")
    change: str = Field(description="changed, gone, merged or left")
    state: NoticeState
    tries: int = Field(description="how often the subscriber answered with a no")
    next_try_at: datetime | None = Field(description="null: as soon as possible, or never")
    made_at: datetime
    delivered_at: datetime | None
    attempts: list[DeliveryAttempt] = Field(description="the last twenty")


class DeliveryPage(BaseModel):
    """Deliveries, newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_DELIVERY], "next_cursor": None}})

    items: list[Delivery]
    next_cursor: str | None


class Resent(BaseModel):
    """How many deliveries wait again."""

    model_config = ConfigDict(json_schema_extra={"example": {"resent": 12}})

    resent: int = Field(description="one for each dossier; ask again where 1,000 were waiting")
