"""A folder that somebody puts files into: on this machine here, behind the same words on an SFTP server.

Nothing outside of the folder is ever touched: only plain files are seen, links are not followed.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from connectors.body import Body
from connectors.errors import ConnectorError, Refused, Unavailable

CHUNK = 256 * 1024
HERE = ""  # the folder itself, where a folder inside it could be named


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as it was listed: another size or time is another file."""

    name: str
    size: int
    stamp: int  # nanoseconds; when it was written, by the clock of the machine that holds it
    touched: float | None = None  # seconds; when anything about it changed, if our own clock says so

    @property
    def shown(self) -> str:
        """The name for a sentence, also where it is in a charset of another age."""
        return "".join(letter if letter.isprintable() else "?" for letter in self.name)

    @property
    def identity(self) -> tuple[str, int, int]:
        """What makes it this very file."""
        return self.name, self.size, self.stamp

    def is_same(self, other: "Entry | None") -> bool:
        """Whether this is still that file."""
        return other is not None and self.identity == other.identity


class Folder(Protocol):
    """What the hub does in a folder; `inside` is the name of a folder in it, or HERE."""

    place: str  # for sentences

    def entries(self, inside: str = HERE) -> list[Entry]:
        """The plain files in it, in no order."""
        ...

    def entry(self, inside: str, name: str) -> Entry | None:
        """One file as it is now."""
        ...

    def fetch(self, entry: Entry, inside: str = HERE) -> Body | None:
        """What the file holds; None where it changed or went away before it was read to its end."""
        ...

    def make(self, inside: str) -> None:
        """Make a folder in it, unless it is there."""
        ...

    def rename(self, source: tuple[str, str], target: tuple[str, str]) -> None:
        """Move a file in one step, from (inside, name) to (inside, name)."""
        ...

    def write(self, inside: str, name: str, text: str) -> None:
        """Write a small file of our own."""
        ...

    def remove(self, inside: str, name: str) -> None:
        """Remove a file of our own."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class LocalFolder:
    """A folder on this machine, or a share that is mounted here."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.place = str(path)

    def entries(self, inside: str = HERE) -> list[Entry]:
        found = []
        with self._opened(inside) as folder, self._telling(f"read {self.place}"), os.scandir(folder) as listing:
            for each in listing:
                with suppress(FileNotFoundError):  # gone since it was listed
                    found.append(_entry(each.name, each.stat(follow_symlinks=False)))
        return [entry for entry in found if entry is not None]

    def entry(self, inside: str, name: str) -> Entry | None:
        with self._opened(inside) as folder, self._telling(f"look at a file in {self.place}"):
            try:
                return _entry(name, os.stat(name, dir_fd=folder, follow_symlinks=False))
            except FileNotFoundError:
                return None

    def fetch(self, entry: Entry, inside: str = HERE) -> Body | None:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with self._opened(inside) as folder, self._telling(f"read {entry.shown} in {self.place}"):
            try:
                file = os.open(entry.name, flags, dir_fd=folder)
            except OSError as error:
                if error.errno in (errno.ENOENT, errno.ELOOP):  # gone, or a link now
                    return None
                raise
            with os.fdopen(file, "rb", buffering=0) as opened:
                body = Body()
                while body.size <= entry.size and (chunk := opened.read(CHUNK)):
                    body.write(chunk)
                return body if entry.is_same(_entry(entry.name, os.fstat(opened.fileno()))) else None

    def make(self, inside: str) -> None:
        what = f"make a folder {inside} in {self.place}"
        with self._opened(HERE) as folder, self._telling(what), suppress(FileExistsError):
            os.mkdir(inside, dir_fd=folder)

    def rename(self, source: tuple[str, str], target: tuple[str, str]) -> None:
        what = f"move files from {source[0] or self.place} to {target[0] or self.place}"
        with self._opened(source[0]) as before, self._opened(target[0]) as after, self._telling(what):
            os.rename(source[1], target[1], src_dir_fd=before, dst_dir_fd=after)

    def write(self, inside: str, name: str, text: str) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with self._opened(inside) as folder, self._telling(f"write in {inside or self.place}"):
            file = os.open(name, flags, 0o666, dir_fd=folder)
            with os.fdopen(file, "w", encoding="utf-8") as opened:
                opened.write(text)

    def remove(self, inside: str, name: str) -> None:
        what = f"remove {name} in {inside or self.place}"
        with self._opened(inside) as folder, self._telling(what), suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)

    def close(self) -> None:
        pass

    @contextmanager
    def _opened(self, inside: str) -> Iterator[int]:
        """The folder, held fast: whoever swaps a part of its path meanwhile does not lead us elsewhere."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        with self._telling(f"open {self.place}"):
            folder = os.open(self._path, flags)
        try:
            if inside == HERE:
                yield folder
                return
            with self._telling(f"open {inside} in {self.place}"):
                below = os.open(inside, flags | os.O_NOFOLLOW, dir_fd=folder)
            try:
                yield below
            finally:
                os.close(below)
        finally:
            os.close(folder)

    @contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise told(error, what, self.place) from None


def told(error: OSError, what: str, place: str) -> ConnectorError:
    """What an error of a file system means for the run."""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Refused(
            f"the hub may not {what}",
            code="file_rights",
            hint="Give the hub's user the right to list the folder, to read its files and to move them inside it.",
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return Unavailable(
            f"the folder {place} is not there",
            code="no_folder",
            hint="Is the path right, and the share mounted? Nothing is lost; the hub looks again later.",
        )
    return Unavailable(
        f"the hub could not {what}: {error.strerror or error}",
        code="folder",
        hint="Nothing is lost; the hub tries again later. If it lasts, ask the keeper of the folder.",
    )


def _entry(name: str, found: os.stat_result) -> Entry | None:
    if not stat.S_ISREG(found.st_mode):
        return None
    # Not the time of writing alone: who copies a file may set that to an older one.
    return Entry(name, found.st_size, found.st_mtime_ns, max(found.st_mtime, found.st_ctime))
