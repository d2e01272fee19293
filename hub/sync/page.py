"""One page: tell the changed from the unchanged, read what changed, and store it all in one transaction."""

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TypeAlias, TypeGuard

from connectors.contract import Page, Record
from connectors.errors import BadRecord
from hub.record.dossier import Outcome
from hub.record.identity import LONGEST, Code, codes_of
from hub.record.merge import Source, Values
from hub.record.moments import as_text
from hub.store import connectors, pages, runs
from hub.store.connectors import ConnectorRow, Lease
from hub.store.database import Database, Transaction
from hub.store.pages import Known, Rejected, StoredRecord
from hub.store.runs import Counts
from hub.sync.desk import Desk
from hub.sync.watch import Watch
from mappings.engine.draft import Draft
from mappings.engine.reading import Mapping

_KEY = re.compile(r"[^\x00-\x1f\x7f]{1,500}")


@dataclass(frozen=True, slots=True)
class Work:
    """What stays the same from page to page of one run."""

    database: Database
    connector: ConnectorRow
    mapping: Mapping
    mapping_used: str  # name, version and fingerprint, for people
    run_id: int
    lease: Lease
    lease_seconds: float
    watch: Watch

    @property
    def basis(self) -> bytes:
        """What decides the outcome besides the record itself: when it changes, every record is read anew."""
        return f"{self.mapping.fingerprint} {self.connector.agency} {self.connector.precedence} ".encode()


@dataclass(frozen=True, slots=True)
class Reading:
    """A record that is new or has changed, as the mapping reads it."""

    record: Record
    digest: bytes
    draft: Draft


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


def store(work: Work, page: Page, now: datetime, also: Also = lambda *_: None) -> Counts:
    """Store one page and advance the bookmark: both or neither; `also` does more in the same transaction.

    Raises:
        LeaseLost: another worker has taken the connector over; nothing was stored.
        Changed: the records do not look as they were accepted, and are not to be stored then.
    """
    page = _identified(page)
    keys = [record.key for record in page.records] + [bad.key for bad in page.bad]
    known = pages.known_records(work.database, work.connector.id, keys)
    found = _sort(work, page, known)
    work.watch.page()
    counts = work.database.write_again(lambda transaction: _write(work, page, found, now, transaction, also))
    work.watch.left_empty += found.left_empty
    return counts


def is_key(text: str) -> bool:
    """Whether a database can tell records apart by it."""
    return _KEY.fullmatch(text) is not None


def _identified(page: Page) -> Page:
    """The page with the records that no database can tell apart set aside: their key is no key."""
    wrong = [record for record in page.records if not is_key(record.key)]
    if not wrong:
        return page
    bad = [
        BadRecord(
            f"the key {record.key[:80]!r} identifies nothing",
            key=hashlib.sha256(record.raw).hexdigest(),
            raw=record.raw,
            hint="A key has 1 to 500 characters and no control characters: is `key` in the settings right?",
        )
        for record in wrong
    ]
    records = [record for record in page.records if is_key(record.key)]
    return replace(page, records=records, bad=[*page.bad, *bad])


def _sort(work: Work, page: Page, known: dict[str, Known]) -> Sorted:
    found = Sorted([], [], [], Counts(fetched=len(page.records) + len(page.bad)))
    basis = work.basis
    for record in _last_of_each(page.records, found.counts):
        digest = _digest(basis, record.raw)
        stored = known.get(record.key)
        if stored and stored.digest == digest:
            if stored.quarantined:
                found.again.append(record.key)
            else:
                found.counts.unchanged += 1
            continue
        work.watch.look.record(record.value)
        draft = work.mapping.read(record.value)
        if draft.rejected:
            reasons = [asdict(problem) for problem in draft.problems]
        else:
            reasons = [] if codes_of(draft.values, work.connector.agency) else [_no_code(draft)]
        if reasons:
            found.rejected.append(Rejected(record.key, digest, reasons, record.raw))
        else:
            found.readings.append(Reading(record, digest, draft))
    found.rejected.extend(_bad(error, basis) for error in page.bad)
    found.counts.quarantined += len(found.rejected) + len(found.again)
    return found


def _last_of_each(records: Sequence[Record], counts: Counts) -> Collection[Record]:
    """A page that brings one record twice: the later one is its newest state, the earlier ones bring nothing."""
    last = {record.key: record for record in records}
    counts.unchanged += len(records) - len(last)
    return last.values()


