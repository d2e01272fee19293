"""An export is every dossier of its filter that there was, each once, whatever happens to whoever writes it."""

import errno
import gzip
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import orjson
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select, update

from hub.outbox.exports import folders, job, parts, walking, writers
from hub.outbox.exports.exporter import Exporter
from hub.outbox.exports.options import Dialect, Format, Options
from hub.record.grant import EVERYTHING, Grant, Group, Sight
from hub.store import clients, exports
from hub.store.clients import Role, Wanted
from hub.store.database import Database
from hub.store.exports import ExportLost, ExportState, TooManyUnfinished
from hub.store.outbox_tables import exports as table
from hub.store.tables import dossiers
from hub.sync.owner import this_process
from tests.hub.outbox.exports.dossiers import add, values_of
from tests.hub.outbox.exports.exporting import (
    ROOT,
    Noted,
    ask,
    begun,
    client_of,
    ended,
    file_of,
    get,
    room,
    written,
)

NDJSON = Options(Format.NDJSON)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "_PAGE", 7)
    monkeypatch.setattr(parts, "_RECORDS", 20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of exports."""
    made = tmp_path / "files"
    made.mkdir()
    return made


def _codes(place: Path) -> list[str]:
    raw = gzip.decompress(place.read_bytes()) if place.suffix == ".gz" else place.read_bytes()
    return [orjson.loads(line)["code"] for line in raw.splitlines()]


def _codes_in(place: Path, form: Format) -> list[object]:
    match form:
        case Format.NDJSON:
            return list(_codes(place))
        case Format.CSV:
            return [line.split(",")[1] for line in place.read_text().splitlines()[1:]]
        case Format.XLSX:
            return [row[1] for row in openpyxl.load_workbook(place).worksheets[0].values][1:]
        case Format.PARQUET:
            return list(pq.read_table(place).column("code").to_pylist())


def _all(count: int, first: int = 0) -> list[str]:
    return [str(values_of(number)["code"]) for number in range(first, first + count)]


def test_it_is_every_dossier_of_the_filter_once(database: Database, folder: Path) -> None:
    add(database, 95)
    noted = Noted()
    export = written(database, folder, ask(database, client_of(database), NDJSON), noted)
    assert _codes(file_of(folder, export)) == _all(95)
    assert export.records == 95
    assert len(noted.ids) == 95
    half = written(database, folder, ask(database, client_of(database), NDJSON, agency="000.00.15.H29"))
    assert _codes(file_of(folder, half)) == _all(95)[::2]


@pytest.mark.parametrize("form", list(Format))
def test_every_format_has_the_same_dossiers(database: Database, folder: Path, form: Format) -> None:
    add(database, 50)
    options = Options(form, dialect=Dialect.PLAIN)
    place = file_of(folder, written(database, folder, ask(database, client_of(database), options)))
    assert _codes_in(place, form) == _all(50)


@pytest.mark.parametrize("form", [Format.NDJSON, Format.CSV])
def test_compressed_parts_are_one_file(database: Database, folder: Path, form: Format) -> None:
    add(database, 50)
    place = file_of(folder, written(database, folder, ask(database, client_of(database), Options(form, True))))
    assert gzip.decompress(place.read_bytes()).count(b"\n") == 50 + (form is Format.CSV)


def test_what_comes_after_it_was_asked_for_is_not_in_it_but_in_the_feed(database: Database, folder: Path) -> None:
    add(database, 30)
    export_id = ask(database, client_of(database), NDJSON)
    add(database, 5, first=30)
    export = written(database, folder, export_id)
    assert _codes(file_of(folder, export)) == _all(30)
    with database.read() as connection:
        later = connection.execute(select(dossiers.c.code).where(dossiers.c.position > export.position)).scalars()
        assert set(later) == set(_all(5, first=30))


def test_it_shows_what_the_grant_shows_and_no_more(database: Database, folder: Path) -> None:
    add(database, 10)
    grant = Grant(agencies=("000.00.15.H29",), sights={Group.NAME: Sight.MASKED})
    export = written(database, folder, ask(database, client_of(database, grant=grant), NDJSON))
    items = [orjson.loads(line) for line in file_of(folder, export).read_bytes().splitlines()]
    assert [item["code"] for item in items] == _all(10)[::2]
    assert "000" not in str(items[0]["applicant"])
    assert "Nguyễn" not in str(items)


def test_chosen_fields_are_all_that_is_in_it(database: Database, folder: Path) -> None:
    add(database, 3)
    export = written(database, folder, ask(database, client_of(database), NDJSON, ["code", "fees"]))
    item = orjson.loads(file_of(folder, export).read_bytes().splitlines()[0])
    assert item["fees"] == values_of(0)["fees"]
    assert "applicant" not in item


@pytest.mark.parametrize("form", [Format.NDJSON, Format.XLSX])
def test_kill_9_at_any_moment_loses_and_doubles_nothing(
    database: Database, database_url: str, folder: Path, form: Format
) -> None:
    add(database, 3_000)
    options = Options(form, dialect=Dialect.PLAIN)
    export_id = ask(database, client_of(database), options)
    chance, reached = random.Random(form), []
    for _ in range(5):
        process = begun(database_url, folder, 50, 200)
        assert process.stdout is not None
        for _ in range(chance.randrange(3)):  # of fifteen parts, so every kill is in the middle
            assert process.stdout.readline() == "part\n"
        process.send_signal(signal.SIGKILL)
        process.communicate()
        found = get(database, export_id)
        reached.append(found.last_id)
        assert found.state is not ExportState.DONE
    process = begun(database_url, folder, 50, 200)
    export = ended(database, export_id)
    process.communicate("", timeout=30)
    assert reached == sorted(reached)
    assert _codes_in(folder / export.folder / str(export.file), form) == _all(3_000)


def test_whoever_goes_on_begins_after_the_last_part(database: Database, database_url: str, folder: Path) -> None:
    add(database, 3_000)
    export_id = ask(database, client_of(database), NDJSON)
    process = begun(database_url, folder, 50, 200)
    assert process.stdout is not None
    assert process.stdout.readline() == "part\n"
    process.kill()
    process.communicate()
    at = get(database, export_id)
    assert at.records >= 200
    noted = Noted()
    export = written(database, folder, export_id, noted)
    assert len(noted.ids) == 3_000 - at.records
    assert _codes(file_of(folder, export)) == _all(3_000)


def test_a_process_that_froze_and_wakes_spoils_nothing(database: Database, database_url: str, folder: Path) -> None:
    add(database, 3_000)
    export_id = ask(database, client_of(database), NDJSON)
    process = begun(database_url, folder, 50, 200)
    assert process.stdout is not None
    assert process.stdout.readline() == "part\n"
    process.send_signal(signal.SIGSTOP)
    exporter = Exporter(room(database, folder), this_process(), lease_seconds=2.0)
    exporter.start()
    try:
        export = ended(database, export_id, 120)  # SQLite: where it froze inside a transaction nobody else can write
    finally:
        process.send_signal(signal.SIGCONT)
        exporter.stop()
    process.communicate("", timeout=30)
    assert get(database, export_id) == export
    assert _codes(folder / export.folder / str(export.file)) == _all(3_000)


def test_a_stopped_exporter_leaves_its_export_to_the_next(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, 90)
    export_id = ask(database, client_of(database), NDJSON)
    exporter = _exporter_that(database, folder, monkeypatch, lambda one: one.wind_down())
    exporter.start()
    _until(lambda: get(database, export_id).records > 0)
    _until(lambda: get(database, export_id).state is ExportState.QUEUED)
    exporter.stop()
    assert get(database, export_id).records == 21
    monkeypatch.undo()
    assert _codes(file_of(folder, written(database, folder, export_id))) == _all(90)


def test_a_cancelled_export_is_left_with_nothing_on_the_disk(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, 90)
    export_id = ask(database, client_of(database), NDJSON)
    now = datetime.now(UTC)
    exporter = _exporter_that(
        database, folder, monkeypatch, lambda _one: exports.cancel(database, export_id, "Cancelled.", now)
    )
    exporter.start()
    _until(lambda: get(database, export_id).state is ExportState.CANCELLED and not list(folder.iterdir()))
    exporter.stop()
    assert get(database, export_id).state is ExportState.CANCELLED


def _exporter_that(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, does: Callable[[Exporter], object]
) -> Exporter:
    """An exporter to which something happens after the first part."""
    exporter = Exporter(room(database, folder), this_process())
    advance = exports.advance

    def then(*arguments: object) -> None:
        advance(*arguments)  # type: ignore[arg-type]
        happened.append(True)

    happened: list[bool] = []
    still = job.still

    def after_the_part(*arguments: object) -> bool:
        if happened:
            does(exporter)
        return still(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(exports, "advance", then)
    monkeypatch.setattr(job, "still", after_the_part)  # outside the transaction that took the part in
    return exporter


def test_a_grant_that_shrinks_ends_an_export_that_is_being_written(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, 90)
    export_id = ask(database, client_of(database), NDJSON)
    smaller = Grant(agencies=("000.00.15.H29",), level=EVERYTHING.level, sights=EVERYTHING.sights)
    exporter = _exporter_that(database, folder, monkeypatch, lambda _one: client_of(database, grant=smaller))
    exporter.start()
    export = ended(database, export_id)
    exporter.stop()
    assert export.state is ExportState.FAILED
    assert "grant" in (export.sentence or "")
    assert not list(folder.iterdir())


def test_a_client_that_is_removed_takes_its_exports_with_it(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, 90)
    export_id = ask(database, client_of(database), NDJSON)

    def forget(_one: Exporter) -> None:
        with database.write() as transaction:
            clients.remove(transaction, "cong-dvc")

    exporter = _exporter_that(database, folder, monkeypatch, forget)
    exporter.start()
    _until(lambda: exports.get(database, export_id) is None and not list(folder.iterdir()))
    exporter.stop()


def test_a_disk_that_takes_no_more_fails_it_and_leaves_nothing_behind(
    database: Database, database_url: str, folder: Path
) -> None:
    add(database, 500)
    export_id = ask(database, client_of(database), NDJSON)
    # A real limit of the kernel: no file of this process grows past 10 kB (the disk's own end is EDQUOT's or ENOSPC's).
    program = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000));"
        f"sys.argv = ['x', {database_url!r}, {str(folder)!r}, '50', '100000'];"
        "runpy.run_module('tests.hub.outbox.exports.exporting', run_name='__main__')"
    )
    if database.is_sqlite:
        pytest.skip("the limit would hit the database's own file too")
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, text=True)
    export = ended(database, export_id)
    process.communicate("", timeout=30)
    assert export.state is ExportState.FAILED
    assert "could not write the file (File too large)" in (export.sentence or "")
    assert not list((folder).iterdir())


@pytest.mark.parametrize("form", list(Format))
def test_a_full_disk_is_told_in_a_sentence(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, form: Format
) -> None:
    add(database, 50)
    export_id = ask(database, client_of(database), Options(form))
    really = os.fsync

    def full(descriptor: int) -> None:
        if "export-" in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        really(descriptor)

    monkeypatch.setattr(writers.os, "fsync", full)
    export = written(database, folder, export_id)
    assert export.state is ExportState.FAILED
    assert (export.sentence or "").startswith("The hub's disk for exports is full")
    assert not list(folder.iterdir())


def test_a_workbook_on_a_full_disk_says_so_too(folder: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this machine has no /dev/full")
    from hub.outbox.exports import xlsx
    from hub.outbox.exports.columns import columns_of

    lines = (orjson.dumps({"id": str(number), "code": "x" * 50}) for number in range(20_000))
    with Path("/dev/full").open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left") as raised:
        xlsx.write(lines, columns_of(EVERYTHING, None), file, Options(Format.XLSX))
    assert raised.value.errno == errno.ENOSPC


def test_a_client_waits_for_three_at_most(database: Database, folder: Path) -> None:
    client, other = client_of(database), client_of(database, "so-tu-phap")
    made = [ask(database, client, NDJSON) for _ in range(3)]
    with pytest.raises(TooManyUnfinished):
        ask(database, client, NDJSON)
    ask(database, other, NDJSON)
    exports.cancel(database, made[0], "Cancelled.", datetime.now(UTC))
    ask(database, client, NDJSON)


def test_an_export_that_many_processes_died_of_is_given_up(database: Database, folder: Path) -> None:
    export_id = ask(database, client_of(database), NDJSON)
    with database.write() as transaction:
        transaction.execute(update(table).where(table.c.id == export_id).values(lease_epoch=20))
    export = written(database, folder, export_id)
    assert export.state is ExportState.FAILED
    assert "Given up" in (export.sentence or "")


def test_only_the_holder_of_the_lease_moves_it(database: Database, folder: Path) -> None:
    export_id = ask(database, client_of(database), NDJSON)
    [(export, is_free)] = exports.takeable(database)
    assert is_free
    now = datetime.now(UTC)
    first = exports.take(database, export, "one", 0.0, now)
    assert first is not None
    assert exports.take(database, export, "two", 20.0, now) is None  # it was taken since it was looked at
    time.sleep(0.01)
    [(export, is_free)] = exports.takeable(database)
    assert is_free  # its lease has run out
    second = exports.take(database, export, "two", 20.0, now)
    assert second is not None
    assert not exports.takeable(database)[0][1]
    with pytest.raises(ExportLost):
        exports.renew(database, first, 20.0)
    with pytest.raises(ExportLost):
        exports.finish(database, first, exports.Made("f", 1, b""), now, now)
    exports.renew(database, second, 20.0)
    assert get(database, export_id).lease_owner == "two"


def test_an_old_file_expires_and_its_folder_goes(database: Database, folder: Path) -> None:
    add(database, 3)
    client = client_of(database)
    young = written(database, folder, ask(database, client, NDJSON))
    old = written(database, folder, ask(database, client, NDJSON))
    with database.write() as transaction:
        past = update(table).where(table.c.id == old.id).values(expires_at=datetime.now(UTC) - timedelta(seconds=1))
        transaction.execute(past)
    stranger = folder / "notes of somebody"
    stranger.mkdir()
    orphan = folder / "999-20260101000000000000"
    orphan.mkdir()
    exports.expire(database, database.now())
    assert folders.remove_orphans(folder, database) == 2
    assert get(database, old.id).state is ExportState.EXPIRED
    assert stranger.exists()
    file_of(folder, get(database, young.id))
    exports.expire(database, database.now() + timedelta(days=31))
    assert exports.get(database, old.id) is None


def test_an_exporter_tidies_by_itself(database: Database, folder: Path) -> None:
    orphan = folder / "999-20260101000000000000"
    orphan.mkdir()
    exporter = Exporter(room(database, folder), this_process())
    exporter.start()
    _until(lambda: not orphan.exists())
    exporter.stop()


def test_operators_exports_are_of_their_role(database: Database, folder: Path) -> None:
    add(database, 3)
    with database.write() as transaction:
        clients.put(transaction, Wanted("quan-tri", Role.READ), datetime.now(UTC))
    reader = clients.named(database, "quan-tri")
    assert reader is not None
    export = written(database, folder, ask(database, reader, NDJSON))
    assert _codes(file_of(folder, export)) == _all(3)


def _until(holds: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)
