"""What a user would pick instead, for `bench.sync`: dlt merges the same source into the same PostgreSQL.

`python -m bench.peer_dlt WAY SOURCE DATABASE FOLDER`, where WAY is `default` (the documented way: `merge` by primary
key, nested lists in tables of their own) or `tuned` (`upsert`, lists kept as JSON, more workers, CSV files).
"""

import os
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

# Read when dlt is imported. Nothing of this leaves the machine.
os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}

import dlt
import orjson
import psycopg
import requests

from bench.party import tell

_WAYS: dict[str, dict[str, Any]] = {
    "default": {"write_disposition": "merge"},
    "tuned": {"write_disposition": {"disposition": "merge", "strategy": "upsert"}, "max_table_nesting": 0},
}
_TUNED = {
    "DATA_WRITER__BUFFER_MAX_ITEMS": "20000",
    "NORMALIZE__WORKERS": "2",
    "NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS": "25000",
    "EXTRACT__DATA_WRITER__FILE_MAX_ITEMS": "25000",
}


def main(way: str, source: str, database: str, folder: str) -> None:
    """Read the source once into the database; `folder` keeps what dlt knows from run to run."""
    sys.addaudithook(_nobody_outside)
    if way == "tuned":
        os.environ |= _TUNED
    records = dlt.resource(_pages(source), name="dossiers", primary_key="id", **_WAYS[way])
    pipeline = dlt.pipeline(
        pipeline_name=f"bench_{way}",
        destination=dlt.destinations.postgres(credentials=_address(database)),
        dataset_name="dossiers",
        pipelines_dir=folder,
    )
    files: Any = "csv" if way == "tuned" else None
    tell(lambda: pipeline.run(records, loader_file_format=files).raise_on_failed_jobs(), lambda: _rows(database))


def _pages(source: str) -> Iterator[list[dict[str, Any]]]:
    page, more = 0, True
    with requests.Session() as session:
        while more:
            answer = orjson.loads(session.get(source, params={"page": page}, timeout=60).content)
            yield answer["content"]
            page, more = page + 1, not answer["last"]


def _address(database: str) -> str:
    """dlt wants a host and a password, also of a server behind a Unix socket that asks for none."""
    parts = urlsplit(database)
    host = quote(parse_qs(parts.query)["host"][0], safe="")
    return f"postgresql://{parts.username}:none@{host}:5432{parts.path}"


def _rows(database: str) -> dict[str, int]:
    with psycopg.connect(database) as connection:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'dossiers' AND tablename NOT LIKE '\\_dlt%'"
        names = [name for (name,) in connection.execute(query)]
        counted = {name: connection.execute(f'SELECT count(*) FROM dossiers."{name}"').fetchone() for name in names}
    return {name: found[0] for name, found in counted.items() if found}


def _nobody_outside(event: str, arguments: tuple[Any, ...]) -> None:
    """A benchmark that asks the internet would measure it, and tell it."""
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in ("127.0.0.1", "::1"):
        raise RuntimeError(f"dlt wanted to connect to {arguments[1]}")
    if event == "socket.getaddrinfo" and arguments[0] not in ("127.0.0.1", "localhost"):
        raise RuntimeError(f"dlt wanted to look up {arguments[0]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
