"""NDJSON: one dossier in each line, as the API shows it."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from hub.outbox.exports.columns import Column
from hub.outbox.exports.options import Options


def write(lines: Iterable[bytes], columns: Sequence[Column], file: BinaryIO, options: Options) -> None:  # noqa: ARG001  # as all writers
    """Write the lines as they are."""
    file.writelines(lines)
