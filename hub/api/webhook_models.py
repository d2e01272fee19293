"""What the addresses of webhooks take and answer, for the OpenAPI document."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hub.api.parameters import Storable, Text
from hub.outbox.webhooks.state import Content, WebhookState

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
        None,
        ge=0,
        lt=2**63,
        description="0: tell all there is, first; another position of the feed: you have what there was at it; left "
        "out: changes from now on",
    )


class ChangedWebhook(BaseModel):
    """What is to be otherwise; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"example": {"title": "Cổng dịch vụ công"}}
    )

    title: Text | None = Field(None, description="what people call it")
    url: Text | None = Field(None, description="where notices are sent from now on, those that wait included")
    filter: dict[str, Any] | None = Field(
        None, description="which dossiers: what comes and what leaves by that is told"
    )
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
    position: int = Field(
        description="of the change feed: changes up to here are deliveries, or not its business; "
        "moved on once a minute where nothing concerns it"
    )
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
