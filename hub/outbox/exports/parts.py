"""What is on the disk of an export that is not finished: its lines, in parts of which each is complete."""

import gzip
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from hub.outbox.exports.folders import settle
from hub.outbox.exports.walking import Page
from hub.outbox.exports.writers import LEVEL, to_disk

_RECORDS, _SECONDS = 20_000, 10.0  # a part is full after so many, or so long


@dataclass(frozen=True, slots=True)
class Part:
    """A file of some thousand lines, gzipped; files one after the other are one again."""

    file: str
    records: int

    def document(self) -> dict[str, Any]:
        """As the export's row has it."""
        return asdict(self)


class PartBeingWritten:
    """A part that nobody knows of yet: it counts when the row says so."""

    def __init__(self, folder: Path, number: int, epoch: int) -> None:
        # Named by the lease too: a process that was away for long and comes back spoils nothing.
        self._folder, self.name = folder, f"part-{number:05}-{epoch}.ndjson.gz"
        self._file = (folder / self.name).open("wb")
        self._packed = gzip.GzipFile("", "wb", LEVEL, self._file, mtime=0)
        self._since, self.records, self.last_id = monotonic(), 0, 0

    def add(self, page: Page) -> None:
        """Write a page's lines."""
        self._packed.writelines(page.lines)
        self.records += len(page.ids)
        self.last_id = page.ids[-1]

    def is_full(self) -> bool:
        """Whether it is time to let it count."""
        return self.records >= _RECORDS or monotonic() - self._since >= _SECONDS

    def done(self) -> Part:
        """It is on the disk, whatever happens."""
        self._packed.close()
        to_disk(self._file)
        self._file.close()
        settle(self._folder)
        return Part(self.name, self.records)

    def close(self) -> None:
        """Leave it as it is."""
        self._file.close()


def lines_of(folder: Path, parts: Sequence[Part]) -> Iterator[bytes]:
    """The lines of parts, in their order."""
    for part in parts:
        with gzip.open(folder / part.file) as file:
            yield from file


def joined(folder: Path, parts: Sequence[Part], place: Path) -> None:
    """One file of the parts as they are: gzip files one after the other are one gzip file."""
    with place.open("wb") as whole:
        if not parts:
            whole.write(gzip.compress(b"", mtime=0))
        for part in parts:
            with (folder / part.file).open("rb") as file:
                _copy(file.fileno(), whole.fileno())
        to_disk(whole)


def _copy(source: int, target: int) -> None:
    at = 0
    while sent := os.sendfile(target, source, at, 1 << 24):
        at += sent
