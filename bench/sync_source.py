"""A department for `bench.sync` that is never the bottleneck: its pages stand as bytes in a process of its own.

`GET /dossiers/PAGES?page=N` answers with page N of so many, `GET /whole/PAGES` with all of them in one answer.
`POST /changed` changes one record in a hundred, spread over all pages; `POST /first` takes that back.
`GET /expected/PAGES` says what whoever has read everything must hold.
"""

import copy
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from bench.dossiers import dossiers

PAGE = 1000  # records
SET = 100  # pages that are made; those beyond are the same dossiers under other numbers
CHANGED_OF = 100  # one of so many records changes
ROOT = Path(__file__).parent.parent
_MARK = "@@@"  # where the number of a set stands in what is sent


@dataclass(slots=True)
class Expected:
    """Rows that are there when everything has been read, in its parts; `readable` is what no one has to set aside."""

    records: int = 0
    fees: int = 0
    steps: int = 0
    readable: int = 0
    changed: int = 0  # records that `POST /changed` changes

    def add(self, records: list[dict[str, Any]]) -> None:
        """Count a page in."""
        self.records += len(records)
        self.fees += sum(len(one["lePhi"]) for one in records)
        self.steps += sum(len(one["quaTrinh"]) for one in records)
        self.readable += sum(not _unreadable(one) for one in records)


class Made:
    """The pages of one set, first and changed, as bytes."""

    def __init__(self, pages: int) -> None:
        self.first: list[bytes] = []
        self.changed: list[bytes] = []
        self.expected = [Expected(), Expected()]
        records = dossiers(pages * PAGE)
        for at in range(0, len(records), PAGE):
            self._add([_marked(one) for one in records[at : at + PAGE]])

    def _add(self, page: list[dict[str, Any]]) -> None:
        self.first.append(_written(page))
        self.expected[0].add(page)
        for at in range(0, len(page), CHANGED_OF):
            page[at] = _gone_on(page[at])
            self.expected[1].changed += 1
        self.changed.append(_written(page))
        self.expected[1].add(page)


def _marked(record: dict[str, Any]) -> dict[str, Any]:
    """With a place for the number of the set in whatever tells it from others."""
    for name in ("id", "soHoSo", "maQuocGia"):
        if (record[name] or "").strip():
            record[name] += _MARK
    return record


def _gone_on(record: dict[str, Any]) -> dict[str, Any]:
    """One step further."""
    after = copy.deepcopy(record)
    after["ghiChu"] = "Đã chuyển bước tiếp theo."
    step = {"thoiDiem": "2026-11-20T09:30:00+07:00", "trangThai": "Đang xử lý", "noiDung": "Chuyển bước"}
    after["quaTrinh"].append(step | {"nguoiXuLy": "Lê Hoàng Giả"})
    return after


def _unreadable(record: dict[str, Any]) -> bool:
    """As the hub has to see it: a status that its mapping does not know, or no code at all."""
    return record["trangThai"] == "Treo" or not (record["soHoSo"].strip() or record["maQuocGia"])


def _written(page: list[dict[str, Any]]) -> bytes:
    return orjson.dumps(page)[1:-1]


class _Department(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    made: Made
    now_changed = False

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        what, pages = asked.path.strip("/").split("/")
        if what == "expected":
            self._say([orjson.dumps(_times(self.made, int(pages), changed=_Department.now_changed))])
            return
        made = self.made.changed if _Department.now_changed else self.made.first
        if what == "whole":
            self._say([b'{"content":[', *_joined([_numbered(made, at) for at in range(int(pages))]), b"]}"])
            return
        number = int(parse_qs(asked.query)["page"][0])
        last = b"true" if number + 1 >= int(pages) else b"false"
        self._say([b'{"last":%s,"content":[' % last, _numbered(made, number), b"]}"])

    def do_POST(self) -> None:
        _Department.now_changed = self.path == "/changed"
        self._say([b"{}"])

    def _say(self, parts: list[bytes]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(sum(map(len, parts))))
        self.end_headers()
        for part in parts:
            self.wfile.write(part)

    def log_message(self, *_: object) -> None:
        """Say nothing: only the figures count."""


def _numbered(made: list[bytes], page: int) -> bytes:
    return made[page % len(made)].replace(_MARK.encode(), b"%03d" % (page // len(made)))


def _joined(pages: list[bytes]) -> list[bytes]:
    return [part for page in pages for part in (b",", page)][1:]


def _times(made: Made, pages: int, *, changed: bool) -> dict[str, int]:
    sets, rest = divmod(pages, len(made.first))
    if rest:
        raise ValueError(f"{pages} pages are not whole sets of {len(made.first)}")
    return {name: value * sets for name, value in asdict(made.expected[changed]).items()}


@contextmanager
def source(records: int) -> Iterator[str]:
    """Serve so many records, at most one set's, from a process of its own; yields its address."""
    pages = min(SET, records // PAGE)
    command = [sys.executable, "-m", "bench.sync_source", str(pages)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        yield line.split()[1]
    finally:
        process.communicate()


def main(pages: int) -> None:
    """Serve until standard input closes; prints `ready URL`."""
    _Department.made = Made(pages)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Department)
    server.daemon_threads = True
    print(f"ready http://127.0.0.1:{server.server_port}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]))
