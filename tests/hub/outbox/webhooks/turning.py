"""Turns of a subscription, as the sender gives them."""

from typing import Any

from hub.outbox.webhooks.register import Made
from hub.outbox.webhooks.sending import Served, Turn
from hub.store import notices, subscriptions
from hub.store.subscriptions import SubscriptionRow
from tests.hub.outbox.webhooks import record
from tests.hub.outbox.webhooks.record import Hub


def turn(hub: Hub, number: int, owner: str = "a", **more: Any) -> Turn:
    lease = subscriptions.take_lease(hub.database, number, owner, 15)
    assert lease is not None, "somebody else serves it"
    return Turn(hub.database, hub.webhooks.rules, record.reading(hub.database), lease, **more)


def serve(hub: Hub, made: Made) -> Served:
    """One turn, as the sender gives it."""
    one = turn(hub, made.row.id)
    try:
        return one.serve()
    finally:
        subscriptions.release(hub.database, one._lease)


def row(hub: Hub, made: Made) -> SubscriptionRow:
    return hub.webhooks.one(made.row.id)


def states(hub: Hub, made: Made) -> list[str]:
    return [one.state for one in reversed(notices.page(hub.database, made.row.id, None, None, 100))]
