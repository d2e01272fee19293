"""Is everything that a disturbed store holds what an undisturbed one holds, record by record, and nothing else?"""

import gzip
import json
import zlib
from ast import literal_eval
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from sqlalchemy import Connection, func, select

from hub.record.run_state import RunState
from hub.store.database import Database
from hub.store.engine_tables import listings, removals
from hub.store.quarantine_tables import quarantine
from hub.store.tables import connectors, dossier_codes, dossiers, events, payloads, runs, source_records
from tests.hub.sync.snapshot import Part, rows

Held: TypeAlias = dict[str, Counter[bytes]]  # by part of the store: how often it holds each row, as a digest
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Expected:
    """What a store has to hold, and the file in which it is written out."""

    held: Held
    written: Path


def expected(database: Database, written: Path) -> Expected:
    """What this store holds is what others have to hold."""
    with gzip.open(written, "wt", compresslevel=1, encoding="utf-8") as lines:
        return Expected(_held(_written(_all(database), lines)), written)


def differences(database: Database, there: Expected, counts: Callable[[Part], bool] = lambda _: True) -> Iterator[str]:
    """How what `database` holds differs, with some of the rows; of its own only those that count."""
    held = _held(filter(counts, _all(database)))
    for part in sorted({*there.held, *held}):
        wanted, found = there.held.get(part, Counter()), held.get(part, Counter())
        missing, extra = wanted - found, found - wanted
        if missing or extra:
            yield f"{part}: {missing.total()} rows are missing, {extra.total()} too many, of {wanted.total()}"
            for what, rows, of in (("missing", _read(there.written), missing), ("too many", _all(database), extra)):
                shown = (row for one, row in rows if one == part and _digest(row) in of)
                for _, row in zip(range(_SHOWN), shown, strict=False):
                    yield f"    {what}: {row!r:.600}"


def _held(rows: Iterable[Part]) -> Held:
    found: Held = {}
    for part, row in rows:
        found.setdefault(part, Counter())[_digest(row)] += 1
    return found


def _written(rows: Iterable[Part], lines: TextIO) -> Iterator[Part]:
    for part in rows:
        lines.write(f"{part!r}\n")
        yield part


def _read(written: Path) -> Iterator[Part]:
    with gzip.open(written, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield literal_eval(line)


def _digest(row: tuple[Any, ...]) -> bytes:
    return blake2b(repr(row).encode(), digest_size=12).digest()


def _all(database: Database) -> Iterator[Part]:
    """What every test of a sync compares, of living dossiers, and beside it what only a long way can spoil."""
    with database.read() as connection:
        joined = set(connection.scalars(select(dossiers.c.code).where(dossiers.c.merged_into.is_not(None))))
        living = set(connection.scalars(select(dossiers.c.code).where(dossiers.c.merged_into.is_(None))))
        for name, bookmark in connection.execute(select(connectors.c.name, connectors.c.bookmark)):
            yield "bookmarks", (name, bookmark)
        for code, gone in connection.execute(
            select(dossiers.c.code, dossiers.c.gone_at).where(dossiers.c.merged_into.is_(None))
        ):
            yield "gone dossiers", (code, gone is not None)
        told = select(connectors.c.name, source_records.c.key, source_records.c.gone_at, source_records.c["values"])
        for name, key, gone, values in connection.execute(
            told.join_from(source_records, connectors, connectors.c.id == source_records.c.connector_id)
        ):
            yield "said", (name, key, gone is not None, json.dumps(values, sort_keys=True))
        waiting = select(connectors.c.name, removals.c.records).join_from(removals, connectors)
        for name, count in connection.execute(waiting.where(removals.c.state == "waiting")):
            yield "removals", (name, count)
    for part, row in rows(database):
        # Whether a dossier stood alone before it was joined hangs on who came first.
        if part != "dossiers" or row[0] in living or row[0] not in joined:
            yield part, row


def wrong(database: Database) -> Iterator[str]:
    """What no store may hold after everybody has ended."""
    with database.read() as connection:
        yield from _of_runs(connection)
        yield from _of_references(connection)
        yield from _left_behind(connection)
    yield from _of_payloads(database)


def _of_runs(connection: Connection) -> Iterator[str]:
    for run in connection.execute(select(runs)):
        if run.fetched != run.created + run.updated + run.unchanged + run.quarantined:
            yield f"the counts of run {run.id} do not add up"
        if run.state in (RunState.RUNNING, RunState.QUEUED):
            yield f"run {run.id} ({run.kind}) is left {run.state}; owner {run.owner}"
    made = connection.scalar(select(func.sum(runs.c.created))) or 0
    there = connection.scalar(select(func.count()).select_from(dossiers)) or 0
    if made != there:
        yield f"the runs counted {made} created dossiers, and there are {there}"


def _of_references(connection: Connection) -> Iterator[str]:
    living = select(dossiers.c.id).where(dossiers.c.merged_into.is_(None))
    for table in (dossier_codes, source_records, events):
        astray = table.c.dossier_id.is_not(None) & table.c.dossier_id.not_in(living)
        count = connection.scalar(select(func.count()).select_from(table).where(astray))
        if count:
            yield f"{count} rows of {table.name} belong to no living dossier"
    for table in (source_records, quarantine):
        lost = table.c.payload_id.not_in(select(payloads.c.id))
        if count := connection.scalar(select(func.count()).select_from(table).where(lost)):
            yield f"{count} rows of {table.name} name a payload that is not there"
    for table, column in ((source_records, "key"), (quarantine, "key"), (payloads, "digest")):
        alike = select(table.c.connector_id).group_by(table.c.connector_id, table.c[column]).having(func.count() > 1)
        if connection.execute(alike).first():
            yield f"{table.name} holds something twice"
    e = events.c
    alike = select(e.dossier_id).group_by(e.dossier_id, e.connector_id, e.key, e.fingerprint).having(func.count() > 1)
    if twice := connection.execute(alike).all():
        yield f"{len(twice)} events are told twice, such as of dossier {twice[0][0]}"


def _left_behind(connection: Connection) -> Iterator[str]:
    for name, owner in connection.execute(
        select(connectors.c.name, connectors.c.lease_owner).where(connectors.c.lease_owner.is_not(None))
    ):
        yield f"{name} is still leased to {owner}"
    if count := connection.scalar(select(func.count()).select_from(listings)):
        yield f"{count} rows of listings are left"


def _of_payloads(database: Database) -> Iterator[str]:
    """Every record stands in the payload that it names."""
    with database.read() as connection:
        bodies = select(payloads.c.id, payloads.c.body).execution_options(yield_per=20)
        keys: dict[int, list[str]] = {}
        for payload_id, key in connection.execute(select(source_records.c.payload_id, source_records.c.key)):
            keys.setdefault(payload_id, []).append(key)
        for payload_id, body in connection.execute(bodies):
            content = zlib.decompress(body)
            if lost := [key for key in keys.get(payload_id, ()) if key.encode() not in content]:
                yield f"payload {payload_id} does not hold {len(lost)} records that name it, such as {lost[0]}"
