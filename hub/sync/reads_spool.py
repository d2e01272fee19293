"""A file that one process appends lines to, and that is known to be left behind when that process is dead.

The kernel holds a lock on it for as long as the process lives, whatever it dies of: no process ids are compared.
"""

import errno
import fcntl
import os
import secrets
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

_ENDING, _UNREADABLE, _NEW = ".reads", ".unreadable", ".new"
_MADE_SECONDS = 60.0  # far longer than it takes to make one


class Spool:
    """One file. Not safe for several threads by itself: `ReadLog` has the lock."""

    def __init__(self, path: Path, descriptor: int, size: int) -> None:
        self.path, self.size = path, size
        self.taken = 0  # bytes that are in the database
        self.broken = False  # something that could not be taken back stands at its end
        self.was_left = False  # by a process that is dead: nobody knows how long ago
        self._descriptor = descriptor

    @classmethod
    def made(cls, folder: Path) -> "Spool":
        """A new one, for its owner only.

        Raises:
            OSError: it cannot be made.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(8)}{_ENDING}"
        aside = path.with_suffix(_NEW)  # nobody takes it for left behind before it is locked
        descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            aside.rename(path)
        except OSError:
            os.close(descriptor)
            raise
        return cls(path, descriptor, 0)

    @classmethod
    def left_behind(cls, folder: Path) -> "list[Spool]":
        """Those of processes that are dead, the oldest first; they belong to this process now.

        What processes left that died as they made one is removed: nothing is written into it before it has its name.
        """
        for path in folder.glob(f"*{_NEW}"):
            with suppress(FileNotFoundError):
                found = path.stat()
                if not found.st_size and time.time() - found.st_mtime > _MADE_SECONDS:
                    path.unlink()
        spools = (cls._adopted(path) for path in sorted(folder.glob(f"*{_ENDING}")))
        return [spool for spool in spools if spool is not None]

    @classmethod
    def _adopted(cls, path: Path) -> "Spool | None":
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
        except FileNotFoundError:  # another process has just done with it
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # its process lives
            os.close(descriptor)
            return None
        found = os.fstat(descriptor)
        if not found.st_nlink:  # done with between the two
            os.close(descriptor)
            return None
        spool = cls(path, descriptor, found.st_size)
        spool.was_left = True
        return spool

    @property
    def name(self) -> str:
        """What it is called in the database."""
        return self.path.stem

    @property
    def is_gone(self) -> bool:
        """Whether somebody removed the file: what is appended then is lost with the process."""
        return os.fstat(self._descriptor).st_nlink == 0

    def append(self, line: bytes) -> None:
        """One write: whole when this returns, and there even if the process is killed the next moment.

        Raises:
            OSError: nothing of it was written, or what was is taken back.
        """
        written = os.write(self._descriptor, line)
        if written != len(line):  # the disk is full
            try:
                os.ftruncate(self._descriptor, self.size)
            except OSError:
                self.broken = True
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.size += written

    def lines(self, most_bytes: int) -> list[tuple[int, bytes]]:
        """Whole lines that were not taken yet, each with where it begins.

        Raises:
            OSError: the file cannot be read.
        """
        found, at = [], self.taken
        block = os.pread(self._descriptor, min(most_bytes, self.size - at), at)
        for line in block.splitlines(keepends=True):
            if line.endswith(b"\n"):
                found.append((at, line))
            at += len(line)
        return found

    def rest(self) -> bytes:
        """What follows the last whole line: its process was killed while it wrote, and gave no answer.

        Raises:
            OSError: the file cannot be read.
        """
        return os.pread(self._descriptor, self.size - self.taken, self.taken)

    def keep_aside(self, line: bytes) -> Path:
        """Keep what is no line in a file beside this one, for a person.

        Raises:
            OSError: it cannot be written.
        """
        path = self.path.with_suffix(_UNREADABLE)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as file:
            file.write(line.rstrip(b"\n") + b"\n")
        return path

    def remove(self) -> None:
        """Everything in it is in the database."""
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Leave it for whoever comes next."""
        os.close(self._descriptor)
