"""Dossiers in batches: what is shown of many takes as many queries as what is shown of one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from hub.record.grant import Grant
from hub.record.standing import Moment
from hub.store import connectors
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.looking_up import brought_by
from hub.sync.health import Freshness, freshness
from hub.view.fields import Fields
from hub.view.item import item

_SECONDS = 1.0  # how long it is believed when sources were last read: they are read every minute at most
_known: WeakKeyDictionary[Database, tuple[float, Mapping[str, ConnectorRow]]] = WeakKeyDictionary()
_lock = Lock()


def items(
    database: Database,
    rows: Sequence[DossierRow],
    grant: Grant,
    now: datetime,
    near_due: timedelta,
    fields: Fields | None = None,
) -> list[dict[str, Any]]:
    """What a grant shows of dossiers, in their order; one query, and one more each second for the connectors."""
    fresh, at = freshness_of(database, rows, now), Moment.at(now, near_due)
    return [item(row, fresh[row.id], grant, at, fields) for row in rows]


def freshness_of(database: Database, rows: Sequence[DossierRow], now: datetime) -> dict[int, Freshness]:
    """How fresh each of these dossiers is, by id."""
    if not rows:
        return {}
    sources = registered(database)
    speakers = brought_by(database, [row.id for row in rows])
    made: dict[tuple[int, ...], Freshness] = {}  # most dossiers of a page come from the same few connectors
    found = {}
    for row in rows:
        ids = speakers.get(row.id, ())
        if ids not in made:
            made[ids] = freshness_by_id(sources, ids, now)
        found[row.id] = made[ids]
    return found


def freshness_by_id(sources: Mapping[str, ConnectorRow], ids: Collection[int], now: datetime) -> Freshness:
    """How fresh what connectors of these ids brought is."""
    names = {row.id: name for name, row in sources.items()}
    return freshness(sources, [names.get(one, "") for one in ids], now)


def registered(database: Database) -> Mapping[str, ConnectorRow]:
    """The connectors by name, as they were a second ago at most."""
    kept = _known.get(database)
    if kept is not None and monotonic() < kept[0]:
        return kept[1]
    rows = {row.name: row for row in connectors.listed(database)}
    with _lock:
        _known[database] = (monotonic() + _SECONDS, rows)
    return rows


def forget(database: Database) -> None:
    """Look the connectors up anew next time."""
    with _lock:
        _known.pop(database, None)
