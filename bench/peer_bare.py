"""The least that anybody could do, for `bench.sync`: fetch, decode, COPY into one table with a primary key and four
indexes, a page in a transaction. It knows no change, no code that joins, no history and no record that is wrong.

`python -m bench.peer_bare SOURCE DATABASE`
"""

import sys
from typing import Any

import orjson
import psycopg
import requests

from bench.party import tell

_TABLE = """
CREATE TABLE bare (key text PRIMARY KEY, code text NOT NULL, agency text NOT NULL, procedure text, status text NOT NULL,
                   received_at text, due_at text, ended_at text, "values" jsonb NOT NULL);
CREATE INDEX ON bare (code);
CREATE INDEX ON bare (agency, received_at);
CREATE INDEX ON bare (status, received_at);
CREATE INDEX ON bare (due_at);
"""


def main(source: str, database: str) -> None:
    """Read the source once into an empty database."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(_TABLE)
        tell(lambda: _copy(source, connection), lambda: _rows(connection))


def _copy(source: str, connection: psycopg.Connection[Any]) -> None:
    page, more = 0, True
    with requests.Session() as session:
        while more:
            answer = orjson.loads(session.get(source, params={"page": page}, timeout=60).content)
            with connection.transaction(), connection.cursor().copy("COPY bare FROM STDIN") as copy:
                for record in answer["content"]:
                    copy.write_row(_row(record))
            page, more = page + 1, not answer["last"]


def _row(record: dict[str, Any]) -> tuple[Any, ...]:
    return (
        record["id"],
        record["soHoSo"],
        record["donVi"]["ma"],
        record["thuTuc"]["ma"],
        record["trangThai"],
        record["ngayTiepNhan"],
        record["ngayHenTra"],
        record["ngayKetThuc"],
        orjson.dumps(record).decode(),
    )


def _rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    found = connection.execute("SELECT count(*) FROM bare").fetchone()
    return {"records": found[0] if found else 0}


if __name__ == "__main__":
    main(*sys.argv[1:])
