"""`hub export`: straight into a file, and for a client through the queue."""

import csv
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from hub.outbox.exports.exporter import Exporter
from hub.outbox.exports.job import Room
from hub.record.grant import Grant, Group, Sight
from hub.store import clients
from hub.store.clients import Role, Wanted
from hub.store.database import Database, connect
from hub.sync.owner import this_process
from tests.hub.cli.inside import hub
from tests.hub.outbox.exports.dossiers import add, values_of
from tests.hub.outbox.exports.exporting import Noted, ended


@pytest.fixture
def config(tmp_path: Path, sqlite_store: Path) -> Path:
    """A hub of thirty dossiers, and a client that sees some of them."""
    (tmp_path / "hub.db").write_bytes(sqlite_store.read_bytes())
    path = tmp_path / "config.yaml"
    path.write_text("database: {url: sqlite:///hub.db}\nconnectors: []\n")
    database = connect("sqlite:///hub.db", tmp_path)
    add(database, 30)
    grant = Grant(agencies=("000.00.15.H29",), sights={Group.NAME: Sight.FULL})
    with database.write() as transaction:
        clients.put(transaction, Wanted("cong-dvc", Role.QUERY, grant=grant), datetime.now(UTC))
    database.close()
    return path


@pytest.fixture
def store(config: Path) -> Iterator[Database]:
    """Its store."""
    database = connect("sqlite:///hub.db", config.parent)
    yield database
    database.close()


def test_run_writes_a_file_without_the_server(config: Path) -> None:
    to = config.parent / "hồ sơ.ndjson"
    done = hub("export", "run", "agency=000.00.15.H29", "--out", to, "-c", config)
    assert done.code == 0, done.err
    assert "15 dossiers" in done.err
    assert [orjson.loads(line)["code"] for line in to.read_bytes().splitlines()] == [
        values_of(number)["code"] for number in range(0, 30, 2)
    ]
    assert [each.name for each in config.parent.glob("*.part")] == []


def test_run_writes_csv_for_programs_and_the_fields_that_are_chosen(config: Path) -> None:
    to = config.parent / "dossiers.csv"
    done = hub("export", "run", "--out", to, "--plain", "--fields", "code,applicant.name", "-c", config)
    assert done.code == 0, done.err
    with to.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 30
    assert rows[1]["applicant.name"] == "Trần Đức Minh"
    assert "applicant.phone" not in rows[1]


def test_run_as_a_client_shows_what_it_sees(config: Path) -> None:
    to = config.parent / "theirs.ndjson"
    assert hub("export", "run", "--as", "cong-dvc", "--out", to, "-c", config).code == 0
    lines = to.read_bytes().splitlines()
    assert len(lines) == 15
    assert b"id_number" not in lines[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("colour=red",), "colour"),
        (("status",), "is not as in"),
        (("{bad",), "no JSON"),
        (("q=a&q=b",), "twice"),
        (("", "--fields", "applicant.colour"), "applicant.colour"),
    ],
)
def test_a_wrong_filter_is_told_and_nothing_is_written(config: Path, arguments: tuple[str, ...], said: str) -> None:
    to = config.parent / "none.csv"
    done = hub("export", "run", *arguments, "--out", to, "-c", config)
    assert done.code == 2
    assert said in done.err
    assert not to.exists()


@pytest.mark.parametrize("name", ["dossiers.pdf", "dossiers", "dossiers.xlsx.gz", "no/such/folder.csv"])
def test_a_file_that_cannot_be_is_told(config: Path, name: str) -> None:
    done = hub("export", "run", "--out", config.parent / name, "-c", config)
    assert done.code == 2
    assert done.err.strip()


def test_the_queue_new_list_show_fetch_and_cancel(config: Path, store: Database) -> None:
    asked = hub("export", "new", "csv", "status=processing", "--client", "cong-dvc", "-c", config)
    assert asked.code == 0, asked.err
    assert "Export 1 is queued" in asked.out
    early = hub("export", "fetch", "1", "--out", config.parent / "early.csv", "-c", config)
    assert early.code == 1
    assert "queued" in early.err
    exporter = Exporter(
        Room(store, config.parent / "var" / "exports", timedelta(days=3), timedelta(days=3), Noted()), this_process()
    )
    exporter.start()
    export = ended(store, 1)
    exporter.stop()
    shown = hub("export", "show", "1", "--json", "-c", config).document
    assert (shown["state"], shown["records"], shown["client"]) == ("done", export.records, "cong-dvc")
    to = config.parent / "theirs.csv"
    fetched = hub("export", "fetch", "1", "--out", to, "-c", config)
    assert fetched.code == 0, fetched.err
    assert hashlib.sha256(to.read_bytes()).hexdigest() == shown["digest"]
    assert [one["id"] for one in hub("export", "list", "--json", "-c", config).document] == [1]
    assert "cong-dvc" in hub("export", "list", "-c", config).out
    assert "removed" in hub("export", "cancel", "1", "-c", config).out
    assert hub("export", "show", "1", "-c", config).code == 4
    assert not list((config.parent / "var" / "exports").iterdir())


def test_an_export_that_waits_is_cancelled(config: Path) -> None:
    hub("export", "new", "ndjson", "--client", "cong-dvc", "-c", config)
    assert "cancelled" in hub("export", "cancel", "1", "-c", config).out
    assert hub("export", "show", "1", "--json", "-c", config).document["state"] == "cancelled"


def test_a_client_that_does_not_exist_gets_nothing(config: Path) -> None:
    assert hub("export", "new", "csv", "--client", "nobody", "-c", config).code == 4


def test_reads_at_the_machine_are_noted(config: Path, store: Database) -> None:
    to = config.parent / "all.ndjson"
    assert hub("export", "run", "--out", to, "--author", "chị Hạnh", "-c", config).code == 0
    noted = b"".join(each.read_bytes() for each in (config.parent / "var" / "reads").rglob("*.reads"))
    assert "chị Hạnh".encode() in noted
    assert b"hub export" in noted
