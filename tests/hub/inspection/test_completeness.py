"""What a source says of a period beside what the hub holds: nothing is called complete that is not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from connectors.contract import Connector, Page, Retry
from connectors.errors import Changed
from hub.inspection.completeness import CannotList, Completeness, compare
from hub.inspection.line import Line
from hub.store import connectors
from hub.store.database import Database
from hub.store.tables import dossiers, payloads, quarantine, source_records
from tests.hub.sync.fixtures import registered

START, END = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


@dataclass
class Source:
    """A department that counts and lists."""

    counted: int | None = None
    listed: list[str] | None = field(default_factory=list)  # None: it tells no keys

    @contextmanager
    def open(self, _retry: Retry) -> Iterator[Connector]:
        yield _Line(self)

    def line(self) -> Line:
        return Line("so-thu", "soap", self.open)


@dataclass
class _Line:
    source: Source

    def check(self) -> Iterator[str]:
        yield from ()

    def pull(self, _since: str | None) -> Iterator[Page]:
        yield from ()

    def count(self, start: datetime, end: datetime) -> int | None:
        assert (start, end) == (START, END)
        return self.source.counted

    def keys(self, _start: datetime, _end: datetime) -> Iterator[str]:
        if self.source.listed is None:
            raise Changed("it is asked for the number only", code="local_settings", hint="")
        yield from self.source.listed


Hold = Callable[..., None]


@pytest.fixture
def hold(database: Database) -> Hold:
    """Put records into the store: key → time of change at the source; and keys into quarantine."""
    registered(database, "so-thu", "other")
    ids = {row.name: row.id for row in connectors.listed(database)}

    def put(held: dict[str, str], aside: tuple[str, ...] = (), connector: str = "so-thu") -> None:
        with database.write() as transaction:
            now = datetime.now(UTC)
            body: dict[str, Any] = {"connector_id": ids[connector], "digest": connector.encode(), "media_type": "x"}
            body |= {"size": 0, "body": b"", "received_at": now}
            payload = transaction.execute(insert(payloads).values(**body).returning(payloads.c.id)).scalar_one()
            values = {"code": "x", "agency": "x", "status": "accepted", "received_on": "", "search": "", "values": {}}
            one = insert(dossiers).values(**values, first_seen_at=now, changed_at=now).returning(dossiers.c.id)
            dossier = transaction.execute(one).scalar_one()
            common = {"connector_id": ids[connector], "digest": b"", "payload_id": payload}
            more = {"dossier_id": dossier, "precedence": 0, "scope": "x", "values": {}, "stored_at": now}
            for key, changed_at in held.items():
                row = common | more | {"key": key, "changed_at": changed_at}
                transaction.execute(insert(source_records).values(**row))
            for key in aside:
                row = common | {"key": key, "reasons": [], "raw": b"", "mapping": "x"}
                transaction.execute(insert(quarantine).values(**row, first_seen_at=now, last_seen_at=now))

    return put


def compared(database: Database, source: Source) -> Completeness:
    row = connectors.named(database, "so-thu")
    assert row
    return compare(database, row, source.line(), START, END)


def test_what_both_sides_have_is_complete(database: Database, hold: Hold) -> None:
    hold({"a": "2026-05-01T00:00:00Z", "b": "2026-05-31T23:59:59Z", "later": "2026-06-01T00:00:00Z", "dateless": ""})
    hold({"a": "2026-05-01T00:00:00Z", "z": "2026-05-02T00:00:00Z"}, connector="other")
    found = compared(database, Source(2, ["a", "b"]))
    assert (found.there, found.listed, found.here, found.complete) == (2, 2, 2, True)


def test_every_key_that_only_one_side_has_is_named_with_what_the_hub_knows_of_it(
    database: Database, hold: Hold
) -> None:
    hold({"a": "2026-05-01T00:00:00Z", "old": "2026-04-01T00:00:00Z", "mine": "2026-05-09T00:00:00Z"}, ("aside",))
    found = compared(database, Source(4, ["a", "old", "aside", "new"]))
    assert found == Completeness(4, 4, 2, ["new"], ["aside"], ["old"], ["mine"])
    assert not found.complete


@pytest.mark.parametrize(("counted", "complete"), [(1, True), (2, False), (0, False)])
def test_where_no_keys_are_told_the_numbers_decide(
    database: Database, hold: Hold, counted: int, complete: bool
) -> None:
    hold({"a": "2026-05-01T00:00:00Z"})
    found = compared(database, Source(counted, None))
    assert (found.listed, found.complete, found.missing_here) == (None, complete, [])


def test_where_only_keys_are_told_they_decide(database: Database, hold: Hold) -> None:
    hold({"a": "2026-05-01T00:00:00Z"})
    assert compared(database, Source(None, ["a"])).complete
    assert not compared(database, Source(None, ["a", "b"])).complete


def test_an_empty_period_on_both_sides_is_complete(database: Database, hold: Hold) -> None:
    hold({})
    assert compared(database, Source(0, [])).complete


def test_keys_that_cannot_be_had_at_all_are_the_departments_trouble(database: Database, hold: Hold) -> None:
    hold({})
    with pytest.raises(Changed):
        compared(database, Source(None, None))


def test_a_connector_without_the_ability_says_which_setting_gives_it(database: Database, hold: Hold) -> None:
    @contextmanager
    def opening(retry: Retry) -> Iterator[Any]:
        yield object()

    row = connectors.named(database, "so-thu")
    assert row
    with pytest.raises(CannotList, match="`count` in its settings"):
        compare(database, row, Line("so-thu", "soap", opening), START, END)
