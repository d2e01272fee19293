"""Parquet: typed columns, times in UTC, lists as JSON, zstd. Needs the extra `parquet`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from hub.outbox.exports.columns import Column, Kind, as_json
from hub.outbox.exports.options import Options

_GROUP = 10_000  # rows that are in memory at a time
_TYPES = {
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.DATE: pa.date32(),
    Kind.INTEGER: pa.int64(),
    Kind.BOOLEAN: pa.bool_(),
}
_READ: dict[Kind, Callable[[Any], Any]] = {
    Kind.TIME: datetime.fromisoformat,
    Kind.DATE: date.fromisoformat,
    Kind.LIST: as_json,
    Kind.FACTS: as_json,
    Kind.TEXT: str,
}


def write(lines: Iterable[bytes], columns: Sequence[Column], file: BinaryIO, options: Options) -> None:  # noqa: ARG001  # as all writers
    """Write a group of rows after the other."""
    schema = pa.schema([pa.field(column.name, _TYPES.get(column.kind, pa.string())) for column in columns])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for items in _groups(lines):
            writer.write_table(pa.table([_array(column, items, schema) for column in columns], schema=schema))


def _groups(lines: Iterable[bytes]) -> Iterator[list[Any]]:
    waiting = iter(lines)
    while items := [orjson.loads(line) for line in islice(waiting, _GROUP)]:
        yield items


def _array(column: Column, items: Sequence[Any], schema: pa.Schema) -> pa.Array:
    read = _READ.get(column.kind)
    values = [column.value(item) for item in items]
    if read is not None:
        values = [None if value is None else read(value) for value in values]
    return pa.array(values, schema.field(column.name).type)
