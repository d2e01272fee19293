"""A receiver that keeps a copy by the rules of docs/webhooks.md, and what it should hold."""

from dataclasses import dataclass, field

from hub.outbox.webhooks.sending import Served, Turn
from hub.record.grant import Group, Sight
from hub.record.moments import today
from hub.record.standing import NEAR_DUE
from hub.store import clients, finding, notices, subscriptions
from hub.store.database import Database
from hub.store.notices import Again
from hub.store.scope import scope_of
from hub.view.wanted import read_filter
from tests.hub.outbox.webhooks import record
from tests.hub.outbox.webhooks.receiver import Got


@dataclass(slots=True)
class Copy:
    """What a receiver has: of each dossier its status, and whether it was shown whose it is.

    It never takes a position that is below the last one of a dossier.
    """

    has: dict[str, tuple[str, bool]] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)

    def take(self, got: Got) -> None:
        told = got.event["data"]
        number, position = told["id"], int(got.event["position"])
        if position < self.positions.get(number, 0):
            return
        self.positions[number] = position
        if told["change"] == "changed":
            self.has[number] = told["dossier"]["status"]["code"], "applicant" in told["dossier"]
        else:
            self.has.pop(number, None)


def serve(database: Database, number: int) -> Served:
    """One turn, as the sender gives it."""
    lease = subscriptions.take_lease(database, number, "a", 15)
    assert lease is not None
    try:
        return Turn(database, record.rules(), record.reading(database), lease).serve()
    finally:
        subscriptions.release(database, lease)


def settle(database: Database, number: int) -> None:
    """Serve until there is nothing to send; what failed is sent again by hand."""
    serve(database, number)  # which sees what changed without a change of a dossier
    while subscriptions.due(database) or notices.tallies(database, [number]):
        with database.write() as transaction:
            notices.send_again(transaction, number, Again("failed"), 99)
        record.hurry(database)
        serve(database, number)


def seen(hub: record.Hub, number: int) -> dict[str, tuple[str, bool]]:
    """The dossiers that the subscription sees now, as a list has them: what `Copy` should have."""
    row = hub.webhooks.one(number)
    client = clients.numbered(hub.database, row.client_id)
    assert client is not None
    with hub.database.read() as connection:
        scope = scope_of(connection, client.grant, today())
    wanted = read_filter(row.filter, client.grant, hub.database.now(), NEAR_DUE)
    rows = finding.page(hub.database, wanted, scope, limit=100)
    shows = client.grant.of(Group.NAME) is Sight.FULL
    return {str(one.id): (one.values["status"], shows) for one in rows}
