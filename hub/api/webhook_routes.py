"""Addresses at which clients subscribe to changes, and look after what was sent to them."""

import threading

from flask import url_for
from flask_openapi3.models.tag import Tag

from hub.api import ports
from hub.api.answers import VARY, Answer
from hub.api.parameters import NoParameters
from hub.api.problems import ApiProblem
from hub.api.routes import api, errors
from hub.api.signing import signed
from hub.api.viewer import open_to_query, viewer
from hub.api.webhook_answers import Told, problem, told
from hub.api.webhook_models import (
    ChangedWebhook,
    NewWebhook,
    TestedWebhook,
    WantedWebhook,
    Webhook,
    WebhookPage,
    WebhookPath,
    WhyPaused,
)
from hub.outbox.webhooks.address import Allowed, NotAllowed
from hub.outbox.webhooks.register import Made, NoSuchWebhook, NotNow, TooMany, Webhooks
from hub.outbox.webhooks.rules import Rules
from hub.outbox.webhooks.state import Move
from hub.store import clients, feed, notices, subscriptions
from hub.store.clients import Client, Role
from hub.store.feed import UnknownPosition
from hub.store.secrets import Keyring, SecretsLocked
from hub.store.subscriptions import SubscriptionRow

WEBHOOKS = [Tag(name="webhooks", description="Being told of changes: see docs/webhooks.md.")]
_TEST_SECONDS = 5.0  # a test holds a request of ours: it is not given the whole time-out
_testing = threading.Lock()  # one at a time in each process: tests of dead addresses must not take every thread


@api.post("/webhooks", tags=WEBHOOKS, responses={201: NewWebhook, **errors(403, 409)}, operation_id="add_webhook")
@open_to_query
def add_webhook(body: WantedWebhook) -> Told:
    """Subscribe; the answer shows the secret, this once. `after` 0 tells of all there is, first; another one says that
    you have what there was at that position of the change feed."""
    who = viewer()
    try:
        made = webhooks().add(who.client, body.title, body.url, body.filter, body.content, who.client.name, body.after)
    except (NotAllowed, ValueError, TooMany, SecretsLocked, UnknownPosition) as error:
        raise problem(error) from error
    place = {"Location": url_for("api.get_webhook", webhook_id=made.row.id)}
    return _with_secret(made), 201, VARY | place


@api.get("/webhooks", tags=WEBHOOKS, responses={200: WebhookPage}, operation_id="list_webhooks")
@open_to_query
def list_webhooks(query: NoParameters) -> Told:  # noqa: ARG001  # refuses every parameter
    """Your webhooks, and how each fares; with a key that looks after the hub, everybody's."""
    found = subscriptions.listed(ports.database(), _mine())
    tallies = notices.tallies(ports.database(), [row.id for row in found])
    latest = feed.latest(ports.database())
    return {"items": [told(row, tallies.get(row.id), latest) for row in found]}, 200, VARY


@api.get(
    "/webhooks/<int:webhook_id>", tags=WEBHOOKS, responses={200: Webhook, **errors(404)}, operation_id="get_webhook"
)
@open_to_query
def get_webhook(path: WebhookPath, query: NoParameters) -> Told:  # noqa: ARG001  # as above
    """One webhook, and how it fares."""
    return _answer(the_one(path))


@api.patch(
    "/webhooks/<int:webhook_id>",
    tags=WEBHOOKS,
    responses={200: Webhook, **errors(403, 404, 409)},
    operation_id="change_webhook",
)
@open_to_query
def change_webhook(path: WebhookPath, body: ChangedWebhook) -> Told:
    """Another title, address, filter or content; what waits goes to the new address, as the new filter has it."""
    row = the_one_to_change(path)
    try:
        return _answer(webhooks().change(row, _client_of(row), body.given(), signed("")))
    except (NotAllowed, NotNow, ValueError) as error:
        raise problem(error) from error


@api.delete(
    "/webhooks/<int:webhook_id>",
    tags=WEBHOOKS,
    responses={204: None, **errors(403, 404)},
    operation_id="remove_webhook",
)
@open_to_query
def remove_webhook(path: WebhookPath) -> tuple[str, int]:
    """Unsubscribe; what waits is not sent any more."""
    webhooks().remove(the_one_to_change(path), signed(""))
    return "", 204


