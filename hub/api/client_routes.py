"""Addresses that register clients, give them keys and take them away; and the one that tells a client who it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import structlog
from flask import g, url_for
from flask_openapi3.models.tag import Tag

from connectors.wording import sentence
from hub.api import ports
from hub.api import viewer as asking
from hub.api.answers import Answer
from hub.api.client_models import (
    ClientDetail,
    ClientKeyPath,
    ClientPage,
    ClientPath,
    ClientPut,
    KeyMade,
    Me,
    NewKey,
)
from hub.api.documents import NAME, Body, sent, told
from hub.api.parameters import NoParameters
from hub.api.ports import register
from hub.api.problems import ApiProblem
from hub.api.routes import api, errors
from hub.api.signing import signed
from hub.api.viewer import open_to_query
from hub.record.grant import Grant, Group
from hub.record.moments import today
from hub.store import clients, keys
from hub.store.clients import Client, SubjectTaken, Wanted
from hub.store.database import Database, Transaction
from hub.store.grant_codes import unknown_codes
from hub.store.keys import ApiKey, LastManager

log = structlog.get_logger()

_CLIENTS = [Tag(name="clients", description="Who may ask the API, with which keys, and what each sees. Key: manage.")]
_LAST = (
    "After this no key or token could change the hub any more. Make another one of the role manage first; on the hub's "
    "own machine `hub client` and `hub key` do it anyway."
)


@api.get("/me", tags=_CLIENTS, responses={200: Me}, operation_id="me")
@open_to_query
def me(query: NoParameters) -> Answer:  # noqa: ARG001
    """Who asks with this key or token, and what that client may see. Open to every role but push."""
    asked = asking.viewer()
    client, given = asked.client, ports.settings().quota
    return {
        **_names(client),
        "person": asked.person,
        "sees": _sees(asked.grant),
        "quota": {
            "per_minute": client.quota.per_minute or given.per_minute,
            "per_day": client.quota.per_day or given.per_day,
        },
        "key_expires_at": g.get("key_expires_at"),
    }


@api.get("/clients", tags=_CLIENTS, responses={200: ClientPage}, operation_id="list_clients")
def list_clients(query: NoParameters) -> Answer:  # noqa: ARG001
    """Every client by name, with its keys as far as the hub knows them."""
    held: dict[str, list[ApiKey]] = {}
    for key in keys.listed(ports.database()):
        held.setdefault(key.name, []).append(key)
    return {"items": [_item(client, held.get(client.name, [])) for client in clients.listed(ports.database())]}


@api.get("/clients/<name>", tags=_CLIENTS, responses={200: ClientDetail, **errors(404)}, operation_id="get_client")
def get_client(path: ClientPath, query: NoParameters) -> Answer:  # noqa: ARG001
    """One client with its document."""
    client = _found(path.name)
    document = register().clients.document(client)
    return _item(client, keys.held(ports.database(), client.name)) | {"document": document}


@api.put(
    "/clients/<name>",
    tags=_CLIENTS,
    responses={200: ClientPut, 201: ClientPut, **errors(400, 403, 409)},
    operation_id="put_client",
)
def put_client(path: ClientPath, query: NoParameters, raw: Body) -> tuple[Answer, int]:  # noqa: ARG001
    """Register a client, or make it what the document says. Its keys stay; what it sees changes within 2 seconds."""
    document = sent()
    with told(document):
        wanted = register().clients.read(document.text, NAME, path.name)
    now, database = datetime.now(UTC), ports.database()
    signed = replace(wanted, author=g.key.name)

    def put(transaction: Transaction) -> bool:
        with keys.keeping_a_manager(transaction, now):
            return clients.put(transaction, signed, now).made

    try:
        made = database.write_again(put)
    except LastManager:
        raise ApiProblem(409, "last_manager", _LAST) from None
    except SubjectTaken as taken:
        raise ApiProblem(409, "subject_taken", sentence(taken)) from None
    log.info("client_put", client=path.name, role=wanted.role, author=g.key.name)
    return {"client": path.name, "made": made, "doubts": _doubts(wanted)}, 201 if made else 200


@api.delete(
    "/clients/<name>", tags=_CLIENTS, responses={204: None, **errors(403, 404, 409)}, operation_id="remove_client"
)
def remove_client(path: ClientPath) -> tuple[str, int]:
    """Forget a client with its keys, webhooks and exports; what it read stays told."""
    with _changing(ports.database(), datetime.now(UTC)) as transaction:
        if not clients.remove(transaction, path.name, signed("")):
            raise _no_client(path.name)
    log.info("client_removed", client=path.name, author=g.key.name)
    return "", 204


@api.post(
    "/clients/<name>/keys",
    tags=_CLIENTS,
    responses={201: KeyMade, **errors(403, 404)},
    operation_id="add_client_key",
)
def add_client_key(path: ClientPath, body: NewKey) -> tuple[Answer, int, dict[str, str]]:
    """One more key for a client, shown this once. Its older keys go on working, for `old_until` at most."""
    now = datetime.now(UTC)
    try:
        until = _until(body.expires, now), _until(body.old_until, now)
        made = keys.add(ports.database(), path.name, now, *until, signed(""))
    except LookupError:
        raise _no_client(path.name) from None
    log.info("key_added", client=path.name, key=made.id, author=g.key.name)
    (row,) = (key for key in keys.held(ports.database(), path.name) if key.id == made.id)
    where = url_for("api.remove_client_key", name=path.name, key_id=made.id)
    return _key(row) | {"key": made.key}, 201, {"Location": where}


@api.delete(
    "/clients/<name>/keys/<int:key_id>",
    tags=_CLIENTS,
    responses={204: None, **errors(403, 404, 409)},
    operation_id="remove_client_key",
)
def remove_client_key(path: ClientKeyPath) -> tuple[str, int]:
    """Stop one key working: within 2 seconds everywhere."""
    with _changing(ports.database(), datetime.now(UTC)) as transaction:
        if not keys.remove(transaction, path.name, path.key_id, signed("")):
            detail = f"{path.name} has no key {path.key_id}; /api/v1/clients/{path.name} lists those that it has."
            raise ApiProblem(404, "key_not_found", detail)
    log.info("key_revoked", client=path.name, key=path.key_id, author=g.key.name)
    return "", 204


@contextmanager
def _changing(database: Database, now: datetime) -> Iterator[Transaction]:
    """A transaction after which somebody is left who may change the hub."""
    try:
        with database.write() as transaction, keys.keeping_a_manager(transaction, now):
            yield transaction
    except LastManager:
        raise ApiProblem(409, "last_manager", _LAST) from None


def _item(client: Client, held: list[ApiKey]) -> Answer:
    subject = client.subject
    return {
        **_names(client),
        "connector": client.connector,
        "sees": _sees(client.grant),
        "quota": {"per_minute": client.quota.per_minute, "per_day": client.quota.per_day},
        "token": None if subject is None else {"issuer": subject.issuer, "client": subject.name},
        **{name: getattr(client, name) for name in ("author", "created_at", "changed_at")},
        "keys": [_key(key) for key in held],
    }


def _names(client: Client) -> Answer:
    return {"client": client.name, "title": client.title, "role": client.role, "purpose": client.purpose}


def _key(key: ApiKey) -> Answer:
    return {name: getattr(key, name) for name in ("id", "hint", "created_at", "expires_at", "used_at")}


def _sees(grant: Grant) -> Answer:
    limits = {name: getattr(grant, name) for name in ("agencies", "procedures", "fields")}
    groups = {str(group): grant.of(group) for group in Group}
    return {name: None if codes is None else list(codes) for name, codes in limits.items()} | {
        "level": grant.level,
        "groups": groups,
    }


def _doubts(wanted: Wanted) -> list[str]:
    with ports.database().read() as connection:
        unknown = unknown_codes(connection, wanted.grant or Grant(), today())
    return register().clients.doubts(wanted, unknown, [one.issuer for one in ports.settings().issuers])


def _found(name: str) -> Client:
    client = clients.named(ports.database(), name)
    if client is None:
        raise _no_client(name)
    return client


def _no_client(name: str) -> ApiProblem:
    return ApiProblem(404, "client_not_found", f"There is no client {name}; /api/v1/clients lists them.")


def _until(span: timedelta | Literal["never"], now: datetime) -> datetime | None:
    return None if span == "never" else now + span
