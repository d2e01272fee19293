"""One push, start to finish: wait for the connector's turn, store what was sent like a page, and say what became of it.

Nothing is said to be taken before it is stored; whoever hears nothing sends the same again, and nothing is doubled.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from connectors.contract import Page, Record
from connectors.errors import BadRecord
from connectors.push.reading import Pushed
from connectors.push.receipt import COUNTS, Outcome, Receipt
from connectors.push.refusal import NotTaken
from connectors.wording import quoted
from hub.record.moments import to_the_second
from hub.store import connectors, deliveries
from hub.store.connectors import ConnectorRow, Lease, LeaseLost
from hub.store.database import Database, Transaction
from hub.store.deliveries import Delivery
from hub.store.watched import Learnt
from hub.sync import page, watch
from hub.sync.drift import OnDrift, Policy
from hub.sync.limits import Gate, Stopped
from hub.sync.owner import certainly_dead
from hub.sync.page import Told
from hub.sync.telling import is_key
from hub.sync.watch import Watch
from hub.sync.work import Work, name_of, said_of_change
from mappings.engine.draft import Problem
from mappings.engine.reading import Mapping

WAIT_SECONDS = 10.0  # for others that push to, or run, the same connector
_LEASE_SECONDS = 30.0  # longer than storing one push takes
_ASK_AGAIN_SECONDS = 0.05  # whether another process is done
_RETRY_AFTER_SECONDS = 5
_SENTENCE = "What the department pushed since then, within an hour."
_NO_WATCH = OnDrift(Policy.GO_ON, Policy.GO_ON)  # a push shows a few records: too little to know how all of them look
_NEWER = "the hub has a newer state of this record already, of {}"
_REPEATED = "a later record of this push has the same key"


@dataclass(frozen=True, slots=True)
class Reader:
    """How a connector's pushes are read."""

    row: ConnectorRow
    mapping: Mapping
    remember_days: float

    @property
    def mapping_used(self) -> str:
        """Name, version and fingerprint, for people."""
        return name_of(self.mapping)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Intake:
    """Takes pushes, one at a time for each connector."""

    database: Database
    owner: str  # this process, for leases
    now: Callable[[], datetime] = _now
    wait_seconds: float = WAIT_SECONDS
    _gates: dict[int, Gate] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, reader: Reader, pushed: Pushed) -> Receipt:
        """Store a push and say what became of it; one that is known already is answered as it was.

        Raises:
            NotTaken: its number was used for something else, or the connector is busy. Nothing was stored.
        """
        if (receipt := self._repeated(reader, pushed)) is not None:
            return receipt
        with self._turn(reader.row) as lease:
            if (receipt := self._repeated(reader, pushed)) is None:
                return self._store(reader, pushed, lease)  # which gives the lease back
            connectors.release_lease(self.database, lease)
            return receipt

    def note(self, reader: Reader, refused: NotTaken) -> None:
        """Keep, for the operators, why nothing of a push was stored."""
        now = self.now()
        attempt = {"at": now.isoformat(timespec="seconds"), "code": refused.code, "sentence": refused.sentence}
        deliveries.note_refusal(self.database, self._run(reader, now), attempt)

    def _repeated(self, reader: Reader, pushed: Pushed) -> Receipt | None:
        if pushed.request_id is None:
            return None
        delivery = deliveries.known(self.database, reader.row.id, pushed.request_id)
        if delivery is None:
            return None
        if delivery.digest != pushed.digest:
            raise NotTaken(
                409,
                "request_id_reused",
                f"The request number {quoted(pushed.request_id)} was used for other records before. "
                "Nothing was stored; send these under a number of their own.",
            )
        return Receipt.of_json(delivery.answer)

    @contextmanager
    def _turn(self, row: ConnectorRow) -> Iterator[Lease]:
        """Be the only one to store for this connector: in this process first come, first served."""
        deadline = monotonic() + self.wait_seconds
        with self._lock:
            gate = self._gates.setdefault(row.id, Gate())
        try:
            with gate.entered(1, lambda _: monotonic() > deadline):
                lease = self._lease(row, deadline)
                try:
                    yield lease
                except BaseException:
                    connectors.release_lease(self.database, lease)
                    raise
        except (Stopped, LeaseLost):
            raise _busy(row.name) from None

    def _lease(self, row: ConnectorRow, deadline: float) -> Lease:
        pause = threading.Event()
        dead = None
        while monotonic() < deadline:
            lease = connectors.take_lease(self.database, row.id, self.owner, _LEASE_SECONDS, dead_owner=dead)
            if lease is not None:
                return lease
            holder = connectors.found(self.database, row.name)
            dead = holder.lease_owner if holder and certainly_dead(holder.lease_owner) else None
            pause.wait(0 if dead else _ASK_AGAIN_SECONDS)
        raise Stopped

    def _store(self, reader: Reader, pushed: Pushed, lease: Lease) -> Receipt:
        now = self.now()
        late = self._late(reader.row, pushed)
        run_id = self._run(reader, now)
        receipts: list[Receipt] = []

        def also(transaction: Transaction, told: Told) -> None:
            again = deliveries.reasons(transaction, reader.row.id, told.again)
            taken = [item.key for item in pushed.items if is_key(item.key)]
            problems = deliveries.problems(transaction, reader.row.id, taken)
            receipt = _receipt(pushed, told, again, late, problems)
            if told.left_empty:
                deliveries.note_problems(transaction, run_id, watch.problems, told.left_empty)
            if pushed.request_id is not None:
                answer = Delivery(pushed.digest, receipt.as_json())
                deliveries.keep(transaction, reader.row.id, pushed.request_id, answer, now)
            deliveries.settle(transaction, lease, run_id, now)
            receipts.append(receipt)

        page.store(self._work(reader, run_id, lease), _without(pushed, late), now, also)
        return receipts[-1]  # of the transaction that was committed: an earlier try may have been rolled back

    def _work(self, reader: Reader, run_id: int, lease: Lease) -> Work:
        unwatched = Watch(reader.row.name, _NO_WATCH, Learnt(None, None, []))
        row, used = reader.row, reader.mapping_used
        return Work(self.database, row, reader.mapping, used, run_id, lease, _LEASE_SECONDS, unwatched)

    def _run(self, reader: Reader, now: datetime) -> int:
        """The run of this hour: a row for each push would drown all others."""
        hour, connector_id = now.replace(minute=0, second=0, microsecond=0), reader.row.id
        run_id = deliveries.run_since(self.database, connector_id, reader.mapping_used, hour)
        if run_id is None:
            run_id = deliveries.begin_run(self.database, connector_id, reader.mapping_used, _SENTENCE, now)
            deliveries.forget(self.database, connector_id, now - timedelta(days=reader.remember_days))
        return run_id

    def _late(self, row: ConnectorRow, pushed: Pushed) -> dict[int, str]:
        """By place in the push: the records of which a newer state is stored, and since when that is so."""
        dated = {
            place: (item.key, at)
            for place, item in enumerate(pushed.items)
            if isinstance(item, Record) and (at := said_of_change(item))
        }
        known = deliveries.changed_at(self.database, row.id, [key for key, _ in dated.values()]) if dated else {}
        return {place: known[key] for place, (key, at) in dated.items() if at < known.get(key, "")}


