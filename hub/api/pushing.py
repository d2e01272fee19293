"""What REST and SOAP pushes have in common: the connector that is pushed to, the key, the body, and storing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from time import monotonic
from typing import TypeVar, cast

from flask import current_app, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected, HTTPException

from connectors.push import PushConnector
from connectors.push.body import too_large
from connectors.push.reading import Pushed
from connectors.push.receipt import Receipt
from connectors.push.refusal import NotTaken
from hub.api import ports
from hub.api.known import note_use
from hub.record.connector_state import Life
from hub.store import keys
from hub.store.keys import Role
from hub.store.registrations import Unregistered
from hub.sync.delivery import Intake, Reader
from mappings.engine.yaml_source import Invalid

T = TypeVar("T")
_CHUNK = 256 * 1024
_BODY_SECONDS = 120.0  # for one body to arrive: a thread waits for it
_PAUSED_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Desk:
    """A connector that can be pushed to."""

    name: str
    connector: PushConnector
    reader: Reader

    def take(self, pushed: Pushed) -> Receipt:
        """Store it; said only when that is done."""
        return cast("Intake", current_app.extensions["hub.intake"]).take(self.reader, pushed)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Keep for the operators what was wrong with a push, unless it only has to come again."""
        try:
            yield
        except NotTaken as refused:
            if refused.status not in (401, 503):
                cast("Intake", current_app.extensions["hub.intake"]).note(self.reader, refused)
            raise

    def body(self) -> bytes:
        """The request's body, decompressed."""
        limit = self.connector.settings.max_body_bytes
        request.max_content_length = limit
        return self.connector.body(_chunks(limit), lambda name: request.headers.get(name, ""))


def desk(name: str) -> Desk:
    """The connector `name`, ready to be pushed to.

    Raises:
        NotTaken: it is not there, is not pushed to, or takes nothing just now.
    """
    try:
        found = ports.register().connector(name)
    except (Unregistered, Invalid):
        raise NotTaken(404, "connector_not_found", f"No connector is called {name}; ask the hub's keeper.") from None
    with found.connection.type.open(found.connection.settings, _once) as connector:
        if not isinstance(connector, PushConnector):
            sentence = f"{name} is asked by the hub; nothing is pushed to it."
            raise NotTaken(404, "not_pushed_to", sentence)
        row, mapping = found.row, found.mapping
        if row is None or row.state != Life.ACTIVE:
            raise _asleep(name, row.state if row else Life.DRAFT)
        if mapping is None:
            sentence = (
                f"The hub cannot read records of {name} just now: its mapping has to be mended. Send it again later."
            )
            raise NotTaken(503, "no_mapping", sentence, retry_after=_PAUSED_SECONDS)
        return Desk(name, connector, Reader(row, mapping, connector.settings.remember_days))


def _asleep(name: str, state: str) -> NotTaken:
    if state == Life.PAUSED:
        sentence = f"{name} is paused, so nothing was stored. Keep what you have and send it again later."
        return NotTaken(503, "paused", sentence, retry_after=_PAUSED_SECONDS)
    why = "was not activated yet" if state == Life.DRAFT else "was retired"
    return NotTaken(403, "not_active", f"{name} {why}, so nothing was stored; ask the hub's keeper.")


def admit(name: str, key: str | None) -> None:
    """Let in who shows the key of the department that pushes to the connector `name`.

    Raises:
        NotTaken: the key is missing, unknown, or another one's.
    """
    if not key:
        sentence = "Send the key as `Authorization: Bearer KEY`, as `X-API-Key: KEY`, or as the password of HTTP Basic."
        raise NotTaken(401, "no_key", sentence)
    holder = keys.holder(ports.database(), key, datetime.now(UTC))
    if holder is None:
        sentence = "This key was never issued or has been replaced; ask the hub's keeper."
        raise NotTaken(401, "unknown_key", sentence)
    note_use(holder.key_id)
    if holder.role is not Role.PUSH or holder.connector != name:
        sentence = f"This key does not open {name}: the hub's keeper issues one for pushes to it."
        raise NotTaken(403, "not_allowed", sentence)


def shown_key() -> str | None:
    """The key that a request shows in its headers; old software can only send it as a password (HTTP Basic)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip() or None
    if request.authorization is not None and request.authorization.type == "basic":
        return request.authorization.password or None
    return request.headers.get("X-API-Key") or None


def told_charset() -> str | None:
    """The charset that the Content-Type names."""
    message = Message()
    message["Content-Type"] = request.headers.get("Content-Type", "")
    named = message.get_param("charset")
    return named.strip() or None if isinstance(named, str) else None


def _chunks(limit: int) -> Iterator[bytes]:
    deadline, size = monotonic() + _BODY_SECONDS, 0
    try:
        while chunk := request.stream.read(_CHUNK):
            yield chunk
            size += len(chunk)
            if monotonic() > deadline:
                raise NotTaken(408, "too_slow", f"The body did not arrive within {_BODY_SECONDS:g} s; send it again.")
    except ClientDisconnected:
        raise _half() from None
    except HTTPException as error:
        raise too_large(limit) if error.code == 413 else _half() from None
    except (OSError, ParseException):
        raise _half() from None
    if size < (request.content_length or 0):
        raise _half()


def _half() -> NotTaken:
    return NotTaken(400, "half_a_body", "Only a part of the body arrived. Nothing was stored; send it again.")


def _once(exchange: Callable[[], T]) -> T:
    return exchange()
