"""Webhooks and deliveries as the API answers them, and what is wrong with a request for one."""

from datetime import UTC, datetime
from typing import Any

from hub.api.answers import Answer
from hub.api.problems import ApiProblem, detail_of
from hub.outbox.webhooks.address import NotAllowed
from hub.outbox.webhooks.register import NotNow, TooMany
from hub.store.feed import UnknownPosition
from hub.store.notices import NoticeRow, Tally
from hub.store.secrets import SecretsLocked
from hub.store.subscriptions import SubscriptionRow

_SHOWN = ("client", "title", "url", "filter", "content", "state", "because", "position", "failures", "failing_since")


Told = tuple[Answer, int, dict[str, str]]


def told(row: SubscriptionRow, tally: Tally | None, latest: int) -> Answer:
    """A subscription, and how it fares; `latest` is where the change feed stands."""
    tally = tally or Tally()
    shown: dict[str, Any] = {name: getattr(row, name) for name in _SHOWN}
    return (
        {"id": str(row.id)}
        | shown
        | {
            "behind": max(0, latest - row.position),
            "waiting": tally.waiting,
            "failed": tally.failed,
            "oldest_waiting_at": tally.oldest,
            "left_alone_until": row.open_until if row.open_until and row.open_until > datetime.now(UTC) else None,
            "created_at": row.created_at,
            "changed_at": row.changed_at,
        }
    )


def delivery(row: NoticeRow) -> Answer:
    """One thing that a subscriber is told."""
    names = ("event_id", "position", "state", "tries", "next_try_at", "made_at", "delivered_at")
    shown = {"id": str(row.id), "dossier_id": str(row.dossier_id), "change": row.kind, "attempts": row.attempts or []}
    return shown | {name: getattr(row, name) for name in names}


def problem(error: Exception) -> ApiProblem:
    """What to answer where subscribing, or a change of it, is refused."""
    said = detail_of(error)
    match error:
        case NotAllowed():
            errors = [{"parameter": "url", "message": said}]
            return ApiProblem(422, "invalid_parameters", said, errors=errors)
        case TooMany() | NotNow():
            return ApiProblem(409, "too_many_webhooks" if isinstance(error, TooMany) else "not_now", said)
        case UnknownPosition():
            detail = f"{error}: the hub was restored, or the position is another hub's. Begin after 0."
            return ApiProblem(409, "unknown_position", detail_of(detail))
        case SecretsLocked():
            return ApiProblem(503, "secrets_locked", said)
    return ApiProblem(422, "invalid_parameters", said, errors=[{"parameter": "filter", "message": said}])
