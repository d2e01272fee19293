"""One page: what it brings is stored in one transaction, with where the run goes on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TypeAlias

from connectors.contract import Page
from hub.record.dossier import Outcome
from hub.store import connectors, gone, laid_out, pages, runs, setting_aside
from hub.store.database import Transaction
from hub.store.laid_out import Arrival
from hub.store.pages import Place
from hub.store.runs import Counts
from hub.store.setting_aside import Finding, Rejected
from hub.sync.keeping import keeper
from hub.sync.sorting import DIGEST, Sorted, sort
from hub.sync.threshold import EXAMPLES, TooMany
from hub.sync.work import Work, said_of_change


@dataclass(frozen=True, slots=True)
class Told:
    """What became of each record of a page, for whoever sent it."""

    outcomes: dict[str, Outcome]  # by key: those that were read
    rejected: dict[str, list[dict[str, str]]]  # by key: why they were set aside
    again: frozenset[str]  # keys: as bad as before
    left_empty: int  # records read just now that have fields which could not be read


Also: TypeAlias = Callable[[Transaction, Told], None]


def store(
    work: Work,
    page: Page,
    now: datetime,
    also: Also = lambda *_: None,
    kept_as: int | None = None,
    size: int | None = None,
) -> Counts:
    """Store one page and advance the bookmark: both or neither; `also` does more in the same transaction.

    `kept_as` is the payload of a page that is replayed: what it brought is kept already. `size` is how many bytes of
    the source the run counts with it; unless told, those of its payload.

    Raises:
        LeaseLost: another worker has taken the connector over; nothing was stored.
        Changed: the records do not look as they were accepted, and are not to be stored then.
        TooMany: so many cannot be read that nothing of this page was stored but examples of those.
    """
    return store_sorted(work, sort(work, page), now, also, kept_as, size)


def store_sorted(
    work: Work,
    found: Sorted,
    now: datetime,
    also: Also = lambda *_: None,
    kept_as: int | None = None,
    size: int | None = None,
) -> Counts:
    """The same of a page that is sorted by what is stored of its records now."""
    work.watch.page(found.news)
    keep = _Keeping(work, found.page, now, kept_as, len(found.page.payload) if size is None else size)
    _stop_at_too_many(keep, found)
    with work.timings.of("store"):
        counts = work.database.write_again(lambda transaction: _write(keep, found, transaction, also))
    work.watch.left_empty += found.left_empty
    return counts


@dataclass(frozen=True, slots=True)
class _Keeping:
    """What is to be kept, and how."""

    work: Work
    page: Page
    now: datetime
    kept_as: int | None  # its payload, where that is kept already
    size: int  # bytes

    @property
    def arrival(self) -> Arrival:
        """What makes dossiers change."""
        return Arrival(self.work.connector.id, self.now, self.work.run_id)

    def finding(self, payload: Place) -> Finding:
        """Where its records are found."""
        work = self.work
        return Finding(work.connector.id, work.run_id, payload.id, work.mapping_used, self.now, replayed=work.replays)

    def place(self, transaction: Transaction) -> Place:
        """Where its payload goes, or is kept already."""
        if self.kept_as:
            return Place(self.kept_as)
        page, connector_id = self.page, self.work.connector.id
        digest = blake2b(page.payload, digest_size=DIGEST).digest()
        return pages.place_payload(transaction, connector_id, page.media_type, page.payload, digest, self.now)


def _write(keep: _Keeping, found: Sorted, transaction: Transaction, also: Also) -> Counts:
    work, page, now = keep.work, keep.page, keep.now
    work.database.take_time(transaction, len(found.readings) + len(found.rejected))
    if found.readings or found.rejected:
        laid_out.take_turn(transaction)  # before the lease's row is locked: others see it renewed while this one waits
    connectors.renew_lease(transaction, work.lease, work.lease_seconds)
    counts = Counts()
    counts.add(found.counts)
    if work.replays:
        setting_aside.mark_tried(transaction, work.connector.id, found.again, work.mapping_used)
    else:
        setting_aside.seen_again(transaction, work.connector.id, found.again, now)
    heard: dict[str, Outcome] = {}
    if found.readings or found.rejected:
        heard = _keep(keep, found, counts, transaction)
    gone.after_page(transaction, keep.arrival, found.seen, replayed=work.replays)
    runs.count_page(transaction, work.run_id, counts, page.total, page.bookmark, keep.size, work.timings.as_json())
    if page.bookmark is not None and work.keeps_bookmark:
        connectors.advance_bookmark(transaction, work.connector.id, page.bookmark)
    rejected = {one.key: one.reasons for one in found.rejected}
    also(transaction, Told(heard, rejected, frozenset(found.again), found.left_empty))
    return counts


def _keep(keep: _Keeping, found: Sorted, counts: Counts, transaction: Transaction) -> dict[str, Outcome]:
    payload = keep.place(transaction)
    where = keep.finding(payload)
    heard = keeper(keep.work).keep(transaction, keep.work, found.readings, where.payload_id, keep.now)
    # Of versions of one record the newest stands last. Also one that is not kept, for a newer one is: it is no trouble.
    read = {reading.record.key: said_of_change(reading.record) for reading in found.readings}
    pages.release(transaction, keep.work.connector.id, read)
    for outcome in heard.values():
        _count(outcome, counts)
    payload.fill(transaction)
    setting_aside.set_aside(transaction, where, found.rejected)
    return heard


def _stop_at_too_many(keep: _Keeping, found: Sorted) -> None:
    """Before a page is stored: what stood aside when a run last came to its end is no news."""
    work, known = keep.work, found.known
    bad = [*found.again, *(one.key for one in found.rejected)]
    before = work.tally.known_before
    since = [known[key].aside_since for key in bad if key in known]
    old = sum(1 for at in since if at and before and at <= before)
    if not work.tally.add(found.counts.fetched, len(bad) - old):
        return
    examples = found.rejected[: max(0, EXAMPLES - len(found.again))]  # another such run keeps no more of them
    work.database.write_again(lambda transaction: _write_examples(keep, examples, found.seen, transaction))
    raise TooMany(work.connector.name, work.tally, len(examples) + len(found.again))


def _write_examples(
    keep: _Keeping, examples: Sequence[Rejected], seen: Sequence[str], transaction: Transaction
) -> None:
    """Only what a person needs to see what is wrong: the bookmark stays, and so does what every dossier says."""
    work = keep.work
    connectors.renew_lease(transaction, work.lease, work.lease_seconds)
    if examples:
        payload = keep.place(transaction)
        payload.fill(transaction)
        setting_aside.set_aside(transaction, keep.finding(payload), examples)
    gone.after_page(transaction, keep.arrival, seen, replayed=work.replays)
    counts = Counts(fetched=len(examples), quarantined=len(examples))
    timings = work.timings.as_json()
    runs.count_page(transaction, work.run_id, counts, keep.page.total, None, keep.size, timings, pages=0)


def _count(outcome: Outcome, counts: Counts) -> None:
    match outcome:
        case Outcome.CREATED:
            counts.created += 1
        case Outcome.UPDATED:
            counts.updated += 1
        case Outcome.UNCHANGED:
            counts.unchanged += 1
