"""Two `hub web`, four `hub worker`, two `hub scheduler` under load, each killed, frozen and cut off in turn.

    python -m tests.chaos.roles --records 3000 --seed 1

Whoever ends is started again, as a service manager does. Schedules fire every few seconds, pushes come over HTTP.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise, product
from pathlib import Path
from random import Random

import psycopg
from sqlalchemy import func, select

from hub import logs
from hub.record.run_state import RunState
from hub.store import keys
from hub.store.database import Database, connect
from hub.store.keys import Role
from hub.store.schema import upgrade
from hub.store.tables import connectors, runs, source_records
from tests.chaos import audit, rounds, state
from tests.chaos.department import SYSTEMS
from tests.chaos.field import CONFIG, Departments, departments, started, until_one_ends
from tests.chaos.follower import Follower
from tests.chaos.inputs import PHASES
from tests.chaos.load import AGENCY, CONNECTOR, Load
from tests.chaos.proxy import Proxy, proxy
from tests.chaos.stores import store
from tests.postgres import Server, served

NUMBERS = {"web": 2, "worker": 4, "scheduler": 2}
MANNERS = ("killed", "frozen", "cut off")
_AGAIN_SECONDS = 0.5  # until a service manager starts again what ended
_PATIENCE_SECONDS = 90.0  # until every connector was read once, whatever is disturbed
_PUSHED = f"""
  - name: {CONNECTOR}
    title: Sở đẩy hồ sơ
    type: push
    agency: {AGENCY}
    mapping: mot-cua/ho-so
    fresh_within: 10m
    settings: {{format: json, key: id}}
"""


@dataclass(eq=False)
class Part:
    """One process of a role, with a line to the database of its own."""

    role: str
    number: int
    line: Proxy
    port: int
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    again_at: float = 0.0

    @property
    def name(self) -> str:
        """As it is shown."""
        return f"{self.role} {self.number}"


class Nodes:
    """All the processes; whoever ends is started again while `keeps`."""

    def __init__(self, folder: Path, server: Server, department: str, stack: ExitStack) -> None:
        self._folder, self._department = folder, department
        scheduled = CONFIG.replace("    fresh_within", "    schedule: {every: 3s}\n    fresh_within")
        scheduled = scheduled.replace("port: 0}", "port: 0, secret_key: for-chaos-alone-0123456789abcdef}")
        (folder / "config.yaml").write_text(scheduled + _PUSHED, encoding="utf-8")
        self.parts = [
            Part(role, number, stack.enter_context(proxy(server.socket)), _free_port())
            for role, count in NUMBERS.items()
            for number in range(1, count + 1)
        ]
        self.keeps = True
        stack.callback(self._end)

    @property
    def webs(self) -> list[str]:
        """Where they answer."""
        return [f"http://127.0.0.1:{part.port}" for part in self.parts if part.role == "web"]

    def look(self) -> None:
        """Start what is not there."""
        now = time.monotonic()
        for part in self.parts:
            if part.process is None or part.process.poll() is not None:
                if part.process is not None and not part.again_at:
                    part.again_at = now + _AGAIN_SECONDS
                if self.keeps and now >= part.again_at:
                    self._start(part)

    def wait(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Look after them for so long, or until something is so; whether it is."""
        deadline = time.monotonic() + seconds
        while not until():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self.look()
            until_one_ends([part.process for part in self.parts if part.process], min(left, 0.3))
        return True

    def drain(self, role: str) -> Iterator[str]:
        """SIGTERM: each has to end by itself and say that all is well."""
        self.keeps = False
        parts = [part for part in self.parts if part.role == role and part.process]
        for part in parts:
            if part.process and part.process.poll() is None:
                part.process.send_signal(signal.SIGTERM)
        for part in parts:
            assert part.process is not None
            try:
                code = part.process.wait(30)
            except subprocess.TimeoutExpired:
                yield f"{part.name} did not end within 30 s of SIGTERM"
                continue
            if code:
                yield f"{part.name} ended with {code} after SIGTERM"

    def said(self) -> Iterator[str]:
        """Tracebacks in what they wrote."""
        for path in sorted(self._folder.glob("*.txt")):
            text = path.read_text(errors="replace")
            if "Traceback" in text:
                yield f"{path.stem} shows a traceback: ...{text[text.index('Traceback') :][:1500]}"

    def _start(self, part: Part) -> None:
        part.starts, part.again_at = part.starts + 1, 0.0
        command = [sys.executable, "-m", "hub", part.role, "--config", str(self._folder / "config.yaml")]
        command += ["--port", str(part.port)] if part.role == "web" else []
        url = f"postgresql://postgres@127.0.0.1:{part.line.port}/roles"
        environment = {**os.environ, "HUB_DATABASE_URL": url, "DEPARTMENT": self._department}
        with (self._folder / f"{part.name}.{part.starts}.txt").open("w") as written:
            part.process = started(command, environment, written)

    def _end(self) -> None:
        for part in self.parts:
            if part.process is not None and part.process.poll() is None:
                part.process.kill()
                part.process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@dataclass
