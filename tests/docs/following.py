"""The real server, the example that follows it, and processes that write meanwhile; all of them may be killed."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs/examples"
BY_THE_CLOCK = ("as_of", "source_seen_at", "stale", "due")  # of a dossier: no change makes them other


def free_port() -> int:
    """A port that nobody had just now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is true."""
    deadline = monotonic() + seconds
    while not true():
        assert monotonic() < deadline, "it did not come to pass"


@dataclass
class Program:
    """One that is started, ended and started again, with all processes of its own."""

    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    log: Path = Path(os.devnull)
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self) -> None:
        """Begin; whether it is ready yet is for others to find out."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=os.environ | self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9, all of it."""
        if self.process is not None:
            with suppress(ProcessLookupError):  # it had ended
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)
            self.kills += 1

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end, and wait for that; its exit code."""
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(30)

    def said(self) -> str:
        """What it wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def web(folder: Path, database_url: str, port: int) -> Program:
    """`hub web` on PostgreSQL; on SQLite, where that is not offered, the same server with one process."""
    log = folder / "web.log"
    if database_url.startswith("sqlite"):
        return Program([sys.executable, "-m", "tests.hub.web.served", str(folder), str(port)], {}, log)
    config = folder / "config.yaml"
    config.write_text(
        f"database: {{url: '{database_url}'}}\nweb: {{port: {port}, secret_key: '{'x' * 64}'}}\n", encoding="utf-8"
    )
    return Program([sys.executable, "-m", "hub", "web", "-c", str(config), "--processes", "2"], {}, log)


def follower(folder: Path, port: int, key: str, *more: str) -> Program:
    """The example, as its user starts it."""
    environment = {"HUB_URL": f"http://127.0.0.1:{port}", "HUB_KEY": key}
    command = [sys.executable, str(EXAMPLES / "follow.py"), str(folder / "mirror.db"), *more]
    return Program(command, environment, folder / "follower.log")


@dataclass(frozen=True, slots=True)
class Mirror:
    """The copy that a follower keeps, as anybody may read it."""

    file: Path

    def position(self) -> int:
        """0 where there is none yet."""
        return int(self._rows("SELECT position FROM place")[0][0]) if self._is_there() else 0

    def dossiers(self) -> dict[str, dict[str, Any]]:
        """Every dossier by id, but for what goes by the clock."""
        rows = self._rows("SELECT id, document FROM dossiers")
        return {dossier_id: timeless(json.loads(document)) for dossier_id, document in rows}

    def codes(self) -> set[tuple[str, str]]:
        """Codes, and what they find."""
        return {(str(code), str(dossier_id)) for code, dossier_id in self._rows("SELECT code, id FROM codes")}

    def _is_there(self) -> bool:
        if not self.file.exists():
            return False
        return bool(self._rows("SELECT 1 FROM sqlite_master WHERE name = 'place'")) and bool(
            self._rows("SELECT 1 FROM place")
        )

    def _rows(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.file, timeout=60)) as store:
            return store.execute(query).fetchall()


def timeless(dossier: dict[str, Any]) -> dict[str, Any]:
    """A dossier without what goes by the clock."""
    return {name: value for name, value in dossier.items() if name not in BY_THE_CLOCK}
