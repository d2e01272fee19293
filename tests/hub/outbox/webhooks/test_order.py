"""A property: whatever happens to exchanges, each dossier's states arrive in order, and the last one arrives."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.outbox.webhooks.sending import Turn
from hub.store import notices, subscriptions
from hub.store.database import Database, connect
from hub.store.notices import Again
from tests.hub.outbox.webhooks import record
from tests.hub.outbox.webhooks.receiver import Got, Receiver, Reply, receiving

CODES = ("A-1", "A-2", "A-3")
change = st.tuples(st.just("change"), st.sampled_from(CODES), st.sampled_from(["accepted", "completed"]))
serve = st.tuples(st.just("serve"), st.lists(st.sampled_from([204, 204, 500, 503, None]), max_size=4))
other = st.tuples(st.sampled_from(["resend", "late", "gone"]), st.sampled_from(CODES))


@contextmanager
def opened(template: Path) -> Iterator[Database]:
    with TemporaryDirectory() as folder:
        shutil.copy(template, Path(folder) / "hub.db")
        database = connect(f"sqlite:///{folder}/hub.db")
        yield database
        database.close()


@settings(max_examples=40)
@given(steps=st.lists(st.one_of(change, change, serve, other), min_size=1, max_size=25))
def test_states_of_a_dossier_arrive_in_order_and_the_last_one_arrives(sqlite_store: Path, steps: list[tuple]) -> None:  # type: ignore[type-arg]
    last: dict[str, int] = {}
    position = 0
    with opened(sqlite_store) as database, receiving() as receiver:
        hub = record.hub(database)
        made = hub.subscribe(receiver.url)
        for name, *given_ in steps:
            if name == "change":
                code, status = given_
                record.put(database, code, status)
                position += 1
                last[code] = position
            elif name == "serve":
                _serve(database, receiver, list(given_[0]), made.row.id)
            elif name == "resend":
                hub.webhooks.resend(made.row, Again())
            elif name == "late":
                record.hurry(database)
            elif given_[0] in last:
                record.gone(database, record.put(database, given_[0]))
                position += 2
                last[given_[0]] = position
        _at_last(database, receiver, made.row.id)
        told: dict[str, list[int]] = {}
        by_id: dict[str, list[int]] = {}
        for got in receiver.got:
            told.setdefault(got.event["subject"], []).append(int(got.event["position"]))
            by_id.setdefault(got.id, []).append(int(got.event["position"]))
        assert {code: positions[-1] for code, positions in told.items()} == last
        assert all(positions == sorted(positions) for positions in (*told.values(), *by_id.values()))


def _serve(database: Database, receiver: Receiver, answers: list[int | None], number: int) -> None:
    def reply(_: Got) -> Reply | None:
        status = answers.pop(0) if answers else 204
        return None if status is None else Reply(status)

    receiver.reply = reply
    lease = subscriptions.take_lease(database, number, "a", 15)
    assert lease is not None
    try:
        Turn(database, record.rules(), record.reading(database), lease).serve()
    finally:
        subscriptions.release(database, lease)


def _at_last(database: Database, receiver: Receiver, number: int) -> None:
    while subscriptions.due(database) or notices.tallies(database, [number]):
        with database.write() as transaction:
            notices.send_again(transaction, number, Again("failed"), 99)
        record.hurry(database)
        _serve(database, receiver, [], number)
