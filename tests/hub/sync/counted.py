"""A register that can be counted, listed and asked for one record, as its abilities say; and a hub's clock over it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from connectors.contract import Connector, Page, Record, Retry
from connectors.errors import Changed, Unavailable
from hub.store import connectors, held, runs, tallies
from hub.store.database import Database
from hub.store.runs import RunRow
from hub.store.tallies import Tally
from hub.sync import completeness
from hub.sync.run import execute
from hub.sync.source import Source
from tests.hub.sync.fixtures import mapping, registered, source

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 11, 16, 1, tzinfo=UTC)  # eight in the morning in Vietnam


@dataclass
class Register:
    """Records by key: when each changed, and what it says. It tells what a real one would, of what it has now."""

    rows: dict[str, tuple[datetime, dict[str, Any]]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)  # not in its list of changes, as if the list had lost them
    refused: set[str] = field(default_factory=set)  # not given when asked for
    counts: bool = True
    keys: bool = True
    fetches: bool = True
    spans: bool = False
    log: list[str] = field(default_factory=list)
    before_keys: Callable[[], None] = lambda: None
    down: bool = False

    def put(self, key: str, at: datetime, status: str = "open") -> None:
        """A record that changed then; `seen` by nobody until it is asked for."""
        self.rows[key] = at, {"id": key, "code": f"000.00.15.H29-260520-{key}", "status": status}

    @contextmanager
    def open(self, retry: Retry) -> Iterator[Connector]:
        """An open line with the abilities that it has."""
        del retry
        kinds = [_Listing] * (self.counts or self.keys) + [_Fetching] * self.fetches + [_Spanning] * self.spans
        yield type("Able", (*kinds, _Line), {})(self)

    def between(self, start: datetime, end: datetime) -> list[str]:
        return sorted(key for key, (at, _) in self.rows.items() if start <= at < end)

    def page(self, keys: list[str], bookmark: str | None) -> Page:
        found = [(key, *self.rows[key]) for key in keys]
        records = [Record(key, row, orjson.dumps(row), at) for key, at, row in found]
        return Page(orjson.dumps([row for _, _, row in found]), "application/json", records, bookmark)


class _Line:
    def __init__(self, register: Register) -> None:
        self.register = register

    def check(self) -> Iterator[str]:
        yield "it is there"

    def pull(self, since: str | None) -> Iterator[Page]:
        rows, after = self.register.rows, datetime.fromisoformat(since) if since else MONDAY - timedelta(days=365)
        new = sorted(key for key, (at, _) in rows.items() if at > after and key not in self.register.hidden)
        if new:
            yield self.register.page(new, max(rows[key][0] for key in new).isoformat())


class _Listing(_Line):
    def count(self, start: datetime, end: datetime) -> int | None:
        if self.register.down:
            raise Unavailable("it does not answer", code="timed_out", hint="")
        self.register.log.append(f"count {start.astimezone(LOCAL):%d %H:%M}")
        return len(self.register.between(start, end)) if self.register.counts else None

    def keys(self, start: datetime, end: datetime) -> Iterator[str]:
        if not self.register.keys:
            raise Changed("it is asked for the number only", code="local_settings", hint="")
        self.register.before_keys()
        self.register.log.append(f"keys {start.astimezone(LOCAL):%d %H:%M}")
        yield from self.register.between(start, end)


class _Fetching(_Line):
    def fetch(self, key: str) -> Page:
        self.register.log.append(f"fetch {key}")
        if self.register.down:
            raise Unavailable("it does not answer", code="timed_out", hint="")
        return self.register.page([] if key in self.register.refused else [key], None)


class _Spanning(_Line):
    def spans_cheaply(self) -> bool:
        return True

    def pull_period(self, start: datetime, end: datetime) -> Iterator[Page]:
        self.register.log.append(f"span {start.astimezone(LOCAL):%d %H:%M}")
        yield self.register.page(self.register.between(start, end), None)


@dataclass
class Watched:
    """A hub whose clock a test sets: it does what is queued when it is told to."""

    database: Database
    register: Register
    folder: Path
    name: str = "a"
    now: datetime = MONDAY + timedelta(days=3)

    def __post_init__(self) -> None:
        known = connectors.named(self.database, self.name) or registered(self.database, self.name)[self.name]
        self.id = known.id
        self.reads = mapping(self.folder)

    def source(self) -> Source:
        """The connector as a run sees it."""
        return source(self.name, self.register, self.reads, attempts=1)  # type: ignore[arg-type]

    def run(self, kind: str = "incremental", wanted: dict[str, Any] | None = None) -> RunRow:
        """One run, and nothing that follows on it."""
        with self.database.write() as transaction:
            run_id = runs.enqueue(transaction, self.id, kind, "hand", self.now, wanted=wanted)
        return self.do(run_id)

    def do(self, run_id: int) -> RunRow:
        assert execute(self.database, self.source(), run_id, "test", threading.Event(), now=lambda: self.now)
        run = runs.get(self.database, run_id)
        assert run is not None
        return run

    def rule(self, _name: str) -> completeness.Rule:
        """Four days, once a day."""
        return completeness.Rule(4)

    def plan(self) -> list[int]:
        """What the scheduler queues."""
        return completeness.plan(self.database, self.now, self.rule)

    def follow(self) -> list[RunRow]:
        """Do what is queued, and what the scheduler queues after that, until there is nothing left to do."""
        done = []
        while queued := runs.listed(self.database, state="queued") or (self.plan() and runs.listed(self.database)):
            oldest = min(run.id for run in queued if run.state == "queued")
            done.append(self.do(oldest))
            assert len(done) < 20, "it goes on for ever"
        return done

    def count(self, **wanted: Any) -> list[RunRow]:
        """Count four days and do all that follows."""
        counted = self.run("count", {"last": 4} | wanted)
        return [counted, *self.follow()]

    def days(self) -> dict[str, Tally]:
        """What is known of each day, by its number."""
        return {tally.day[-2:]: tally for tally in reversed(tallies.of(self.database, self.id))}

    def states(self) -> dict[str, str]:
        """The same, the states alone."""
        return {day: tally.state for day, tally in self.days().items()}

    def held(self) -> set[str]:
        """The keys that are kept."""
        with self.database.read() as connection:
            return held.keys_changed(connection, self.id, "", "9")
