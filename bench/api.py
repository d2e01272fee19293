"""The API against the bare statements of pgbench and against a plain Flask and SQLAlchemy program on the same server.

`python -m bench.api --rows 100000 --seconds 3` for work at the API; `--ten-times` also measures the list at ten times
as many dossiers (a quarter of an hour, 40 GB).
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

import requests
from rich.console import Console

from bench import api_store
from bench.api_store import AGENCIES, STATUSES, Filled, code_of, name_of
from bench.bare_sql import SHOWN, bare
from bench.load import Load, get, load
from bench.result import Result
from bench.server import fresh, server
from hub.record.shown import name_key
from hub.store.secrets import new_key

ROWS, SECONDS, CONNECTIONS, MANY = 1_000_000, 8.0, 16, 2000
OPEN_ZAAK = {1: 150.0, CONNECTIONS: 320.0}  # median ms of a page of cases at 1,000,000, as it publishes them, by users
ALONE = "list, one connection"
QUESTIONS = ("look-up", "list", "name search", "counts", "empty poll")


@dataclass(frozen=True, slots=True)
class Asked:
    """Each question as the hub is asked it, as the plain program is, and as a statement; many forms of each."""

    hub: dict[str, list[str]]
    plain: dict[str, list[str]]
    sql: dict[str, list[str]]


def measure(rows: int = ROWS, seconds: float = SECONDS, *, ten_times: bool = False) -> list[Result]:
    """Requests a second and milliseconds, each against its peers in this same run."""
    told = Console(stderr=True)
    # A machine that serves a city has memory for its indexes; all parties have the same.
    with server("shared_buffers=2GB", "jit=off") as address:
        told.print(f"filling {rows:,} dossiers …")
        filled = api_store.fill(fresh(address, "hub"), rows)
        results = _compared(filled, seconds, told)
        if ten_times:
            for one in results:
                told.print(f"{one.name}: {one.value:,.2f} {one.unit}, {one.ratio:.3f} × {one.against}")
            told.print(f"filling {10 * rows:,} dossiers …")
            api_store.grow(filled.url, 10)
            results += _grown(filled, results, seconds)
    return results


def _compared(filled: Filled, seconds: float, told: Console) -> list[Result]:
    asked = _asked(filled)
    floor, guarded, plain = _of_plain(filled, asked, seconds, told)
    ours = _of_hub(filled, asked, seconds, told)
    statements = {name: bare(filled.url, asked.sql[name], CONNECTIONS, int(seconds)) for name in QUESTIONS}
    api_store.index_trigrams(filled.url)
    similar = bare(filled.url, _similar(), CONNECTIONS, int(seconds))
    once = ours["look-up"]
    results = [
        Result("floor: an answer that asks nobody", floor.p50, "ms p50", "", 1.0),
        Result("look-up: hub", once.per_second, "requests/s", "plain Flask, keys and log", _times(once, guarded)),
        Result("look-up: plain Flask with keys and a log of reads", guarded.per_second, "requests/s", "", 1.0),
    ]
    for name in QUESTIONS:
        one, other, sql = ours[name], plain[name], statements[name]
        least = 2.0 if name in ("look-up", "list") else None
        slowest = 1 / 3 if name in ("look-up", "list") else None
        results += [
            Result(
                f"{name}: hub", one.per_second, "requests/s", "plain Flask", one.per_second / other.per_second, least
            ),
            Result(f"{name}: hub", one.p50, "ms p50", "SQL + floor", (sql.p50 + floor.p50) / one.p50, slowest),
            Result(f"{name}: hub", one.p99, "ms p99", "10 × p50", 10 * one.p50 / one.p99, 1.0),
            Result(f"{name}: plain Flask", other.per_second, "requests/s", "", 1.0),
            Result(f"{name}: plain Flask", other.p50, "ms p50", "", 1.0),
            Result(f"{name}: bare SQL", sql.per_second, "queries/s", "", 1.0),
            Result(f"{name}: bare SQL", sql.p50, "ms p50", "", 1.0),
        ]
    search, page, alone = ours["name search"], ours["list"], ours[ALONE]
    results += [
        Result("name search: hub", search.per_second, "requests/s", "similarity", _times(search, similar), 10.0),
        Result("name search: trigram similarity in SQL", similar.per_second, "queries/s", "", 1.0),
        Result("list: hub", page.p50, "ms p50", "Open Zaak, 16 users", OPEN_ZAAK[CONNECTIONS] / page.p50, 20.0),
        Result(f"{ALONE}: hub", alone.p50, "ms p50", "Open Zaak, 1 user", OPEN_ZAAK[1] / alone.p50, 20.0),
    ]
    return results


def _times(one: Load, other: Load) -> float:
    return one.per_second / other.per_second


def _grown(filled: Filled, before: list[Result], seconds: float) -> list[Result]:
    page = next(one.value for one in before if one.name == "list: hub" and one.unit == "ms p50")
    with served_hub(filled) as port:
        asked = [get(path, filled.key) for path in _asked(filled).hub["list"]]
        load(port, asked, CONNECTIONS, 60)  # ten times the data are not in memory yet
        larger = load(port, asked, CONNECTIONS, seconds)
    return [
        Result("list at ten times the dossiers: hub", larger.p50, "ms p50", "at one time", page / larger.p50, 1 / 1.5)
    ]


def _of_hub(filled: Filled, asked: Asked, seconds: float, told: Console) -> dict[str, Load]:
    with served_hub(filled) as port:
        _same_answers(port, filled, asked)
        found = {name: _told(told, "hub", name, port, asked.hub[name], seconds, filled.key) for name in QUESTIONS}
        return found | {ALONE: _told(told, "hub", ALONE, port, asked.hub["list"], seconds, filled.key, connections=1)}


def _of_plain(filled: Filled, asked: Asked, seconds: float, told: Console) -> tuple[Load, Load, dict[str, Load]]:
    with _served("bench.peer_flask", [filled.url]) as port:
        floor = _told(told, "plain", "floor", port, ["/floor"], seconds)
        looked_up = [f"/guarded{path}" for path in asked.plain["look-up"]]
        guarded = _told(told, "plain", "look-up with keys and a log", port, looked_up, seconds, filled.key)
        plain = {name: _told(told, "plain", name, port, asked.plain[name], seconds) for name in QUESTIONS}
        return floor, guarded, plain


def _told(
    told: Console,
    who: str,
    name: str,
    port: int,
    paths: list[str],
    seconds: float,
    key: str | None = None,
    connections: int = CONNECTIONS,
) -> Load:
    found = load(port, [get(path, key) for path in paths], connections, seconds)
    told.print(f"{who} {name}: {found.per_second:,.0f}/s, p50 {found.p50:.1f} ms, p99 {found.p99:.1f} ms")
    if found.wrong:
        raise RuntimeError(f"{who} {name}: {found.wrong} requests were not answered with 200")
    return found


def _same_answers(port: int, filled: Filled, asked: Asked) -> None:
    """Nobody is believed: what is measured answers what was asked."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {filled.key}"
    answers = {name: session.get(f"http://127.0.0.1:{port}{asked.hub[name][0]}", timeout=60) for name in QUESTIONS}
    for name, answer in answers.items():
        if answer.status_code != 200:
            raise RuntimeError(f"{name}: {answer.text[:500]}")
    if answers["look-up"].json()["code"] != asked.hub["look-up"][0].partition("/dossiers/")[2].partition("?")[0]:
        raise RuntimeError("the look-up answers another dossier")
    if not answers["list"].json()["items"] or not answers["name search"].json()["items"]:
        raise RuntimeError("a list answers nothing")


