"""What an answer or a file holds: in memory while it is small, in a file without a name where it is large."""

import io
import os
import tempfile
import weakref
from collections.abc import Iterator
from typing import IO

SMALL = 4 * 1024 * 1024  # bytes that may be held, and decoded, in memory as a whole
_CHUNK = 256 * 1024


class Body:
    """Bytes that can be read again and again from the start; written once, piece by piece, and then only read."""

    def __init__(self, start: bytes = b"") -> None:
        self._held: list[bytes] = []
        self._file: IO[bytes] | None = None
        self.size = 0
        self.write(start)

    @property
    def is_small(self) -> bool:
        """Whether it may be read as a whole."""
        return self._file is None

    def write(self, chunk: bytes) -> None:
        """Add to the end."""
        self.size += len(chunk)
        if self._file is None and self.size > SMALL:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  (closed when the body is, or is forgotten)
            weakref.finalize(self, self._file.close)
            _write_all(self._file, self._joined())
            self._held = []
        if self._file is None:
            self._held.append(chunk)
        else:
            _write_all(self._file, chunk)

    def at(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to, not including, `end`."""
        if self._file is None:
            return self._joined()[start:end]
        pieces, end = [], min(end, self.size)
        while start < end and (piece := os.pread(self._file.fileno(), end - start, start)):
            pieces.append(piece)
            start += len(piece)
        return b"".join(pieces)

    def _joined(self) -> bytes:
        if len(self._held) > 1:
            self._held = [b"".join(self._held)]
        return self._held[0] if self._held else b""

    def head(self, count: int) -> bytes:
        """The first bytes."""
        return self.at(0, count)

    def tail(self, count: int) -> bytes:
        """The last bytes."""
        return self.at(max(0, self.size - count), self.size)

    def whole(self) -> bytes:
        """Everything at once: for what cannot be read in parts."""
        return self.at(0, self.size)

    def chunks(self) -> Iterator[bytes]:
        """Everything, a piece at a time."""
        for start in range(0, self.size, _CHUNK):
            yield self.at(start, start + _CHUNK)

    def open(self) -> io.BufferedReader:
        """A binary file to read it from; as many as are wanted, each with a place of its own."""
        return io.BufferedReader(_Reading(self))

    def close(self) -> None:
        """Give the file back now; else that happens when nobody refers to this body any more."""
        if self._file is not None:
            self._file.close()


class _Reading(io.RawIOBase):
    """One reader's place in a body."""

    def __init__(self, body: Body) -> None:
        self._body, self._place = body, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._body.size}[whence]
        return self._place

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        found = self._body.at(self._place, self._place + len(buffer))
        buffer[: len(found)] = found
        self._place += len(found)
        return len(found)


def _write_all(file: IO[bytes], data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]
