"""Processes that write dossiers to one database at once, each only as far as it is told.

A `raw` one makes and changes dossiers of its own: it says `holds` when it has taken positions and not committed yet,
and then does what it is told: `commit` or `roll back`; it begins again when it is told `on`. A `run` one syncs as a
connector: it says `stored` after each page, and goes on when it is told anything. Both end when the other end of their
pipe is closed.
"""

import multiprocessing
import tempfile
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from hub.store import connectors, feed, runs
from hub.store.database import Database, connect
from hub.store.tables import dossiers
from hub.sync.run import execute
from tests.hub.sync.fixtures import Listing, mapping, source

CODES = [f"000.00.15.H29-260520-{at:04}" for at in range(12)]  # that all connectors share
_NOW = datetime(2026, 5, 20, tzinfo=UTC)
_DOSSIER: dict[str, Any] = {"agency": "", "status": "processing", "received_on": "", "search": ""}
_DOSSIER |= {"first_seen_at": _NOW, "changed_at": _NOW}
_PAGES = 6  # of one run
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True, eq=False)
class Writer:
    """A process that writes; `pipe` is where it says what it does, and is told what to do."""

    kind: str
    process: ForkServerProcess
    pipe: Pipe

    def tell(self, line: str) -> None:
        self.pipe.send(line)


@dataclass(slots=True)
class Writers:
    """All of one database."""

    url: str
    chance: Random
    living: dict[Pipe, Writer] = field(default_factory=dict)
    started: list[Writer] = field(default_factory=list)

    def start(self, kind: str, name: str) -> Writer:
        here, there = _processes.Pipe()
        process = _processes.Process(target=_write, args=(kind, self.url, name, self.chance.random(), there))
        process.start()
        there.close()
        writer = Writer(kind, process, here)
        self.living[here] = writer
        self.started.append(writer)
        return writer

    def kill(self, writer: Writer) -> None:
        """kill -9, whatever it is doing; what it said last is not listened to any more."""
        writer.process.kill()
        writer.process.join(30)
        self.living.pop(writer.pipe, None)

    def next(self) -> tuple[Writer, str]:
        """Whatever one of them says next."""
        pipe = next(iter(wait(list(self.living), timeout=60)), None)
        assert isinstance(pipe, Pipe), "none of them said anything"
        return self.living[pipe], pipe.recv()

    def holder(self) -> Writer:
        """The next one that holds positions."""
        while (said := self.next())[1] != "holds":
            pass
        return said[0]

    def end(self) -> None:
        """What they hold is rolled back."""
        for writer in self.started:
            writer.pipe.close()
        for writer in self.started:
            writer.process.join(60)
            assert writer.process.exitcode is not None

    def close(self) -> None:
        """None is left, whatever happened."""
        for writer in self.started:
            self.kill(writer)
            writer.pipe.close()
            writer.process.close()


class RolledBack(Exception):
    """As it was told to."""


def _write(kind: str, url: str, name: str, seed: float, pipe: Pipe) -> None:
    database = connect(url)
    try:
        {"raw": _raw, "run": _run}[kind](database, name, Random(seed), pipe)
    except (EOFError, BrokenPipeError):
        pass  # nobody is there any more
    finally:
        database.close()


def _raw(database: Database, name: str, chance: Random, pipe: Pipe) -> None:
    number = 0
    while True:
        number += 1
        try:
            with database.write() as transaction:
                _make(transaction, f"{name}-{number}", chance)
                _change(transaction, name, chance)
                _end_as_told(pipe)
        except RolledBack:
            pass
        pipe.recv()


def _end_as_told(pipe: Pipe) -> None:
    pipe.send("holds")
    if pipe.recv() != "commit":
        raise RolledBack


def _make(transaction: Connection, code: str, chance: Random) -> None:
    made = chance.randrange(1, 4)
    rows = [
        _DOSSIER | {"code": f"{code}-{at}", "values": _values(f"{code}-{at}", chance), "position": position}
        for at, position in enumerate(feed.take_positions(transaction, made))
    ]
    transaction.execute(insert(dossiers), rows)


def _change(transaction: Connection, name: str, chance: Random) -> None:
    """Some of those that it made before: their positions move to the end."""
    columns = (dossiers.c.id, dossiers.c.code)
    mine = select(*columns).where(dossiers.c.code.startswith(f"{name}-")).order_by(func.random()).limit(2)
    rows = transaction.execute(mine).all()
    for row, position in zip(rows, feed.take_positions(transaction, len(rows)), strict=True):
        news = {"values": _values(row.code, chance), "position": position}
        transaction.execute(update(dossiers).where(dossiers.c.id == row.id).values(**news))


def _values(code: str, chance: Random) -> dict[str, Any]:
    return {"code": code, "status": "processing", "note": str(chance.random())}


def _run(database: Database, name: str, chance: Random, pipe: Pipe) -> None:
    """Full runs of what a department could list, another time something else."""
    row = connectors.named(database, name)
    assert row is not None
    over = threading.Event()

    def stored(_: object) -> None:
        try:
            pipe.send("stored")
            pipe.recv()
        except (EOFError, BrokenPipeError):
            over.set()

    with tempfile.TemporaryDirectory() as folder:
        reads = mapping(Path(folder))
        while not over.is_set():
            listing = Listing([[_record(chance) for _ in range(chance.randrange(1, 8))] for _ in range(_PAGES)])
            with database.write() as transaction:
                run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
            execute(database, source(name, listing, reads), run_id, f"feed-{name}", over, stored)


def _record(chance: Random) -> dict[str, Any]:
    """One of few records, which says something else each time: also its codes change, so dossiers join and part."""
    said: dict[str, Any] = {"id": chance.randrange(30), "code": chance.choice(CODES)}
    said |= {"status": chance.choice(("open", "done")), "note": str(chance.randrange(5))}
    if chance.random() < 0.4:
        said["national"] = chance.choice(CODES)
    if chance.random() < 0.5:
        said["steps"] = [{"at": f"2026-05-{chance.randrange(1, 29):02}T01:00:00Z", "name": "Nhận"}]
    return said
