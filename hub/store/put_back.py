"""Dossiers that were worked on are written back with what is new about them: every step is one for all of a page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from hub.record.dossier import Dossier, Name, Stored, Voice
from hub.record.identity import Code
from hub.record.shown import Shown
from hub.store import departures, feed, gone
from hub.store.columns import as_json
from hub.store.copying import RawRow, reserve_ids, update_rows, upsert_rows, write_rows
from hub.store.laid_out import Arrival, dossiers_by_record
from hub.store.sets import many, rows_with
from hub.store.tables import connectors, dossier_codes, dossiers, events, revisions, source_records

_POINTING = (events, dossier_codes, source_records)  # at the dossier that they are part of


def save_dossiers(
    connection: Connection, touched: Iterable[Dossier], arrival: Arrival, restated: Set[Dossier] = frozenset()
) -> None:
    """Write the new and the changed dossiers with their codes, events and revisions.

    `restated`: of these something else is shown otherwise, so who follows the feed is told of them in any case.
    """
    everyone = list(touched)
    changed = [dossier for dossier in everyone if dossier.changed]
    born = [dossier for dossier in changed if dossier.id is None]
    if born:
        for dossier, dossier_id in zip(born, reserve_ids(connection, dossiers, len(born)), strict=True):
            dossier.id = dossier_id
    known = [dossier for dossier in changed if dossier.stored is not None]
    parts = _join(connection, {other.id: dossier for dossier in known for other in dossier.joined if other.id})
    moved = {v.source.name: dossier for dossier in changed for v in dossier.voices.values() if v.moved}
    _move(connection, moved)
    for dossier in everyone:
        _take_back(connection, dossier, arrival)
    codes = [row for dossier in everyone for row in _code_rows(dossier, arrival)]
    upsert_rows(connection, dossier_codes, _CODE, codes, _CODE[:-1], replaced=_CODE[-1:])
    told = [row for dossier in everyone for row in _event_rows(dossier, arrival)]
    upsert_rows(connection, events, _EVENT, told, _ONE_EVENT)
    write_rows(
        connection, revisions, _REVISION, [row for dossier in changed for row in _revision_rows(dossier, arrival)]
    )
    same = [dossier for dossier in everyone if dossier.stored and not dossier.changed]
    stirred = [dossier for dossier in same if dossier in restated or _is_stirred(dossier)]
    _save_rows(connection, born, known, stirred, parts, arrival.now)
    if moved or parts:
        gone.after_moves(connection, arrival, [dossier.id for dossier in changed if dossier.id])


def drop_code(connection: Connection, connector_id: int, key: str, code: Code) -> None:
    """A record's claim of a code finds its dossier no more."""
    column = dossier_codes.c
    mine = (column.connector_id == connector_id) & (column.key == key)
    connection.execute(delete(dossier_codes).where(mine, column.scope == code.scope, column.value == code.value))


_CODE = ("value", "scope", "connector_id", "key", "dossier_id")
_EVENT = (
    *("dossier_id", "fingerprint", "at", "status", "name", "actor", "unit", "title", "started_at", "due_at"),
    *("inferred", "connector_id", "key", "recorded_at"),
)
_ONE_EVENT = ("dossier_id", "connector_id", "key", "fingerprint")
_REVISION = ("dossier_id", "connector_id", "author", "reason", "run_id", "changes", "at")
_DOSSIER = ("id", *Shown._fields, "conflicts", "values", "changed_at", "position")
_PART = ("id", "merged_into", "changed_at", "position")


def _save_rows(
    connection: Connection,
    born: Sequence[Dossier],
    known: Sequence[Dossier],
    stirred: Sequence[Dossier],
    parts: Mapping[int, Dossier],
    now: datetime,
) -> None:
    """Last of all, because whoever else wants positions of the feed waits from here to the commit."""
    how_many = len(born) + len(known) + len(stirred) + len(parts)
    if not how_many:
        return
    positions = iter(feed.take_positions(connection, how_many))
    new = [(*_dossier_row(dossier, now, next(positions)), now) for dossier in born]
    write_rows(connection, dossiers, (*_DOSSIER, "first_seen_at"), new)
    otherwise = [(dossier, next(positions)) for dossier in known]
    update_rows(connection, dossiers, _DOSSIER, [_dossier_row(dossier, now, at) for dossier, at in otherwise])
    departures.note(connection, otherwise)
    update_rows(connection, dossiers, ("id", "position"), [(dossier.id, next(positions)) for dossier in stirred])
    update_rows(connection, dossiers, _PART, [(was, one.id, now, next(positions)) for was, one in parts.items()])


