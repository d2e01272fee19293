"""The real server in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Server:
    """The real server, as the hub starts it."""

    url: str
    process: subprocess.Popen[str]

    def line(self) -> str:
        """The next line that it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def serving(folder: Path, port: int = 0, *more: str, errors: int | None = subprocess.PIPE) -> Iterator[Server]:
    """Start the server; it is ended with the block. A pipe of errors that nobody reads fills up, and then it hangs."""
    command = [sys.executable, "-m", "tests.hub.web.served", str(folder), str(port), *more]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    try:
        yield Server(process.stdout.readline().strip().rstrip("/"), process)
    finally:
        process.terminate()
        process.communicate(timeout=30)
