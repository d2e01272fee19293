"""One round: the same inputs through a hub that is disturbed all the time, and then held against an undisturbed one."""

import heapq
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random

import psycopg

from connectors.registry import Registry
from hub.cli.exits import Exit
from hub.config.file import understand
from hub.record.run_state import RunState
from hub.store import connectors, runs
from hub.store.database import Database, connect
from hub.store.schema import upgrade
from hub.sync.run import execute
from hub.wiring import Hub, open_hub
from mappings.engine.yaml_source import parse
from tests.chaos import audit, disturbances, state
from tests.chaos.department import SYSTEMS
from tests.chaos.disturbances import Disturbance
from tests.chaos.field import CONFIG, Departments, Field, Process, ground, until_one_ends
from tests.chaos.follower import Follower
from tests.chaos.inputs import FULL, PHASES
from tests.chaos.state import Expected
from tests.chaos.stores import Disk, Store

_ENDINGS = {Exit.OK, Exit.FAILED, Exit.STORE, Exit.STOPPED, -9, -2, -15}
_CALM_SECONDS, _CALM_SECONDS_PER_RECORD = 120, 0.01  # so long may it take to end when nothing disturbs any more


class NotAsExpected(Exception):
    """A round need not go on."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a round is to be: all of it follows from these."""

    seed: int
    number: int
    records: int
    disturbances: int = 12  # in each phase
    apart: float = 2.0  # seconds between two of them at the most
    only: Sequence[Disturbance] = ()  # none but these; empty: all, by how often each is to come
    phases: int = len(PHASES)
    full: bool = True  # whether phases read everything whose inputs are made for that


@dataclass
class Outcome:
    """What a round did and what was wrong."""

    did: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    pages: int = 0
    met: list[tuple[float, float, str]] = field(default_factory=list)  # when, when all was done, what was disturbed
    recovered: list[tuple[float, str]] = field(default_factory=list)  # seconds until the next page, after what
    seconds: float = 0.0


def undisturbed(folder: Path, plan: Plan, store: Store, departments: Departments) -> list[Expected]:
    """What a store holds after each phase where nothing happens."""
    found = []
    with _opened(folder, f"calm{plan.number}", store, departments, None) as (_, hub):
        for phase in range(plan.phases):
            departments.turn("phase", number=phase)
            for connector in SYSTEMS:
                _finish(hub, connector, phase, plan)
            found.append(state.expected(hub.database, folder / f"phase{phase}.gz"))
        if said := [*state.wrong(hub.database)]:
            raise NotAsExpected(f"undisturbed, and yet: {said}")
    return found


def disturbed(
    folder: Path, plan: Plan, store: Store, departments: Departments, disk: Disk | None, expected: Sequence[Expected]
) -> Outcome:
    """One round; `expected` is what each phase has to end with."""
    began, outcome = time.monotonic(), Outcome()
    chance = Random(f"{plan.seed} {plan.number} {store.name}")
    with _opened(folder, f"round{plan.number}", store, departments, disk) as (field, hub):
        database = hub.database
        audit.install(database)
        follower = Follower(database)
        follower.start()
        try:
            for phase in range(plan.phases):
                departments.turn("phase", number=phase)
                _Phase(field, plan, phase, chance, outcome).run()
                _compare(database, expected[phase], phase)
                _do_what_waits(hub)
            for connector in SYSTEMS:
                _finish(hub, connector, plan.phases - 1, plan)
            _compare(database, expected[-1], plan.phases - 1)
        except NotAsExpected as error:
            outcome.wrong.append(str(error))
            field.calm()
        follower.stop()
        outcome.wrong += [*follower.wrong, *follower.differences(), *state.wrong(database)]
        pages = audit.stored(database)
        outcome.wrong += [*audit.wrong(pages), *_of_processes(field)]
        outcome.pages = len(pages)
        outcome.recovered = [*_recoveries(outcome.met, [at for at, _ in follower.moved])]
        database.close()
        outcome.wrong += store.left_behind(field.name)
    outcome.seconds = time.monotonic() - began
    return outcome


@contextmanager
def _opened(
    folder: Path, name: str, store: Store, departments: Departments, disk: Disk | None
) -> Iterator[tuple[Field, Hub]]:
    with ground(folder, name, store, departments, disk) as field:
        database = connect(store.direct(name))
        upgrade(database)
        database.close()
        addresses = {"DEPARTMENT": departments.address, "HUB_DATABASE_URL": store.direct(name)}
        hub = open_hub(understand(parse(CONFIG, "config.yaml"), folder, Registry(), addresses))
        try:
            yield field, hub
        finally:
            hub.database.close()


def _command(connector: str, phase: int, plan: Plan) -> tuple[str, ...]:
    return ("sync", connector, "--json", *(("--full",) if plan.full and FULL[phase] else ()))


