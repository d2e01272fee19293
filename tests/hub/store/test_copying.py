"""Rows that are written raw: the same as SQLAlchemy writes, all or nothing, and every error as it tells it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from hub.store import copying
from hub.store.copying import RawRow, reserve_ids, update_rows, upsert_rows, write_rows
from hub.store.database import Database, StoreError
from hub.store.tables import dossiers, events

NOW = datetime(2026, 5, 20, 1, 2, 3, 456, UTC)
EVENT = ("dossier_id", "fingerprint", "at", "name", "inferred", "connector_id", "key", "recorded_at")
ONE_EVENT = ("dossier_id", "connector_id", "key", "fingerprint")
DOSSIER = ("id", "code", "agency", "procedure", "status", "received_on", "search", "values", "first_seen_at")
DOSSIER += ("changed_at", "position")
SAID = {"note": 'a "quoted" \\ line\nand\tmore – ờ'}


@pytest.fixture(params=[0, 100], ids=["many", "few"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows go another way than many; either way must give the same."""
    monkeypatch.setattr(copying, "_FEW", request.param)


def event(number: int, name: str | None = "x") -> RawRow:
    return 1, bytes([number]) * 16, "2026-05-20T00:00:00Z", name, True, 1, "k", NOW


def dossier(number: int, position: int) -> RawRow:
    return number, "A", "a", None, "processing", "", "a", '{"note":"x"}', NOW, NOW, position


def names(database: Database) -> list[str | None]:
    with database.read() as connection:
        return list(connection.scalars(select(events.c.name).order_by(events.c.fingerprint)))


@pytest.mark.usefixtures("_either_way")
def test_a_raw_row_reads_as_one_that_sqlalchemy_wrote(database: Database) -> None:
    shared = {"code": "A", "agency": "a", "status": "processing", "received_on": "", "search": 'a\\b\n"c"'}
    with database.write() as connection:
        (first,) = reserve_ids(connection, dossiers, 1)
        raw = (*shared.values(), '{"note":"a \\"quoted\\" \\\\ line\\nand\\tmore – ờ"}', NOW, NOW, first, 1)
        write_rows(connection, dossiers, (*shared, "values", "first_seen_at", "changed_at", "id", "position"), [raw])
        again = shared | {"values": SAID, "first_seen_at": NOW, "changed_at": NOW, "position": 2}
        connection.execute(insert(dossiers).values(**again))
    with database.read() as connection:
        one, other = connection.execute(select(dossiers).order_by(dossiers.c.position)).all()
    differ = ("id", "position")
    assert {name: said for name, said in one._asdict().items() if name not in differ} == {
        name: said for name, said in other._asdict().items() if name not in differ
    }
    assert other.id > one.id


@pytest.mark.usefixtures("_either_way")
def test_a_row_that_is_there_already_fails_the_whole_transaction_as_any_insert_would(database: Database) -> None:
    with database.write() as connection:
        write_rows(connection, events, EVENT, [event(1)])
    with pytest.raises(IntegrityError) as caught, database.write() as connection:
        write_rows(connection, events, EVENT, [event(2), event(1)])
    assert "2026-05-20" not in str(caught.value)  # values of citizens must not reach a log
    assert names(database) == ["x"]


def test_rows_that_cannot_be_made_leave_nothing_and_the_database_in_use(database: Database) -> None:
    def rows() -> Iterator[RawRow]:
        yield event(1)
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"), database.write() as connection:
        write_rows(connection, events, EVENT, rows())
    assert names(database) == []


@pytest.mark.usefixtures("_either_way")
def test_what_is_there_is_replaced_or_left_and_each_call_writes_its_own_rows_alone(database: Database) -> None:
    for ends in (False, True):  # what is rolled back takes whatever it had prepared with it
        with database.engine.connect() as connection, connection.begin() as transaction:
            upsert_rows(connection, events, EVENT, [event(1, "old"), event(2, "left")], ONE_EVENT)
            upsert_rows(connection, events, EVENT, [event(1, "new"), event(3, None)], ONE_EVENT, ("name",))
            upsert_rows(connection, events, EVENT, [event(2, "ignored")], ONE_EVENT)
            (transaction.commit if ends else transaction.rollback)()
    assert names(database) == ["new", "left", None]
    with database.read() as connection:
        one = connection.execute(select(events).where(events.c.name == "new")).one()
    assert (one.fingerprint, one.inferred, one.recorded_at, one.title) == (bytes([1]) * 16, True, NOW, None)


@pytest.mark.usefixtures("_either_way")
def test_columns_of_rows_are_given_new_values(database: Database) -> None:
    with database.write() as connection:
        write_rows(connection, dossiers, DOSSIER, [dossier(number, number) for number in (1, 2, 3)])
        update_rows(connection, dossiers, ("id", "position", "gone_at"), [(3, 7, NOW), (1, 8, None)])
    with database.read() as connection:
        found = connection.execute(select(dossiers.c.position, dossiers.c.gone_at).order_by(dossiers.c.id)).all()
    assert [tuple(row) for row in found] == [(8, None), (2, None), (7, NOW)]


def test_ids_that_others_are_given_in_between_are_nobody_elses(database: Database) -> None:
    with database.write() as connection:
        ours = reserve_ids(connection, dossiers, 3)
        write_rows(connection, dossiers, DOSSIER, [dossier(number, number) for number in ours])
        more = reserve_ids(connection, dossiers, 2)
        write_rows(connection, dossiers, DOSSIER, [dossier(number, number) for number in more])
        row = dict(zip(DOSSIER[1:], dossier(0, 100)[1:], strict=True)) | {"values": SAID}
        assert connection.execute(insert(dossiers).values(row).returning(dossiers.c.id)).scalar_one() > more[-1]
    assert len({*ours, *more}) == 5


def test_a_server_that_goes_away_in_the_middle_is_told_as_such_and_is_back_for_the_next(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("an embedded database does not go away")
    with pytest.raises(StoreError, match="does not answer"):
        _write_to_a_server_that_goes_away(database)
    assert names(database) == []


def _write_to_a_server_that_goes_away(database: Database) -> None:
    with database.write() as connection:
        mine = connection.scalar(text("SELECT pg_backend_pid()"))
        with database.read() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
        write_rows(connection, events, EVENT, [event(1)])
