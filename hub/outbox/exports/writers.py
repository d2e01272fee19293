"""From the lines of an export to its file; each format's library is only loaded where it is written."""

import gzip
import os
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

from hub.outbox.exports.columns import Column
from hub.outbox.exports.options import Format, Options

Write: TypeAlias = Callable[[Iterable[bytes], Sequence[Column], BinaryIO, Options], None]

_MODULES = {
    Format.NDJSON: "hub.outbox.exports.ndjson",
    Format.CSV: "hub.outbox.exports.csv_text",
    Format.XLSX: "hub.outbox.exports.xlsx",
    Format.PARQUET: "hub.outbox.exports.parquet",
}
LEVEL = 4  # of gzip: higher ones take twice the time for a few per cent


def write(lines: Iterable[bytes], columns: Sequence[Column], place: Path, options: Options) -> None:
    """Write the file of items, each a line of JSON; it is on the disk when this returns.

    Raises:
        OSError: it cannot be written.
        ImportError: the format's library is not installed.
    """
    writer = cast("Write", import_module(_MODULES[options.format]).write)
    with place.open("wb") as file:
        if options.compress:
            with gzip.GzipFile("", "wb", LEVEL, file, mtime=0) as packed:
                writer(lines, columns, cast("BinaryIO", packed), options)
        else:
            writer(lines, columns, file, options)
        to_disk(file)


def to_disk(file: BinaryIO) -> None:
    """Let what was written outlive a power cut."""
    file.flush()
    os.fsync(file.fileno())
