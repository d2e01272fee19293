"""Records that their source does not hold any more, and dossiers of which no record is left: marked, never deleted.

A gone record goes on to say what it last said. Its digest is emptied, so that it is read anew when it is seen again.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, insert, select, update

from hub.record.entities import DOSSIER
from hub.record.moments import as_text, as_version
from hub.store import feed
from hub.store.database import Database
from hub.store.engine_tables import removals
from hub.store.laid_out import Arrival, take_turn
from hub.store.removals import RemovalState
from hub.store.sets import many, rows_with, slices, where_listed
from hub.store.tables import dossiers, revisions, runs, source_records

NO_DIGEST = b""  # of no record: whatever comes is news
_SEEN = b"\0"  # of no record either: one that was doubted and showed itself, whatever became of what came
FIELD = "gone_at"  # what a revision calls it

_record = source_records.c
_MINE = (_record.connector_id == bindparam("connector"), _record.gone_at.is_not(None))
_GONE_DOSSIER = dossiers.c.gone_at.is_not(None)
_BACK = update(source_records).where(*_MINE).values(gone_at=None).returning(_record.dossier_id)
_READ_ANEW = update(source_records).where(*_MINE).values(digest=NO_DIGEST)
_OF_GONE = (
    select(dossiers.c.id)
    .join_from(source_records, dossiers, _record.dossier_id == dossiers.c.id)
    .where(_record.connector_id == bindparam("connector"), _GONE_DOSSIER)
)
_SHOWN_AGAIN = (
    update(source_records)
    .where(_record.connector_id == bindparam("connector"), _record.digest == NO_DIGEST, _record.gone_at.is_(None))
    .values(digest=_SEEN)
)
# One gone record (of a connector) and one gone dossier, if there are any; each in the order of the index of what is
# gone, or PostgreSQL would walk through what is not.
_RECORD = select(_record.key).order_by(_record.connector_id, _record.key).limit(1)
_DOSSIER = select(dossiers.c.id).where(_GONE_DOSSIER).order_by(dossiers.c.received_on, dossiers.c.id).limit(1)
_REMOVAL = (
    select(removals.c.id)
    .where(removals.c.connector_id == bindparam("connector"), removals.c.state == RemovalState.WAITING)
    .limit(1)
)
_CONCERNS_PAGE = select(*(one.scalar_subquery() for one in (_RECORD.where(*_MINE), _DOSSIER, _REMOVAL)))
_CONCERNS_ANY = select(*(one.scalar_subquery() for one in (_RECORD.where(_record.gone_at.is_not(None)), _DOSSIER)))


def held(database: Database, connector_id: int, before: datetime, since: datetime | None) -> Iterator[Sequence[str]]:
    """The keys of a connector's dossier records that were stored before a listing began, but for those gone already;
    some thousands at a time.

    `since`: only of those that changed at their source from then on, for a listing that holds no older ones.
    """
    query = select(_record.key).where(*_present(connector_id, before))
    if since is not None:
        query = query.where(_record.changed_at >= as_version(since))
    with database.read() as connection:
        yield from connection.execution_options(yield_per=10_000).scalars(query).partitions()


def renewed(database: Database, connector_id: int, run_id: int, began: datetime) -> int:
    """How many of a connector's dossier records the run of a listing has stored anew: the hub held them before, too."""
    mine = (_record.connector_id == connector_id, _record.entity == DOSSIER, _record.gone_at.is_(None))
    stored = select(func.count()).where(*mine, _record.stored_at >= began).scalar_subquery()
    with database.read() as connection:
        some: int = connection.execute(select(stored - runs.c.created).where(runs.c.id == run_id)).scalar_one()
        return max(some, 0)


def doubt(connection: Connection, connector_id: int, keys: Collection[str], before: datetime) -> None:
    """A person will be asked about these records: one that is seen until then has a digest again."""
    for some in slices(list(keys)):
        mine = (*_present(connector_id, before), _record.key.in_(some))
        connection.execute(update(source_records).where(*mine).values(digest=NO_DIGEST))


def mark(
    connection: Connection, arrival: Arrival, keys: Sequence[str], before: datetime, *, doubted: bool = False
) -> int:
    """Mark records as gone, but for those that were stored since the listing began; how many it were.

    `doubted`: only those that nobody has seen since a person was asked. Doing it again marks what is left.
    """
    take_turn(connection)
    touched: list[int | None] = []
    for some in slices(keys):
        mine = (*_present(arrival.connector_id, before), _record.key.in_(some))
        mine = (*mine, _record.digest == NO_DIGEST) if doubted else mine
        marked = update(source_records).where(*mine).values(gone_at=arrival.now, digest=NO_DIGEST)
        touched += connection.scalars(marked.returning(_record.dossier_id)).all()
    settle(connection, {one for one in touched if one is not None}, arrival, told=True)
    return len(touched)


