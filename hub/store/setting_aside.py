"""Records that could not be read are set aside, with every reason, the groups of their reasons, and their bytes."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    not_,
    select,
    update,
)

from hub.record.reasons import groups_of
from hub.store.columns import UtcTime
from hub.store.quarantine_tables import quarantine, quarantine_codes, quarantine_groups
from hub.store.sets import rows_with, slices, upsert, where_listed
from hub.store.tables import payloads

_SEEN = (
    update(quarantine)
    .where(quarantine.c.connector_id == bindparam("connector"))
    .values(last_seen_at=bindparam("at", type_=UtcTime))
)
_KEPT = ("first_seen_at",)
_KEPT_BY_REPLAYS = ("first_seen_at", "last_seen_at", "run_id")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read, with every reason and its own bytes."""

    key: str
    digest: bytes
    reasons: list[dict[str, str]]
    raw: bytes
    changed_at: str = ""  # at the source, UTC ISO 8601; empty where it does not say
    codes: tuple[str, ...] = ()  # that it gives for its dossier, as far as they could be read, as codes are compared


@dataclass(frozen=True, slots=True)
class Finding:
    """Where, by whom and with what records were found to be unreadable."""

    connector_id: int
    run_id: int
    payload_id: int
    mapping: str  # as a run names it
    at: datetime
    replayed: bool = False  # read again, not received again: who found it first, and when it was seen, stays


def set_aside(connection: Connection, found: Finding, rejected: Sequence[Rejected]) -> None:
    """Set records aside; one that stands there already keeps the time it was first seen."""
    rows = [
        {
            "connector_id": found.connector_id,
            "key": record.key,
            "digest": record.digest,
            "reasons": record.reasons,
            "raw": zlib.compress(record.raw, level=1),
            "payload_id": found.payload_id,
            "mapping": found.mapping,
            "run_id": found.run_id,
            "tried": found.mapping,
            "changed_at": record.changed_at,
            "first_seen_at": found.at,
            "last_seen_at": found.at,
        }
        for record in rejected
    ]
    upsert(connection, quarantine, rows, keep=_KEPT_BY_REPLAYS if found.replayed else _KEPT)
    if rows:
        kept = payloads.c.id == found.payload_id
        connection.execute(update(payloads).where(kept, ~payloads.c.troubled).values(troubled=True))
    _group(connection, found.connector_id, {record.key: record.reasons for record in rejected})
    _find_by_codes(connection, found.connector_id, {record.key: record.codes for record in rejected})


def standing(connection: Connection, connector_id: int, keys: Sequence[str]) -> set[str]:
    """Those of these records that stand in quarantine."""
    query = select(quarantine.c.key).where(quarantine.c.connector_id == connector_id)
    return {row.key for row in rows_with(connection, query, quarantine.c.key, keys)}


def newer_aside(record: FromClause) -> ColumnElement[bool]:
    """Whether a state of a source record stands in quarantine that it is not known to be newer than."""
    is_newer = and_(quarantine.c.changed_at != "", record.c.changed_at > quarantine.c.changed_at)
    return exists().where(
        quarantine.c.connector_id == record.c.connector_id, quarantine.c.key == record.c.key, not_(is_newer)
    )


def seen_again(connection: Connection, connector_id: int, keys: Sequence[str], now: datetime) -> None:
    """Records that stand in quarantine came again, as bad as before."""
    if keys:
        where_listed(connection, _SEEN, quarantine.c.key, keys, connector=connector_id, at=now)


def mark_tried(connection: Connection, connector_id: int, keys: Sequence[str], mapping: str) -> None:
    """Records that `mapping` was to be tried on; it need not be tried on them again.

    They are grouped by the reasons they have: an older hub made no groups.
    """
    for some in slices(keys):
        those = (quarantine.c.connector_id == connector_id) & quarantine.c.key.in_(some)
        connection.execute(update(quarantine).where(those).values(tried=mapping))
        reasons = connection.execute(select(quarantine.c.key, quarantine.c.reasons).where(those))
        _group(connection, connector_id, {row.key: row.reasons for row in reasons})


def _group(connection: Connection, connector_id: int, reasons: Mapping[str, list[dict[str, str]]]) -> None:
    codes = {key: [group.code for group in groups_of(found)] for key, found in reasons.items()}
    for some in slices(list(codes)):
        those = (quarantine.c.connector_id == connector_id) & quarantine.c.key.in_(some)
        ids = {row.id: row.key for row in connection.execute(select(quarantine.c.id, quarantine.c.key).where(those))}
        connection.execute(delete(quarantine_groups).where(quarantine_groups.c.quarantine_id.in_(ids)))
        rows = [
            {"quarantine_id": quarantine_id, "code": code, "connector_id": connector_id}
            for quarantine_id, key in ids.items()
            for code in codes[key]
        ]
        if rows:
            connection.execute(insert(quarantine_groups), rows)


def _find_by_codes(connection: Connection, connector_id: int, codes: Mapping[str, tuple[str, ...]]) -> None:
    """Let records be found by the codes that they give now."""
    for some in slices(list(codes)):
        those = (quarantine.c.connector_id == connector_id) & quarantine.c.key.in_(some)
        ids = {row.id: row.key for row in connection.execute(select(quarantine.c.id, quarantine.c.key).where(those))}
        connection.execute(delete(quarantine_codes).where(quarantine_codes.c.quarantine_id.in_(ids)))
        rows = [{"quarantine_id": one, "value": value} for one, key in ids.items() for value in codes[key]]
        if rows:
            connection.execute(insert(quarantine_codes), rows)
