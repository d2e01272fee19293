"""A page's records by what has to be done about them: the unchanged told from the news, and those read.

It writes nothing, so it may be done while the page before is still being stored, as long as that one has other records.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from hashlib import blake2b

from connectors.contract import Page, Record
from connectors.errors import BadRecord
from hub.record.entities import DOSSIER, EVENT
from hub.record.identity import codes_of
from hub.store import pages
from hub.store.database import StoreError
from hub.store.pages import Known
from hub.store.runs import Counts
from hub.store.setting_aside import Rejected
from hub.sync.keeping import keeper
from hub.sync.telling import identified, moment, versions
from hub.sync.work import Reading, Work, said_of_change

_WITH_HISTORY = (DOSSIER, EVENT)
DIGEST = 16  # bytes


@dataclass(frozen=True, slots=True)
class Sorted:
    """A page, and its records by what has to be done about them."""

    page: Page
    known: dict[str, Known]  # what was stored of its records, by key
    counts: Counts
    readings: list[Reading] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)  # news: to be written to quarantine
    again: list[str] = field(default_factory=list)  # keys of records that stand in quarantine, as bad as before
    older: list[str] = field(default_factory=list)  # keys of unreadable states that are not the newest known
    news: list[Record] = field(default_factory=list)  # whatever is new or has changed, readable or not

    @property
    def seen(self) -> list[str]:
        """The keys of all but those that are as they are known to be, whatever becomes of them."""
        unread = [*self.again, *self.older, *(one.key for one in self.rejected)]
        return [*unread, *(one.record.key for one in self.readings)]

    @property
    def left_empty(self) -> int:
        """How many of those read have fields that could not be read."""
        return sum(bool(reading.draft.problems) for reading in self.readings)


def sort(work: Work, page: Page) -> Sorted:
    """Sort a page by what is stored of its records now.

    Raises:
        StoreError: what is stored cannot be asked for.
    """
    page = identified(page)
    keys = [record.key for record in page.records] + [bad.key for bad in page.bad]
    known = pages.known_records(work.database, work.connector.id, keys)
    found = Sorted(page, known, Counts(fetched=len(keys)))
    with work.timings.of("map"):
        _sort(work, found)
    return found


def ahead(work: Work, page: Page) -> Sorted | None:
    """`sort`, while pages before it are still being stored; None where the store is away: then it has time."""
    try:
        return sort(work, page)
    except StoreError:
        return None


def _sort(work: Work, found: Sorted) -> None:
    basis, known, replays = work.basis, found.known.get, work.replays
    for several in versions(found.page.records).values():
        record, earlier = several[0], several[1:]
        found.counts.unchanged += len(earlier)
        version = blake2b(record.raw, digest_size=DIGEST)
        digest = _read_with(basis, version)
        stored = known(record.key)
        if stored and stored.digest == digest and not (replays and stored.quarantined):
            if stored.quarantined:
                found.again.append(record.key)
            elif not _read_earlier(work, record, earlier, found):
                found.counts.unchanged += 1
            continue
        heard = _read_earlier(work, record, earlier, found)
        found.news.append(record)
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
            codes = tuple(code.value for code in codes_of(draft.values, ""))  # however far they reach
            found.rejected.append(Rejected(record.key, digest, reasons, record.raw, changed_at, codes))
            found.counts.unchanged -= heard  # it is counted by what it did
        else:
            found.readings.append(Reading(record, digest, version.digest(), draft))
    for error in found.page.bad:
        stored = known(error.key)
        if work.replays and stored and stored.quarantined:
            found.again.append(error.key)  # who first found it knew more of it, such as its file
        else:
            found.rejected.append(_bad(error, basis))
    found.counts.quarantined += len(found.rejected) + len(found.again)


def _read_earlier(work: Work, newest: Record, earlier: Sequence[Record], found: Sorted) -> bool:
    """Older versions of a record only tell what happened, and only of a dossier; whether one of them could be read."""
    if not earlier or work.mapping.entity not in _WITH_HISTORY:
        return False
    dated = [record for record in reversed(earlier) if moment(record) < moment(newest)]
    drafts = [(record, work.mapping.read(record.value)) for record in dated]
    readable = [one for one in drafts if not one[1].rejected and not keeper(work).refused(one[1], work)]
    for record, draft in readable:
        version = blake2b(record.raw, digest_size=DIGEST)
        found.readings.append(Reading(record, _read_with(work.basis, version), version.digest(), draft))
    return bool(readable)


def _bad(error: BadRecord, basis: bytes) -> Rejected:
    reason = {"field": "", "source": "", "value": "", "expected": str(error), "hint": error.hint}
    digest = _read_with(basis, blake2b(error.raw, digest_size=DIGEST))
    return Rejected(error.key, digest, [reason], error.raw)


def _read_with(basis: bytes, version: blake2b) -> bytes:
    """The same for the same bytes read in the same way: nothing needs to be done then."""
    both = version.copy()
    both.update(basis)
    return both.digest()
