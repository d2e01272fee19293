"""Dossiers as they are worked on: fetched with all their records, and written back with what is new about them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, update

from hub.record.dossier import Dossier, Name, Settled, Stored, Voice
from hub.record.event import Event
from hub.record.identity import Code, codes_of, disowning
from hub.record.merge import Source
from hub.record.standing import due_at, ended_at
from hub.store.sets import insert_into, many, rows_with, slices
from hub.store.tables import connectors, disowned, dossier_codes, dossiers, events, revisions, source_records

Fields: TypeAlias = dict[str, Any]  # of a row that is written

_TURN = 0x4D6F7443  # any number that nothing else in this database locks


@dataclass(frozen=True, slots=True)
class Arrival:
    """What made dossiers change: a run of a connector, or a person with a reason."""

    connector_id: int  # whose records are heard
    now: datetime
    run_id: int | None = None
    author: str | None = None
    reason: str | None = None


def take_turn(connection: Connection) -> None:
    """Until the end of the transaction nobody else decides which records are one dossier.

    SQLite has one writer anyway. On PostgreSQL two connectors that meet the same new dossiers, or join old ones,
    would otherwise fail on each other's codes again and again.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TURN)))


def dossiers_by_code(connection: Connection, codes: Collection[Code]) -> set[int]:
    """The dossiers that any version of their records gave these codes for."""
    query = select(dossier_codes.c.value, dossier_codes.c.scope, dossier_codes.c.dossier_id)
    rows = rows_with(connection, query, dossier_codes.c.value, {code.value for code in codes})
    return {row.dossier_id for row in rows if Code(row.scope, row.value) in codes}


def dossiers_by_record(connection: Connection, connector_id: int, keys: Collection[str]) -> dict[str, int]:
    """The dossiers that a connector's records speak of until now."""
    query = select(source_records.c.key, source_records.c.dossier_id)
    mine = query.where(source_records.c.connector_id == connector_id, source_records.c.dossier_id.is_not(None))
    return {row.key: row.dossier_id for row in rows_with(connection, mine, source_records.c.key, keys)}


def wrong_codes(connection: Connection) -> dict[Name, set[Code]]:
    """The codes that persons found to be wrong, by record; there are few."""
    found: dict[Name, set[Code]] = {}
    query = select(connectors.c.name, disowned.c.key, disowned.c.scope, disowned.c.value)
    for name, key, scope, value in connection.execute(query.join_from(disowned, connectors)):
        found.setdefault((name, key), set()).add(Code(scope, value))
    return found


def believed(source: Source, wrong: Mapping[Name, Set[Code]]) -> Source:
    """What a record says, without the codes that it is known to give wrongly."""
    codes = wrong.get(source.name)
    if not codes:
        return source
    # A person disowns a number, whatever the connector's agency was then; the record is named already.
    now = {one for code in codes for one in codes_of({"code": code.value}, source.scope)}
    return replace(source, values=disowning(source.values, source.scope, now, source.name))


def load_dossiers(connection: Connection, ids: Collection[int], wrong: Mapping[Name, Set[Code]]) -> dict[int, Dossier]:
    """Dossiers with all that their records ever told."""
    columns = (dossiers.c.id, dossiers.c["values"], dossiers.c.conflicts)
    rows = list(rows_with(connection, select(*columns), dossiers.c.id, ids))
    found = {row.id: Dossier(row.id, Settled(row.values, row.conflicts)) for row in rows}
    for row in rows_with(connection, SOURCES, source_records.c.dossier_id, ids):
        found[row.dossier_id].hold(Voice(believed(source_of(row), wrong)))
    for row in rows_with(connection, _CODES, dossier_codes.c.dossier_id, ids):
        if claimant := found[row.dossier_id].voices.get((row.name, row.key)):
            claimant.codes[Code(row.scope, row.value)] = None
    for row in rows_with(connection, _TOLD, events.c.dossier_id, ids):
        if teller := found[row.dossier_id].voices.get((row.name, row.key)):
            teller.told.add(row.fingerprint)
            if row.inferred:
                teller.guesses[row.fingerprint] = Event(row.at, row.status, inferred=True)
    for dossier in found.values():
        dossier.stored = Stored(dossier.before.values, dossier.codes, frozenset(dossier.voices))
    return found