class Outcome:
    """What was wrong, and how long things stood still."""

    wrong: list[str]
    gaps: list[str]
    summary: str


def play(folder: Path, seed: int, records: int, there: Departments, stack: ExitStack) -> Outcome:
    """Every process in every manner once, while the departments go through their phases."""
    chance = Random(f"{seed} roles")
    expected = _undisturbed(folder, seed, records, there)
    server = stack.enter_context(served("synchronous_commit=on"))
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE roles")
    database = connect(server.url.replace("/postgres?", "/roles?"))
    stack.callback(database.close)
    upgrade(database)
    audit.install(database)
    nodes = Nodes(folder, server, there.address, stack)
    load = Load(nodes.webs, keys.issue(database, "chaos", datetime.now(UTC), Role.PUSH, CONNECTOR))
    follower, wrong = Follower(database), []
    follower.start()
    there.turn("phase", number=0)
    load.start()
    if not nodes.wait(2 * _PATIENCE_SECONDS, lambda: bool(load.taken and follower.moved)):  # eight interpreters start
        wrong.append("nothing begins to work")
    turns = list(product(nodes.parts, MANNERS))
    chance.shuffle(turns)
    began, at = time.monotonic(), []
    for phase in range(len(PHASES)):
        there.turn("phase", number=phase)
        switched = datetime.now(UTC)
        for part, manner in turns[phase :: len(PHASES)]:
            at.append((time.monotonic(), f"{part.name} {manner}"))
            said = _disturb(part, manner, nodes, chance)
            print(f"{time.monotonic() - began:5.1f} s: {said}; {_by_state(database)}", flush=True)
        if not nodes.wait(_PATIENCE_SECONDS + records / 50, lambda: _read_since(database, switched)):  # noqa: B023
            wrong.append(f"phase {phase}: not every connector was read within {_PATIENCE_SECONDS} s of calm")
    at.append((time.monotonic(), "calm"))
    load.stop()
    wrong += [*nodes.drain("scheduler")]
    if not _nothing_left(database, nodes):
        wrong.append("runs were left after the schedulers ended")
    wrong += [*nodes.drain("worker"), *nodes.drain("web")]
    follower.stop()
    wrong += [*load.wrong, *follower.wrong, *follower.differences(), *state.wrong(database), *_of_runs(database)]
    wrong += [*audit.wrong(audit.stored(database)), *_of_pushes(database, load), *nodes.said()]
    wrong += state.differences(database, expected, lambda row: AGENCY not in repr(row) and CONNECTOR not in repr(row))
    gaps = [*_gaps("no push was taken", load.taken_at, at)]
    for name in SYSTEMS:
        gaps += _gaps(
            f"no page of {name} was stored", [moment for moment, whose in follower.moved if whose == name], at
        )
    summary = f"{len(load.taken)} pushes taken, answers {dict(load.answers)}; {_by_state(database)}"
    return Outcome(wrong, gaps, summary)


def _undisturbed(folder: Path, seed: int, records: int, there: Departments) -> state.Expected:
    """What a store holds that was asked for what changed, phase by phase."""
    calm = folder / "calm"
    calm.mkdir()
    with store("sqlite") as one:
        return rounds.undisturbed(calm, rounds.Plan(seed, 0, records, full=False), one, there)[-1]


