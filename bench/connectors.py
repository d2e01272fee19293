"""Reading a department's records: SOAP against zeep's own deserialisation, REST against fetch and decode alone, and how
much memory a huge SOAP answer takes."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import requests
from zeep import Client

from bench.department import PAGE
from bench.result import Result
from connectors.contract import ConnectorType, Page
from connectors.rest import REST
from connectors.soap import SOAP

RECORDS = 100_000
BY_ZEEP = 20_000  # it takes as long for each of them as for more
ROUNDS = 3
FASTER_THAN_ZEEP, OF_DECODING_ALONE = 5.0, 1 / 1.3
HUGE = 1024 * 1024 * 1024  # bytes in one answer
MEMORY = 200 * 1024 * 1024
ROOT = Path(__file__).parent.parent


def measure() -> list[Result]:
    """The figures: SOAP in pages and in one answer, REST in pages, the memory that 1 GiB takes."""
    with department() as url:
        return [*_soap(url), *_rest(url), _memory(url)]


def _soap(url: str) -> list[Result]:
    """Every record with its key, its bytes and its change time, against zeep's objects from the same service."""
    pages, one = _wsdl(url, "soap", RECORDS // PAGE), _wsdl(url, "huge", RECORDS // PAGE)
    seconds = _side_by_side(
        lambda: _read_by_zeep(_wsdl(url, "soap", BY_ZEEP // PAGE)),
        lambda: _read(SOAP, soap_settings(pages)),
        lambda: _read(SOAP, soap_settings(one)),
    )
    zeep, paged, whole = BY_ZEEP / seconds[0], RECORDS / seconds[1], RECORDS / seconds[2]
    against = "zeep's own deserialisation"
    return [
        Result(f"{against}, pages of {PAGE:,}", zeep, "records/s", "itself", 1.0),
        Result(f"SOAP, pages of {PAGE:,}", paged, "records/s", against, paged / zeep, FASTER_THAN_ZEEP),
        Result(f"SOAP, {RECORDS:,} in one answer", whole, "records/s", against, whole / zeep, FASTER_THAN_ZEEP),
    ]


def _rest(url: str) -> list[Result]:
    address = f"{url}/rest/{RECORDS // PAGE}"
    seconds = _side_by_side(lambda: _fetch_and_decode(address), lambda: _read(REST, _rest_settings(address)))
    alone, ours = (RECORDS / each for each in seconds)
    against = "fetch and decode alone"
    return [
        Result(f"{against}, pages of {PAGE:,}", alone, "records/s", "itself", 1.0),
        Result(f"REST, pages of {PAGE:,}", ours, "records/s", against, ours / alone, OF_DECODING_ALONE),
    ]


def _memory(url: str) -> Result:
    """The peak of a process that does nothing else than read the answer."""
    pages = HUGE // len(requests.post(f"{url}/soap/1", data="<trang>0</trang>", timeout=60).content) + 1
    command = [sys.executable, "-m", "bench.huge_answer", _wsdl(url, "huge", pages), str(pages * PAGE)]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True).stdout
    peak = int(said) * 1024
    name = f"peak memory, SOAP answer of {HUGE >> 20:,} MiB in {pages * PAGE:,} records"
    return Result(name, peak / 2**20, "MiB", f"{MEMORY >> 20} MiB", MEMORY / peak, 1.0)


def _wsdl(url: str, kind: str, pages: int) -> str:
    return f"{url}/{kind}/{pages}"


def soap_settings(wsdl: str) -> dict[str, Any]:
    """As an IT person would write them."""
    return {
        "wsdl": wsdl,
        "operation": "LayDanhSach",
        "parameters": {"trang": "{page}"},
        "first_page": 0,
        "records": "HoSo",
        "key": "SoHoSo",
        "changed_at": {"from": "NgayCapNhat", "date": "yyyy-MM-ddTHH:mm:ssXXX"},
        "more": "ConTrang",
        "max_answer_bytes": 2 * HUGE,
    }


def _rest_settings(url: str) -> dict[str, Any]:
    return {
        "url": url,
        "parameters": {"page": "{page}"},
        "pages": {"type": "numbered", "last": "last"},
        "records": "content",
        "key": "SoHoSo",
        "changed_at": {"from": "NgayCapNhat"},
    }


def pages_of(kind: ConnectorType, settings: dict[str, Any]) -> Iterator[Page]:
    """What the connector brings, as in a run."""
    with kind.open(kind.settings.model_validate(settings), lambda exchange: exchange()) as line:
        yield from line.pull(None)


def _read(kind: ConnectorType, settings: dict[str, Any]) -> None:
    read = 0
    for page in pages_of(kind, settings):
        for record in (page.records[0], page.records[-1]) if page.records else ():
            if not (record.key and record.raw and record.changed_at):
                raise RuntimeError(f"a record was not read whole: {record}")
        read += len(page.records)
    _all(read, RECORDS)


def _read_by_zeep(wsdl: str) -> None:
    service, read, page, more = Client(wsdl).service, 0, 0, True
    while more:
        answer = service.LayDanhSach(trang=page)
        read, page, more = read + len(answer.DanhSach.HoSo), page + 1, answer.ConTrang
    _all(read, BY_ZEEP)


def _fetch_and_decode(url: str) -> None:
    read, page, more = 0, 0, True
    with requests.Session() as session:
        while more:
            answer = orjson.loads(session.get(url, params={"page": page}, timeout=60).content)
            read, page, more = read + len(answer["content"]), page + 1, not answer["last"]
    _all(read, RECORDS)


def _side_by_side(*works: Callable[[], None]) -> list[float]:
    """Seconds for each, taken in turns, so that a slow minute of the machine hits all of them."""
    rounds = [[_seconds(work) for work in works] for _ in range(ROUNDS)]
    return [statistics.median(each) for each in zip(*rounds, strict=True)]


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def department() -> Iterator[str]:
    """The address of a department in a process of its own."""
    command = [sys.executable, "-m", "bench.department"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        yield line.split()[1]
    finally:
        process.communicate()


def _all(read: int, expected: int) -> None:
    """A benchmark that did not do the work measures nothing."""
    if read != expected:
        raise RuntimeError(f"{read} of {expected} records came through")