def save_dossiers(connection: Connection, touched: Iterable[Dossier], arrival: Arrival) -> None:
    """Write the new and the changed dossiers with their codes, events and revisions."""
    everyone = list(touched)
    changed = [dossier for dossier in everyone if dossier.changed]
    _insert_dossiers(connection, [dossier for dossier in changed if dossier.id is None], arrival.now)
    known = [dossier for dossier in changed if dossier.stored is not None]
    _update_dossiers(connection, known, arrival.now)
    _join(connection, {other.id: dossier for dossier in known for other in dossier.joined if other.id}, arrival.now)
    moved = {v.source.name: dossier for dossier in changed for v in dossier.voices.values() if v.moved}
    _move(connection, moved)
    for dossier in everyone:
        for (_, key), voice in dossier.voices.items():
            for code in voice.lost_codes:
                drop_code(connection, arrival.connector_id, key, code)
            _take_back(connection, arrival.connector_id, key, voice.lost_events)
    _save_codes(connection, [row for dossier in everyone for row in _code_rows(dossier, arrival)])
    told = [row for dossier in everyone for row in _event_rows(dossier, arrival)]
    many(connection, insert_into(connection, events).on_conflict_do_nothing(), told)
    many(connection, insert(revisions), [row for dossier in changed for row in _revision_rows(dossier, arrival)])


def drop_code(connection: Connection, connector_id: int, key: str, code: Code) -> None:
    """A record's claim of a code finds its dossier no more."""
    column = dossier_codes.c
    mine = (column.connector_id == connector_id) & (column.key == key)
    connection.execute(delete(dossier_codes).where(mine, column.scope == code.scope, column.value == code.value))


def _take_back(connection: Connection, connector_id: int, key: str, lost: Set[bytes]) -> None:
    """What only a wrong reading told never happened."""
    mine = (events.c.connector_id == connector_id) & (events.c.key == key)
    for some in slices(list(lost)):
        connection.execute(delete(events).where(mine, events.c.fingerprint.in_(some)))


_SAID = ("key", "precedence", "scope", "changed_at", "values", "precedence_for", "entity", "version")
SOURCES: Select[Any] = select(
    source_records.c.dossier_id, connectors.c.name, *(source_records.c[name] for name in _SAID)
).join_from(source_records, connectors)
_CODES = select(
    dossier_codes.c.dossier_id,
    dossier_codes.c.scope,
    dossier_codes.c.value,
    dossier_codes.c.key,
    connectors.c.name,
).join_from(dossier_codes, connectors)
_EVENT = ("dossier_id", "fingerprint", "key", "at", "status", "inferred")
_TOLD = select(*(events.c[name] for name in _EVENT), connectors.c.name).join_from(events, connectors)


def source_of(row: Row[Any]) -> Source:
    """A row with the columns of `SOURCES` as what a connector says."""
    return Source(
        row.name,
        row.key,
        row.precedence,
        row.scope,
        row.changed_at,
        row.values,
        row.precedence_for or {},
        row.entity,
        row.version or b"",
    )


def _insert_dossiers(connection: Connection, born: Sequence[Dossier], now: datetime) -> None:
    if not born:
        return
    rows = [_dossier_row(dossier) | {"first_seen_at": now, "changed_at": now} for dossier in born]
    ids = connection.execute(insert(dossiers).returning(dossiers.c.id, sort_by_parameter_order=True), rows).scalars()
    for dossier, dossier_id in zip(born, ids, strict=True):
        dossier.id = dossier_id


def _update_dossiers(connection: Connection, changed: Sequence[Dossier], now: datetime) -> None:
    rows = [_dossier_row(dossier) | {"the_id": dossier.id, "changed_at": now} for dossier in changed]
    many(connection, update(dossiers).where(dossiers.c.id == bindparam("the_id")), rows)


