"""An export is whole whatever happens to whoever writes it: killed, frozen, stopped, without room or a database."""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import update

from hub.outbox.exports import exporter as exporter_module
from hub.outbox.exports import folders, writers
from hub.outbox.exports.beating import LEASE_SECONDS
from hub.outbox.exports.exporter import Exporter
from hub.outbox.exports.options import Dialect, Format, Options
from hub.record.grant import EVERYTHING
from hub.store import export_leases, exports
from hub.store.database import Database, StoreError
from hub.store.export_leases import ExportLost
from hub.store.exports import ExportState
from hub.store.outbox_tables import exports as table
from hub.sync.owner import this_process
from hub.sync.reading_log import NotLogged
from tests.hub.outbox.exports.dossiers import add
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
from tests.hub.outbox.exports.reading import all_codes, codes, codes_in, exporter_that, until

NDJSON = Options(Format.NDJSON)
pytestmark = pytest.mark.usefixtures("small_pages")


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
    assert codes_in(folder / export.folder / str(export.file), form) == all_codes(3_000)


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
    assert codes(file_of(folder, export)) == all_codes(3_000)


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
    assert codes(folder / export.folder / str(export.file)) == all_codes(3_000)


def test_a_stopped_exporter_leaves_its_export_to_the_next(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, 90)
    export_id = ask(database, client_of(database), NDJSON)
    exporter = exporter_that(database, folder, monkeypatch, lambda one: one.wind_down())
    exporter.start()
    until(lambda: get(database, export_id).records > 0)
    until(lambda: get(database, export_id).state is ExportState.QUEUED)
    exporter.stop()
    assert get(database, export_id).records == 21
    monkeypatch.undo()
    assert codes(file_of(folder, written(database, folder, export_id))) == all_codes(90)


def test_a_cancelled_export_is_left_with_nothing_on_the_disk(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, 90)
    export_id = ask(database, client_of(database), NDJSON)
    now = datetime.now(UTC)
    exporter = exporter_that(
        database, folder, monkeypatch, lambda _one: exports.cancel(database, export_id, "Cancelled.", now)
    )
    exporter.start()
    until(lambda: get(database, export_id).state is ExportState.CANCELLED and not list(folder.iterdir()))
    exporter.stop()
    assert get(database, export_id).state is ExportState.CANCELLED


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


def test_an_export_that_many_processes_died_of_is_given_up(database: Database, folder: Path) -> None:
    export_id = ask(database, client_of(database), NDJSON)
    with database.write() as transaction:
        transaction.execute(update(table).where(table.c.id == export_id).values(tries=20))
    export = written(database, folder, export_id)
    assert export.state is ExportState.FAILED
    assert "Given up" in (export.sentence or "")


def test_only_a_process_that_died_counts_as_a_try_and_only_until_there_is_another_part(
    database: Database, folder: Path
) -> None:
    export_id, now = ask(database, client_of(database), NDJSON), datetime.now(UTC)

    def taken(owner: str) -> export_leases.Lease:
        [(export, _)] = export_leases.takeable(database)
        lease = export_leases.take(database, export, owner, 20.0, now, is_dead=True)
        assert lease is not None
        return lease

    taken("died")
    assert get(database, export_id).tries == 1
    export_leases.put_back(database, taken("was stopped"))
    assert get(database, export_id).tries == 1
    lease = taken("gets on")
    with database.write() as transaction:
        export_leases.advance(transaction, lease, [{"file": "a", "records": 1}], 1)
    assert get(database, export_id).tries == 1
    export_leases.put_back(database, lease, 20.0)
    assert get(database, export_id).tries == 0
    assert not export_leases.takeable(database)[0][1]  # not before those seconds are over


def test_an_export_waits_while_reads_cannot_be_noted(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporter_module, "_LOG_SECONDS", 0.1)
    add(database, 30)
    export_id, full = ask(database, client_of(database), NDJSON), [True]

    def note(_export: object, _asked: object, ids: Sequence[int]) -> None:
        if full and len(noted.ids) >= 21:
            tried.append(full.pop())
            raise NotLogged("reads cannot be noted: make room on that disk")
        noted.ids += ids

    noted, tried = Noted(), list[bool]()
    export = written(database, folder, export_id, note)  # type: ignore[arg-type]
    assert tried == [True]
    assert codes(file_of(folder, export)) == all_codes(30)


def test_an_export_whose_database_went_away_is_put_back_and_counts_for_no_try(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, 30)
    export_id, away = ask(database, client_of(database), NDJSON), [True] * 3
    advance = export_leases.advance

    def flaps(*arguments: object) -> None:
        if away:
            away.pop()
            raise StoreError("the database does not answer")
        assert get(database, export_id).tries == 1
        advance(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(export_leases, "advance", flaps)
    began = time.monotonic()
    export = written(database, folder, export_id)
    assert codes(file_of(folder, export)) == all_codes(30)
    assert time.monotonic() - began < LEASE_SECONDS  # nobody waited for its lease to run out


def test_an_exporter_that_is_stopped_as_it_takes_one_puts_it_back(database: Database, folder: Path) -> None:
    export_id = ask(database, client_of(database), NDJSON)
    exporter = Exporter(room(database, folder), this_process())
    exporter.stop()
    exporter._begin_what_waits()
    found = get(database, export_id)
    assert (found.state, found.lease_owner, found.tries) == (ExportState.QUEUED, None, 0)


def test_only_the_holder_of_the_lease_moves_it(database: Database, folder: Path) -> None:
    export_id = ask(database, client_of(database), NDJSON)
    [(export, is_free)] = export_leases.takeable(database)
    assert is_free
    now = datetime.now(UTC)
    first = export_leases.take(database, export, "one", 0.0, now)
    assert first is not None
    assert export_leases.take(database, export, "two", 20.0, now) is None  # it was taken since it was looked at
    time.sleep(0.01)
    [(export, is_free)] = export_leases.takeable(database)
    assert is_free  # its lease has run out
    second = export_leases.take(database, export, "two", 20.0, now)
    assert second is not None
    assert not export_leases.takeable(database)[0][1]
    with pytest.raises(ExportLost):
        export_leases.renew(database, first, 20.0)
    with pytest.raises(ExportLost):
        export_leases.finish(database, first, export_leases.Made("f", 1, b""), now, now)
    export_leases.renew(database, second, 20.0)
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
    until(lambda: not orphan.exists())
    exporter.stop()
