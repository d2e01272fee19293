"""A department in memory that keeps the connector contract, and a mapping that reads its records."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from connectors.contract import Connector, Page, Record, Retry
from connectors.errors import BadRecord
from hub.store import connectors, registrations
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.registrations import Registration
from hub.sync.retry import RetryBudget
from hub.sync.source import Source
from hub.wiring import record_targets
from mappings.engine.compile import compile as compile_mapping
from mappings.engine.document import load
from mappings.engine.reading import Mapping

DOCUMENT = """
mapping: test/ho-so
version: 1
entity: dossier
input: json
fields:
  code: {from: code}
  national_code: {from: national}
  status: {from: status, table: status}
  note: {from: note}
  applicant.name: {from: name}
  received_at: {from: received, date: iso}
  events: {each: steps, fields: {at: {from: at, date: iso}, name: {from: name}}}
tables:
  status: {open: processing, done: completed}
"""


def mapping(folder: Path, document: str = DOCUMENT) -> Mapping:
    """The mapping of a document, compiled for the record."""
    path = folder / "mapping.yaml"
    path.write_text(document, encoding="utf-8")
    return compile_mapping(load(path), record_targets())


@dataclass
class Listing:
    """What a department would answer: pages of records; the bookmark is the number of pages read."""

    pages: list[list[dict[str, Any]]] = field(default_factory=list)
    bad: list[BadRecord] = field(default_factory=list)
    before_page: Callable[[int], None] = lambda _: None
    at_the_end: Callable[[], None] = lambda: None

    @contextmanager
    def open(self, retry: Retry) -> Iterator[Connector]:
        """An open line: there is nothing to close."""
        yield _Line(self, retry)


@dataclass
class _Line:
    listing: Listing
    retry: Retry

    def check(self) -> list[str]:
        return ["it is there"]

    def pull(self, since: str | None) -> Iterator[Page]:
        total = sum(map(len, self.listing.pages))
        for number in range(int(since or 0), len(self.listing.pages)):
            records = self.retry(lambda at=number: self._answer(at))
            bad = self.listing.bad if number == 0 else []
            yield Page(orjson.dumps(records), "application/json", _records(records), str(number + 1), bad, total)
        self.listing.at_the_end()

    def _answer(self, number: int) -> list[dict[str, Any]]:
        self.listing.before_page(number)
        return self.listing.pages[number]


def _records(records: list[dict[str, Any]]) -> list[Record]:
    return [as_record(one) for one in records]


def as_record(one: dict[str, Any]) -> Record:
    """A record as it is told apart; `changed` says when it changed."""
    changed = datetime.fromisoformat(one["changed"]) if "changed" in one else None
    return Record(str(one["id"]), one, orjson.dumps(one, option=orjson.OPT_SORT_KEYS), changed)


def source(name: str, listing: Listing, reads: Mapping, attempts: int = 3) -> Source:
    """A connector as the run sees it."""
    return Source(name, listing.open, reads, RetryBudget(attempts, first_wait=0.001, longest_wait=0.002))


def registered(database: Database, *names: str, precedence: dict[str, int] | None = None) -> dict[str, ConnectorRow]:
    """Register connectors of one agency each."""
    ranks = precedence or {}
    wanted = [
        Registration(name, name, "rest", f"000.00.{at:02}.H29", "test/ho-so", ranks.get(name, 0), 3600, "")
        for at, name in enumerate(names)
    ]
    registrations.register(database, wanted)
    return {row.name: row for row in connectors.listed(database)}