def _disturb(part: Part, manner: str, nodes: Nodes, chance: Random) -> str:
    seconds = chance.uniform(2, 14)
    if part.process is None or part.process.poll() is not None:
        nodes.wait(2)
    assert part.process is not None
    if manner == "killed":
        part.process.kill()
        nodes.wait(chance.uniform(2, 5))
        return f"{part.name} killed"
    if manner == "frozen":
        part.process.send_signal(signal.SIGSTOP)
        nodes.wait(seconds)
        part.process.send_signal(signal.SIGCONT)
    elif chance.random() < 0.5:
        part.line.hold()
        nodes.wait(seconds)
        part.line.flow()
    else:
        part.line.refuse()
        nodes.wait(seconds)
        part.line.calm()
        manner = "refused"
    nodes.wait(1)
    return f"{part.name} {manner} for {seconds:.1f} s"


def _read_since(database: Database, moment: datetime) -> bool:
    """Whether a run that began since then has read each system to its end."""
    query = select(connectors.c.name).join_from(runs, connectors)
    ended = query.where(runs.c.state == RunState.SUCCEEDED, runs.c.kind == "incremental", runs.c.started_at > moment)
    with database.read() as connection:
        return set(connection.scalars(ended)) >= set(SYSTEMS)


def _nothing_left(database: Database, nodes: Nodes) -> bool:
    open_ones = select(func.count()).where(runs.c.state.in_((RunState.QUEUED, RunState.RUNNING)), runs.c.kind != "push")

    def none() -> bool:
        with database.read() as connection:
            return not connection.scalar(open_ones)

    return nodes.wait(60, none)


def _of_runs(database: Database) -> Iterator[str]:
    fired = select(runs.c.connector_id, runs.c.fire_at, func.count()).where(runs.c.trigger == "schedule")
    with database.read() as connection:
        for connector, at, count in connection.execute(fired.group_by(runs.c.connector_id, runs.c.fire_at)):
            if at is None or count != 1:
                yield f"connector {connector} has {count} runs for its fire time {at}"
        for run in connection.execute(select(runs).where(runs.c.state == RunState.FAILED)):
            yield f"run {run.id} failed, though its department did not: {run.sentence}"


def _of_pushes(database: Database, load: Load) -> Iterator[str]:
    mine = select(source_records.c.key).join_from(
        source_records, connectors, connectors.c.id == source_records.c.connector_id
    )
    with database.read() as connection:
        stored = set(connection.scalars(mine.where(connectors.c.name == CONNECTOR)))
    if lost := load.taken - stored:
        yield f"{len(lost)} pushes were answered as taken and are lost, such as {next(iter(lost))}"


def _by_state(database: Database) -> dict[str, int]:
    with database.read() as connection:
        counted = connection.execute(select(runs.c.state, func.count()).group_by(runs.c.state))
        return {row[0]: row[1] for row in counted}


def _gaps(what: str, moments: list[float], did: list[tuple[float, str]]) -> Iterator[str]:
    """The longest times in which something stood still while anything was disturbed, and after what."""
    within = [moment for moment in moments if did[0][0] <= moment <= did[-1][0]]
    for seconds, start in sorted(((after - before, before) for before, after in pairwise(within)), reverse=True)[:3]:
        before = [said for moment, said in did if moment <= start + seconds]
        yield f"{what} for {seconds:.1f} s, after: {', '.join(before[-2:])}"


def main() -> int:
    """One play; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.roles", description=__doc__)
    parser.add_argument("--records", type=int, default=20_000, help="of all departments (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    logs.quiet()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # so that nothing is left standing
    folder = Path(tempfile.mkdtemp(prefix="hub-chaos-roles-"))
    print(f"{asked.records:,} records, seed {asked.seed}, in {folder}", flush=True)
    with ExitStack() as stack:
        there = stack.enter_context(departments(asked.seed, asked.records))
        outcome = play(folder, asked.seed, asked.records, there, stack)
    for line in (*outcome.gaps, outcome.summary, *(f"! {line}" for line in outcome.wrong)):
        print(line)
    print("WRONG" if outcome.wrong else "right")
    return int(bool(outcome.wrong))


if __name__ == "__main__":
    sys.exit(main())
