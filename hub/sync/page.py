"""One page: tell the changed from the unchanged, read what changed, and store it all in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import TypeAlias

from connectors.contract import Page, Record
from connectors.errors import BadRecord
from hub.record.dossier import Outcome
from hub.record.entities import DOSSIER, EVENT
from hub.store import connectors, gone, laid_out, pages, runs, setting_aside
from hub.store.database import Transaction
from hub.store.laid_out import Arrival
from hub.store.pages import Known, Place
from hub.store.runs import Counts
from hub.store.setting_aside import Finding, Rejected
from hub.sync.keeping import keeper
from hub.sync.telling import identified, moment, versions
from hub.sync.threshold import EXAMPLES, TooMany
from hub.sync.work import Reading, Work, said_of_change

_WITH_HISTORY = (DOSSIER, EVENT)
_DIGEST = 16  # bytes


@dataclass(frozen=True, slots=True)
class Sorted:
    """A page's records by what has to be done about them."""

    readings: list[Reading]
    rejected: list[Rejected]  # news: to be written to quarantine
    again: list[str]  # keys of records that stand in quarantine, as bad as before
    counts: Counts
    older: list[str] = field(default_factory=list)  # keys of states that cannot be read, and are not the newest known

    @property
    def seen(self) -> list[str]:
        """The keys of all but those that are as they are known to be, whatever becomes of them."""
        unread = [*self.again, *self.older, *(one.key for one in self.rejected)]
        return [*unread, *(one.record.key for one in self.readings)]

    @property
    def left_empty(self) -> int:
        """How many of those read have fields that could not be read."""
        return sum(bool(reading.draft.problems) for reading in self.readings)


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
    page = identified(page)
    keys = [record.key for record in page.records] + [bad.key for bad in page.bad]
    known = pages.known_records(work.database, work.connector.id, keys)
    with work.timings.of("map"):
        found = _sort(work, page, known)
    work.watch.page()
    keep = _Keeping(work, page, now, kept_as, len(page.payload) if size is None else size)
    _stop_at_too_many(keep, found, known)
    with work.timings.of("store"):
        counts = work.database.write_again(lambda transaction: _write(keep, found, transaction, also))
    work.watch.left_empty += found.left_empty
    return counts


def _sort(work: Work, page: Page, known: dict[str, Known]) -> Sorted:
    found = Sorted([], [], [], Counts(fetched=len(page.records) + len(page.bad)))
    basis, is_known, replays = work.basis, known.get, work.replays
    for several in versions(page.records).values():
        record, earlier = several[0], several[1:]
        found.counts.unchanged += len(earlier)
        version = blake2b(record.raw, digest_size=_DIGEST)
        digest = _read_with(basis, version)
        stored = is_known(record.key)
        if stored and stored.digest == digest and not (replays and stored.quarantined):
            if stored.quarantined:
                found.again.append(record.key)
            elif not _read_earlier(work, record, earlier, found):
                found.counts.unchanged += 1
            continue
        heard = _read_earlier(work, record, earlier, found)
        work.watch.look.record(record.value)
        draft = work.mapping.read(record.value)
        if draft.rejected:
            reasons = [asdict(problem) for problem in draft.problems]
        else:
            refused = keeper(work).refused(draft, work)
            reasons = [refused] if refused else []
        changed_at = said_of_change(record)
        if reasons and stored and changed_at and changed_at < stored.changed_at:
            found.counts.unchanged += not heard  # a newer state is known: nothing is lost with this one
            found.older.append(record.key)
        elif reasons:
            found.rejected.append(Rejected(record.key, digest, reasons, record.raw, changed_at))
            found.counts.unchanged -= heard  # it is counted by what it did
        else:
            found.readings.append(Reading(record, digest, version.digest(), draft))
    for error in page.bad:
        stored = known.get(error.key)
        if work.replays and stored and stored.quarantined:
            found.again.append(error.key)  # who first found it knew more of it, such as its file
        else:
            found.rejected.append(_bad(error, basis))
    found.counts.quarantined += len(found.rejected) + len(found.again)
    return found


def _read_earlier(work: Work, newest: Record, earlier: Sequence[Record], found: Sorted) -> bool:
    """Older versions of a record only tell what happened, and only of a dossier; whether one of them could be read."""
    if not earlier or work.mapping.entity not in _WITH_HISTORY:
        return False
    dated = [record for record in reversed(earlier) if moment(record) < moment(newest)]
    drafts = [(record, work.mapping.read(record.value)) for record in dated]
    readable = [one for one in drafts if not one[1].rejected and not keeper(work).refused(one[1], work)]
    for record, draft in readable:
        version = blake2b(record.raw, digest_size=_DIGEST)
        found.readings.append(Reading(record, _read_with(work.basis, version), version.digest(), draft))
    return bool(readable)


def _bad(error: BadRecord, basis: bytes) -> Rejected:
    reason = {"field": "", "source": "", "value": "", "expected": str(error), "hint": error.hint}
    digest = _read_with(basis, blake2b(error.raw, digest_size=_DIGEST))
    return Rejected(error.key, digest, [reason], error.raw)


def _read_with(basis: bytes, version: blake2b) -> bytes:
    """The same for the same bytes read in the same way: nothing needs to be done then."""
    both = version.copy()
    both.update(basis)
    return both.digest()


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
        digest = blake2b(page.payload, digest_size=_DIGEST).digest()
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


def _stop_at_too_many(keep: _Keeping, found: Sorted, known: dict[str, Known]) -> None:
    """Before a page is stored: what stood aside when a run last came to its end is no news."""
    work = keep.work
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