def _busy(name: str) -> NotTaken:
    sentence = f"Others are pushing to {name} just now, or it is being run. Nothing was stored; send the same again."
    return NotTaken(503, "busy", sentence, retry_after=_RETRY_AFTER_SECONDS)


def _without(pushed: Pushed, late: dict[int, str]) -> Page:
    if not late:
        return pushed.page
    kept = [item for place, item in enumerate(pushed.items) if place not in late and isinstance(item, Record)]
    return replace(pushed.page, records=kept)


def _receipt(
    pushed: Pushed, told: Told, again: dict[str, Any], late: dict[int, str], problems: dict[str, Any]
) -> Receipt:
    """What is said of each record, in the order they came."""
    rejected = told.rejected | again
    last = {item.key: place for place, item in enumerate(pushed.items) if place not in late}
    outcomes = []
    for place, item in enumerate(pushed.items):
        if place in late:
            outcomes.append(Outcome(place + 1, item.key, "unchanged", (_NEWER.format(to_the_second(late[place])),)))
        elif isinstance(item, Record) and last[item.key] != place:
            outcomes.append(Outcome(place + 1, item.key, "unchanged", (_REPEATED,)))
        else:
            outcomes.append(_outcome(place + 1, item, told, rejected, problems))
    counts = dict.fromkeys(COUNTS, 0) | {"received": len(outcomes)}
    for each in outcomes:
        counts[each.outcome] += 1
    return Receipt(pushed.request_id, counts, outcomes)


def _outcome(
    position: int, item: Record | BadRecord, told: Told, rejected: dict[str, Any], problems: dict[str, Any]
) -> Outcome:
    key = item.key if isinstance(item, Record) else None
    left_empty = tuple(map(_said, problems.get(item.key, ())))
    found = told.outcomes.get(item.key)
    if found is not None:
        return Outcome(position, key, found.value, problems=left_empty)
    # One whose key is no key was set aside under another name.
    reasons = rejected.get(item.key) or rejected.get(hashlib.sha256(item.raw).hexdigest())
    if reasons is None:
        return Outcome(position, key, "unchanged", problems=left_empty)
    return Outcome(position, key, "quarantined", tuple(map(_said, reasons)))


def _said(reason: dict[str, Any]) -> str:
    """One reason as a sentence."""
    return str(Problem(**reason)) if reason["field"] else str(reason["expected"])
