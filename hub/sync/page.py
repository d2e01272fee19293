"""One page: tell the changed from the unchanged, read what changed, and store it all in one transaction."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TypeAlias

from connectors.contract import Page, Record
from connectors.errors import BadRecord
from hub.record.dossier import Outcome
from hub.record.entities import DOSSIER, EVENT
from hub.store import connectors, laid_out, pages, runs, setting_aside
from hub.store.database import Transaction
from hub.store.pages import Known
from hub.store.runs import Counts
from hub.store.setting_aside import Finding, Rejected
from hub.sync.keeping import keeper
from hub.sync.telling import identified, moment, versions
from hub.sync.threshold import EXAMPLES, TooMany
from hub.sync.work import Reading, Work, said_of_change

_WITH_HISTORY = (DOSSIER, EVENT)


@dataclass(frozen=True, slots=True)
class Sorted:
    """A page's records by what has to be done about them."""

    readings: list[Reading]
    rejected: list[Rejected]  # news: to be written to quarantine
    again: list[str]  # keys of records that stand in quarantine, as bad as before
    counts: Counts

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


def store(work: Work, page: Page, now: datetime, also: Also = lambda *_: None, kept_as: int | None = None) -> Counts:
    """Store one page and advance the bookmark: both or neither; `also` does more in the same transaction.

    `kept_as` is the payload of a page that is replayed: what it brought is kept already.

    Raises:
        LeaseLost: another worker has taken the connector over; nothing was stored.
        Changed: the records do not look as they were accepted, and are not to be stored then.
        TooMany: so many cannot be read that nothing of this page was stored but examples of those.
    """
    page = identified(page)
    keys = [record.key for record in page.records] + [bad.key for bad in page.bad]
    known = pages.known_records(work.database, work.connector.id, keys)
    found = _sort(work, page, known)
    work.watch.page()
    keep = _Keeping(work, page, now, kept_as)
    _stop_at_too_many(keep, found, known)
    counts = work.database.write_again(lambda transaction: _write(keep, found, transaction, also))
    work.watch.left_empty += found.left_empty
    return counts


def _sort(work: Work, page: Page, known: dict[str, Known]) -> Sorted:
    found = Sorted([], [], [], Counts(fetched=len(page.records) + len(page.bad)))
    basis = work.basis
    for record, *earlier in versions(page.records).values():
        found.counts.unchanged += len(earlier)
        digest = _digest(basis, record.raw)
        stored = known.get(record.key)
        if stored and stored.digest == digest and not (work.replays and stored.quarantined):
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
        elif reasons:
            found.rejected.append(Rejected(record.key, digest, reasons, record.raw, changed_at))
            found.counts.unchanged -= heard  # it is counted by what it did
        else:
            found.readings.append(Reading(record, digest, draft))
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
    readable = [
        Reading(record, _digest(work.basis, record.raw), draft)
        for record, draft in drafts
        if not draft.rejected and not keeper(work).refused(draft, work)
    ]
    found.readings.extend(readable)
    return bool(readable)


def _bad(error: BadRecord, basis: bytes) -> Rejected:
    reason = {"field": "", "source": "", "value": "", "expected": str(error), "hint": error.hint}
    return Rejected(error.key, _digest(basis, error.raw), [reason], error.raw)


def _digest(basis: bytes, raw: bytes) -> bytes:
    """The same for the same bytes read in the same way: nothing needs to be done then."""
    return hashlib.blake2b(basis + raw, digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class _Keeping:
    """What is to be kept, and how."""

    work: Work
    page: Page
    now: datetime
    kept_as: int | None  # its payload, where that is kept already

    def finding(self, transaction: Transaction) -> Finding:
        """Where its records are found, now that the payload is kept."""
        work = self.work
        payload_id = self.kept_as or self._payload(transaction)
        return Finding(work.connector.id, work.run_id, payload_id, work.mapping_used, self.now, replayed=work.replays)

    def _payload(self, transaction: Transaction) -> int:
        page = self.page
        digest = hashlib.blake2b(page.payload, digest_size=16).digest()
        return pages.save_payload(transaction, self.work.connector.id, page.media_type, page.payload, digest, self.now)


def _write(keep: _Keeping, found: Sorted, transaction: Transaction, also: Also) -> Counts:
    work, page, now = keep.work, keep.page, keep.now
    connectors.renew_lease(transaction, work.lease, now, work.lease_seconds)
    counts = Counts()
    counts.add(found.counts)
    if work.replays:
        setting_aside.mark_tried(transaction, work.connector.id, found.again, work.mapping_used)
    else:
        setting_aside.seen_again(transaction, work.connector.id, found.again, now)
    heard: dict[str, Outcome] = {}
    if found.readings or found.rejected:
        laid_out.take_turn(transaction)
        heard = _keep(keep, found, counts, transaction)
    runs.count_page(transaction, work.run_id, counts, page.total, page.bookmark)
    if page.bookmark is not None:
        connectors.advance_bookmark(transaction, work.connector.id, page.bookmark)
    rejected = {one.key: one.reasons for one in found.rejected}
    also(transaction, Told(heard, rejected, frozenset(found.again), found.left_empty))
    return counts


def _keep(keep: _Keeping, found: Sorted, counts: Counts, transaction: Transaction) -> dict[str, Outcome]:
    where = keep.finding(transaction)
    heard = keeper(keep.work).keep(transaction, keep.work, found.readings, where.payload_id, keep.now)
    # Of versions of one record the newest stands last. Also one that is not kept, for a newer one is: it is no trouble.
    read = {reading.record.key: said_of_change(reading.record) for reading in found.readings}
    pages.release(transaction, keep.work.connector.id, read)
    for outcome in heard.values():
        _count(outcome, counts)
    setting_aside.set_aside(transaction, where, found.rejected)
    return heard


def _stop_at_too_many(keep: _Keeping, found: Sorted, known: dict[str, Known]) -> None:
    """Before a page is stored: what stood aside when a run last came to its end is no news."""
    work = keep.work
    bad = [*found.again, *(one.key for one in found.rejected)]
    standing = [key for key in bad if key in known and known[key].quarantined]
    before = work.tally.known_before
    old = setting_aside.set_aside_before(work.database, work.connector.id, standing, before) if standing else 0
    if not work.tally.add(found.counts.fetched, len(bad) - old):
        return
    examples = found.rejected[: max(0, EXAMPLES - len(found.again))]  # another such run keeps no more of them
    work.database.write_again(lambda transaction: _write_examples(keep, examples, transaction))
    raise TooMany(work.connector.name, work.tally, len(examples) + len(found.again))


def _write_examples(keep: _Keeping, examples: Sequence[Rejected], transaction: Transaction) -> None:
    """Only what a person needs to see what is wrong: the bookmark stays, and so does every dossier."""
    work = keep.work
    connectors.renew_lease(transaction, work.lease, keep.now, work.lease_seconds)
    if examples:
        setting_aside.set_aside(transaction, keep.finding(transaction), examples)
    counts = Counts(fetched=len(examples), quarantined=len(examples))
    runs.count_page(transaction, work.run_id, counts, keep.page.total, None)


def _count(outcome: Outcome, counts: Counts) -> None:
    match outcome:
        case Outcome.CREATED:
            counts.created += 1
        case Outcome.UPDATED:
            counts.updated += 1
        case Outcome.UNCHANGED:
            counts.unchanged += 1