def _no_code(draft: Draft) -> dict[str, str]:
    """Why a record cannot be told from others' dossiers: kept, it would be a dossier that nobody can find."""
    code = str(draft.values.get("code", ""))[:LONGEST]
    hint = f"letters or digits, at most {LONGEST}; `0`, `-` and the like are fillers"
    return {"field": "code", "source": "", "value": code, "expected": "a dossier's code", "hint": hint}


def _bad(error: BadRecord, basis: bytes) -> Rejected:
    reason = {"field": "", "source": "", "value": "", "expected": str(error), "hint": error.hint}
    return Rejected(error.key, _digest(basis, error.raw), [reason], error.raw)


def _digest(basis: bytes, raw: bytes) -> bytes:
    """The same for the same bytes read in the same way: nothing needs to be done then."""
    return hashlib.blake2b(basis + raw, digest_size=16).digest()


def _write(work: Work, page: Page, found: Sorted, now: datetime, transaction: Transaction, also: Also) -> Counts:
    connectors.renew_lease(transaction, work.lease, now, work.lease_seconds)
    counts = Counts()
    counts.add(found.counts)
    pages.seen_again(transaction, work.connector.id, found.again, now)
    heard: dict[str, Outcome] = {}
    if found.readings or found.rejected:
        pages.take_turn(transaction)
        heard = _keep(work, page, found, now, counts, transaction)
    runs.count_page(transaction, work.run_id, counts, page.total, page.bookmark)
    if page.bookmark is not None:
        connectors.advance_bookmark(transaction, work.connector.id, page.bookmark)
    rejected = {one.key: one.reasons for one in found.rejected}
    also(transaction, Told(heard, rejected, frozenset(found.again), found.left_empty))
    return counts


def _keep(
    work: Work, page: Page, found: Sorted, now: datetime, counts: Counts, transaction: Transaction
) -> dict[str, Outcome]:
    connector_id = work.connector.id
    digest = hashlib.blake2b(page.payload, digest_size=16).digest()
    payload_id = pages.save_payload(transaction, connector_id, page.media_type, page.payload, digest, now)
    connector = work.connector
    spoken_of = {reading.record.key: _codes(reading, connector) for reading in found.readings}
    desk = Desk.laid(transaction, connector, spoken_of, as_text(now))
    sources = [_source(reading, connector) for reading in found.readings]
    heard = {source.key: desk.hear(source) for source in sources}
    for outcome in heard.values():
        _count(outcome, counts)
    pages.save_dossiers(transaction, desk.touched(), now, connector_id)
    records = [_stored(reading, source, desk) for reading, source in zip(found.readings, sources, strict=True)]
    pages.save_records(transaction, connector_id, records, payload_id, now)
    pages.save_rejected(transaction, connector_id, found.rejected, payload_id, work.mapping_used, now)
    return heard


def _codes(reading: Reading, connector: ConnectorRow) -> Sequence[Code]:
    return codes_of(reading.draft.values, connector.agency)


def _source(reading: Reading, connector: ConnectorRow) -> Source:
    changed_at = as_text(reading.record.changed_at) if _means_something(reading.record.changed_at) else ""
    values = _values(reading.draft, connector)
    return Source(connector.name, reading.record.key, connector.precedence, connector.agency, changed_at, values)


def _means_something(at: datetime | None) -> TypeGuard[datetime]:
    """0001-01-01 is how .NET writes that it has no time."""
    return at is not None and 1900 < at.year < 2200


def _count(outcome: Outcome, counts: Counts) -> None:
    match outcome:
        case Outcome.CREATED:
            counts.created += 1
        case Outcome.UPDATED:
            counts.updated += 1
        case Outcome.UNCHANGED:
            counts.unchanged += 1


def _stored(reading: Reading, source: Source, desk: Desk) -> StoredRecord:
    problems = [asdict(problem) for problem in reading.draft.problems] or None
    return StoredRecord(source, reading.digest, problems, desk.stored_dossier(source.key))


def _values(draft: Draft, connector: ConnectorRow) -> Values:
    """A record that does not name its agency belongs to the one that the connector is registered for."""
    agency = {"code": connector.agency} | draft.values.get("agency", {})
    values: Values = draft.values | {"agency": agency}
    return values