def _do_what_waits(hub: Hub) -> None:
    """What killed processes left in the queue: later, a full listing would speak of what the next phase holds."""
    for left in runs.listed(hub.database, state=RunState.QUEUED, limit=1000):
        execute(hub.database, hub.source(left.connector), left.id, hub.owner, threading.Event())


def _finish(hub: Hub, connector: str, phase: int, plan: Plan) -> None:
    """One sync that nothing disturbs, in this process; it has to succeed."""
    row = connectors.named(hub.database, connector)
    assert row is not None
    kind = "full" if plan.full and FULL[phase] else "incremental"
    with hub.database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, kind, "hand", datetime.now(UTC))
    done = execute(hub.database, hub.source(connector), run_id, hub.owner, threading.Event())
    run = runs.get(hub.database, run_id)
    if not done or run is None or run.state != RunState.SUCCEEDED:
        raise NotAsExpected(f"undisturbed, a run of {connector} ended so: {run}")


def _compare(database: Database, expected: Expected, phase: int) -> None:
    if said := [*state.differences(database, expected)]:
        raise NotAsExpected("\n".join((f"after phase {phase} ({PHASES[phase]}):", *said)))


def _of_processes(field: Field) -> Iterator[str]:
    """Every process ends in one of the ways that scripts rely on, and shows nobody a traceback."""
    for process in field.processes:
        said = process.said.read_text(errors="replace")
        if process.popen.poll() not in _ENDINGS:
            yield f"{process.name} ended with {process.popen.poll()}"
        if "Traceback" in said:
            yield f"{process.name} shows a traceback: {said[said.index('Traceback') :][-600:]}"


def _recoveries(met: Sequence[tuple[float, float, str]], moved_at: Sequence[float]) -> Iterator[tuple[float, str]]:
    """How long it took after each disturbance until a page was stored again, where there was anything left to store."""
    for at, until, what in met:
        after = next((moved for moved in moved_at if moved > at), until)
        if after < until:
            yield after - at, what


@dataclass
class _Phase:
    """One sync of every connector, again and again until it succeeds, while everything is disturbed."""

    ground: Field
    plan: Plan
    number: int
    chance: Random
    outcome: Outcome
    met: list[tuple[float, str]] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    coming: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)

    def run(self) -> None:
        line, deadline = self.ground.departments.line, None
        begun, asked = False, line.taken
        while len(self.done) < len(SYSTEMS) or self.ground.living():
            self._start()
            self._wait()
            if not begun and line.taken > asked:  # until then the hub's processes only import
                begun = True
                self._schedule()
            if begun and deadline is None and not self.coming:
                self.ground.calm()
                deadline = time.monotonic() + _CALM_SECONDS + self.plan.records * _CALM_SECONDS_PER_RECORD
            if deadline is not None and time.monotonic() > deadline:
                left = [process.name for process in self.ground.living()]
                raise NotAsExpected(f"not done when all was calm for long; still there: {left}")
        self.coming.clear()
        self.ground.calm()
        self.outcome.met += [(at, time.monotonic(), what) for at, what in self.met]

    def _schedule(self) -> None:
        wait = 0.0
        for _ in range(self.plan.disturbances):
            wait += self.chance.uniform(0, self.plan.apart)
            self._later(wait, self._disturb)

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        heapq.heappush(self.coming, (time.monotonic() + seconds, next(self.order), what))

    def _disturb(self) -> None:
        if len(self.done) == len(SYSTEMS):
            return
        what = self.chance.choice([*self.plan.only]) if self.plan.only else disturbances.chosen(self.chance)
        with suppress(psycopg.Error):  # what is away cannot be disturbed
            if did := what(self.ground, self.chance, self._later):
                self.outcome.did.append(f"{self.number}: {did}")
                self.met.append((time.monotonic(), did))

    def _start(self) -> None:
        """A process for every connector that is not done and has none that works."""
        for process in self.ground.processes:
            if process.popen.poll() == Exit.OK and self._is_of_this_phase(process):
                self.done.add(process.connector)
        for connector in SYSTEMS:
            working = [process for process in self.ground.living(connector) if not process.frozen]
            if connector not in self.done and not working:
                self.ground.hub(connector, *_command(connector, self.number, self.plan)).phase = self.number

    def _is_of_this_phase(self, process: Process) -> bool:
        return process.phase == self.number

    def _wait(self) -> None:
        """Until a process ends, or the next disturbance is due."""
        until = self.coming[0][0] if self.coming else time.monotonic() + 0.1
        until_one_ends([process.popen for process in self.ground.living()], until - time.monotonic())
        while self.coming and self.coming[0][0] <= time.monotonic():
            heapq.heappop(self.coming)[2]()
