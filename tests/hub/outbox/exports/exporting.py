"""Asks for exports and has them written, in this process or in one of its own that can be killed.

`python -m tests.hub.outbox.exports.exporting URL FOLDER PAGE PART` writes what waits in small pages and parts, says
`started`, then `part` after each part and `done` after each file, and ends with `peak` when its input is closed.
"""

import hashlib
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from hub.outbox.exports import parts, walking
from hub.outbox.exports.exporter import Exporter
from hub.outbox.exports.job import Job, Room
from hub.outbox.exports.options import Options
from hub.outbox.exports.walking import Asked
from hub.record.grant import EVERYTHING, Grant
from hub.store import clients, export_leases, exports
from hub.store.clients import Client, Role, Wanted
from hub.store.database import Database, connect
from hub.store.exports import Export, ExportState
from hub.sync.owner import this_process

ROOT = Path(__file__).parents[4]
KEEP = timedelta(days=3)


class Noted:
    """The dossiers of which somebody was told that they are read."""

    def __init__(self) -> None:
        self.ids: list[int] = []

    def __call__(self, _export: Export, _asked: Asked, ids: Sequence[int]) -> None:
        self.ids += ids


def client_of(database: Database, name: str = "cong-dvc", grant: Grant = EVERYTHING) -> Client:
    """A client of the role query."""
    with database.write() as transaction:
        clients.put(transaction, Wanted(name, Role.QUERY, grant=grant), datetime.now(UTC))
    found = clients.named(database, name)
    assert found is not None
    return found


def ask(database: Database, client: Client, options: Options, fields: list[str] | None = None, **which: Any) -> int:
    """Queue an export."""
    wanted = exports.Wanted(client.id, options.format, which, fields, options.document(), client.grant)
    return exports.ask(database, wanted, datetime.now(UTC), 3)


def get(database: Database, export_id: int) -> Export:
    """It as it stands."""
    found = exports.get(database, export_id)
    assert found is not None
    return found


def room(database: Database, folder: Path, noted: Noted | None = None, keep: timedelta = KEEP) -> Room:
    """What jobs need."""
    return Room(database, folder, keep, timedelta(days=3), noted or Noted())


def ended(database: Database, export_id: int, seconds: float = 60) -> Export:
    """It, when it has ended."""
    until = time.monotonic() + seconds
    while (found := get(database, export_id)).state in exports.UNFINISHED:
        assert time.monotonic() < until, f"it is still {found.state}"
        time.sleep(0.02)
    return found


def written(database: Database, folder: Path, export_id: int, noted: Noted | None = None) -> Export:
    """It, after an exporter of this process did what waits."""
    exporter = Exporter(room(database, folder, noted), this_process())
    exporter.start()
    try:
        return ended(database, export_id)
    finally:
        exporter.stop()


def file_of(folder: Path, export: Export) -> Path:
    """Its file, which is as its row says, and alone in its folder."""
    assert export.state is ExportState.DONE, export.sentence
    assert export.file is not None
    place = folder / export.folder / export.file
    assert [each.name for each in place.parent.iterdir()] == [export.file]
    assert place.stat().st_size == export.size
    assert hashlib.sha256(place.read_bytes()).digest() == export.digest
    return place


def begun(url: str, folder: Path, page: int, part: int) -> "subprocess.Popen[str]":
    """An exporter in a process of its own, when it has started."""
    command = [sys.executable, "-m", __name__, url, str(folder), str(page), str(part)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def _main(url: str, folder: str, page: str, part: str) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    walking._PAGE, parts._RECORDS = int(page), int(part)
    database = connect(url)
    exporter = Exporter(room(database, Path(folder)), this_process(), lease_seconds=2.0)
    take_in, finish = Job._take_in, export_leases.finish

    def told_part(*arguments: Any) -> None:
        take_in(*arguments)  # it is committed
        print("part", flush=True)

    def told_done(*arguments: Any) -> None:
        finish(*arguments)
        print("done", flush=True)

    Job._take_in, export_leases.finish = told_part, told_done  # type: ignore[method-assign]
    threading.Thread(target=exporter.start).start()
    print("started", flush=True)
    sys.stdin.read()
    exporter.stop()
    database.close()
    # Not getrusage: what it tells begins with what the process before exec had.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    print("peak", status.partition("VmHWM:")[2].split()[0], flush=True)  # KiB


if __name__ == "__main__":
    _main(*sys.argv[1:])
