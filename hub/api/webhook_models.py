"""What the addresses of webhooks take and answer, for the OpenAPI document."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator
from pydantic.config import JsonDict

from hub.api.parameters import Parameters, Storable, Text
from hub.outbox.webhooks.state import Content, NoticeState, WebhookState

_WANTED: JsonDict = {
    "title": "Cổng dịch vụ công: hồ sơ trễ hạn",
    "url": "https://portal.example/hub-hook",
    "filter": {"agency": "000.00.15.H29"},
    "content": "dossier",
}
_WEBHOOK: JsonDict = {
    "id": "7",
    "client": "cong-dvc",
    **_WANTED,
    "state": "active",
    "because": None,
    "position": 915402,
    "behind": 0,
    "waiting": 2,
    "failed": 0,
    "oldest_waiting_at": "2026-05-20T01:14:58Z",
    "failures": 0,
    "failing_since": None,
    "left_alone_until": None,
    "created_at": "2026-05-18T01:15:00Z",
    "changed_at": "2026-05-18T01:15:00Z",
}
_SECRET = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="  # noqa: S105  (thirty-two times the letter 0)
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


class WantedWebhook(BaseModel):
    """A subscription."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"example": _WANTED})

    title: Text = Field(description="what people call it")
    url: Text = Field(
        json_schema_extra={"pattern": "^https?://[A-Za-z0-9.-]+(:[0-9]{1,4})?/[A-Za-z0-9/._-]*$"},
        description="where notices are sent: https, a host that the hub's keeper allows",
    )
    filter: dict[str, Any] = Field(
        default_factory=dict, description="which dossiers: the parameters of `GET /dossiers` that choose; {}: all"
    )
    content: Content = Field(Content.DOSSIER, description="dossier: as lists show it; reference: its id and codes")
    after: int | None = Field(
        None, ge=0, lt=2**63, description="tell changes after this position of the feed; left out: from now on"
    )


class ChangedWebhook(BaseModel):
    """What is to be otherwise; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"example": {"title": "Cổng dịch vụ công"}}
    )

    title: Text | None = Field(None, description="what people call it")
    url: Text | None = Field(None, description="where notices are sent from now on, those that wait included")
    filter: dict[str, Any] | None = Field(None, description="which dossiers are told of from now on")
    content: Content | None = Field(None, description="dossier: as lists show it; reference: its id and codes")

    def given(self) -> dict[str, Any]:
        """What is to be otherwise."""
        return {name: value for name, value in self.model_dump().items() if value is not None}


class WhyPaused(BaseModel):
    """Why it is paused."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"example": {"reason": "maintenance"}})

    reason: Storable = Field("", max_length=500, description="for whoever looks later")


class WebhookPath(BaseModel):
    """A webhook by its number."""

    webhook_id: int = Field(description="number of the webhook")


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


class Webhook(BaseModel):
    """A subscription, and how it fares."""

    model_config = ConfigDict(json_schema_extra={"example": _WEBHOOK})

    id: str
    client: str = Field(description="whose it is: notices show what that client may see")
    title: str
    url: str
    filter: dict[str, Any]
    content: Content
    state: WebhookState = Field(description="paused: by a person; stopped: by the hub. Neither loses a change")
    because: str | None = Field(description="why it is not active, or left alone just now")
    position: int = Field(description="of the change feed: changes up to here are deliveries, or not its business")
    behind: int = Field(description="how far the feed is ahead; what waits there is made a delivery when there is room")
    waiting: int = Field(description="deliveries that wait")
    failed: int = Field(description="deliveries that failed for good, until somebody resends them")
    oldest_waiting_at: datetime | None
    failures: int = Field(description="exchanges in a row that failed")
    failing_since: datetime | None
    left_alone_until: datetime | None = Field(description="nothing is sent until then")
    created_at: datetime
    changed_at: datetime


class NewWebhook(Webhook):
    """A subscription with its secret."""

    model_config = ConfigDict(json_schema_extra={"example": {**_WEBHOOK, "secret": _SECRET}})

    secret: str = Field(description="what signatures are checked with; shown this once")


class WebhookPage(BaseModel):
    """Webhooks by age."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_WEBHOOK]}})

    items: list[Webhook]


class TestedWebhook(BaseModel):
    """How a test went."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"taken": True, "status": 204, "error": None, "seconds": 0.031}}
    )

    taken: bool = Field(description="whether it was answered with a 2xx")
    status: int | None = Field(description="what was answered; null: nothing")
    error: str | None = Field(description="what went wrong, in a sentence")
    seconds: float


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
