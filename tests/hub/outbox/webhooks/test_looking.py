"""What says nothing to a subscription costs it no write, and what says something is found."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import event

from hub.outbox.webhooks import looking
from hub.outbox.webhooks.sender import Sender
from hub.record.grant import Grant
from hub.store import feed, notices
from hub.store.database import Database
from tests.hub.outbox.webhooks import record
from tests.hub.outbox.webhooks.receiver import PATIENCE, receiving

OTHER = "000.00.21.H29"


@pytest.fixture(autouse=True)
def time_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is slow with other work changes neither how far a look comes nor when the next one is due."""
    monkeypatch.setattr("hub.outbox.webhooks.sender._LOOK_SECONDS", 600.0)
    monkeypatch.setattr(looking, "LOOKS_AGAIN", 600.0)


def sender(database: Database) -> Sender:
    """One that looks when it is told to."""
    return Sender(database, record.rules(), record.reading(database), "this")


def look(one: Sender) -> None:
    """Once, and wait for the turns that this begins."""
    one._begin_turns()
    for thread in list(one._threads):
        thread.join(PATIENCE)


@contextmanager
def writes(database: Database) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "BEGIN", "SHOW")):
            found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def test_changes_that_are_none_of_its_business_cost_a_subscription_no_write(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, one = record.hub(database), sender(database)
    with receiving() as receiver:
        made = hub.subscribe(receiver.url, {"agency": OTHER})
        look(one)
        for at in range(3):
            record.put(database, f"A-{at}")
            with writes(database) as written:
                look(one)
            assert written == []
        assert hub.webhooks.one(made.row.id).position == 0
        monkeypatch.setattr(looking, "_PASSES_AFTER", 4)
        record.put(database, "A-4")
        look(one)
        assert hub.webhooks.one(made.row.id).position == feed.latest(database), "now and then it is moved on"
        record.put(database, "B-1", agency=OTHER)
        look(one)
        assert [got.event["subject"] for got in receiver.got] == ["B-1"]


def test_what_is_seen_otherwise_is_noticed_though_nothing_changes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, one = record.hub(database), sender(database)
    with receiving() as receiver:
        hub.subscribe(receiver.url)
        record.put(database, "A-1")
        look(one)
        look(one)  # and finds nothing
        record.client(database, grant=Grant(agencies=(OTHER,)))
        look(one)
        assert len(receiver.got) == 1, "it was looked at just now"
        monkeypatch.setattr(looking, "LOOKS_AGAIN", 0.0)
        look(one)  # makes the notice, and sends it
        assert [got.event["data"]["change"] for got in receiver.got] == ["changed", "left"]


def test_a_thread_that_cannot_be_begun_loses_no_subscription(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, one = record.hub(database), sender(database)

    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with receiving() as receiver:
        hub.subscribe(receiver.url)
        record.put(database, "A-1")
        with monkeypatch.context() as full:
            full.setattr("hub.outbox.webhooks.sender.threading.Thread.start", start)
            assert one._begin_turns() is True
            begun = monotonic()
            one.stop()
            assert monotonic() - begun < 1, "there is nothing to wait for"
        one._stopping.clear()
        look(one)
        assert [got.event["subject"] for got in receiver.got] == ["A-1"]


def test_a_tidy_look_removes_a_bounded_number(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.store.notices._PRUNED_AT_ONCE", 2)
    monkeypatch.setattr("hub.outbox.webhooks.sender.KEPT_DELIVERED", -timedelta(days=1))
    hub, one = record.hub(database), sender(database)
    with receiving() as receiver:
        made = hub.subscribe(receiver.url)
        for at in range(5):
            record.put(database, f"A-{at}")
        look(one)
        assert len(receiver.got) == 5
    left = []
    for _ in range(4):
        one._prunes_at = 0.0
        one._prune()
        left.append(len(notices.page(database, made.row.id, None, None, 100)))
    assert left == [3, 1, 0, 0]
