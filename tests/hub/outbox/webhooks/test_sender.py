"""Senders: threads of this process, and whole processes that are killed, stopped and compete."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic

import pytest

from hub.outbox.webhooks.sender import Sender
from hub.outbox.webhooks.sending import MARGIN_SECONDS, Served
from hub.store import notices, subscriptions
from hub.store.database import Database
from tests.hub.outbox.webhooks import record
from tests.hub.outbox.webhooks.receiver import PATIENCE, Got, Reply, hangs, misbehaving, receiving


@contextmanager
def sending(
    database: Database, seconds: float = 5.0, senders: int = 4, served: Callable[[int, Served], None] | None = None
) -> Iterator[Sender]:
    rules = record.rules(seconds=seconds, senders=senders)
    sender = Sender(database, rules, record.reading(database), "this", served or (lambda _number, _what: None))
    sender.start()
    try:
        yield sender
    finally:
        sender.stop()


def until(is_so: Callable[[], bool]) -> None:
    ends = monotonic() + PATIENCE
    while not is_so():
        assert monotonic() < ends
        time.sleep(0.02)


def test_a_sender_notices_changes_by_itself_and_drains_when_it_stops(database: Database) -> None:
    hub = record.hub(database)
    answer = threading.Event()
    with receiving() as receiver:
        hub.subscribe(receiver.url)
        with sending(database) as sender:
            record.put(database, "A-1")
            receiver.wait(1)
            receiver.reply = lambda _: Reply() if answer.wait(PATIENCE) else None
            record.put(database, "A-2")
            receiver.wait(2)
            threading.Timer(0.3, answer.set).start()
            sender.stop()
        assert len(receiver.got) == 2
    waiting = notices.tallies(database, [1])
    assert waiting == {}, "the exchange that was under way was noted"
    assert subscriptions.take_lease(database, 1, "other", 5) is not None, "and the lease given back"


def test_where_notices_may_go_nowhere_nothing_is_begun(database: Database) -> None:
    before = threading.active_count()
    rules = record.rules(hosts=())
    sender = Sender(database, rules, record.reading(database), "this")
    sender.start()
    assert threading.active_count() == before
    sender.stop()


def test_one_that_hangs_delays_no_other(database: Database) -> None:
    """One sender alone, and one of two receivers takes all the time that it may."""
    hub = record.hub(database)
    released = threading.Event()
    with receiving() as receiver, misbehaving(lambda _: released.wait(PATIENCE) and None) as dead:
        made = hub.subscribe(dead)
        hub.subscribe(receiver.url)
        with sending(database, seconds=PATIENCE, senders=1):
            for at in range(5):
                record.put(database, f"A-{at}")
                receiver.wait_for(lambda got, at=at: any(one.event["subject"] == f"A-{at}" for one in got))
            assert hub.webhooks.one(made.row.id).failures == 0, "all of it while the other one still hangs"
            released.set()


def test_ten_living_among_two_hundred_get_theirs_while_the_others_are_dead(database: Database) -> None:
    """190 subscriptions that hang, all of them new: nobody knows yet that they are dead."""
    hub = record.hub(database)
    clients = [record.client(database, f"đối-tác-{at}") for at in range(4)]
    record.put(database, "A-0")
    most = 0
    with ExitStack() as stack:
        dead = stack.enter_context(misbehaving(hangs))
        living = [stack.enter_context(receiving()) for _ in range(10)]
        for at in range(190):
            hub.subscribe(dead, whose=clients[at % 4])
        numbers = {hub.subscribe(receiver.url).row.id for receiver in living}
        assert len(subscriptions.due(database)) == 200
        with sending(database, seconds=0.5, senders=4) as sender:
            for at in range(3):
                for receiver in living:
                    receiver.wait_for(lambda got, at=at: any(one.event["subject"] == f"A-{at}" for one in got))
                    most = max(most, len(sender._threads))
                record.put(database, f"A-{at + 1}")
    assert most <= 4 * 13
    failing = {row.id for row in subscriptions.listed(database) if row.failures}
    assert failing, "the dead ones were tried, too"
    assert not failing & numbers


class Process:
    """A sender in a process of its own."""

    def __init__(self, url: str, seconds: float = 5.0) -> None:
        command = [sys.executable, "-m", "tests.hub.outbox.webhooks.sender_process", url, str(seconds)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "sends\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.communicate(timeout=PATIENCE)


@pytest.fixture
def processes(database: Database, database_url: str) -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def start(seconds: float = 5.0) -> Process:
        started.append(Process(database_url, seconds))
        return started[-1]

    yield start
    for one in started:
        one.end()
        for pipe in (one.process.stdin, one.process.stdout):
            assert pipe is not None
            pipe.close()


def test_killed_between_sending_and_noting_another_one_sends_it_again_with_its_id_at_once(
    database: Database, processes: Callable[..., Process]
) -> None:
    hub = record.hub(database)
    first = processes(60.0)  # with a lease of more than a minute, which is not waited for: its owner is certainly dead

    def kills(_: Got) -> Reply | None:
        if len(receiver.got) > 1:
            return Reply()
        first.kill()
        return None

    with receiving(kills) as receiver:
        hub.subscribe(receiver.url)
        record.put(database, "A-1")
        receiver.wait(1)
        began = monotonic()
        processes()
        got = receiver.wait(2)
        assert monotonic() - began < 30
    assert got[0].id == got[1].id
    assert got[0].body == got[1].body


def test_frozen_in_its_exchange_another_one_takes_over_when_the_lease_ends(
    database: Database, processes: Callable[..., Process]
) -> None:
    hub = record.hub(database)
    seconds = 1.0
    first = processes(seconds)
    frozen = threading.Event()

    def freezes(_: Got) -> Reply | None:
        if len(receiver.got) == 1:
            os.kill(first.process.pid, signal.SIGSTOP)
            frozen.set()
        return Reply()

    with receiving(freezes) as receiver:
        made = hub.subscribe(receiver.url)
        record.put(database, "A-1")
        receiver.wait(1)
        began = monotonic()
        assert frozen.wait(PATIENCE)
        processes(seconds)
        got = receiver.wait(2)
        assert monotonic() - began > seconds, "the exchange of the frozen one had its time"
        assert monotonic() - began < seconds + MARGIN_SECONDS + 20
        until(lambda: notices.tallies(database, [made.row.id]) == {})
        os.kill(first.process.pid, signal.SIGCONT)
        record.put(database, "A-2")
        receiver.wait_for(lambda got: got[-1].event["subject"] == "A-2")
    assert got[0].id == got[1].id
    assert [one.event["subject"] for one in receiver.got].count("A-1") == 2, "the first one noted nothing late"


@pytest.mark.parametrize("seed", range(3))
def test_two_processes_never_tell_of_one_dossier_out_of_order(
    database: Database, processes: Callable[..., Process], seed: int
) -> None:
    """Receivers that refuse, break off and answer, a process that is killed in the middle, writers all the time."""
    chance = random.Random(seed)
    hub = record.hub(database)
    told: dict[str, list[int]] = {}
    lock, calm = threading.Lock(), threading.Event()

    def replies(got: Got) -> Reply | None:
        with lock:
            told.setdefault(got.event["subject"], []).append(int(got.event["data"]["position"]))
            went = 1.0 if calm.is_set() else chance.random()
        if went < 0.1:
            return None
        return Reply(500 if went < 0.3 else 204)

    with receiving(replies) as receiver:
        for _ in range(3):
            hub.subscribe(receiver.url, {"agency": record.AGENCY})
        both = [processes(), processes()]
        last: dict[str, int] = {}
        for at in range(120):
            code = f"A-{chance.randrange(6)}"
            record.put(database, code, chance.choice(["accepted", "processing", "completed"]))
            last[code] = at + 1
            if at == 60:
                both[0].kill()
                processes()
            if chance.random() < 0.2:
                time.sleep(0.05)
        calm.set()
        until(lambda: _at_rest(database))
        with lock:
            assert {code: positions[-1] for code, positions in told.items()} == last
        orders: dict[tuple[str, str], list[int]] = {}
        for got in receiver.got:
            key = (got.event["source"], got.event["subject"])
            orders.setdefault(key, []).append(int(got.event["data"]["position"]))
        assert all(positions == sorted(positions) for positions in orders.values()), orders
        assert len(orders) == 18
        assert {key: positions[-1] for key, positions in orders.items()} == {
            (source, code): last[code] for source, code in orders
        }


def _at_rest(database: Database) -> bool:
    ids = [row.id for row in subscriptions.listed(database)]
    return not notices.tallies(database, ids) and not subscriptions.due(database)


def test_what_the_hub_cannot_do_itself_says_nothing_of_the_subscriber(database: Database) -> None:
    """Its secret opens with another key: the keeper has to mend that, and the position stays."""
    hub = record.hub(database)
    with receiving() as receiver:
        made = hub.subscribe(receiver.url)
        with database.write() as transaction:
            subscriptions.change(transaction, made.row.id, None, secret=b"something else")
        record.put(database, "A-1")
        with sending(database):
            until(lambda: hub.webhooks.one(made.row.id).because is not None)
        row = hub.webhooks.one(made.row.id)
        assert (row.failures, row.state, receiver.got) == (0, "active", [])
        assert "HUB_SECRETS_KEY" in (row.because or "")


def test_a_change_of_the_configuration_counts_for_what_is_subscribed_already(database: Database) -> None:
    hub = record.hub(database)
    with receiving() as receiver:
        made = hub.subscribe(receiver.url)
        record.put(database, "A-1")
        rules = record.rules(hosts=("portal.example",))
        sender = Sender(database, rules, record.reading(database), "this")
        sender.start()
        until(lambda: "webhooks.hosts" in (hub.webhooks.one(made.row.id).because or ""))
        sender.stop()
        assert receiver.got == []
