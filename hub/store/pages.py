"""Storing one page of a run: everything that one transaction reads and writes, in sets."""

import zlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from threading import Thread
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, Select, Table, bindparam, delete, insert, select, update

from hub.record.entities import DOSSIER
from hub.record.merge import Source
from hub.store.columns import as_json
from hub.store.copying import RawRow, reserve_ids, upsert_rows
from hub.store.database import Database
from hub.store.quarantine_tables import quarantine
from hub.store.sets import rows_with, where_listed
from hub.store.tables import payloads, source_records

Fields: TypeAlias = dict[str, Any]  # of a row that is written


class Known(NamedTuple):
    """What is stored of a record: its digest, since when it is as it is, and since when it stands in quarantine."""

    digest: bytes
    changed_at: str  # at the source, UTC ISO 8601: the newest state, readable or not; empty where none says
    aside_since: datetime | None = None  # None: it does not

    @property
    def quarantined(self) -> bool:
        """Whether it stands in quarantine."""
        return self.aside_since is not None


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A source record as it is to be kept."""

    source: Source
    digest: bytes
    problems: list[dict[str, str]] | None
    dossier_id: int | None
    mapping: str  # that it was read with
    entity: str = DOSSIER


def known_records(database: Database, connector_id: int, keys: Sequence[str]) -> dict[str, Known]:
    """What is stored already of these records; quarantine speaks last, it is the newer word.

    What is gone from its source is as good as unknown: it is read anew when it is seen again.
    """
    with database.read() as connection:
        stored = rows_with(connection, _READ, source_records.c.key, keys, connector=connector_id)
        found = {key: Known(digest, changed_at) for key, digest, changed_at in stored if digest}
        aside = rows_with(connection, _ASIDE, quarantine.c.key, keys, connector=connector_id)
        for key, digest, changed_at, since in aside:
            before = found.get(key)
            if digest:
                found[key] = Known(digest, max(before.changed_at, changed_at) if before else changed_at, since)
    return found


def _of(table: Table, *columns: str) -> Select[Any]:
    return select(*(table.c[name] for name in columns)).where(table.c.connector_id == bindparam("connector"))


_READ = _of(source_records, "key", "digest", "changed_at")
_ASIDE = _of(quarantine, "key", "digest", "changed_at", "first_seen_at")
_STANDING = _of(quarantine, "id", "key", "changed_at")
_RELEASED = delete(quarantine)


class Place:
    """Where the payload of a page goes: its number is known at once, the payload itself is written by `fill`.

    Until then a thread compresses it, beside all else that is done to store the page.
    """

    def __init__(self, payload_id: int, row: Fields | None = None) -> None:
        self.id = payload_id
        self._row = row
        self._pressed: Future[bytes] = Future()
        if row is not None:
            Thread(target=self._press, args=(row["body"],), name="press", daemon=True).start()

    def fill(self, connection: Connection) -> None:
        """Write it, in the transaction that the place was taken in; nothing where it is kept already."""
        if self._row is not None:
            connection.execute(insert(payloads).values(self._row | {"id": self.id, "body": self._pressed.result()}))

    def _press(self, body: bytes) -> None:
        try:
            self._pressed.set_result(zlib.compress(body, level=1))
        except BaseException as error:  # noqa: BLE001 - whoever fills the place raises it
            self._pressed.set_exception(error)


_AGAIN = (
    update(payloads)
    .where(payloads.c.connector_id == bindparam("of_connector"), payloads.c.digest == bindparam("of_digest"))
    .values({name: bindparam(name) for name in ("received_at", "media_type", "unused_since")})
    .returning(payloads.c.id)
)


def place_payload(
    connection: Connection, connector_id: int, media_type: str, body: bytes, digest: bytes, now: datetime
) -> Place:
    """Find a place for an answer as received; the same answer is kept once."""
    said = {"of_connector": connector_id, "of_digest": digest, "received_at": now, "media_type": media_type}
    kept = connection.scalar(_AGAIN, said | {"unused_since": None})
    if kept is not None:
        return Place(kept)
    row = {"connector_id": connector_id, "digest": digest, "media_type": media_type, "size": len(body), "body": body}
    return Place(reserve_ids(connection, payloads, 1)[0], row | {"received_at": now})


def save_records(
    connection: Connection, connector_id: int, records: Sequence[StoredRecord], payload_id: int, now: datetime
) -> None:
    """Write source records, each pointing at its dossier; of several versions of one record the last is kept."""
    rows = {record.source.key: _row(connector_id, record, payload_id, now) for record in records}
    upsert_rows(connection, source_records, _COLUMNS, list(rows.values()), _KEY, replaced=_COLUMNS)


_KEY = ("connector_id", "key")
_COLUMNS = (
    *("connector_id", "key", "dossier_id", "digest", "version", "precedence", "scope", "changed_at", "precedence_for"),
    *("values", "problems", "payload_id", "mapping", "entity", "stored_at"),
)


def _row(connector_id: int, record: StoredRecord, payload_id: int, now: datetime) -> RawRow:
    source = record.source
    return (
        connector_id,
        source.key,
        record.dossier_id,
        record.digest,
        source.version or None,
        source.precedence,
        source.scope,
        source.changed_at,
        as_json(dict(source.precedence_for) or None),
        as_json(source.values),
        as_json(record.problems),
        payload_id,
        record.mapping,
        record.entity,
        now,
    )


def release(connection: Connection, connector_id: int, read: Mapping[str, str]) -> None:
    """Let records out of quarantine that could be read, but for those of which a newer state stands there.

    `read` says of each key when its source changed what was read (UTC ISO 8601), empty where it does not say.
    """
    found = list(rows_with(connection, _STANDING, quarantine.c.key, read.keys(), connector=connector_id))
    out = [row.id for row in found if not read[row.key] or read[row.key] >= row.changed_at]
    if out:
        where_listed(connection, _RELEASED, quarantine.c.id, out)
