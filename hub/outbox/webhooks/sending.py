"""A turn: one subscription is served for a while, by one thread of one process, under its lease.

An exchange that went through and was not noted, because its process died between, is repeated with the same id. The
lease is longer than an exchange may take, and is checked by the process's own clock right before each: what a process
sent that was cut off has ended before another one goes on. One that is frozen between that look and its first byte may
still send one exchange late, when it wakes: that is what receivers compare positions for.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

import structlog

from hub.outbox.webhooks import schedule, secret
from hub.outbox.webhooks.address import NotAllowed
from hub.outbox.webhooks.body import MEDIA_TYPE, Letter, letters
from hub.outbox.webhooks.fan_out import as_seen, fan_out
from hub.outbox.webhooks.line import Exchange, Line
from hub.outbox.webhooks.moment import moment
from hub.outbox.webhooks.rules import Rules
from hub.outbox.webhooks.schedule import Standing
from hub.outbox.webhooks.sees import MayNot, Sees, sees
from hub.outbox.webhooks.state import NoticeState, WebhookState
from hub.record.moments import as_text
from hub.record.personal import personal
from hub.store import notices, subscriptions, told
from hub.store.changes import Changed, Kind
from hub.store.database import Database, Transaction
from hub.store.notices import Attempt, News, NoticeRow
from hub.store.reads import Action, Read
from hub.store.secrets import SecretsLocked
from hub.store.subscriptions import Lease, LeaseLost, SubscriptionRow
from hub.sync.reading_log import NotLogged, ReadLog

log = structlog.get_logger()

MARGIN_SECONDS = 5.0  # of a lease, beyond what an exchange may take
SLICE_SECONDS = 2.0  # then others have their turn
_AT_ONCE = 20  # notices that are made ready together: each as its dossier is then
_OWN_TROUBLE_SECONDS = 60.0  # that a subscription waits where the hub itself cannot send


@dataclass(frozen=True, slots=True)
class Served:
    """What a turn came to."""

    delivered: int = 0
    failed: int = 0  # exchanges
    made: int = 0  # notices


class Turn:
    """Serves one subscription under a lease."""

    def __init__(
        self,
        database: Database,
        rules: Rules,
        reads: ReadLog,
        lease: Lease,
        begins: Callable[[], None] = lambda: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """`begins` is told before each exchange; the turn ends early where it is `stopping`."""
        self._database, self._rules, self._reads, self._lease = database, rules, reads, lease
        self._begins, self._stopping = begins, stopping
        self._seconds = rules.seconds + MARGIN_SECONDS
        self._held_until = 0.0
        self._delivered = self._failed = self._made = 0

    def serve(self) -> Served:
        """Send what can be sent, and look at what changed, for a slice of time.

        Raises:
            LeaseLost: another process serves this subscription, or it is gone.
            StoreError: the database does not answer; what was not noted is sent again.
        """
        ends = moment() + SLICE_SECONDS
        goes_on = True
        while goes_on and moment() < ends and not self._stopping():
            goes_on = self._round(ends)
        return Served(self._delivered, self._failed, self._made)

    def _round(self, ends: float) -> bool:
        """Some notices; whether there may be more to do in this turn."""
        subscription = subscriptions.get(self._database, self._lease.subscription_id)
        if subscription is None or subscription.state != WebhookState.ACTIVE:
            return False
        now = self._database.now()
        try:
            seen = sees(self._database, subscription, now, self._rules.near_due)
            place = self._rules.allowed.place(subscription.url)
            subscription = as_seen(self._database, subscription, seen, self._hold)
            waiting = self._waiting(subscription, seen)
            if not waiting:
                return False
            with Line(place, self._rules.allowed, self._rules.seconds, self._rules.context) as line:
                return self._send(line, subscription, seen, waiting, ends)
        except MayNot as error:
            self._stop(subscription, str(error), now)
        except (NotAllowed, SecretsLocked, NotLogged) as error:
            self._own_trouble(subscription, str(error))
        return False

    def _waiting(self, subscription: SubscriptionRow, seen: Sees) -> list[NoticeRow]:
        """What may be sent now; who does not answer is asked once more before more is made for it."""
        waiting = notices.next_ones(self._database, subscription.id, _AT_ONCE)
        if waiting and subscription.open_until is not None:
            return waiting
        self._made += fan_out(self._database, subscription, seen, self._hold)
        return notices.next_ones(self._database, subscription.id, _AT_ONCE)

    def _send(
        self, line: Line, subscription: SubscriptionRow, seen: Sees, waiting: list[NoticeRow], ends: float
    ) -> bool:
        now = self._database.now()
        ready = self._letters(subscription, seen, waiting, now)
        signing = self._signing(subscription.id, now)
        standing = Standing(subscription.failures, subscription.failing_since)
        for notice in waiting:
            if self._stopping() or moment() >= ends:
                return False
            if (letter := ready.get(notice.id)) is None:
                self._hold(lambda transaction, gone=notice: notices.drop(transaction, gone))  # type: ignore[misc]
                continue
            self._note_read(subscription, seen, letter)
            self._stay()
            self._begins()
            at = datetime.now(UTC)
            headers = {"Content-Type": MEDIA_TYPE, "User-Agent": "mot-cua-hub", "Accept": "*/*"}
            headers |= secret.headers(notice.event_id, letter.body, signing, at)
            went = line.post(letter.body, headers, by=self._held_until)
            standing, goes_on = self._note(subscription, notice, letter.says, standing, went, at)
            if not goes_on:
                return False
        return True

    def _letters(
        self, subscription: SubscriptionRow, seen: Sees, waiting: list[NoticeRow], now: datetime
    ) -> dict[int, Letter]:
        """What is sent for these notices. What may leave is noted as known before: a killed process cannot say it."""
        known = told.known(self._database, subscription.id, [notice.dossier_id for notice in waiting])
        ready = letters(self._database, subscription, seen, waiting, known, now, self._rules.near_due)
        says = [letter.says for letter in ready.values() if letter.says.kind is not Kind.LEFT]
        fresh = [
            (one.dossier_id, one.code, 0)
            for one in says
            if (has := known.get(one.dossier_id)) is None or has.code != one.code
        ]
        if fresh:
            self._hold(partial(told.add, subscription_id=subscription.id, rows=fresh))
        return ready

    def _signing(self, subscription_id: int, now: datetime) -> tuple[str, ...]:
        kept = subscriptions.secret(self._database, subscription_id)
        if kept is None:
            raise LeaseLost
        keyring = self._rules.keys.keyring()
        return secret.Secrets.opened(keyring, subscription_id, kept).signing(now)

    def _note_read(self, subscription: SubscriptionRow, seen: Sees, letter: Letter) -> None:
        """Before anything of a person leaves."""
        groups = personal(seen.grant)
        if letter.shows is None or not groups:
            return
        what = {"webhook": subscription.id, "groups": groups}
        purpose = seen.client.purpose or subscription.title
        now = datetime.now(UTC)
        self._reads.note(
            Read(
                now,
                seen.client.name,
                Action.WEBHOOK,
                (letter.shows,),
                1,
                what,
                address=urlsplit(subscription.url).hostname or "",
                purpose=purpose,
            )
        )

    def _stay(self) -> None:
        """Hold the lease for as long as an exchange may take."""
        if moment() + self._rules.seconds >= self._held_until:
            self._hold(lambda _: None)

    def _hold(self, work: Callable[[Transaction], None], **values: object) -> str:
        """Do something under the lease, which is held on; the state that the subscription is in."""
        began = moment()

        def held(transaction: Transaction) -> str:
            state = subscriptions.hold(transaction, self._lease, self._seconds, **values)
            work(transaction)
            return state

        state = self._database.write_again(held)
        self._held_until = began + self._seconds
        return state

    def _note(
        self,
        subscription: SubscriptionRow,
        notice: NoticeRow,
        says: Changed,
        standing: Standing,
        went: Exchange,
        at: datetime,
    ) -> tuple[Standing, bool]:
        """Keep what came of an exchange; how the subscriber fares now, and whether to go on with it."""
        answered, now = went.answered, self._database.now()
        follows = schedule.after(answered, standing, notice.tries, now, random.random)
        state, tries = NoticeState.WAITING, notice.tries
        if answered.taken:
            state, self._delivered = NoticeState.DELIVERED, self._delivered + 1
        else:
            self._failed += 1
            tries += 0 if answered.silent else 1
            state = NoticeState.FAILED if follows.notice_failed else state
        attempt = Attempt(as_text(at), answered.status, answered.error, went.seconds)
        values: dict[str, object] = {"failures": follows.failures, "failing_since": follows.failing_since}
        if follows.left_alone is not None:
            values |= {"open_until": subscriptions.in_seconds(follows.left_alone), "because": answered.error}
        elif answered.taken and (standing.failures or subscription.because):
            values |= {"open_until": None, "because": None}
        if follows.stopped is not None:
            values |= {"state": WebhookState.STOPPED, "because": follows.stopped, "open_until": None, "changed_at": now}
            log.warning("webhook_stopped", webhook=subscription.id, client=subscription.client, why=follows.stopped)
        wait = None if state is not NoticeState.WAITING else follows.notice_wait
        sent = News(says.dossier_id, says.position, says.kind, says.code if says.kind is Kind.LEFT else None)

        def keep(transaction: Transaction) -> None:
            notices.note(transaction, sent, notice, attempt, state, tries, wait)
            if not answered.taken:
                return
            if says.kind is Kind.LEFT:
                told.left(transaction, subscription.id, says.dossier_id)
            else:
                told.arrived(transaction, subscription.id, says.dossier_id, says.position)

        now_in = self._hold(keep, **values)
        goes_on = now_in == WebhookState.ACTIVE and follows.left_alone is None
        return Standing(follows.failures, follows.failing_since), goes_on

    def _stop(self, subscription: SubscriptionRow, why: str, now: datetime) -> None:
        self._hold(lambda _: None, state=WebhookState.STOPPED, because=why, changed_at=now)
        log.warning("webhook_stopped", webhook=subscription.id, client=subscription.client, why=why)

    def _own_trouble(self, subscription: SubscriptionRow, why: str) -> None:
        """What the hub's keeper has to mend says nothing of the subscriber; it is tried again in a minute."""
        self._hold(lambda _: None, because=why, open_until=subscriptions.in_seconds(_OWN_TROUBLE_SECONDS))
        log.error("webhook_not_sent", webhook=subscription.id, client=subscription.client, reason=why)
