"""Reads are noted before the answer leaves, and taken in once: whatever is killed, full, away or damaged."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from structlog.testing import capture_logs

from hub.store import reads
from hub.store.database import Database, StoreError, connect
from hub.store.reads import Action, Read, SealKeys
from hub.store.reads_found import Sought, walk
from hub.store.reads_verified import verify
from hub.store.secrets import SecretsLocked
from hub.sync import reading_log
from hub.sync.reading_log import NotLogged, ReadLog

KEYS = SealKeys.derived([b"k" * 32])
ROOT = Path(__file__).parents[3]


def read(*dossiers: int, **more: object) -> Read:
    values: dict[str, object] = {"records": len(dossiers), "what": {"groups": ["name"]}} | more
    return Read(datetime.now(UTC), "cổng", Action.LIST, dossiers, **values)  # type: ignore[arg-type]


def kept(database: Database) -> list[list[int]]:
    assert verify(database, KEYS).wrong is None
    return [row.dossiers for row in walk(database, Sought())]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "reads"


@pytest.fixture
def log(database: Database, folder: Path) -> Iterator[ReadLog]:
    made = ReadLog(database, lambda: KEYS, folder)
    yield made
    made.stop()


def test_a_read_is_on_disk_at_once_and_in_the_database_after(database: Database, log: ReadLog, folder: Path) -> None:
    log.note(read(1, 2))
    (file,) = folder.iterdir()
    assert b"[1,2]" in file.read_bytes()
    assert (oct(file.stat().st_mode & 0o777), oct(folder.stat().st_mode & 0o777)) == ("0o600", "0o700")
    assert kept(database) == []
    assert log.take_in() == 1
    assert kept(database) == [[1, 2]]
    assert log.take_in() == 0
    log.note(read(3))
    assert (log.take_in(), kept(database)) == (1, [[1, 2], [3]])


def test_the_thread_takes_in_by_itself_and_stopping_leaves_nothing(database: Database, folder: Path) -> None:
    log = ReadLog(database, lambda: KEYS, folder)
    log.start()
    for number in range(20):
        log.note(read(number))
    log.stop()
    assert kept(database) == [[number] for number in range(20)]
    assert list(folder.iterdir()) == []
    log.note(read(77))  # by an answer that was still under way: the next process takes it in
    after = ReadLog(database, lambda: KEYS, folder)
    log._open.close()  # type: ignore[union-attr]  # as the end of its process does
    after.start()
    after.stop()
    assert kept(database)[-1] == [77]


def test_many_threads_lose_and_mix_nothing(database: Database, log: ReadLog) -> None:
    def note(at: int) -> None:
        for number in range(200):
            log.note(read(at * 1000 + number, 1))

    threads = [threading.Thread(target=note, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        log.take_in()
    log.take_in()
    assert len({ids[0] for ids in kept(database)}) == len(kept(database)) == 1600


def test_without_a_folder_it_is_in_the_database_at_once(database: Database) -> None:
    log = ReadLog(database, lambda: KEYS)
    log.note(read(1))
    log.note(read(*range(2500)))
    assert [len(ids) for ids in kept(database)] == [1, 1000, 1000, 500]


def test_what_named_a_person_is_not_kept_but_can_be_asked_for(database: Database, log: ReadLog, folder: Path) -> None:
    asked = {"q": "Nguyễn Văn Án 000190000001", "phone": "+84 900 000 001", "status": "processing", "agency": "H29"}
    log.note(read(1, what={"filter": asked, "groups": ["name"]}))
    (file,) = folder.iterdir()
    log.take_in()
    (row,) = walk(database, Sought())
    for text in (file.read_text(encoding="utf-8"), str(row.what)):
        assert not any(word in text.casefold() for word in ("nguy", "000190000001", "0900000001", "900 000"))
    assert row.what["filter"]["status"] == "processing"

    def by(value: str) -> int:
        return len(list(walk(database, Sought(traces=KEYS.traces_of(value)))))

    assert [by(each) for each in ("0900000001", "090.000.0001", "000190000001", "nguyen van an 000190000001")] == [
        1
    ] * 4
    assert by("0900000002") == 0


def test_nothing_found_is_no_read_unless_somebody_was_looked_for(database: Database, log: ReadLog) -> None:
    log.note(read(what={"filter": {"status": "processing"}}))
    log.note(read(what={}))
    assert log.take_in() == 0
    log.note(read(what={"filter": {"identity": "000190000001"}}))
    log.note(read(records=3, what={"connector": "mot-cua"}))
    assert log.take_in() == 2


PROCESS = """
import os, sys
from pathlib import Path
from hub.store.database import connect
from hub.store.reads import SealKeys
from hub.sync.reading_log import ReadLog
from tests.hub.sync.test_reading_log import KEYS, read