def after_page(connection: Connection, arrival: Arrival, keys: Sequence[str], *, replayed: bool) -> None:
    """A page showed these records, whatever became of them: what was gone of them is back, and none is in doubt.

    A replay is no sign of life.
    """
    if not keys:
        return
    mine = {"connector": arrival.connector_id}
    record, dossier, removal = connection.execute(_CONCERNS_PAGE, mine).one()
    if record is not None and replayed:
        where_listed(connection, _READ_ANEW, _record.key, keys, **mine)
    elif record is not None:
        back = where_listed(connection, _BACK, _record.key, keys, **mine).scalars().all()
        settle(connection, {one for one in back if one is not None}, arrival, told=True)
    if removal is not None and not replayed:
        where_listed(connection, _SHOWN_AGAIN, _record.key, keys, **mine)
    if dossier is not None:
        settle(connection, {row.id for row in rows_with(connection, _OF_GONE, _record.key, keys, **mine)}, arrival)


def after_moves(connection: Connection, arrival: Arrival, dossier_ids: Collection[int]) -> None:
    """Records went from one of these dossiers to another, which may leave one with gone records alone, or none."""
    if any(one is not None for one in connection.execute(_CONCERNS_ANY).one()):
        settle(connection, dossier_ids, arrival)


def settle(connection: Connection, dossier_ids: Collection[int], arrival: Arrival, *, told: bool = False) -> None:
    """A dossier is gone when it had records of its own and none of them is left, and back when one is.

    `told`: a record of each is gone or back, so who follows the feed is told of all of them.
    """
    if not dossier_ids:
        return
    take_turn(connection)
    row = dossiers.c
    left = exists(select(_record.id).where(*_own(), _record.gone_at.is_(None)))
    lost = exists(select(_record.id).where(*_own(), _record.gone_at.is_not(None)))
    leaves = row.gone_at.is_(None) & row.merged_into.is_(None) & lost & ~left
    comes = row.gone_at.is_not(None) & left
    query = select(row.id, row.gone_at).where(leaves | comes)
    found = list(rows_with(connection, query, row.id, dossier_ids))
    others = sorted(set(dossier_ids) - {one.id for one in found}) if told else []
    if not found and not others:
        return
    positions = iter(feed.take_positions(connection, len(found) + len(others)))
    rows = [
        {"the_id": one.id, "gone_at": None if one.gone_at else arrival.now, "position": next(positions)}
        for one in found
    ]
    one = update(dossiers).where(row.id == bindparam("the_id")).values(position=bindparam("position"))
    many(connection, one.values(changed_at=arrival.now, gone_at=bindparam("gone_at")), rows)
    many(connection, one, [{"the_id": other, "position": next(positions)} for other in others])
    many(connection, insert(revisions), [_revision(one.id, one.gone_at, arrival) for one in found])


def count_in_run(connection: Connection, run_id: int, marked: int) -> None:
    """So many more records were found gone by a run, in the transaction that marks them."""
    connection.execute(update(runs).where(runs.c.id == run_id).values(gone=runs.c.gone + marked))


def of_run(database: Database, run_id: int) -> int:
    """How many records a run has marked, whoever did it."""
    with database.read() as connection:
        marked: int = connection.execute(select(runs.c.gone).where(runs.c.id == run_id)).scalar_one()
        return marked


def count(database: Database) -> dict[int, int]:
    """How many records are gone, by connector id."""
    query = select(_record.connector_id, func.count()).where(_record.gone_at.is_not(None))
    with database.read() as connection:
        return {row[0]: row[1] for row in connection.execute(query.group_by(_record.connector_id))}


def _present(connector_id: int, before: datetime) -> tuple[ColumnElement[bool], ...]:
    """Of dossiers alone: a step or a rating that is listed no more has happened all the same, and what a catalogue
    does not list any more was valid for dossiers that are here."""
    mine = (_record.connector_id == connector_id, _record.entity == DOSSIER)
    return (*mine, _record.gone_at.is_(None), _record.stored_at < before)


def _own() -> tuple[ColumnElement[bool], ...]:
    return _record.dossier_id == dossiers.c.id, _record.entity == DOSSIER


def _revision(dossier_id: int, since: datetime | None, arrival: Arrival) -> dict[str, object]:
    return {
        "dossier_id": dossier_id,
        "connector_id": None if arrival.author else arrival.connector_id,
        "author": arrival.author,
        "reason": arrival.reason,
        "run_id": arrival.run_id,
        "changes": {FIELD: [as_text(since), None] if since else [None, as_text(arrival.now)]},
        "at": arrival.now,
    }
