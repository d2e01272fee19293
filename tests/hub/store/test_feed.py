"""The change feed: who follows it misses nothing, whoever writes at the same time and however they end."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import psycopg
import pytest
from sqlalchemy import select

from hub.record.signature import Signature
from hub.store import connectors, feed, gone, runs
from hub.store.changes import Changed, Kind, changes_after
from hub.store.database import Database
from hub.store.laid_out import Arrival
from hub.store.scope import ALL
from hub.store.tables import dossier_codes, dossiers, events, source_records
from hub.sync.parting import part
from hub.sync.run import execute
from tests.hub.store.feed_writer import RolledBack, Writer, Writers
from tests.hub.sync.fixtures import Listing, mapping, registered, source
from tests.hub.sync.running import A, B, record, stored

STEPS = int(os.environ.get("HUB_FEED_STEPS", "100"))  # of writers, on each database
State: TypeAlias = tuple[dict[str, Any], frozenset[tuple[Any, ...]]]  # a dossier, and what else there is of it
Do: TypeAlias = Callable[[str, Sequence[dict[str, Any]]], None]
NOW = datetime(2026, 5, 20, tzinfo=UTC)


@pytest.fixture
def writers(database: Database, database_url: str) -> Iterator[Writers]:
    """None yet; all ended in the end."""
    found = Writers(database_url, Random(5))
    yield found
    found.close()


class Follower:
    """Reads on from where it was, a few changes at a time, and knows every dossier as it read it then."""

    def __init__(self, database: Database, limit: int = 3) -> None:
        self._database, self._limit = database, limit
        self.position = 0
        self.known: dict[int, State] = {}

    def read_on(self) -> int:
        """Until there is nothing new; how many changes there were."""
        read = 0
        while found := changes_after(self._database, self.position, self._limit, ALL, content=False).items:
            positions = [change.position for change in found]
            assert positions == sorted(set(positions))
            assert positions[0] > self.position
            states = told(self._database, [change.dossier_id for change in found])
            self.known |= states
            self.position = positions[-1]
            read += len(found)
        return read


def told(database: Database, ids: Sequence[int] | None = None) -> dict[int, State]:
    """All that there is to tell of dossiers: what they are, their events, their codes and their records."""
    with database.read() as connection:
        row = dossiers.c
        query = select(row.id, row["values"], row.status, row.merged_into, row.gone_at, row.conflicts, row.code)
        rows = connection.execute(query if ids is None else query.where(row.id.in_(ids))).all()
        parts: dict[int, set[tuple[Any, ...]]] = {one.id: set() for one in rows}
        for table, *names in (
            (events, "connector_id", "key", "fingerprint", "at", "status"),
            (dossier_codes, "connector_id", "key", "scope", "value"),
            (source_records, "connector_id", "key", "gone_at"),
        ):
            columns = [table.c[name] for name in names]
            for dossier_id, *rest in connection.execute(
                select(table.c.dossier_id, *columns).where(table.c.dossier_id.in_(parts))
            ):
                parts[dossier_id].add((table.name, *rest))
    return {one.id: (dict(one._mapping), frozenset(parts[one.id])) for one in rows}


def test_a_reader_misses_nothing_while_many_write_roll_back_and_are_killed(
    database: Database, writers: Writers
) -> None:
    names = [f"c{at}" for at in range(6)]
    registered(database, *names)
    fresh = iter(names)
    for kind in ("raw", "raw", "raw", "run", "run", "run"):
        writers.start(kind, next(fresh) if kind == "run" else f"w{len(writers.started)}")
    follower, chance, read, killed = Follower(database), Random(7), 0, 0
    ended: list[Writer] = []
    for _ in range(STEPS):
        writer, _ = writers.next()
        read += follower.read_on()  # also while a writer holds positions that it has not committed
        if writer.kind == "run" and ended:
            ended.pop().tell("on")  # not at once: on SQLite nobody else would have a turn
        unlucky = chance.random() < 0.1
        if unlucky and (another := f"w{len(writers.started)}" if writer.kind == "raw" else next(fresh, "")):
            killed += 1
            writer.tell("commit")  # it is somewhere in that, or in its next page
            writers.kill(writer)
            writers.start(writer.kind, another)
        else:
            writer.tell(chance.choice(("commit", "commit", "roll back")))
            ended += [writer] if writer.kind == "raw" else []
    writers.end()
    read += follower.read_on()
    there = told(database)
    assert follower.known == there
    assert follower.position == feed.latest(database)
    assert read > len(there)  # some changed while they were read
    assert killed
    assert any(row["merged_into"] for row, _ in there.values())


def test_what_is_written_while_another_holds_positions_waits_until_that_has_ended(
    database: Database, database_url: str, writers: Writers
) -> None:
    writers.start("raw", "one")
    writers.start("raw", "another")
    holder, position = writers.holder(), 0
    for ends in ("commit", "roll back", "commit", "kill"):
        if database_url.startswith("postgresql"):
            _until_someone_waits(database_url)
        assert not any(pipe.poll() for pipe in writers.living)
        assert not changes_after(database, position, 1000, ALL).items
        if ends == "kill":
            writers.kill(holder)
        else:
            holder.tell(ends)
            holder.tell("on")
        holder = writers.holder()
        seen = changes_after(database, position, 1000, ALL).items
        assert bool(seen) == (ends == "commit")
        position = seen[-1].position if seen else position
    assert feed.latest(database) == position


def _until_someone_waits(url: str) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(waiting).fetchone() == (0,):
            pass


@pytest.fixture
def do(database: Database, tmp_path: Path) -> Do:
    """One full run of a connector, `a` or `b`, that lists these records."""
    registered(database, "a", "b")

    def run(name: str, records: Sequence[dict[str, Any]]) -> None:
        row = connectors.named(database, name)
        assert row is not None
        with database.write() as transaction:
            run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
        ready = source(name, Listing([list(records)]), mapping(tmp_path))
        assert execute(database, ready, run_id, "test", threading.Event())

    return run


def changes(database: Database, work: Callable[[], object]) -> list[Changed]:
    """What the feed tells of what `work` does."""
    before = feed.latest(database)
    work()
    return list(changes_after(database, before, 1000, ALL, content=False).items)


def test_whatever_happens_to_a_dossier_is_told_once_and_nothing_else_is(database: Database, do: Do) -> None:
    one, other = record(1, A), record(2, B)
    born = changes(database, lambda: do("a", [one, other]))
    assert len(born) == 2
    first, second = stored(database, A).id, stored(database, B).id
    assert not changes(database, lambda: do("a", [one, other]))

    def touched(work: Callable[[], object]) -> list[int]:
        return sorted(change.dossier_id for change in changes(database, work))

    told_more = one | {"steps": [{"at": "2026-05-19T01:00:00Z", "name": "Nhận"}]}
    assert touched(lambda: do("a", [told_more, other])) == [first]  # only an event is new
    assert touched(lambda: do("b", [record(9, "000.00.15.H29-260520-0009", national=B)])) == [second]  # a new source
    assert touched(lambda: do("b", [record(9, A)])) == [first, second]  # it moves from one to the other


def test_joined_and_parted_dossiers_are_told_each(database: Database, do: Do) -> None:
    do("a", [record(1, A), record(2, B), record(3, "000.00.15.H29-260520-0003", national=B)])
    first, second = stored(database, A).id, stored(database, B).id
    joined = changes(database, lambda: do("b", [record(9, A, national=B)]))
    assert {(change.dossier_id, change.into) for change in joined} == {(first, None), (second, first)}
    signature = Signature("an.nguyen", "two dossiers", NOW)
    parted = changes(database, lambda: part(database, ("b", "9"), B, signature))
    assert {change.dossier_id for change in parted} >= {first}
    assert stored(database, B).id in {change.dossier_id for change in parted}
    assert not any(change.into for change in parted if change.dossier_id in (first, stored(database, B).id))


def test_a_dossier_that_is_part_of_a_joined_one_is_told_again_when_that_is_joined(database: Database, do: Do) -> None:
    third = "000.00.15.H29-260520-0003"
    do("a", [record(1, A), record(2, B), record(3, third)])
    ids = [stored(database, code).id for code in (A, B, third)]
    do("b", [record(8, B, national=third)])
    joined = changes(database, lambda: do("b", [record(8, B, national=third), record(9, A, national=B)]))
    assert {(change.dossier_id, change.into) for change in joined} == {
        (ids[0], None),
        (ids[1], ids[0]),
        (ids[2], ids[0]),
    }


def test_a_removed_record_and_one_that_comes_back_are_told(database: Database, do: Do) -> None:
    do("a", [record(1, A), record(2, B)])
    row, later = connectors.named(database, "a"), datetime.now(UTC) + timedelta(seconds=1)
    assert row is not None
    (left,) = changes(database, lambda: _mark(database, Arrival(row.id, later), ["1"]))
    assert (left.dossier_id, left.kind) == (stored(database, A).id, Kind.GONE)
    (back,) = changes(database, lambda: do("a", [record(1, A), record(2, B)]))
    assert (back.dossier_id, back.kind) == (left.dossier_id, Kind.CHANGED)


def test_who_follows_is_told_of_what_cannot_be_read_of_a_record_any_more(database: Database, do: Do) -> None:
    """Its values are what they were; what the API tells of the record is not."""
    do("a", [record(1, A)])
    unread = record(1, A, received="no date")
    (worse,) = changes(database, lambda: do("a", [unread]))
    assert worse.dossier_id == stored(database, A).id
    assert changes(database, lambda: do("a", [unread])) == []
    (better,) = changes(database, lambda: do("a", [record(1, A)]))
    assert better.dossier_id == worse.dossier_id


def _mark(database: Database, arrival: Arrival, keys: Sequence[str]) -> None:
    with database.write() as transaction:
        assert gone.mark(transaction, arrival, keys, arrival.now) == len(keys)


def test_positions_that_were_rolled_back_are_given_again(database: Database) -> None:
    def fails() -> None:
        with database.write() as transaction:
            assert list(feed.take_positions(transaction, 5)) == [1, 2, 3, 4, 5]
            raise RolledBack

    with pytest.raises(RolledBack):
        fails()
    with database.write() as transaction:
        assert list(feed.take_positions(transaction, 2)) == [1, 2]
