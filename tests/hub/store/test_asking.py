"""Statements that PostgreSQL is asked outside of transactions: what they survive, and how their errors are told."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import DBAPIError

from hub.store.database import Database, StoreError, connect
from hub.store.filters import Filter
from hub.store.finding import page
from hub.store.scope import ALL
from tests.hub.store import found_rows as made
from tests.hub.store.found_rows import filled

_CUT = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def store(database: Database) -> Database:
    if database.is_sqlite:
        pytest.skip("SQLite has no connections that can be cut")
    chance = random.Random(2)
    filled(database, (made.row(chance, number) for number in range(1, 41)))
    return database


def test_a_list_does_not_notice_that_its_connections_were_cut(store: Database, database_url: str) -> None:
    before = page(store, Filter(), ALL)
    with ThreadPoolExecutor(4) as threads:
        lists = list(threads.map(lambda _: page(store, Filter(), ALL), range(8)))
        other = connect(database_url)
        for _ in range(3):
            with other.read() as connection:
                assert connection.exec_driver_sql(_CUT).scalar_one() > 0
            assert list(threads.map(lambda _: page(store, Filter(), ALL), range(8))) == lists
        other.close()
    assert lists == [before] * 8


def test_no_connection_is_left_in_a_transaction(store: Database) -> None:
    page(store, Filter(), ALL)
    asked = store.ask("SELECT state FROM pg_stat_activity WHERE datname = current_database() ORDER BY 1", {})
    assert ("active",) in asked
    assert all(state in ("active", "idle") for (state,) in asked)


def test_an_error_tells_no_values(store: Database) -> None:
    with pytest.raises(DBAPIError) as told:
        store.ask("SELECT id FROM dossiers WHERE id = %(id)s::bigint", {"id": "000x90000001"})
    assert told.value.hide_parameters
    assert told.value.params is None
    assert page(store, Filter(), ALL)


def test_a_database_that_is_away_is_told_as_a_sentence(store: Database) -> None:
    away = connect("postgresql://postgres@/postgres?host=/nowhere")
    with pytest.raises(StoreError, match="does not answer"):
        page(away, Filter(), ALL)
    away.close()