def _asked(filled: Filled) -> Asked:
    chance = random.Random(2)  # draws questions
    codes = [code_of(chance.randrange(1, filled.rows + 1)) for _ in range(MANY)]
    pairs = [(chance.choice(AGENCIES), chance.choice(STATUSES[:3])) for _ in range(MANY // 10)]
    names = filled.names
    newest = "ORDER BY received_on DESC, id DESC LIMIT 50"
    standing = "merged_into IS NULL AND gone_at IS NULL"
    return Asked(
        hub={
            "look-up": [f"/api/v1/dossiers/{code}?include=none" for code in codes],
            "list": [f"/api/v1/dossiers?agency={agency}&status={status}" for agency, status in pairs],
            "name search": [f"/api/v1/dossiers?q={quote(name)}" for name in names],
            "counts": ["/api/v1/dossiers/counts?by=agency,status"],
            "empty poll": [f"/api/v1/changes?after={filled.rows}"],
        },
        plain={
            "look-up": [f"/dossiers/{code}" for code in codes],
            "list": [f"/dossiers?agency={agency}&status={status}" for agency, status in pairs],
            "name search": [f"/dossiers?name={quote(name_key(name))}" for name in names],
            "counts": ["/counts"],
            "empty poll": [f"/changes?after={filled.rows}"],
        },
        sql={
            "look-up": [
                f"SELECT {SHOWN} FROM dossiers WHERE id IN "  # names and codes of ours
                f"(SELECT dossier_id FROM dossier_codes WHERE value = '{code}')"
                for code in codes[:100]
            ],
            "list": [
                f"SELECT {SHOWN} FROM dossiers WHERE agency = '{agency}' AND status = '{status}' "
                f"AND {standing} {newest}"
                for agency, status in pairs[:100]
            ],
            "name search": [
                f"SELECT {SHOWN} FROM dossiers WHERE name = '{name_key(name)}' AND {standing} {newest}"
                for name in names[:100]
            ],
            "counts": ["SELECT agency, status, count(*) FROM dossiers GROUP BY agency, status"],
            "empty poll": ["SELECT position FROM feed"],
        },
    )


def _similar() -> list[str]:
    """What a search by trigrams asks (pg_trgm, with its index): names that are like the one that was typed."""
    chance = random.Random(3)  # likewise
    return [
        f"SELECT id, name FROM dossiers WHERE name % '{name_key(name_of(chance))}' ORDER BY "
        f"similarity(name, '{name_key(name_of(chance))}') DESC LIMIT 50"
        for _ in range(20)
    ]


@cache
def _folder() -> Path:
    """One for all that are served."""
    return Path(tempfile.mkdtemp(prefix="hub-bench-api-"))


@cache
def _secrets_key() -> str:
    """One for all that are served: it seals the log of reads, which no other key can go on with."""
    return new_key()


def _hub(filled: Filled) -> list[str]:
    folder = _folder()
    config = folder / "config.yaml"
    config.write_text(
        f'database: {{url: "{filled.url}"}}\nweb: {{port: 0, processes: 2}}\n'
        "access: {quota: {per_minute: 100000000, per_day: 1000000000}}\n"
        f"secrets: {{key: {_secrets_key()}}}\n"
    )
    return ["web", "--config", str(config)]


def served_hub(filled: Filled) -> AbstractContextManager[int]:
    """`hub web` over a filled store, with two processes; yields its port."""
    return _served("hub.cli.main", _hub(filled))


@contextmanager
def _served(module: str, arguments: list[str]) -> Iterator[int]:
    """A server in processes of its own; yields its port, which it prints."""
    program = [sys.executable, "-m", "hub" if module == "hub.cli.main" else module, *arguments]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield _port(process)
        finally:
            process.terminate()
            process.communicate(timeout=60)


def _port(process: "subprocess.Popen[str]") -> int:
    said = ""
    for line in process.stdout or ():
        said += line
        if "http://" in line:
            return int(line.split("http://")[1].split("/")[0].rpartition(":")[2])
    raise RuntimeError(f"the server did not start:\n{said}")


def main() -> None:
    """Smaller, or larger, and with a line for every step."""
    parser = argparse.ArgumentParser(description="bench.api")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--ten-times", action="store_true")
    wanted = parser.parse_args()
    for one in measure(wanted.rows, wanted.seconds, ten_times=wanted.ten_times):
        print(f"{one.name:45} {one.value:12,.2f} {one.unit:12} {one.ratio:8.3f} × {one.against} {one.met or ''}")


if __name__ == "__main__":
    main()
