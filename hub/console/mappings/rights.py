"""Whose a mapping is: who reads with it, who may look at it, and who may change it."""

from typing import cast

from flask import abort, g

from hub.console.database import database
from hub.console.visitor import may, own, visitor
from hub.record.connector_state import Life
from hub.record.rights import Right
from hub.store import connectors
from hub.store.connectors import ConnectorRow
from hub.store.versions import CONFIG


def users(name: str) -> list[ConnectorRow]:
    """The connectors that read with a mapping and are not retired."""
    return [row for row in _connectors() if row.mapping == name and row.state != Life.RETIRED]


def own_users(name: str) -> list[ConnectorRow]:
    """Those of them that whoever asks may see."""
    return own(users(name))


def is_bound() -> bool:
    """Whether whoever asks sees the connectors of some agencies only."""
    return visitor().scope.agencies is not None


def may_see(name: str) -> bool:
    """Whether a mapping is there for whoever asks: one that their own connectors read with."""
    return not is_bound() or bool(own([row for row in _connectors() if row.mapping == name]))


def may_change(name: str) -> bool:
    """Whether they may change it: what another department's connector reads with is not theirs alone."""
    return may(Right.CONNECT) and may_see(name) and len(own_users(name)) == len(users(name))


def check_seen(name: str) -> None:
    """To them no other mapping exists (404)."""
    if not may_see(name):
        abort(404)


def check_changed(name: str) -> None:
    """Refuse (403) a change of what others read with too; what is not there for them is 404."""
    check_seen(name)
    if not may_change(name):
        abort(403)


def in_files(name: str) -> bool:
    """Whether only connectors of config.yaml read with it: then it is changed in its file."""
    rows = users(name)
    return bool(rows) and all(row.managed_by == CONFIG for row in rows)


def names() -> set[str]:
    """The mappings that the connectors of whoever asks read with, retired ones too."""
    return {row.mapping for row in own(_connectors())}


def _connectors() -> list[ConnectorRow]:
    if "every_connector" not in g:
        g.every_connector = connectors.listed(database(), retired=True)
    return cast("list[ConnectorRow]", g.every_connector)