database = connect(sys.argv[1])
log = ReadLog(database, lambda: KEYS, Path(sys.argv[2]))
for number in range(100):
    log.note(read(number))
if sys.argv[3] == "taken in":
    log.take_in()
print("noted", flush=True)
sys.stdin.read()
"""


def killed(database_url: str, folder: Path, how: str) -> None:
    """A process that notes a hundred reads and is killed."""
    command = [sys.executable, "-c", PROCESS, database_url, str(folder), how]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "noted\n"
        assert [path.suffix for path in folder.iterdir()] == [".reads"]
        alive = ReadLog(connect(database_url), lambda: KEYS, folder)
        assert alive.take_in() == 0  # what belongs to a living process is left alone
        process.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("how", ["noted only", "taken in"])
def test_what_a_killed_process_noted_is_taken_in_once(
    database: Database, database_url: str, folder: Path, how: str
) -> None:
    killed(database_url, folder, how)
    ReadLog(database, lambda: KEYS, folder).take_in()
    assert kept(database) == [[number] for number in range(100)]
    assert list(folder.iterdir()) == []


def test_a_line_that_was_cut_by_a_kill_is_kept_aside_and_told(
    database: Database, database_url: str, folder: Path
) -> None:
    killed(database_url, folder, "noted only")
    (file,) = folder.iterdir()
    os.truncate(file, file.stat().st_size - 5)
    with capture_logs() as told:
        assert ReadLog(database, lambda: KEYS, folder).take_in() == 99
    assert [each["event"] for each in told] == ["reads_left_behind", "read_torn"]
    (aside,) = folder.iterdir()
    assert aside.suffix == ".unreadable"
    assert aside.read_bytes().startswith(b'["')


def test_damage_in_a_file_costs_its_own_lines_only(database: Database, database_url: str, folder: Path) -> None:
    killed(database_url, folder, "noted only")
    (file,) = folder.iterdir()
    lines = file.read_bytes().splitlines(keepends=True)
    lines[3] = b"\x00\xff{" + lines[3][3:]
    file.write_bytes(b"".join(lines))
    with capture_logs() as told:
        assert ReadLog(database, lambda: KEYS, folder).take_in() == 99
    assert "read_unreadable" in [each["event"] for each in told]


def test_what_lay_for_longer_than_reads_are_kept_is_a_persons_to_look_at(
    database: Database, database_url: str, folder: Path
) -> None:
    """Its rows may have been there and gone: taken in again, they would be there twice over."""
    killed(database_url, folder, "noted only")
    with capture_logs() as told:
        assert ReadLog(database, lambda: KEYS, folder, timedelta(0)).take_in() == 0
    assert told[-1]["event"] == "read_unreadable"
    (aside,) = folder.iterdir()
    assert (aside.suffix, aside.read_bytes().count(b"\n")) == (".unreadable", 100)


def test_a_file_that_was_never_begun_is_removed_when_its_process_must_be_dead(
    database: Database, log: ReadLog, folder: Path
) -> None:
    folder.mkdir()
    for name, age in (("old.new", 120), ("young.new", 0)):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - age,) * 2)
    log.take_in()
    assert [path.name for path in folder.iterdir()] == ["young.new"]


def test_a_commit_that_nobody_heard_of_doubles_nothing(
    database: Database, log: ReadLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.note(read(1))
    real = reads.take_in

    def deaf(*arguments: object) -> int:
        real(*arguments)  # type: ignore[arg-type]
        raise StoreError("the line was cut as the answer came")

    monkeypatch.setattr(reads, "take_in", deaf)
    with pytest.raises(StoreError):
        log.take_in()
    monkeypatch.undo()
    log.note(read(2))
    log.take_in()
    assert kept(database) == [[1], [2]]


def test_while_the_database_is_away_reads_wait_and_are_told_of(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = connect("postgresql://nobody@127.0.0.1:1/nothing")
    log = ReadLog(away, lambda: KEYS, folder)
    for number in range(3):
        log.note(read(number))
    monkeypatch.setattr(reading_log, "_MANY_BYTES", 100)
    with capture_logs() as told:
        log._take_in_and_tell()
        log._take_in_and_tell()
    assert [each["event"] for each in told] == ["reads_not_taken_in", "reads_waiting"]  # once, not at every try
    log._database = database
    assert (log.take_in(), log.waiting()) == (3, 0)


def test_a_fault_is_told_and_tried_again(database: Database, log: ReadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    log.note(read(1))
    monkeypatch.setattr(reads, "take_in", lambda *_: 1 / 0)
    with capture_logs() as told:
        log._take_in_and_tell()
        log._take_in_and_tell()
    assert [each["event"] for each in told] == ["reads_stumbled"]
    monkeypatch.undo()
    log._take_in_and_tell()
    assert kept(database) == [[1]]


def test_several_processes_take_in_at_once_and_the_chain_has_no_gap(
    database: Database, database_url: str, folder: Path
) -> None:
    logs = [ReadLog(connect(database_url), lambda: KEYS, folder) for _ in range(4)]
    together = threading.Barrier(len(logs))

    def work(log: ReadLog, at: int) -> None:
        together.wait()
        for number in range(25):
            log.note(read(at * 100 + number))
            log.take_in()

    threads = [threading.Thread(target=work, args=(log, at)) for at, log in enumerate(logs)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert verify(database, KEYS).wrong is None  # also in the midst of it
    for log in logs:
        log._database.close()
    assert len({ids[0] for ids in kept(database)}) == len(kept(database)) == 100


def test_without_the_key_reads_wait_and_none_is_lost(database: Database, folder: Path) -> None:
    def locked() -> SealKeys:
        raise SecretsLocked("the key cannot be read")

    log = ReadLog(database, locked, folder)
    log.note(read(1))
    with pytest.raises(SecretsLocked):
        log.take_in()
    with pytest.raises(NotLogged, match="the key cannot be read"):
        log.note(read(1, what={"filter": {"phone": "0900000001"}}))
    log._make_keys = lambda: KEYS
    assert log.take_in() == 1


def test_a_file_that_somebody_removes_is_read_to_its_end_and_followed_by_another(
    database: Database, log: ReadLog, folder: Path
) -> None:
    log.note(read(1))
    for file in folder.iterdir():
        file.unlink()
    assert log.take_in() == 1
    log.note(read(2))
    assert len(list(folder.iterdir())) == 1
    assert (log.take_in(), kept(database)) == (1, [[1], [2]])


def test_full_and_old_files_are_removed_once_they_are_taken_in(
    database: Database, log: ReadLog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_log, "_FULL_BYTES", 300)
    for number in range(20):
        log.note(read(number))
    assert len(list(folder.iterdir())) > 3
    assert log.take_in() == 20
    assert len(list(folder.iterdir())) == 1
    monkeypatch.setattr(reading_log, "_OLD_SECONDS", 0.0)
    log.take_in()
    assert list(folder.iterdir()) == []
    assert kept(database) == [[number] for number in range(20)]


FULL = """
import resource, sys
from pathlib import Path
from hub.store.database import connect
from hub.sync.reading_log import NotLogged, ReadLog
from tests.hub.sync.test_reading_log import KEYS, read

