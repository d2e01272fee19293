"""Sends notices, in any number of processes: each subscription is served by one of them at a time."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from time import monotonic

import structlog

from hub.outbox.webhooks.looking import Looking
from hub.outbox.webhooks.places import PATIENCE_SECONDS, Places
from hub.outbox.webhooks.rules import Rules
from hub.outbox.webhooks.sending import MARGIN_SECONDS, Served, Turn
from hub.store import notices, subscriptions
from hub.store.database import Database, StoreError
from hub.store.subscriptions import Due, LeaseLost
from hub.sync.owner import certainly_dead
from hub.sync.reading_log import ReadLog

log = structlog.get_logger()

LOOKS_EVERY = 1.0  # seconds
_AFTER_FAULT = 5.0  # seconds that a subscription waits whose turn stumbled over a fault of the hub's own
_PRUNES_EVERY = 3600.0
_LOOK_SECONDS = 0.5  # of looking at what changed, before those that have something to send are served again
KEPT_DELIVERED, KEPT_FAILED = timedelta(days=30), timedelta(days=90)


class Sender:
    """Looks every second for subscriptions with something to do, and gives each a turn in a thread."""

    def __init__(
        self,
        database: Database,
        rules: Rules,
        reads: ReadLog,
        owner: str,
        served: Callable[[int, Served], None] = lambda _number, _what: None,
    ) -> None:
        """`served` is told of every turn."""
        self._database, self._rules, self._reads, self._owner = database, rules, reads, owner
        self._tell = served
        self._places, self._lock = Places(rules.senders), threading.Lock()
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._threads: set[threading.Thread] = set()
        self._shut: dict[int, float] = {}  # until when a subscription waits after a fault
        self._looking = Looking(database, rules.near_due)
        self._prunes_at = monotonic()
        self._dispatcher: threading.Thread | None = None

    def start(self) -> None:
        """Begin to send; nothing is begun where notices may be sent nowhere."""
        if not self._rules.allowed.hosts:
            return
        self._dispatcher = threading.Thread(target=self._dispatch, name="webhooks", daemon=True)
        self._dispatcher.start()

    def wake(self) -> None:
        """Look at once: something is to be sent."""
        self._wake.set()

    def wind_down(self) -> None:
        """Begin no exchange any more; `stop` waits for those that are under way."""
        self._stopping.set()
        self._wake.set()

    def stop(self) -> None:
        """Begin no exchange any more, and wait for those that are under way: no longer than one may take."""
        self.wind_down()
        ends = monotonic() + self._rules.seconds + MARGIN_SECONDS
        if self._dispatcher is not None:
            self._dispatcher.join(max(0.0, ends - monotonic()))
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, ends - monotonic()))

    def _dispatch(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            waits = False
            try:
                self._prune()
                waits = self._begin_turns()
            except StoreError as error:
                log.warning("store_unreachable", tick="webhooks", reason=str(error))
            except Exception:
                log.exception("webhooks_stumbled")  # whatever it was, the others are looked at again
            self._wake.wait(PATIENCE_SECONDS if waits else LOOKS_EVERY)

    def _begin_turns(self) -> bool:
        """Give turns while there is room; whether some still wait for one, or to be looked at."""
        found = subscriptions.due(self._database, everyone=True)
        due = [one for one in found if one.free or certainly_dead(one.owner)]
        now = monotonic()
        with self._lock:
            self._shut = {number: until for number, until in self._shut.items() if until > now}
            self._places.forget_all_but([one.id for one in due])
            open_ = self._places.in_order(one for one in due if one.id not in self._shut)
        waits = [one for one in open_ if one.certain and not self._begin(one)]
        for one in self._looking.in_order(open_):
            if self._stopping.is_set() or monotonic() - now >= _LOOK_SECONDS:
                return True
            if not self._passes(one) and not self._begin(one):
                waits.append(one)
        return bool(waits)

    def _passes(self, due: Due) -> bool:
        try:
            return self._looking.passes(due)
        except StoreError:
            raise
        except Exception:  # a fault of the hub's own: its turn stumbles over it, too, and the others are looked at
            log.exception("webhook_stumbled", webhook=due.id)
            return False

    def _begin(self, due: Due) -> bool:
        """Give a turn; False: there is no room for it now."""
        with self._lock:
            if not self._places.has_room(due.doubtful, monotonic()):
                return False
            self._places.enter(due, monotonic())
            thread = threading.Thread(target=self._serve, args=(due,), name=f"webhook-{due.id}", daemon=True)
            self._threads.add(thread)
        try:
            thread.start()
        except RuntimeError as error:  # no more threads: it is tried again
            log.warning("webhook_not_begun", webhook=due.id, reason=str(error))
            self._leave(due, thread)
            return False
        return True

    def _leave(self, due: Due, thread: threading.Thread) -> None:
        with self._lock:
            self._places.leave(due.id)
            self._threads.discard(thread)

    def _serve(self, due: Due) -> None:
        try:
            served = self._turn(due)
            if served is not None:
                self._tell(due.id, served)
        except LeaseLost:
            log.info("webhook_taken_over", webhook=due.id)
        except StoreError as error:
            log.warning("store_unreachable", webhook=due.id, reason=str(error))
        except Exception:
            with self._lock:
                self._shut[due.id] = monotonic() + _AFTER_FAULT
            log.exception("webhook_stumbled", webhook=due.id)
        finally:
            self._leave(due, threading.current_thread())
            self._wake.set()

    def _turn(self, due: Due) -> Served | None:
        seconds = self._rules.seconds + MARGIN_SECONDS
        dead = None if due.free else due.owner
        lease = subscriptions.take_lease(self._database, due.id, self._owner, seconds, dead)
        if lease is None:
            return None
        turn = Turn(
            self._database, self._rules, self._reads, lease, partial(self._begins, due.id), self._stopping.is_set
        )
        try:
            return turn.serve()
        finally:
            with suppress(StoreError):  # it runs out by itself
                subscriptions.release(self._database, lease)

    def _begins(self, subscription_id: int) -> None:
        with self._lock:
            self._places.begins(subscription_id, monotonic())

    def _prune(self) -> None:
        """A thousand notices at a look, of what is too old."""
        if monotonic() < self._prunes_at:
            return
        self._prunes_at = monotonic() + LOOKS_EVERY
        now = self._database.now()
        if gone := notices.prune(self._database, now - KEPT_DELIVERED, now - KEPT_FAILED):
            log.info("notices_removed", count=gone)
        else:
            self._prunes_at = monotonic() + _PRUNES_EVERY