def _is_stirred(dossier: Dossier) -> bool:
    """Whether something about a dossier is otherwise though it is shown as before: who follows the feed is told."""
    return any(_is_news(voice) for voice in dossier.voices.values())


def _is_news(voice: Voice) -> bool:
    told = voice.new_events or voice.lost_events or voice.new_codes or voice.lost_codes
    return bool(told) or (voice.before is not None and voice.before != voice.source)


def _dossier_row(dossier: Dossier, now: datetime, position: int) -> RawRow:
    return dossier.id, *dossier.shown, dossier.conflicts, as_json(dossier.values), now, position


def _join(connection: Connection, joined: Mapping[int, Dossier]) -> Mapping[int, Dossier]:
    """Point everything of these dossiers at the ones that they are part of; their rows stay: no trace is lost.

    All the dossiers that are now part of another one than before: what was part of these goes with them.
    """
    if not joined:
        return {}
    rows = [{"was": was, "is_now": dossier.id} for was, dossier in joined.items()]
    for table in _POINTING:
        mine = table.c.dossier_id == bindparam("was")
        many(connection, update(table).where(mine).values(dossier_id=bindparam("is_now")), rows)
    query = select(dossiers.c.id, dossiers.c.merged_into)
    before = {row.id: joined[row.merged_into] for row in rows_with(connection, query, dossiers.c.merged_into, joined)}
    return {**before, **joined}


def _move(connection: Connection, moved: Mapping[Name, Dossier]) -> None:
    """Point records, and all that they told, at the dossiers that they turned out to speak of."""
    if not moved:
        return
    keys: dict[str, list[str]] = {}
    for connector, key in moved:
        keys.setdefault(connector, []).append(key)
    owners = select(connectors.c.name, connectors.c.id)
    rows = [
        {"was": was, "owner": owner.id, "of_key": key, "is_now": moved[owner.name, key].id}
        for owner in list(rows_with(connection, owners, connectors.c.name, keys))
        for key, was in dossiers_by_record(connection, owner.id, keys[owner.name]).items()
    ]
    for table in _POINTING:
        mine = (table.c.dossier_id == bindparam("was")) & (table.c.connector_id == bindparam("owner"))
        mine &= table.c.key == bindparam("of_key")
        many(connection, update(table).where(mine).values(dossier_id=bindparam("is_now")), rows)


def _take_back(connection: Connection, dossier: Dossier, arrival: Arrival) -> None:
    """What only a wrong reading told never happened, and a code that nobody needs finds nothing."""
    for (_, key), voice in dossier.voices.items():
        for code in voice.lost_codes:
            drop_code(connection, arrival.connector_id, key, code)
        if voice.lost_events:
            mine = (events.c.dossier_id == dossier.id) & (events.c.connector_id == arrival.connector_id)
            lost = events.c.fingerprint.in_(voice.lost_events)
            connection.execute(delete(events).where(mine, events.c.key == key, lost))


def _code_rows(dossier: Dossier, arrival: Arrival) -> Iterator[RawRow]:
    for (_, key), voice in dossier.voices.items():
        for code in voice.new_codes:
            yield code.value, code.scope, arrival.connector_id, key, dossier.id


def _event_rows(dossier: Dossier, arrival: Arrival) -> Iterator[RawRow]:
    for (_, key), voice in dossier.voices.items():
        for event in voice.new_events:
            yield (
                dossier.id,
                event.fingerprint,
                event.at,
                event.status,
                event.name,
                event.actor,
                event.unit,
                event.title,
                event.started_at,
                event.due_at,
                event.inferred,
                arrival.connector_id,
                key,
                arrival.now,
            )


def _revision_rows(dossier: Dossier, arrival: Arrival) -> Iterator[RawRow]:
    """What changed of a dossier; a new one is only told of where a person made it."""
    if dossier.stored is None and arrival.author is None:
        return
    changes = (dossier.stored or Stored(dossier.values, [], frozenset())).changes(dossier)
    if changes:
        connector_id = None if arrival.author else arrival.connector_id
        told = (arrival.author, arrival.reason, arrival.run_id, as_json(changes))
        yield dossier.id, connector_id, *told, arrival.now
