"""What people do with subscriptions; the API and the command line ask it alike."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from hub.outbox.webhooks import body, secret
from hub.outbox.webhooks.address import NotAllowed
from hub.outbox.webhooks.line import Exchange, Line
from hub.outbox.webhooks.rules import Rules
from hub.outbox.webhooks.secret import Secrets
from hub.outbox.webhooks.state import FROM, TO, Content, Move, WebhookState
from hub.record.signature import Signature
from hub.store import acts, feed, notices, subscriptions
from hub.store.acts import Act
from hub.store.clients import Client, Role
from hub.store.database import Database, Transaction
from hub.store.notices import Again
from hub.store.subscriptions import MOST_WAITING, SubscriptionRow, Wanted
from hub.view.wanted import read_filter

MOST_OF_A_CLIENT = 50
_ACTS = {Move.PAUSE: Act.PAUSED, Move.RESUME: Act.RESUMED}
_MENDED = {"failures": 0, "failing_since": None, "open_until": None, "because": None}


class TooMany(Exception):
    """A client has as many subscriptions as it may have; the sentence says how many."""


class NotNow(Exception):
    """The subscription's state does not allow this; the sentence says which it allows."""


class NoSuchWebhook(LookupError):
    """There is no such subscription, or it is another client's."""


@dataclass(frozen=True, slots=True)
class Made:
    """A subscription and its secret, which is shown this once."""

    row: SubscriptionRow
    secret: str


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The subscriptions of one hub."""

    database: Database
    rules: Rules

    def add(
        self,
        client: Client,
        title: str,
        url: str,
        document: Mapping[str, Any],
        content: Content,
        author: str,
        after: int | None = None,
        reason: str = "",
    ) -> Made:
        """Tell a client of changes from now on, or of those after a position of the change feed.

        Raises:
            NotAllowed: nothing may be sent to that address.
            NotSeen, ValueError: the filter is not right.
            UnknownPosition: nobody can follow the feed from there.
            TooMany: it has enough of them.
            SecretsLocked: the keys of the hub's secrets cannot be used.
        """
        self.rules.allowed.place(url)
        if client.role is Role.PUSH:
            raise NotAllowed(f"{client.name} pushes only, so it is told nothing; subscribe a client that reads")
        now = datetime.now(UTC)
        read_filter(document, client.grant, now, self.rules.near_due)
        wanted = Wanted(client.id, title, url, document, content, author, **self._start(after))
        fresh, keyring = Secrets(secret.new()), self.rules.keys.keyring(make=True)

        def keep(transaction: Transaction) -> int:
            if subscriptions.how_many(transaction, client.id) >= MOST_OF_A_CLIENT:
                raise TooMany(f"{client.name} has {MOST_OF_A_CLIENT} webhooks, which is as many as a client may have")
            number = subscriptions.add(transaction, wanted, lambda number: fresh.sealed(keyring, number), now)
            subscriptions.note(transaction, Signature(author, reason, now), number, Act.MADE)
            return number

        return Made(self.one(self.database.write_again(keep)), fresh.now)

    def one(self, number: int, client_id: int | None = None) -> SubscriptionRow:
        """A subscription; of this client, where one is named.

        Raises:
            NoSuchWebhook: there is none.
        """
        row = subscriptions.get(self.database, number, client_id) if 0 < number < 2**63 else None
        if row is None:
            raise NoSuchWebhook(f"there is no webhook {number}")
        return row

    def change(
        self, row: SubscriptionRow, client: Client, wanted: Mapping[str, Any], by: Signature | None = None
    ) -> SubscriptionRow:
        """Put another title, url, filter or content; what waits goes to the new address, by the new filter.

        Raises:
            NotAllowed, NotSeen, ValueError: as `add`.
            NotNow: the filter cannot be another one yet.
        """
        values = dict(wanted)
        if "url" in values:
            self.rules.allowed.place(values["url"])
            if row.state == WebhookState.ACTIVE:
                values |= _MENDED  # what the old address did says nothing of the new one
        if "filter" in values:
            read_filter(values["filter"], client.grant, datetime.now(UTC), self.rules.near_due)
            if row.presumes is not None:
                raise NotNow(
                    f"webhook {row.id} is being made: the hub still notes what its receiver has by the present filter; "
                    "change the filter in a minute, or subscribe anew"
                )
            values |= {} if row.view is None else {"view": ""}  # it is looked at at once
        with self.database.write() as transaction, _noting(transaction, by, row.id, Act.CHANGED):
            subscriptions.change(transaction, row.id, None, **values, changed_at=datetime.now(UTC))
            if "url" in values:
                notices.due_now(transaction, row.id)
                subscriptions.end_turn(transaction, row.id)
        return self.one(row.id)

    def move(self, row: SubscriptionRow, move: Move, why: str | None, by: Signature | None = None) -> SubscriptionRow:
        """Pause it, or let it go on where it stood: nothing is missed.

        Raises:
            NotNow: see there.
        """
        values: dict[str, Any] = {"state": TO[move], "changed_at": datetime.now(UTC)}
        values |= _MENDED if move is Move.RESUME else {"because": why}
        with self.database.write() as transaction, _noting(transaction, by, row.id, _ACTS[move]):
            moved = subscriptions.change(transaction, row.id, FROM[move], **values)
            if moved and move is Move.RESUME:
                notices.due_now(transaction, row.id)
                subscriptions.end_turn(transaction, row.id)
        if not moved:
            allowed = " or ".join(FROM[move])
            raise NotNow(f"webhook {row.id} is {self.one(row.id).state}; only one that is {allowed} can {move}")
        return self.one(row.id)

    def remove(self, row: SubscriptionRow, by: Signature | None = None) -> None:
        """Forget it, with everything that waits."""
        with self.database.write() as transaction, _noting(transaction, by, row.id, Act.REMOVED):
            subscriptions.remove(transaction, row.id)

    def rotate(self, row: SubscriptionRow, by: Signature | None = None) -> Made:
        """Make a new secret; the present one signs beside it for a day.

        Raises:
            SecretsLocked: the keys of the hub's secrets cannot be used.
        """
        keyring = self.rules.keys.keyring(make=True)
        fresh = self._secrets(row).rotated(datetime.now(UTC))
        with self.database.write() as transaction:
            subscriptions.change(transaction, row.id, None, secret=fresh.sealed(keyring, row.id))
            subscriptions.note(transaction, acts.signed(by, datetime.now(UTC)), row.id, Act.RENEWED)
        return Made(self.one(row.id), fresh.now)

    def test(self, row: SubscriptionRow) -> Exchange:
        """Send one event that is about no dossier, now, whatever the subscription's state.

        Raises:
            NotAllowed: nothing may be sent to its address any more.
            SecretsLocked: the keys of the hub's secrets cannot be used.
        """
        place, now, event_id = self.rules.allowed.place(row.url), datetime.now(UTC), uuid4().hex
        sent = body.test_event(row.id, event_id, now)
        headers = {"Content-Type": body.MEDIA_TYPE, "User-Agent": "mot-cua-hub", "Accept": "*/*"}
        headers |= secret.headers(event_id, sent, self._secrets(row).signing(now), now)
        with Line(place, self.rules.allowed, self.rules.seconds, self.rules.context) as line:
            return line.post(sent, headers)

    def resend(self, row: SubscriptionRow, which: Again, by: Signature | None = None) -> int:
        """Let notices be sent once more, with the ids that the receiver knows; how many (the oldest first)."""

        def again(transaction: Transaction) -> int:
            room = MOST_WAITING - notices.how_many_wait(transaction, row.id)
            count = notices.send_again(transaction, row.id, which, room) if room > 0 else 0
            if count:
                subscriptions.note(transaction, acts.signed(by, datetime.now(UTC)), row.id, Act.SENT_AGAIN)
            return count

        return self.database.write_again(again)

    def _start(self, after: int | None) -> dict[str, Any]:
        """Where a subscription starts.

        From now on, with nothing that was before; after 0, with all there is; or after a position, by somebody who has
        what there was then: it has to be noted as known before anything can be told to have left.
        """
        head = feed.head(self.database)
        if after is None:
            return {"position": head.latest, "begins": head.latest}
        head.check(after)
        if after == 0:
            return {"position": 0, "begins": 0, "reached": head.latest}
        return {"position": after, "begins": 0, "presumes": 0}

    def _secrets(self, row: SubscriptionRow) -> Secrets:
        kept = subscriptions.secret(self.database, row.id)
        if kept is None:
            raise NoSuchWebhook(f"there is no webhook {row.id}")
        return Secrets.opened(self.rules.keys.keyring(), row.id, kept)


@contextmanager
def _noting(transaction: Transaction, by: Signature | None, number: int, act: Act) -> Iterator[None]:
    """Around a change of a subscription: told only where it made a difference."""
    before = subscriptions.noted(transaction, number)
    yield
    if subscriptions.noted(transaction, number) != before:
        subscriptions.note(transaction, acts.signed(by, datetime.now(UTC)), number, act, before)
