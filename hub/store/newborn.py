"""New dossiers with the one record of each, written as rows that nobody has: ids are reserved, nothing is looked up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

import orjson
from sqlalchemy import Connection

from hub.record.event import Event
from hub.record.newborn import Newborn
from hub.record.shown import Shown, shown
from hub.store import feed
from hub.store.copying import reserve_ids, write_rows
from hub.store.tables import dossier_codes, dossiers, events, source_records

Rows: TypeAlias = Iterator[tuple[Any, ...]]

_DOSSIER = (*Shown._fields, "conflicts", "values", "first_seen_at", "changed_at", "id", "position")
_CODE = ("scope", "value", "connector_id", "key", "dossier_id")
_RECORD = (
    *("connector_id", "key", "entity", "dossier_id", "digest", "version", "precedence", "precedence_for"),
    *("scope", "changed_at", "values", "problems", "payload_id", "mapping", "stored_at"),
)
_EVENT = (
    *("dossier_id", "fingerprint", *Event._fields),
    *("connector_id", "key", "recorded_at"),
)


class Arrived(NamedTuple):
    """A new dossier, and how its record came."""

    dossier: Newborn
    digest: bytes
    problems: Sequence[Mapping[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Page:
    """What the records of a page have in common."""

    connector_id: int
    payload_id: int
    mapping: str
    now: datetime


def save(connection: Connection, born: Sequence[Arrived], page: Page) -> None:
    """Write them all; none of their records or codes may be known."""
    ids = reserve_ids(connection, dossiers, len(born))
    write_rows(connection, source_records, _RECORD, _record_rows(born, ids, page))
    write_rows(connection, dossier_codes, _CODE, _code_rows(born, ids, page))
    write_rows(connection, events, _EVENT, _event_rows(born, ids, page))
    positions = feed.take_positions(connection, len(born))  # late: nobody else gets one before the commit
    write_rows(connection, dossiers, _DOSSIER, _dossier_rows(born, ids, positions, page.now))


def _dossier_rows(born: Sequence[Arrived], ids: Sequence[int], positions: Sequence[int], now: datetime) -> Rows:
    for (dossier, *_), dossier_id, position in zip(born, ids, positions, strict=True):
        yield *shown(dossier.values, dossier.codes), 0, _json(dossier.values), now, now, dossier_id, position


def _code_rows(born: Sequence[Arrived], ids: Sequence[int], page: Page) -> Rows:
    for (dossier, *_), dossier_id in zip(born, ids, strict=True):
        for scope, value in dossier.codes:
            yield scope, value, page.connector_id, dossier.source.key, dossier_id


def _record_rows(born: Sequence[Arrived], ids: Sequence[int], page: Page) -> Rows:
    connector_id, payload_id, mapping, now = page.connector_id, page.payload_id, page.mapping, page.now
    for (dossier, digest, problems), dossier_id in zip(born, ids, strict=True):
        said = dossier.source
        yield (
            connector_id,
            said.key,
            said.entity,
            dossier_id,
            digest,
            said.version or None,
            said.precedence,
            _json(dict(said.precedence_for)) if said.precedence_for else None,
            said.scope,
            said.changed_at,
            _json(said.values),
            None if problems is None else _json(problems),
            payload_id,
            mapping,
            now,
        )


def _event_rows(born: Sequence[Arrived], ids: Sequence[int], page: Page) -> Rows:
    connector_id, now = page.connector_id, page.now
    for (dossier, *_), dossier_id in zip(born, ids, strict=True):
        key = dossier.source.key
        for fingerprint, event in dossier.told.items():
            yield dossier_id, fingerprint, *event, connector_id, key, now


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