def _dossier_row(dossier: Dossier) -> Fields:
    values = dossier.values
    return {
        "code": dossier.code,
        "agency": values.get("agency", {}).get("code", ""),
        "procedure": values.get("procedure", {}).get("code"),
        "status": values["status"],
        "received_on": dossier.received_on,
        "due_at": due_at(values),
        "ended_at": ended_at(values),
        "conflicts": dossier.conflicts,
        "search": dossier.search_text,
        "values": values,
    }


def _join(connection: Connection, joined: Mapping[int, Dossier], now: datetime) -> None:
    """Point everything of these dossiers at the ones that they are part of; their rows stay: no trace is lost."""
    rows = [{"was": was, "is_now": dossier.id} for was, dossier in joined.items()]
    for table in (events, dossier_codes, source_records):
        mine = table.c.dossier_id == bindparam("was")
        many(connection, update(table).where(mine).values(dossier_id=bindparam("is_now")), rows)
    told = {"merged_into": bindparam("is_now"), "changed_at": now}
    for column in (dossiers.c.id, dossiers.c.merged_into):
        many(connection, update(dossiers).where(column == bindparam("was")).values(told), rows)


def _move(connection: Connection, moved: Mapping[Name, Dossier]) -> None:
    """Point records, and all that they told, at the dossiers that they turned out to speak of."""
    keys: dict[str, list[str]] = {}
    for connector, key in moved:
        keys.setdefault(connector, []).append(key)
    owners = select(connectors.c.name, connectors.c.id)
    rows = [
        {"was": was, "owner": owner.id, "of_key": key, "is_now": moved[owner.name, key].id}
        for owner in list(rows_with(connection, owners, connectors.c.name, keys))
        for key, was in dossiers_by_record(connection, owner.id, keys[owner.name]).items()
    ]
    for table in (events, dossier_codes, source_records):
        mine = (table.c.dossier_id == bindparam("was")) & (table.c.connector_id == bindparam("owner"))
        mine &= table.c.key == bindparam("of_key")
        many(connection, update(table).where(mine).values(dossier_id=bindparam("is_now")), rows)


def _save_codes(connection: Connection, rows: Sequence[Fields]) -> None:
    statement = insert_into(connection, dossier_codes)
    moved = {"dossier_id": statement.excluded.dossier_id}
    key = ["value", "scope", "connector_id", "key"]
    many(connection, statement.on_conflict_do_update(index_elements=key, set_=moved), rows)


def _code_rows(dossier: Dossier, arrival: Arrival) -> Iterator[Fields]:
    for (_, key), voice in dossier.voices.items():
        for code in voice.new_codes:
            yield {
                "scope": code.scope,
                "value": code.value,
                "connector_id": arrival.connector_id,
                "key": key,
                "dossier_id": dossier.id,
            }


def _event_rows(dossier: Dossier, arrival: Arrival) -> Iterator[Fields]:
    for (_, key), voice in dossier.voices.items():
        for event in voice.new_events:
            yield _event_row(event) | {
                "dossier_id": dossier.id,
                "connector_id": arrival.connector_id,
                "key": key,
                "recorded_at": arrival.now,
            }


def _event_row(event: Event) -> Fields:
    return {
        "fingerprint": event.fingerprint,
        "at": event.at,
        "status": event.status,
        "name": event.name,
        "actor": event.actor,
        "unit": event.unit,
        "title": event.title,
        "started_at": event.started_at,
        "due_at": event.due_at,
        "inferred": event.inferred,
    }


def _revision_rows(dossier: Dossier, arrival: Arrival) -> Iterator[Fields]:
    """What changed of a dossier; a new one is only told of where a person made it."""
    if dossier.stored is None and arrival.author is None:
        return
    changes = (dossier.stored or Stored(dossier.values, [], frozenset())).changes(dossier)
    if changes:
        yield {
            "dossier_id": dossier.id,
            "connector_id": None if arrival.author else arrival.connector_id,
            "author": arrival.author,
            "reason": arrival.reason,
            "run_id": arrival.run_id,
            "changes": changes,
            "at": arrival.now,
        }
