"""Storing pages: however large, and while others write."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from hub.record.identity import Code
from hub.store import dossiers, laid_out, pages, runs
from hub.store.database import Database, connect
from hub.sync.run import execute
from tests.hub.sync.fixtures import Listing, mapping, registered, source

MANY = 70_000  # more values than one statement may carry, on either database


def test_more_keys_than_a_statement_may_carry_are_looked_up(database: Database) -> None:
    row = registered(database, "a")["a"]
    keys = [str(number) for number in range(MANY)]
    assert pages.known_records(database, row.id, keys) == {}
    with database.write() as transaction:
        assert laid_out.dossiers_by_record(transaction, row.id, keys) == {}
        assert laid_out.dossiers_by_code(transaction, {Code("", key) for key in keys}) == {}
        assert laid_out.load_dossiers(transaction, range(MANY), {}) == {}
        pages.release(transaction, row.id, dict.fromkeys(keys, ""))


def test_connectors_that_meet_the_same_new_dossiers_at_once_make_each_one_once(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    names = ["a", "b", "c", "d"]
    rows = registered(database, *names)
    codes = [f"000.00.15.H29-260520-{number:04}" for number in range(160)]
    reads, together = mapping(tmp_path), threading.Barrier(len(names))

    def sync(name: str, order: int) -> None:
        mine = random.Random(order).sample(codes, len(codes))
        records = [{"id": code, "code": code, "status": "open", "name": name} for code in mine]
        listing = Listing([records[start : start + 20] for start in range(0, len(records), 20)])
        own = connect(database_url)
        with own.write() as transaction:
            run_id = runs.enqueue(transaction, rows[name].id, "full", "hand", datetime.now(UTC))
        together.wait()
        execute(own, source(name, listing, reads), run_id, name, threading.Event())
        own.close()

    with ThreadPoolExecutor(len(names)) as threads:
        for done in [threads.submit(sync, name, order) for order, name in enumerate(names)]:
            done.result()
    assert dossiers.totals(database).dossiers == len(codes)
    ended = runs.listed(database)
    assert [run.state for run in ended] == ["succeeded"] * 4
    assert sum(run.created for run in ended) == len(codes)
    (found,) = dossiers.with_code(database, codes[0])
    assert len(dossiers.sources(database, found.id)) == 4