@api.post(
    "/webhooks/<int:webhook_id>/pause",
    tags=WEBHOOKS,
    responses={200: Webhook, **errors(403, 404, 409)},
    operation_id="pause_webhook",
)
@open_to_query
def pause_webhook(path: WebhookPath, body: WhyPaused) -> Told:
    """Send nothing until it is resumed; changes are not lost meanwhile."""
    return _moved(path, Move.PAUSE, body.reason.strip() or None)


@api.post(
    "/webhooks/<int:webhook_id>/resume",
    tags=WEBHOOKS,
    responses={200: Webhook, **errors(403, 404, 409)},
    operation_id="resume_webhook",
)
@open_to_query
def resume_webhook(path: WebhookPath) -> Told:
    """Go on where it stood, also where the hub had stopped it; what waits is tried at once."""
    return _moved(path, Move.RESUME, None)


@api.post(
    "/webhooks/<int:webhook_id>/rotate-secret",
    tags=WEBHOOKS,
    responses={200: NewWebhook, **errors(403, 404)},
    operation_id="rotate_webhook_secret",
)
@open_to_query
def rotate_webhook_secret(path: WebhookPath) -> Told:
    """Make a new secret, shown this once. For a day the old one signs, too, so that the receiver can change over."""
    try:
        return _with_secret(webhooks().rotate(the_one_to_change(path), signed(""))), 200, VARY
    except SecretsLocked as error:
        raise problem(error) from error


@api.post(
    "/webhooks/<int:webhook_id>/test",
    tags=WEBHOOKS,
    responses={200: TestedWebhook, **errors(403, 404, 429)},
    operation_id="test_webhook",
)
@open_to_query
def test_webhook(path: WebhookPath) -> Told:
    """Send an event that is about no dossier, now, and say how that went; it is given five seconds."""
    row = the_one_to_change(path)
    if not _testing.acquire(blocking=False):
        raise ApiProblem(429, "busy_testing", "Another webhook is being tested just now; ask again in a few seconds.")
    try:
        went = webhooks(_TEST_SECONDS).test(row)
    except (NotAllowed, SecretsLocked) as error:
        raise problem(error) from error
    finally:
        _testing.release()
    said = went.answered
    return {"taken": said.taken, "status": said.status, "error": said.error, "seconds": went.seconds}, 200, VARY


def _moved(path: WebhookPath, move: Move, why: str | None) -> Told:
    try:
        return _answer(webhooks().move(the_one_to_change(path), move, why, signed(why or "")))
    except NotNow as error:
        raise problem(error) from error


def the_one(path: WebhookPath) -> SubscriptionRow:
    """Another client's does not exist for this one."""
    try:
        return webhooks().one(path.webhook_id, _mine())
    except NoSuchWebhook as error:
        detail = f"There is no webhook {path.webhook_id} of yours; /api/v1/webhooks lists them."
        raise ApiProblem(404, "webhook_not_found", detail) from error


def the_one_to_change(path: WebhookPath) -> SubscriptionRow:
    """Who only looks at the hub sees everybody's, and changes none but its own."""
    row, client = the_one(path), viewer().client
    if client.role is Role.READ and row.client_id != client.id:
        detail = f"Webhook {row.id} is {row.client}'s; the key of {client.name} only looks at others'."
        raise ApiProblem(403, "not_allowed", detail)
    return row


def _mine() -> int | None:
    client = viewer().client
    return client.id if client.role is Role.QUERY else None


def _client_of(row: SubscriptionRow) -> Client:
    """Whose grant its filter is held against, whoever changes it."""
    return clients.numbered(ports.database(), row.client_id) or viewer().client


def _answer(row: SubscriptionRow) -> Told:
    tally = notices.tallies(ports.database(), [row.id]).get(row.id)
    return told(row, tally, feed.latest(ports.database())), 200, VARY


def _with_secret(made: Made) -> Answer:
    return _answer(made.row)[0] | {"secret": made.secret}


class _Keys:
    """The keys of the hub's secrets, asked for when something is signed or sealed."""

    def keyring(self, *, make: bool = False) -> Keyring:
        return ports.register().vault.keyring(make=make)


def webhooks(seconds: float | None = None) -> Webhooks:
    """What is done with webhooks; an exchange takes no longer than these seconds, if they are given."""
    settings = ports.settings()
    allowed = Allowed(settings.webhook_hosts, settings.webhook_plain_http)
    whole = settings.webhook_seconds
    rules = Rules(
        allowed,
        _Keys(),
        whole if seconds is None else min(seconds, whole),
        near_due=settings.near_due,
        ca_file=settings.webhook_ca_file,
    )
    return Webhooks(ports.database(), rules)
