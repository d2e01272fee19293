"""Who asks with this request, and what that client may see: set by `hub.web.access` before every view of the API."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from inspect import unwrap
from time import monotonic
from typing import Any, TypeAlias, TypeVar, cast

from flask import current_app, g

from hub.record.grant import Grant
from hub.record.moments import today
from hub.store.clients import Client
from hub.store.database import Database
from hub.store.scope import Scope, scope_of

View = TypeVar("View", bound=Callable[..., Any])
_Key: TypeAlias = tuple[object, ...]

_SECONDS = 10.0  # how long what is below an agency is believed; a change of the grant itself counts at once
_MOST = 1000  # grants: above the number of clients of any city


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks."""

    client: Client
    person: str | None  # on whose behalf, where a token or a session of the console says
    purpose: str  # why: said by the request, else by the client's document
    address: str  # of the network

    @property
    def grant(self) -> Grant:
        """What the client may see; everything with the roles read and manage."""
        return self.client.grant


def open_to_query(view: View) -> View:
    """Mark a view that clients of the role query may ask, too. Every other one is shut to them."""
    view.open_to_query = True  # type: ignore[attr-defined]
    return view


def opens_to_query(endpoint: str | None) -> bool:
    """Whether the view of an endpoint was marked."""
    view = current_app.view_functions.get(endpoint or "")
    return view is not None and bool(getattr(unwrap(view), "open_to_query", False))  # on either side of its route


def viewer() -> Viewer:
    """Who asks with this request.

    Raises:
        LookupError: nobody was let in yet, as at an address that needs no key.
    """
    found = g.get("viewer")
    if found is None:
        raise LookupError("this address is open to anybody, so no client asks here")
    return cast("Viewer", found)


def scope() -> Scope:
    """Which dossiers whoever asks with this request may see."""
    if "scope" not in g:
        scopes = current_app.extensions.setdefault("hub.scopes", Scopes())
        g.scope = scopes.of(current_app.extensions["hub.database"], viewer().grant)
    return cast("Scope", g.scope)


class Scopes:
    """What grants come to, for a few seconds: the catalogue is large, and seldom changes."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._known: dict[_Key, tuple[float, Scope]] = {}

    def of(self, database: Database, grant: Grant) -> Scope:
        """The scope of a grant today."""
        day = today()
        key = _key(grant, day)
        known = self._known.get(key)
        if known is not None and monotonic() < known[0]:
            return known[1]
        with database.read() as connection:
            found = scope_of(connection, grant, day)
        with self._lock:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[key] = (monotonic() + self._seconds, found)
        return found


def _key(grant: Grant, day: date) -> _Key:
    return grant.agencies, grant.procedures, grant.fields, grant.level, day
