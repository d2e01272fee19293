"""Rows of the store as the API answers them. Shapes are described in `hub.api.models`."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from hub.store import lapses
from hub.store.database import Database
from hub.store.registrations import Standing
from hub.store.runs import Counts, RunRow
from hub.store.secrets import KeptSecret
from hub.sync.freshness import kept_week
from hub.sync.health import ConnectorState
from mappings.engine.yaml_source import parse

Answer = dict[str, Any]

VARY = {"Vary": "Authorization, X-API-Key"}  # of an answer that depends on who asks


def run(row: RunRow, now: datetime) -> Answer:
    """A run as it stands."""
    counts = {name: getattr(row, name) for name in (*Counts.__slots__, "total")}
    others = {name: value for name, value in asdict(row).items() if name not in counts}
    seconds = row.seconds(now)
    return others | {"counts": counts, "seconds": None if seconds is None else round(seconds, 3)}


def connector(state: ConnectorState, now: datetime) -> Answer:
    """A connector and how it fares."""
    row = state.connector
    return {
        "name": row.name,
        "title": row.title,
        "type": row.type,
        "agency": row.agency,
        "mapping": row.mapping,
        "precedence": row.precedence,
        "precedence_for": row.precedence_for or {},
        "state": row.state,
        "managed_by": row.managed_by,
        "health": state.health,
        "seen_at": row.seen_at,
        "fresh_within_seconds": row.fresh_within,
        "stale": row.stale(now),
        "stale_since": state.stale_since,
        "stale_because": state.stale_because,
        "incomplete_days": state.incomplete_days,
        "next_run_at": state.next_run_at,
        "failures": row.failures,
        "open_until": row.open_until,
        "open_because": row.open_because,
        "warnings": row.warnings or [],
        "quarantined": state.quarantined,
        "last_run": None if state.last_run is None else run(state.last_run, now),
    }


def freshness(database: Database, state: ConnectorState, now: datetime) -> Answer:
    """How a connector kept its freshness objective."""
    share = round(kept_week(database, state.connector, now), 4)
    missed = lapses.listed(database, state.connector.id)
    return {"fresh_share_of_week": share, "lapses": [asdict(one) for one in missed]}


def standing(found: Standing) -> Answer:
    """A connector's document, and who changed it."""
    version, moved = found.version, found.moved
    names = ("version", "managed_by", "author", "reason", "created_at")
    return {
        "document": version.text,
        "section": parse(version.text, found.row.name).data,
        "version": {name: getattr(version, name) for name in names},
        "moved": None if moved is None else asdict(moved),
    }


def secret(kept: KeptSecret) -> Answer:
    """A secret without its value."""
    return asdict(kept)
