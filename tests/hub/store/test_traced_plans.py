"""What a trace, or a search for what is alike, asks PostgreSQL is found by index: where sequential reading is
forbidden, no statement reads a large table, or an index of one, from one end to the other."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, text

from hub.inspection.trace import find, may_bring, trace_of
from hub.inspection.traced import Happening, Sees
from hub.record.grant import EVERYTHING
from hub.store import alike, connectors, dossiers
from hub.store.database import Database
from hub.store.filters import Filter
from hub.store.scope import ALL, Scope
from tests.hub.web.filling import SHARED, fill

_SMALL = frozenset({"connectors", "clients", "subscriptions", "disowned", "reads_head"})


@pytest.fixture
def filled(database: Database) -> Database:
    """A small hub on PostgreSQL."""
    if database.is_sqlite:
        pytest.skip("plans are PostgreSQL's")
    fill(database, datetime.now(UTC))
    return database


@contextmanager
def plans(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is executed meanwhile, with its plan where sequential reading is forbidden."""
    found: list[tuple[str, Any]] = []

    def told(connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            with connection.connection.driver_connection.cursor() as own:
                own.execute("SET LOCAL enable_seqscan = off")
                own.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
                found.append((statement, own.fetchone()[0][0]["Plan"]))

    event.listen(database.engine, "before_cursor_execute", told)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", told)


def leading(database: Database) -> dict[str, str]:
    """The first column of each index."""
    with database.read() as connection:
        rows = connection.execute(text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"))
        return {row.indexname: re.split(r"[,)]", row.indexdef.split("(", 1)[1])[0].strip('"') for row in rows}


def read_through(node: Any, first: dict[str, str], *, is_limited: bool = False) -> Iterator[str]:
    """The large tables or indexes that a plan reads from one end to the other; a limit ends an ordered walk."""
    kind = node["Node Type"]
    is_limited = is_limited or kind == "Limit"
    if kind == "Seq Scan" and node["Relation Name"] not in _SMALL:
        yield node["Relation Name"]
    index = node.get("Index Name")
    is_small = index is None or any(index.split("_", 1)[1].startswith(table) for table in _SMALL)
    is_walk = is_limited and "Filter" not in node
    if not is_small and not is_walk and first[index] not in node.get("Index Cond", ""):
        yield index
    for below in node.get("Plans", ()):
        yield from read_through(below, first, is_limited=is_limited)


def _sees(database: Database) -> Sees:
    return Sees(ALL, EVERYTHING, {row.id: row.name for row in connectors.listed(database)}, audit=True)


def _finds(database: Database) -> None:
    for what in (SHARED, "TP-404", "000190000001", "0f3a9c1be0d2"):
        find(database, what, _sees(database))
    may_bring(database, SHARED, _sees(database))


def _traces(database: Database) -> None:
    (row,) = dossiers.with_code(database, SHARED)
    for kind in (None, Happening.READ):
        trace_of(database, SHARED, row, _sees(database), kind)


def _alike(database: Database) -> None:
    for scope in (ALL, Scope(frozenset({"000.00.15.H29"}), None, None, 2)):
        alike.step(database, Filter(), scope)


@pytest.mark.parametrize("asks", [_finds, _traces, _alike])
def test_no_statement_reads_a_large_table_through(filled: Database, asks: Callable[[Database], None]) -> None:
    with plans(filled) as found:
        asks(filled)
    assert len(found) > 4
    first = leading(filled)
    assert [(what, statement) for statement, plan in found for what in read_through(plan, first)] == []


def test_a_statement_that_would_is_noticed(filled: Database) -> None:
    with plans(filled) as found, filled.read() as connection:
        connection.execute(text("SELECT count(*) FROM dossiers WHERE search LIKE '%a%'"))
        connection.execute(text("SELECT key FROM quarantine WHERE key = 'TP-404'"))
    first = leading(filled)
    assert [list(read_through(plan, first)) for _statement, plan in found] == [
        ["dossiers"],
        ["uq_quarantine_connector_id_key"],
    ]
