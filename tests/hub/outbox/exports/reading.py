"""What stands in the files of exports, and what goes on while one is written."""

import gzip
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import orjson
import pyarrow.parquet as pq
import pytest

from hub.outbox.exports import job
from hub.outbox.exports.exporter import Exporter
from hub.outbox.exports.options import Format
from hub.store import export_leases
from hub.store.database import Database
from hub.sync.owner import this_process
from tests.hub.outbox.exports.dossiers import values_of
from tests.hub.outbox.exports.exporting import (
    room,
)


def codes(place: Path) -> list[str]:
    raw = gzip.decompress(place.read_bytes()) if place.suffix == ".gz" else place.read_bytes()
    return [orjson.loads(line)["code"] for line in raw.splitlines()]


def codes_in(place: Path, form: Format) -> list[object]:
    match form:
        case Format.NDJSON:
            return list(codes(place))
        case Format.CSV:
            return [line.split(",")[1] for line in place.read_text().splitlines()[1:]]
        case Format.XLSX:
            return [row[1] for row in openpyxl.load_workbook(place).worksheets[0].values][1:]
        case Format.PARQUET:
            return list(pq.read_table(place).column("code").to_pylist())


def all_codes(count: int, first: int = 0) -> list[str]:
    return [str(values_of(number)["code"]) for number in range(first, first + count)]


def exporter_that(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, does: Callable[[Exporter], object]
) -> Exporter:
    """An exporter to which something happens after the first part."""
    exporter = Exporter(room(database, folder), this_process())
    advance = export_leases.advance

    def then(*arguments: object) -> None:
        advance(*arguments)  # type: ignore[arg-type]
        happened.append(True)

    happened: list[bool] = []
    still = job.still

    def after_the_part(*arguments: object) -> bool:
        if happened:
            does(exporter)
        return still(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(export_leases, "advance", then)
    monkeypatch.setattr(job, "still", after_the_part)  # outside the transaction that took the part in
    return exporter


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)
