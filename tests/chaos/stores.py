"""The two databases and what can befall each: a PostgreSQL that is killed and cut off, a SQLite file that is locked."""

import ctypes
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import psycopg

from tests.chaos.proxy import Proxy, proxy
from tests.postgres import Server, served

_DISK_BYTES, _DISK_BYTES_PER_RECORD = 400 * 2**20, 20_000
_LOOKS_FOR_SESSIONS = 50  # 10 s
_LEFT_BYTES = 256 * 1024  # of a disk that is filled up
_NEW_MOUNTS = 0x20000  # CLONE_NEWNS, see unshare(2)


class Store(Protocol):
    """Where a round's hub keeps everything."""

    name: str

    def make(self, name: str) -> None:
        """A new empty database."""

    def drop(self, name: str) -> None:
        """Away with it."""

    def url(self, name: str) -> str:
        """Its address for the hub's processes."""

    def direct(self, name: str) -> str:
        """Its address for the harness: nothing stands in between."""

    def calm(self) -> None:
        """As if nothing had befallen it."""

    def left_behind(self, name: str) -> Iterator[str]:
        """What ended processes must not have left."""


class SQLite:
    """A file of its own for each database."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: list[sqlite3.Connection] = []

    def make(self, name: str) -> None:
        (self._folder / name).mkdir()

    def drop(self, name: str) -> None:
        shutil.rmtree(self._folder / name)

    def url(self, name: str) -> str:
        return f"sqlite:///{self._folder / name / 'hub.db'}"

    direct = url

    def lock(self, name: str) -> None:
        """Somebody else writes for a while, such as a backup, until `calm`."""
        other = sqlite3.connect(self._folder / name / "hub.db", isolation_level=None, timeout=5)
        with suppress(sqlite3.OperationalError):  # somebody writes all the time: then it is not to be had
            other.execute("BEGIN IMMEDIATE")
        self._locks.append(other)

    def calm(self) -> None:
        while self._locks:
            self._locks.pop().close()

    def left_behind(self, name: str) -> Iterator[str]:
        with sqlite3.connect(self._folder / name / "hub.db") as connection:
            (said,) = connection.execute("PRAGMA integrity_check").fetchone()
            if said != "ok":
                yield f"SQLite finds its file damaged: {said}"
            if found := connection.execute("SELECT name FROM sqlite_temp_master").fetchall():
                yield f"temporary tables are left: {found}"
        connection.close()
        if found := [path.name for path in (self._folder / name).iterdir() if not path.name.startswith("hub.db")]:
            yield f"files are left beside the database: {found}"


class PostgreSQL:
    """One server for all databases, behind a line that can be cut."""

    name = "postgresql"

    def __init__(self, server: Server, line: Proxy) -> None:
        self.server, self.line = server, line
        self._frozen = False

    @property
    def answers(self) -> bool:
        """Whether it is there and does not stand still: else whoever asks it waits."""
        return not self._frozen and bool(self.server.processes())

    def make(self, name: str) -> None:
        self._execute(f"CREATE DATABASE {name}")

    def drop(self, name: str) -> None:
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.line.port}/{name}"

    def direct(self, name: str) -> str:
        return self.server.url.replace("/postgres?", f"/{name}?")

    def freeze(self) -> None:
        """Every process of it stands still, until `thaw`."""
        self._frozen = True
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """They go on."""
        self._signal(signal.SIGCONT)
        self._frozen = False

    def kill_backend(self, chosen: float) -> None:
        """kill -9 of one session's process: the server ends all of them, and recovers."""
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            query = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            sessions = [row[0] for row in connection.execute(query)]
        if sessions:
            with suppress(ProcessLookupError):
                os.kill(sessions[int(chosen * len(sessions))], signal.SIGKILL)

    def end_sessions(self) -> None:
        """As an administrator does."""
        self._execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )

    def calm(self) -> None:
        self.thaw()
        self.line.calm()
        if not self.server.processes():
            self.server.start()

    def left_behind(self, name: str) -> Iterator[str]:
        # A server sees a moment later that a client has gone.
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        others += "AND backend_type = 'client backend'"
        looks = {
            "a session is left": f"SELECT pid, state, client_port, query {others}",
            "an advisory lock is left": "SELECT pid, objid FROM pg_locks WHERE locktype = 'advisory' "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            "a prepared transaction is left": "SELECT gid FROM pg_prepared_xacts",
        }
        with psycopg.connect(self.direct(name), autocommit=True) as connection:
            for _ in range(_LOOKS_FOR_SESSIONS):
                if not connection.execute(f"SELECT pg_sleep(0.2) {others}").fetchall():
                    break
            for what, query in looks.items():
                for row in connection.execute(query):
                    yield f"{what}: {row}"

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute(statement)

    def _signal(self, number: signal.Signals) -> None:
        for process in self.server.processes():
            with suppress(ProcessLookupError):
                os.kill(process, number)


class Disk:
    """A small disk of its own, that can be filled up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave next to nothing free, until `clear`."""
        there = os.statvfs(self.folder)
        wanted = there.f_bavail * there.f_frsize - _LEFT_BYTES
        if wanted > 0:
            # Somebody may write at the same time: then it is as full as can be.
            with self._ballast.open("ab") as ballast, suppress(OSError):
                os.posix_fallocate(ballast.fileno(), ballast.tell(), wanted)

    def clear(self) -> None:
        """There is space again."""
        self._ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(records: int) -> Iterator[Disk | None]:
    """A disk in memory with room for so many records; None where it may not be mounted (who is not root)."""
    folder = Path(tempfile.mkdtemp(prefix="hub-disk-"))
    size = f"size={_DISK_BYTES + records * _DISK_BYTES_PER_RECORD},mode=755"
    mount = ["mount", "-t", "tmpfs", "-o", size, "hub-chaos", str(folder)]
    try:
        if _mounts_are_ours() and subprocess.run(mount, capture_output=True, check=False).returncode == 0:
            try:
                yield Disk(folder)
            finally:
                subprocess.run(["umount", "--lazy", str(folder)], check=True)
        else:
            yield None
    finally:
        folder.rmdir()


def _mounts_are_ours() -> bool:
    """Whether what is mounted from now on is seen by nobody but us and ours, so that it is gone with the last of us."""
    if not shutil.which("mount") or sys.platform != "linux" or ctypes.CDLL(None).unshare(_NEW_MOUNTS) != 0:
        return False
    private = ["mount", "--make-rprivate", "/"]
    return subprocess.run(private, capture_output=True, check=False).returncode == 0


@contextmanager
def store(kind: str, folder: Path | None = None) -> Iterator[Store]:
    """A database server, or a folder for SQLite's files; below `folder`."""
    with ExitStack() as stack:
        if kind == "sqlite":
            made = tempfile.mkdtemp(prefix="hub-chaos-", dir=folder)
            stack.callback(shutil.rmtree, made, ignore_errors=True)
            yield SQLite(Path(made))
        else:
            # What was committed must outlive a kill of the server, or its losing it would look like ours.
            server = stack.enter_context(served("synchronous_commit=on", folder=folder))
            found = PostgreSQL(server, stack.enter_context(proxy(server.socket)))
            stack.callback(found.calm)
            yield found
