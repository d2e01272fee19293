"""A whole sync against what a user would pick instead (dlt) and against the least that anybody could do (fetch, decode,
COPY), on the same source and the same PostgreSQL.

`python -m bench.sync --records 20000 --rounds 1 --parties ours` prints what each run took: for whoever works at the
engine.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from bench import party
from bench.party import Measured
from bench.result import Result
from bench.server import cpu_seconds, fresh, server
from bench.sync_source import PAGE, source

RECORDS = 100_000
ROUNDS = 3
FIRST, AGAIN, CHANGED = "initial load", "nothing changed", "1 % changed"
OF_DLT = {FIRST: 6.0, AGAIN: 15.0, CHANGED: 12.0}  # as fast, at least
OF_BARE, SQLITE_OF_POSTGRESQL = 0.55, 0.5
MEMORY = 150 * 2**20
OURS, OURS_SQLITE, DLT, DLT_TUNED, BARE = "ours", "ours-sqlite", "dlt", "dlt-tuned", "bare"
PARTIES = (BARE, OURS, DLT, OURS_SQLITE, DLT_TUNED)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a party; `server` is what PostgreSQL's processes took of the processor in its time."""

    party: str
    what: str
    measured: Measured
    server: float


@dataclass(slots=True)
class Scene:
    """One source and one server for all."""

    source: str
    server: str
    folder: Path
    records: int
    on_run: Callable[[Run], None] = lambda _: None
    runs: list[Run] = field(default_factory=list)

    def round(self, at: int, parties: Sequence[str]) -> None:
        """Each party does its runs in a store of its own, one party after the other."""
        for name in parties:
            folder = self.folder / f"{name}-{at}"
            folder.mkdir()
            store = f"sqlite:///{folder}/hub.db" if name == OURS_SQLITE else fresh(self.server, "bench")
            for what in (FIRST,) if name == BARE else (FIRST, AGAIN, CHANGED):
                self._run(name, what, store, folder)

    def _run(self, name: str, what: str, store: str, folder: Path) -> None:
        pages = self.records // PAGE
        requests.post(f"{self.source}/{'changed' if what == CHANGED else 'first'}", timeout=60).raise_for_status()
        before = cpu_seconds(self.server)
        module, *arguments = _command(name, f"{self.source}/dossiers/{pages}", store, folder)
        measured = party.run(module, *arguments)
        self.runs.append(Run(name, what, measured, cpu_seconds(self.server) - before))
        self.on_run(self.runs[-1])
        _complete(name, what, measured, requests.get(f"{self.source}/expected/{pages}", timeout=60).json())

    def seconds(self, name: str, what: str) -> float:
        """The median of the rounds."""
        return statistics.median(run.measured.seconds for run in self.runs if (run.party, run.what) == (name, what))


def measure() -> list[Result]:
    """The figures, each against the parties of the same rounds."""
    with scene(RECORDS) as found:
        for at in range(ROUNDS):
            found.round(at, PARTIES if at == 0 else PARTIES[:-1])  # the tuned one is no target: once is enough
        return [*_peers(found), *_ours(found)]


@contextmanager
def scene(records: int, on_run: Callable[[Run], None] = lambda _: None) -> Iterator[Scene]:
    """A source of so many records and an empty server, gone at the end."""
    with source(records) as url, server() as address, tempfile.TemporaryDirectory() as folder:
        yield Scene(url, address, Path(folder), records, on_run)


def _command(name: str, url: str, store: str, folder: Path) -> list[str]:
    if name == BARE:
        return ["bench.peer_bare", url, store]
    if name in (DLT, DLT_TUNED):
        return ["bench.peer_dlt", "tuned" if name == DLT_TUNED else "default", url, store, str(folder)]
    return ["bench.ours", "rest", url, store, str(folder)]


def _complete(name: str, what: str, measured: Measured, expected: dict[str, int]) -> None:
    """A party that did not do the work is no measure."""
    records, readable = expected["records"], expected["readable"]
    nested = {"dossiers__le_phi": expected["fees"], "dossiers__qua_trinh": expected["steps"]}
    wanted = {
        BARE: {"records": records},
        DLT: {"dossiers": records} | nested,
        DLT_TUNED: {"dossiers": records},
    }.get(name, {"dossiers": readable, "source_records": readable, "quarantine": records - readable})
    if name in (OURS, OURS_SQLITE):
        news = {FIRST: ("created", readable), AGAIN: ("unchanged", readable), CHANGED: ("updated", expected["changed"])}
        wanted |= dict([news[what]])
    held = {one: measured.rows.get(one) for one in wanted}
    if held != wanted:
        raise RuntimeError(f"{name}, {what}: it holds {held} instead of {wanted}")


def _peers(found: Scene) -> list[Result]:
    rate = found.records / found.seconds(BARE, FIRST)
    results = [Result("bare fetch, decode and COPY", rate, "records/s", "itself", 1.0)]
    for name, title in ((DLT, "dlt, merge"), (DLT_TUNED, "dlt, upsert, flat, tuned")):
        for what in OF_DLT:
            rate, against = found.records / found.seconds(name, what), found.seconds(DLT, what)
            ratio = against / found.seconds(name, what)
            results.append(Result(f"{title}: {what}", rate, "records/s", "dlt, merge", ratio))
    return results


def _ours(found: Scene) -> list[Result]:
    results = []
    for what, target in OF_DLT.items():
        seconds = found.seconds(OURS, what)
        ratio = found.seconds(DLT, what) / seconds
        results.append(Result(f"PostgreSQL: {what}", found.records / seconds, "records/s", "dlt, merge", ratio, target))
    first = found.seconds(OURS, FIRST)
    ratio = found.seconds(BARE, FIRST) / first
    results.append(Result(f"PostgreSQL: {FIRST}", found.records / first, "records/s", "bare", ratio, OF_BARE))
    for what in OF_DLT:
        seconds = found.seconds(OURS_SQLITE, what)
        ratio = found.seconds(OURS, what) / seconds
        least = SQLITE_OF_POSTGRESQL if what == FIRST else None
        name, against = f"SQLite: {what}", "the same on PostgreSQL"
        results.append(Result(name, found.records / seconds, "records/s", against, ratio, least))
    for name, title in ((OURS, "PostgreSQL"), (OURS_SQLITE, "SQLite"), (DLT, "dlt, merge")):
        peak = max(run.measured.peak for run in found.runs if run.party == name)
        most, limit = (None if name == DLT else 1.0), f"{MEMORY >> 20} MiB"
        results.append(Result(f"{title}: peak memory", peak / 2**20, "MiB", limit, MEMORY / peak, most))
    return results


def _told(run: Run) -> str:
    took = run.measured
    seconds = (
        f"{took.seconds:7.2f} s, CPU {took.cpu:6.2f} s, database's {run.server:6.2f} s, {took.peak / 2**20:4.0f} MiB"
    )
    return f"{run.party:12} {run.what:16} {seconds}  {took.detail or ''}"


def main() -> None:
    """What each run took, one line each."""
    asked = argparse.ArgumentParser(prog="python -m bench.sync")
    asked.add_argument("--records", type=int, default=20_000, help="whole thousands, up to 100,000")
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--parties", nargs="+", choices=PARTIES, default=[BARE, OURS, OURS_SQLITE])
    given = asked.parse_args()
    with scene(given.records, lambda run: print(_told(run), flush=True)) as found:
        for at in range(given.rounds):
            found.round(at, given.parties)


if __name__ == "__main__":
    main()
