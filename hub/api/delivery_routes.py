"""Addresses at which clients see what was sent to their webhooks, and have it sent once more."""

from hub.api import ports
from hub.api.answers import VARY
from hub.api.delivery_models import Delivery, DeliveryList, DeliveryPage, DeliveryPath, Resend, Resent
from hub.api.problems import ApiProblem
from hub.api.routes import api, errors
from hub.api.signing import signed
from hub.api.viewer import open_to_query
from hub.api.webhook_answers import Told, delivery
from hub.api.webhook_models import WebhookPath
from hub.api.webhook_routes import WEBHOOKS, the_one, the_one_to_change, webhooks
from hub.store import cursor, notices
from hub.store.notices import Again


@api.get(
    "/webhooks/<int:webhook_id>/deliveries",
    tags=WEBHOOKS,
    responses={200: DeliveryPage, **errors(400, 404)},
    operation_id="list_deliveries",
)
@open_to_query
def list_deliveries(path: WebhookPath, query: DeliveryList) -> Told:
    """What was sent, waits or failed, newest first, each with what came of every try."""
    row = the_one(path)
    of = f"deliveries {row.id}"
    before = None if query.cursor is None else cursor.id_position(of, query.cursor)
    found = notices.page(ports.database(), row.id, query.state, before, query.limit + 1)
    more = len(found) > query.limit
    shown = found[: query.limit]
    following = cursor.after_id(of, shown[-1].id) if more else None
    return {"items": [delivery(one) for one in shown], "next_cursor": following}, 200, VARY


@api.post(
    "/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/resend",
    tags=WEBHOOKS,
    responses={200: Delivery, **errors(403, 404)},
    operation_id="resend_delivery",
)
@open_to_query
def resend_delivery(path: DeliveryPath) -> Told:
    """Send it once more, with the same id and as the dossier is now; it waits for its turn."""
    row = the_one_to_change(path)
    number = path.delivery_id if path.delivery_id <= cursor.LARGEST_ID else 0
    if notices.get(ports.database(), row.id, number) is None:
        detail = f"Webhook {row.id} has no delivery {path.delivery_id}; those older than 30 days (failed: 90) are gone."
        raise ApiProblem(404, "delivery_not_found", detail)
    webhooks().resend(row, Again(id=number), signed(""))
    found = notices.get(ports.database(), row.id, number)
    assert found is not None  # noqa: S101  (nothing but time removes one)
    return delivery(found), 200, VARY


@api.post(
    "/webhooks/<int:webhook_id>/resend",
    tags=WEBHOOKS,
    responses={200: Resent, **errors(403, 404)},
    operation_id="resend_deliveries",
)
@open_to_query
def resend_deliveries(path: WebhookPath, body: Resend) -> Told:
    """Send deliveries once more: those that failed, or those of a time."""
    row = the_one_to_change(path)
    which = Again(body.state, body.made_from, body.made_to)
    return {"resent": webhooks().resend(row, which, signed(""))}, 200, VARY
