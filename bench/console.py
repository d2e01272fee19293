"""Every page of the console as its user waits for it, with a million runs and a million dossiers behind it.

`python -m bench.console --rows 20000 --rounds 5` for work at a page; `--page NAME` for one.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median, quantiles
from time import perf_counter

import requests
from rich.console import Console

from bench import api_store, console_store
from bench.api import served_hub
from bench.console_pages import ASKED, NAME, check_all_are_asked
from bench.result import Result
from bench.server import fresh, server
from hub.record.rights import Role
from hub.record.signature import Signature
from hub.store import people
from hub.store.database import connect
from hub.store.passwords import Passwords
from hub.store.people import Wanted

ROWS, ROUNDS = 1_000_000, 20
MEDIAN, P95 = 100.0, 300.0  # milliseconds
_PASSWORD = "một mật khẩu chỉ để đo"  # of an administrator who is made for this


@dataclass(frozen=True, slots=True)
class Timed:
    """A page and how many milliseconds each of its answers took."""

    name: str
    took: Sequence[float]

    @property
    def p95(self) -> float:
        """Of a hundred answers the fifth slowest."""
        return quantiles(self.took, n=20)[-1]


def measure(rows: int = ROWS, rounds: int = ROUNDS, only: str | None = None) -> list[Result]:
    """The median and the 95th percentile of every page, against what was promised."""
    told = Console(stderr=True)
    check_all_are_asked()
    with server("shared_buffers=2GB", "jit=off") as address:
        told.print(f"filling {rows:,} dossiers and {rows:,} runs …")
        filled = api_store.fill(fresh(address, "hub"), rows)
        console_store.fill(filled.url, rows)
        _make_administrator(filled.url)
        with served_hub(filled) as port:
            session = _signed_in(site := f"http://127.0.0.1:{port}")
            timed = [_timed(session, site, name, rows, rounds) for name in ASKED if only in (None, name)]
    for one in sorted(timed, key=lambda one: -one.p95):
        told.print(f"{one.name:25} median {median(one.took):7.1f} ms, p95 {one.p95:7.1f} ms")
    return _results(timed)


def _results(timed: Sequence[Timed]) -> list[Result]:
    slow = max(timed, key=lambda one: median(one.took))
    late = max(timed, key=lambda one: one.p95)
    every = [took for one in timed for took in one.took]
    return [
        _result(f"all {len(timed)} pages", "ms median", median(every), MEDIAN),
        _result(f"slowest page: {slow.name}", "ms median", median(slow.took), MEDIAN),
        _result(f"slowest page: {late.name}", "ms p95", late.p95, P95),
        *(_result(one.name, "ms median", median(one.took), MEDIAN) for one in timed),
        *(_result(one.name, "ms p95", one.p95, P95) for one in timed),
    ]


def _result(name: str, unit: str, value: float, most: float) -> Result:
    return Result(name, value, unit, f"{most:.0f} ms", most / value, 1.0)


def _make_administrator(url: str) -> None:
    database = connect(url)
    with database.write() as transaction:
        wanted = Wanted(Role.ADMINISTRATOR, "Đo tốc độ", sees_personal=True)
        by = Signature("bench", "", datetime.now(UTC))
        people.add(transaction, NAME, wanted, Passwords().kept(_PASSWORD), by, must_change=False)
    database.close()


def _signed_in(site: str) -> requests.Session:
    session = requests.Session()
    form = session.get(f"{site}/sign-in", timeout=60).text
    token = form.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    told = {"csrf_token": token, "name": NAME, "password": _PASSWORD}
    answer = session.post(f"{site}/sign-in", data=told, timeout=60, allow_redirects=False)
    if answer.status_code != 302:
        raise RuntimeError(f"signing in was answered with {answer.status_code}")
    return session


def _timed(session: requests.Session, site: str, name: str, rows: int, rounds: int) -> Timed:
    chance, took = random.Random(name), []  # draws questions
    for draw in ASKED[name]:
        for at in range(rounds + 1):
            path = draw(chance, rows)
            began = perf_counter()
            answer = session.get(site + path, timeout=120, allow_redirects=False)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} was answered with {answer.status_code}: {answer.text[:500]}")
            if at:  # the first one compiles the template and the statements
                took.append(1000 * (perf_counter() - began))
    return Timed(name, took)


def main() -> None:
    """Smaller, or one page."""
    parser = argparse.ArgumentParser(description="bench.console")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--page")
    wanted = parser.parse_args()
    for one in measure(wanted.rows, wanted.rounds, wanted.page):
        print(f"{one.name:45} {one.value:12,.1f} {one.unit:12} {one.ratio:8.3f} × {one.against} {one.met or ''}")


if __name__ == "__main__":
    main()
