"""Rows of the store as the API answers them. Shapes are described in `hub.api.models`."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from hub.api.models import SINGLY
from hub.record.merge import Values
from hub.record.moments import to_the_second
from hub.record.status import OFFICIAL, Status
from hub.store import lapses
from hub.store.candidates import Candidate
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.dossiers import DossierRow, EventRow, SourceRow
from hub.store.registrations import Standing
from hub.store.runs import Counts, RunRow
from hub.store.secrets import KeptSecret
from hub.store.whole import Provenance, WholeDossier
from hub.sync.freshness import kept_week
from hub.sync.health import ConnectorState, Freshness
from mappings.engine.yaml_source import parse

Answer = dict[str, Any]


def dossier_item(row: DossierRow, fresh: Freshness) -> Answer:
    """A dossier in a list."""
    values = {name: value for name, value in row.values.items() if name not in SINGLY}
    return _with_status(values) | asdict(fresh) | {"changed_at": row.changed_at, "gone_at": row.gone_at}


def dossier(whole: WholeDossier, fresh: Freshness, connectors: Mapping[str, ConnectorRow], now: datetime) -> Answer:
    """A dossier with everything behind it."""
    return (
        _with_status(whole.row.values)
        | asdict(fresh)
        | {
            "first_seen_at": whole.row.first_seen_at,
            "changed_at": whole.row.changed_at,
            "gone_at": whole.row.gone_at,
            "codes": whole.codes,
            "timeline": [_event(event) for event in whole.timeline],
            "history": [asdict(revision) for revision in whole.history],
            "disowned": [asdict(code) for code in whole.disowned],
            "sources": [_source(source, connectors, now) for source in whole.sources],
            "provenance": {name: _provenance(said, whole) for name, said in whole.provenance.items()},
        }
    )


def candidate(one: Candidate, codes: list[str]) -> Answer:
    """One of several dossiers with the same code; `records` are those that give the code."""
    records = [{"connector": connector, "key": key} for connector, key in one.records]
    return {"agency": one.agency, "code": one.row.code, "codes": codes, "records": records}


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


def _with_status(values: Values) -> Answer:
    return values | {"status": _status(values["status"])}


def _status(code: str | None) -> Answer | None:
    if code is None:
        return None
    return {"code": code} | OFFICIAL[Status(code)]._asdict()


def _remark(event: EventRow) -> str | None:
    if event.unusual_after is None:
        return None
    return f"A dossier does not usually move from {event.unusual_after} to {event.status}."


def _event(event: EventRow) -> Answer:
    said = {name: value for name, value in asdict(event).items() if name != "unusual_after"}
    unusual = {"unusual": event.unusual_after is not None, "remark": _remark(event)}
    return said | {"status": _status(event.status)} | unusual


def _source(row: SourceRow, connectors: Mapping[str, ConnectorRow], now: datetime) -> Answer:
    connector_row = connectors.get(row.source.connector)
    return {
        "connector": row.source.connector,
        "key": row.source.key,
        "agency": row.agency,
        "changed_at": to_the_second(row.source.changed_at) or None,
        "stored_at": row.stored_at,
        "source_seen_at": row.seen_at,
        "stale": connector_row is None or connector_row.stale(now),
        "gone_at": row.gone_at,
        "problems": row.problems,
    }


def _provenance(said: Provenance, whole: WholeDossier) -> Answer:
    behind = next(row for row in whole.sources if row.source is said.believed.source)
    conflicts = [
        {"connector": claim.source.connector, "key": claim.source.key, "value": claim.value} for claim in said.conflicts
    ]
    return {
        "connector": said.believed.source.connector,
        "key": said.believed.source.key,
        "stored_at": behind.stored_at,
        "payload_id": behind.payload_id,
        "mapping": behind.mapping,
        "conflicts": conflicts,
    }
