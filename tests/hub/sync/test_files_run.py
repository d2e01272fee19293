"""A folder of workbooks, taken by a whole run: a file is moved when its records are stored, and not before."""

import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from connectors.files import FILES
from connectors.files.connector import FilesConnector
from hub.store import connectors, dossiers, runs
from hub.store.database import Database
from hub.store.dossiers import Filter
from hub.store.runs import RunRow
from hub.sync.run import Source, execute
from tests.connectors.workbooks import names, put, xlsx
from tests.hub.sync.fixtures import mapping, registered

HEADER = ["id", "code", "status"]
ROWS = [[str(at), f"HS-{at:05}", "open"] for at in range(1, 8)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "nop"
    place.mkdir()
    put(place, "a.xlsx", xlsx(ROWS[:3], HEADER), at=1)
    put(place, "b.xlsx", b"not a workbook", at=2)
    put(place, "c.xlsx", xlsx([*ROWS[3:], ["", "HS-9", "open"]], HEADER), at=3)
    return place


def run(database: Database, folder: Path, tmp_path: Path) -> RunRow:
    wanted = {"folder": str(folder), "key": "id", "settle_seconds": 0, "page_size": 2}
    source = Source("so-tep", partial(FILES.open, FILES.settings.model_validate(wanted)), mapping(tmp_path))
    row = connectors.named(database, "so-tep")
    assert row is not None
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "incremental", "hand", datetime.now(UTC))
    assert execute(database, source, run_id, "test", threading.Event())
    ended = runs.get(database, run_id)
    assert ended is not None
    return ended


def codes(database: Database) -> list[str]:
    return sorted(row.code for row in dossiers.page(database, Filter(), None, 100))


def test_a_run_stores_every_file_and_moves_it(database: Database, folder: Path, tmp_path: Path) -> None:
    registered(database, "so-tep")
    ended = run(database, folder, tmp_path)
    assert (ended.state, ended.created, ended.quarantined) == ("succeeded", 7, 1)
    assert codes(database) == [row[1] for row in ROWS]
    assert names(folder) == []
    assert names(folder, "processed") == ["a.xlsx", "c.xlsx"]
    assert names(folder, "failed") == ["b.xlsx", "b.xlsx.vi-sao.txt"]
    (row,) = connectors.listed(database)
    assert row.warnings is not None
    assert "1 file that cannot be read lies in `failed`" in row.warnings[0]["sentence"]


def test_what_was_stored_but_not_moved_is_moved_by_the_next_run_and_not_doubled(
    database: Database, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(database, "so-tep")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(FilesConnector, "_finish", lambda _self, progress: killed() if progress.taken else None)
        with pytest.raises(KeyboardInterrupt):
            run(database, folder, tmp_path)
    assert codes(database) == [row[1] for row in ROWS[:3]]
    assert names(folder) == ["a.xlsx", "b.xlsx", "c.xlsx"]
    again = run(database, folder, tmp_path)
    assert (again.created, again.unchanged) == (4, 0)
    assert names(folder, "processed") == ["a.xlsx", "c.xlsx"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_new_is_an_empty_run(database: Database, folder: Path, tmp_path: Path) -> None:
    registered(database, "so-tep")
    run(database, folder, tmp_path)
    again = run(database, folder, tmp_path)
    assert (again.state, again.pages, again.fetched) == ("succeeded", 0, 0)
