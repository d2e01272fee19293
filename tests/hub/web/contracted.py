"""A hub with something of everything in it, for whoever asks it in every way that its OpenAPI document allows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.registry import Registry
from hub.record.connector_state import Move
from hub.record.grant import Grant, Group, Sight
from hub.record.signature import Signature
from hub.store import clients, connectors, keys, removals
from hub.store.clients import Role, Wanted
from hub.store.database import Database, connect
from hub.store.schema import upgrade
from tests.hub.config.registering import mapping, register
from tests.hub.web.filling import SHARED, fill

CONNECTOR, PUSHED, MAPPING, SECRET_NAME = "so-thu", "so-day", "so-thu/ho-so", "mat-khau"
OTHER = "doi-tac"  # a client that may be changed and taken away
_REST = """
name: so-thu
title: Sở Thử nghiệm
type: rest
agency: 000.00.99.H29
mapping: so-thu/ho-so
settings: {url: "http://127.0.0.1:9/ho-so", key: maHoSo}
"""
_PUSH = """
name: so-day
title: Sở Thử nghiệm đẩy hồ sơ
type: push
agency: 000.00.99.H29
mapping: so-thu/ho-so
settings: {format: json, key: maHoSo}
"""
_KNOWN = {
    "/connectors/": {"name": CONNECTOR, "version": 1, "key": "TP-shared"},
    "/mappings/": {"name": MAPPING, "version": 1},
    "/clients/": {"name": OTHER, "key_id": 2},
    "/secrets/": {"name": SECRET_NAME},
    "/dossiers/": {"code": SHARED},
    "/agencies/": {"code": "000.00.15.H29"},
    "/procedures/": {"code": "2.000488"},
    "/runs/": {"run_id": 1},
    "/webhooks/": {"webhook_id": 1, "delivery_id": 1},
    "/exports/": {"export_id": 1},
    "/removals/": {"removal_id": 1},
    "/push/": {"connector": PUSHED},
}
_OPEN = ("/dossiers", "/changes", "/me", "/exports", "/webhooks", "/public", "/health", "/push")


@dataclass(frozen=True, slots=True)
class Hub:
    """Where its database is, and its keys."""

    url: str
    keys: dict[Role, str]

    def known(self, label: str, named: dict[str, Any]) -> dict[str, Any]:
        """Of the parameters of a path, those of something that there is."""
        there = next((values for part, values in _KNOWN.items() if part in label), {})
        return {name: value for name, value in there.items() if name in named}

    def is_open(self, label: str) -> bool:
        """Whether the role query may ask it."""
        path = label.partition(" ")[2].removeprefix("/api/v1")
        return path.startswith(_OPEN) and not path.endswith(("/part", "/rejoin"))


def prepared(folder: Path, url: str) -> Hub:
    """Fill a database; keys and files of the hub stand in a folder."""
    database = connect(url, folder)
    upgrade(database)
    now = datetime.now(UTC)
    filled = fill(database, now)
    _register(database, folder, now)
    narrow = Grant(agencies=("000.00.15.H29",), sights={Group.NAME: Sight.FULL})
    made = {}
    for role, name in ((Role.MANAGE, "hợp đồng"), (Role.QUERY, OTHER), (Role.QUERY, "cổng")):
        with database.write() as transaction:
            clients.put(transaction, Wanted(name, role, grant=narrow if role is Role.QUERY else None), now)
        made[role] = keys.add(database, name, now, None, None).key
    with database.write() as transaction:
        row = connectors.named(database, "so-tu-phap")
        assert row is not None
        removals.ask(transaction, row.id, filled.succeeded_run, ["TP-1"], 60, now)
    database.close()
    return Hub(url, made)


def _register(database: Database, folder: Path, now: datetime) -> None:
    """Two connectors through the hub's own register: one whose department does not answer, one that is pushed to."""
    register_ = register(database, folder, registry=Registry())
    by = Signature("an", "vì thử", now)
    register_.put_mapping(mapping(), "mapping.yaml", by)
    for name, text in ((CONNECTOR, _REST), (PUSHED, _PUSH)):
        register_.put_text(name, text, "connector.yaml", by)
        register_.move(name, Move.ACTIVATE, by)
    register_.vault.put(SECRET_NAME, "only-for-tests", None)
