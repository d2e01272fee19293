"""The city's open-data department: any CSV file as paged REST in the form of CKAN's DataStore.

Every row is served, in the order of the file and with its text untouched. It knows no time of change: a full listing.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import orjson
from flask import Flask, Response, request

from tests.departments.csv_table import read_table
from tests.departments.server import run

PATH = "/api/3/action/datastore_search"
DEFAULT_ROWS, MOST_ROWS = 100, 32_000


class _BadParameter(Exception):
    """A parameter that CKAN would refuse: its name and why."""


class DuLieuMo:
    """The department and its service (`app`); rows are kept by `_id`, which is never given twice."""

    def __init__(self, columns: Sequence[str], rows: Iterable[Sequence[str]] = ()) -> None:
        self.columns = tuple(columns)
        self._lock = Lock()
        self._rows = dict(enumerate(map(tuple, rows), start=1))
        self._next_id = len(self._rows) + 1
        self.app = Flask(__name__)
        self.app.get(PATH)(self._search)
        self.app.register_error_handler(_BadParameter, _refuse)

    def add(self, *cells: str) -> int:
        """Append a row; gives its `_id`."""
        with self._lock:
            number, self._next_id = self._next_id, self._next_id + 1
            self._rows[number] = cells
            return number

    def change(self, number: int, **cells: str) -> None:
        """Set cells of the row with this `_id`, by column name."""
        with self._lock:
            row = self._record(number, self._rows[number])
            extra = row.get("_extra", ())
            if unknown := cells.keys() - set(self.columns):
                raise ValueError(f"no such column: {', '.join(sorted(unknown))}")
            self._rows[number] = (*(cells.get(name, row[name]) for name in self.columns), *extra)

    def remove(self, number: int) -> None:
        """Take out the row with this `_id`."""
        with self._lock:
            del self._rows[number]

    def _search(self) -> Response:
        offset, limit = _number("offset", 0), min(_number("limit", DEFAULT_ROWS), MOST_ROWS)
        with self._lock:
            total = len(self._rows)
            numbers = list(self._rows)[offset : offset + limit]
            records = [self._record(number, self._rows[number]) for number in numbers]
        result = {
            "fields": [{"id": "_id", "type": "int"}, *({"id": name, "type": "text"} for name in self.columns)],
            "records": records,
            "limit": limit,
            "total": total,
            "_links": {"start": f"{PATH}?limit={limit}", "next": f"{PATH}?offset={offset + limit}&limit={limit}"},
        }
        return _json({"success": True, "result": result})

    def _record(self, number: int, row: Sequence[str]) -> dict[str, Any]:
        missing = [""] * (len(self.columns) - len(row))
        record = {"_id": number, **dict(zip(self.columns, [*row, *missing], strict=False))}
        if extra := row[len(self.columns) :]:
            record["_extra"] = list(extra)
        return record


def _number(name: str, default: int) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit()):
        raise _BadParameter(name, f"Must be a natural number, not '{text}'")
    return int(text)


def _refuse(error: _BadParameter) -> Response:
    name, sentence = error.args
    return _json({"success": False, "error": {"__type": "Validation Error", name: [sentence]}}, 409)


def _json(value: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")


def main() -> None:
    """Serve a CSV file until standard input ends; a file that cannot be served is exit code 2."""
    parser = argparse.ArgumentParser(prog="python -m tests.departments.du_lieu_mo", description=__doc__)
    parser.add_argument("--port", type=int, default=8713, help="0: any free port (default %(default)s)")
    parser.add_argument("--csv", type=Path, required=True, metavar="FILE")
    arguments = parser.parse_args()
    try:
        table = read_table(arguments.csv)
    except OSError as error:
        sys.exit(_complaint(f"{arguments.csv}: {error.strerror}"))
    except ValueError as error:
        sys.exit(_complaint(f"{arguments.csv}: {error}"))
    run(DuLieuMo(table.columns, table.rows).app, arguments.port)


def _complaint(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