log = ReadLog(connect(sys.argv[1]), lambda: KEYS, Path(sys.argv[2]))
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
refused = 0
for number in range(20):
    try:
        log.note(read(number))
    except NotLogged as error:
        assert "make room on that disk" in str(error), error
        refused += 1
print(refused)
"""


def test_a_read_that_does_not_fit_on_the_disk_is_refused_and_leaves_no_half(
    database: Database, database_url: str, folder: Path
) -> None:
    command = [sys.executable, "-c", FULL, database_url, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    refused = int(done.stdout)
    assert 0 < refused < 20
    with capture_logs() as told:
        assert ReadLog(database, lambda: KEYS, folder).take_in() == 20 - refused
    assert {each["event"] for each in told} == {"reads_left_behind"}


def test_a_folder_that_cannot_be_made_refuses_the_read(database: Database, tmp_path: Path) -> None:
    (tmp_path / "reads").write_text("a file stands here")
    log = ReadLog(database, lambda: KEYS, tmp_path / "reads" / "below")
    with pytest.raises(NotLogged, match=os.strerror(errno.ENOTDIR)):
        log.note(read(1))


def test_noting_costs_microseconds(database: Database, log: ReadLog) -> None:
    asked = {"filter": {"status": "processing", "agency": "000.00.15.H29"}, "groups": ["name", "contact"]}
    some = read(*range(50), what=asked)
    log.note(some)
    began = perf_counter()
    for _ in range(2000):
        log.note(some)
    assert (perf_counter() - began) / 2000 < 200e-6  # some tens on a quiet machine; a write that waits is far above
