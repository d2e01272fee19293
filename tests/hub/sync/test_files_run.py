"""A folder of workbooks, taken by a whole run: a file is moved when its records are stored, and not before."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from connectors.files import FILES
from connectors.files.connector import FilesConnector
from hub.store import connectors, dossiers, quarantine, replays, runs
from hub.store.database import Database
from hub.store.filters import Filter
from hub.store.runs import RunRow
from hub.sync.run import execute
from hub.sync.source import Source
from hub.sync.work import name_of
from tests.connectors.workbooks import names, put, xlsx
from tests.hub.sync.fixtures import DOCUMENT, mapping, registered

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


def run(database: Database, folder: Path, tmp_path: Path, settle_seconds: int = 0) -> RunRow:
    wanted = {"folder": str(folder), "key": "id", "settle_seconds": settle_seconds, "page_size": 2}
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


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_row_that_no_replay_can_cut_keeps_the_file_and_row_that_it_was_found_in(
    database: Database, tmp_path: Path, ending: str
) -> None:
    registered(database, "so-tep")
    place = tmp_path / "nop"
    place.mkdir()
    rows = [["1", "HS-1\nA", "open"], ["2", "HS-2", "open"], ["", "HS-3", "open"]]
    text = "id,code,status\n" + "".join(f'{one},"{two}",{three}\n' for one, two, three in rows)
    put(place, f"so.{ending}", text.encode() if ending == "csv" else xlsx(rows, HEADER), at=1)
    assert run(database, place, tmp_path).quarantined == 1
    (before,) = quarantine.listed(database)
    where = "line 5 has" if ending == "csv" else "row 4 has"
    assert where in before.reasons[0]["expected"]
    assert f"“so.{ending}”" in before.reasons[0]["expected"]
    document = DOCUMENT.replace("version: 1", "version: 2")
    row = connectors.named(database, "so-tep")
    assert row is not None
    with database.write() as transaction:
        run_id = replays.ask_for(transaction, row.id, replays.Wanted(), "hand", datetime.now(UTC))
    settings = FILES.settings.model_validate({"folder": str(place), "key": "id", "page_size": 2})
    source = Source("so-tep", partial(FILES.open, settings), mapping(tmp_path, document))
    assert FILES.reread is not None
    source = replace(source, reread=partial(FILES.reread, settings))
    assert execute(database, source, run_id, "test", threading.Event())
    (after,) = quarantine.listed(database)
    assert (after.reasons, after.raw) == (before.reasons, before.raw)
    assert replays.count(database, row.id, replays.Wanted(untried=True), name_of(source.mapping)) == 0
    ended = runs.get(database, run_id)
    assert ended is not None
    assert (ended.state, ended.fetched, ended.quarantined) == ("succeeded", 1, 1)


def test_a_run_tells_of_a_file_that_is_too_fresh_to_be_taken(database: Database, tmp_path: Path) -> None:
    registered(database, "so-tep")
    place = tmp_path / "nop"
    place.mkdir()
    put(place, "a.xlsx", xlsx(ROWS[:3], HEADER), at=1)
    ended = run(database, place, tmp_path, settle_seconds=3600)
    assert (ended.state, ended.fetched) == ("succeeded", 0)
    (note,) = ended.notes
    assert note["code"] == "waiting"
    assert note["sentence"].startswith("1 file waits (“a.xlsx”): changed ")
    (row,) = connectors.listed(database)
    assert not row.warnings
