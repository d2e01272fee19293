"""The person who has signed in, and what of the hub is theirs; set by `hub.web.access` before every page."""

from dataclasses import dataclass
from typing import cast

from flask import abort, g

from hub.console.database import database
from hub.record.rights import Right, Role
from hub.record.shown import agency_key
from hub.store import connectors
from hub.store.connectors import ConnectorRow
from hub.store.scope import Scope


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who looks at the console."""

    name: str  # that they sign in with, and that stands in every log
    title: str  # what others call them
    role: Role
    rights: frozenset[Right]
    scope: Scope  # which dossiers they see; its agencies are also whose connectors are theirs
    sees_personal: bool  # personal data as sources tell them, payloads too; else masked


def visitor() -> Visitor:
    """Who asks for this page.

    Raises:
        LookupError: nobody has signed in, as on the page for that.
    """
    found = g.get("visitor")
    if found is None:
        raise LookupError("this page is open to anybody, so nobody is known here")
    return cast("Visitor", found)


def may(right: Right) -> bool:
    """Whether who asks has this right; nobody has one who has not signed in."""
    found = g.get("visitor")
    return found is not None and right in found.rights


def own(rows: list[ConnectorRow]) -> list[ConnectorRow]:
    """Those of these connectors that they may see."""
    agencies = visitor().scope.agencies
    return rows if agencies is None else [row for row in rows if agency_key(row.agency) in agencies]


def own_names() -> list[str] | None:
    """The names of their connectors, retired ones too; None: all."""
    if visitor().scope.agencies is None:
        return None
    return [row.name for row in own(connectors.listed(database(), retired=True))]


def own_connector(name: str, *, retired: bool = False) -> ConnectorRow:
    """One of their connectors; to them no other one exists (404)."""
    row = connectors.found(database(), name) if retired else connectors.named(database(), name)
    if row is None or not own([row]):
        abort(404)
    return row
