"""Dossiers that come, move between agencies and levels, join, part, go and come back, as departments tell of them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast

import orjson

from connectors.contract import Page, Record
from hub.record.merge import Values
from hub.record.shown import Place
from hub.store import connectors, gone, runs, watched
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.filters import Filter
from hub.store.finding import walk
from hub.store.laid_out import Arrival
from hub.store.scope import ALL, Scope
from hub.sync.drift import OnDrift
from hub.sync.page import store
from hub.sync.watch import Watch
from hub.sync.work import Work
from mappings.engine.draft import Draft
from tests.hub.sync.fixtures import registered

AGENCIES = ("000.00.01.H29", "000.00.02.H29", "000.00.03.H29")
PROCEDURES = ("1.001193", "2.000488")
FIELDS = ("G15", "G09")
LEVELS = ("normal", "limited", "sensitive")
STATUSES = ("processing", "completed")
CODES = tuple(f"000.00.15.H29-260520-{at:04}" for at in range(9))
_START = datetime(2026, 5, 20, tzinfo=UTC)


class _AsGiven:
    """A mapping whose records are read already."""

    name = "test/ho-so"
    fingerprint = "1a2b3c4d"
    entity = "dossier"

    def read(self, draft: Draft) -> Draft:
        return draft


@dataclass
class World:
    """A store to which the departments `a` and `b` send pages."""

    database: Database
    rows: dict[str, ConnectorRow] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)
    at: datetime = _START

    def __post_init__(self) -> None:
        """Both are registered, and a run of each is under way."""
        self.rows = registered(self.database, "a", "b")
        for name, row in self.rows.items():
            with self.database.write() as transaction:
                self.runs[name] = runs.enqueue(transaction, row.id, "incremental", "hand", self.at)
            runs.start(self.database, self.runs[name], "test v1", None, self.at)

    def tell(self, name: str, told: dict[str, Values]) -> None:
        """A page of a department's records, by key."""
        self.at += timedelta(seconds=1)
        records = [Record(key, Draft(values), orjson.dumps(values), self.at) for key, values in told.items()]
        row, run_id = self.rows[name], self.runs[name]
        lease = connectors.take_lease(self.database, row.id, "tests", 30)
        assert lease is not None
        watch = Watch(name, OnDrift(), watched.learnt(self.database, row.id))
        work = Work(self.database, row, cast("Any", _AsGiven()), "test v1", run_id, lease, 30, watch)
        store(work, Page(orjson.dumps(list(told)), "application/json", records, None), self.at)
        connectors.release_lease(self.database, lease)

    def lose(self, name: str, keys: list[str]) -> None:
        """A department does not hold these any more."""
        self.at += timedelta(seconds=1)
        row = connectors.named(self.database, name)
        assert row is not None
        with self.database.write() as transaction:
            gone.mark(transaction, Arrival(row.id, self.at), keys, self.at + timedelta(days=10_000))

    def anything(self, chance: Random) -> None:
        """Whatever may happen next."""
        name = chance.choice("ab")
        keys = chance.sample([str(at) for at in range(6)], chance.randint(1, 3))
        if chance.random() < 0.2:
            self.lose(name, keys)
        else:
            self.tell(name, {key: any_values(chance) for key in keys})


def any_values(chance: Random) -> Values:
    """A record that says anything: also codes of others, which join dossiers and part them again."""
    values = said(chance.choice(CODES), chance.choice(AGENCIES), note=str(chance.randrange(4)))
    values["status"] = chance.choice(STATUSES)
    values["confidentiality"] = chance.choice(LEVELS)
    values["procedure"] = {"code": chance.choice(PROCEDURES), "field_code": chance.choice(FIELDS)}
    if chance.random() < 0.25:
        values["national_code"] = chance.choice(CODES)
    return values


def said(code: str, agency: str, **more: Any) -> Values:
    """What a record says of a dossier."""
    return {"code": code, "status": "processing", "agency": {"code": agency}} | more


def any_scope(chance: Random) -> Scope:
    """What some client may see."""
    return Scope(
        chance.choice((None, _some(chance, AGENCIES), _some(chance, AGENCIES))),
        chance.choice((None, None, _some(chance, PROCEDURES))),
        chance.choice((None, None, _some(chance, FIELDS))),
        chance.randrange(len(LEVELS)),
    )


def _some(chance: Random, codes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(chance.sample(codes, chance.randint(0, len(codes) - 1)))


def listed(database: Database, scope: Scope = ALL, wanted: Filter | None = None) -> dict[int, DossierRow]:
    """Every dossier that a list of such a client shows, by id."""
    return {row.id: row for row in walk(database, wanted or Filter(), scope, 0, 10**9, 1000)}


def place_of(row: DossierRow) -> Place:
    """Where a dossier stands."""
    return Place(row.agency, row.procedure, row.field, row.confidentiality)
