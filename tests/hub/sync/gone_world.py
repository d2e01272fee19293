"""A department whose listing is whole, the runs of its connector, and what a person finds afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from connectors.contract import Connector, Page, Retry
from connectors.errors import BadRecord, Unavailable
from hub.record.run_state import RunState
from hub.record.signature import Signature
from hub.store import dossiers, removals
from hub.store.database import Database
from hub.store.filters import Filter
from hub.store.removals import RemovalRow
from hub.store.runs import RunRow
from hub.sync.gone import OnGone, Policy
from hub.sync.source import Source
from hub.sync.threshold import StopWhen
from tests.hub.sync.fixtures import as_record, mapping, registered, source
from tests.hub.sync.running import gone_on, run_once

MARK = OnGone(Policy.MARK, share=0.2, records=10)


def record(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "code": f"24-2{number:05}", "status": "open", "received": "2026-05-20T01:00:00Z", **more}


@dataclass
class Register:
    """A department whose full listing is whole: two records a page, each page with a bookmark."""

    records: list[dict[str, Any]]
    total: int | None = None
    bad: list[BadRecord] = field(default_factory=list)
    breaks_at: int | None = None  # the page that does not come
    steady: bool = True

    @contextmanager
    def open(self, _: Retry) -> Iterator[Connector]:
        yield _Line(self)


@dataclass
class _Line:
    there: Register

    def check(self) -> Iterator[str]:
        yield "it is there"

    def pull(self, since: str | None) -> Iterator[Page]:
        there = self.there
        for at in range(int(since or 0), len(there.records), 2):
            if there.breaks_at == at // 2:
                raise Unavailable("it does not answer", hint="")
            some = there.records[at : at + 2]
            records, bad = [as_record(one) for one in some], there.bad if at == 0 else []
            yield Page(orjson.dumps(some), "application/json", records, str(at + 2), bad, there.total)

    def whole_since(self) -> datetime | None:
        return None

    def lists_steadily(self) -> bool:
        return self.there.steady


class _AbleLine(_Line):
    """Its listing leaves record 1 out, and it is there when it is asked for."""

    def fetch(self, key: str) -> Page:
        return Page(b"{}", "application/json", [as_record(record(1))] if key == "1" else [], None)


@dataclass
class AbleRegister(Register):
    @contextmanager
    def open(self, _: Retry) -> Iterator[Connector]:
        yield _AbleLine(self)


class World:
    """Connector `a` with the records 1 to 10, and runs of it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder, self.rule = database, folder, MARK
        self.stop_when = StopWhen()
        self.row = registered(database, "a", "b")["a"]
        self.there = Register([record(number) for number in range(1, 11)])
        assert self.run().state == RunState.SUCCEEDED

    def run(
        self,
        kind: str = "full",
        trigger: str = "hand",
        name: str = "a",
        wanted: dict[str, Any] | None = None,
        give_way: Callable[[], bool] = lambda: False,
    ) -> RunRow:
        return run_once(self.database, self._source(name), kind, wanted, trigger, give_way)

    def go_on(self, run_id: int) -> RunRow:
        return gone_on(self.database, self._source("a"), run_id)

    def _source(self, name: str) -> Source:
        made = source(name, self.there, mapping(self.folder))  # type: ignore[arg-type]  # it opens as a Listing does
        return replace(
            made,
            on_gone=self.rule,
            stop_when=self.stop_when,
            reread=lambda payload, _: map(as_record, orjson.loads(payload)),
        )

    def without(self, *numbers: int) -> Register:
        return Register([one for one in self.there.records if one["id"] not in numbers])

    def listed(self, *, gone: bool | None = False) -> list[str]:
        return sorted(row.code[-2:] for row in dossiers.page(self.database, Filter(gone=gone)))

    def waiting(self) -> RemovalRow:
        (found,) = removals.listed(self.database)
        return found


def signed() -> Signature:
    return Signature("an operator", "the department closed its old register", datetime.now(UTC))


def codes(run: RunRow) -> list[str]:
    return [note["code"] for note in run.notes]
