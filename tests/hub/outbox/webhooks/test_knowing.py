"""A property: whatever happens, a receiver that keeps the rules has in the end what its subscription sees."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.outbox.webhooks.state import Content
from hub.record.grant import Grant, Group, Sight
from hub.store import clients, feed
from hub.store.clients import Role, Wanted
from hub.store.database import Database
from hub.store.notices import Again
from tests.hub.outbox.webhooks import knowing, record
from tests.hub.outbox.webhooks.receiver import Got, Receiver, Reply, receiving
from tests.hub.outbox.webhooks.test_order import opened

CODES = ("A-1", "A-2", "A-3", "A-4")
AGENCIES = ("H29.1", "H29.2")
STATUSES = ("accepted", "processing", "completed")
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"status": "processing"},
    {"agency": "H29.1"},
    {"agency": "H29.2", "status": "accepted,processing"},
)
GRANTS = (None, ("H29.1",), ("H29.2",), ("H29.3",))

# What is answered, and whether the receiver took it nevertheless: nobody can know of one that says no or nothing.
answer = st.tuples(st.sampled_from([204, 204, 204, 500, 503, None]), st.booleans())
change = st.tuples(st.just("change"), st.sampled_from(CODES), st.sampled_from(STATUSES), st.sampled_from(AGENCIES))
serve = st.tuples(st.just("serve"), st.lists(answer, max_size=4))
other = st.one_of(
    st.tuples(st.just("filter"), st.sampled_from(FILTERS)),
    st.tuples(st.just("grant"), st.sampled_from(GRANTS), st.booleans()),
    st.tuples(st.just("gone"), st.sampled_from(CODES)),
    st.tuples(st.sampled_from(["late", "resend"])),
)


class Stage:
    """A hub, one subscription, and its receiver's copy."""

    def __init__(self, database: Database, receiver: Receiver) -> None:
        self.hub, self.copy = record.hub(database), knowing.Copy()
        self._database, self._receiver, self._answers = database, receiver, list[tuple[int | None, bool]]()
        receiver.reply = self._reply

    def subscribe(self, after: int) -> None:
        wanted = ("thử", self._receiver.url, FILTERS[1], Content.DOSSIER, "test", after)
        self.made = self.hub.webhooks.add(self.hub.client, *wanted)
        if after:  # with what there is now: it has to be noted before anything else happens
            self.copy.has.update(knowing.seen(self.hub, self.made.row.id))
            knowing.serve(self._database, self.made.row.id)

    def change(self, code: str, status: str, agency: str) -> None:
        record.put(self._database, code, status, agency)

    def serve(self, answers: list[tuple[int | None, bool]]) -> None:
        self._answers = list(answers)
        knowing.serve(self._database, self.made.row.id)
        self._answers = []

    def filter(self, wanted: dict[str, str]) -> None:
        self.hub.webhooks.change(self.hub.webhooks.one(self.made.row.id), self.hub.client, {"filter": wanted})

    def grant(self, agencies: tuple[str, ...] | None, whose: bool) -> None:
        given = Grant(agencies=agencies, sights={Group.NAME: Sight.FULL if whose else Sight.HIDDEN})
        with self._database.write() as transaction:
            clients.put(transaction, Wanted("cong-dvc", Role.QUERY, grant=given), datetime.now(UTC))

    def gone(self, code: str) -> None:
        record.gone(self._database, record.put(self._database, code))

    def late(self) -> None:
        record.hurry(self._database)

    def resend(self) -> None:
        self.hub.webhooks.resend(self.made.row, Again())

    def end(self) -> None:
        knowing.settle(self._database, self.made.row.id)
        assert self.copy.has == knowing.seen(self.hub, self.made.row.id)

    def _reply(self, got: Got) -> Reply | None:
        status, takes = self._answers.pop(0) if self._answers else (204, True)
        if takes or status == 204:
            self.copy.take(got)
        return None if status is None else Reply(status)


@settings(max_examples=20)
@given(
    has=st.booleans(),
    before=st.lists(change, max_size=5),
    steps=st.lists(st.one_of(change, serve, serve, other), max_size=25),
)
def test_a_receiver_has_in_the_end_what_the_subscription_sees(
    sqlite_store: Path, has: bool, before: list[tuple[Any, ...]], steps: list[tuple[Any, ...]]
) -> None:
    with opened(sqlite_store) as database, receiving() as receiver:
        stage = Stage(database, receiver)
        for _, *values in before:
            stage.change(*values)
        stage.subscribe(feed.latest(database) if has else 0)
        for name, *values in steps:
            getattr(stage, name)(*values)
        stage.end()
