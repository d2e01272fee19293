"""One page: tell the changed from the unchanged, read what changed, and store it all in one transaction."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from connectors.contract import Page, Record
from connectors.errors import BadRecord
from hub.record.dossier import Outcome
from hub.record.identity import codes_of
from hub.record.merge import Source, Values
from hub.store import connectors, pages, runs
from hub.store.connectors import ConnectorRow, Lease
from hub.store.database import Database, Transaction
from hub.store.pages import Known, Rejected, StoredRecord
from hub.store.runs import Counts
from hub.sync.desk import Desk
from mappings.engine.draft import Draft
from mappings.engine.reading import Mapping


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
    counts: Counts


def store(work: Work, page: Page, now: datetime) -> Counts:
    """Store one page and advance the bookmark: both or neither.

    Raises:
        LeaseLost: another worker has taken the connector over; nothing was stored.
    """
    keys = [record.key for record in page.records] + [bad.key for bad in page.bad]
    known = pages.known_records(work.database, work.connector.id, keys)
    found = _sort(work, page, known)
    return work.database.write_again(lambda transaction: _write(work, page, found, now, transaction))


def _sort(work: Work, page: Page, known: dict[str, Known]) -> Sorted:
    found = Sorted([], [], Counts(fetched=len(page.records) + len(page.bad)))
    basis = work.basis
    for record in _last_of_each(page.records, found.counts):
        digest = _digest(basis, record.raw)
        stored = known.get(record.key)
        if stored and stored.digest == digest:
            _count_known(stored, found.counts)
            continue
        draft = work.mapping.read(record.value)
        if draft.rejected:
            reasons = [asdict(problem) for problem in draft.problems]
            found.rejected.append(Rejected(record.key, digest, reasons, record.raw))
        else:
            found.readings.append(Reading(record, digest, draft))
    found.rejected.extend(_bad(error, basis) for error in page.bad)
    found.counts.quarantined += len(found.rejected)
    return found


def _last_of_each(records: Sequence[Record], counts: Counts) -> Collection[Record]:
    """A page that brings one record twice: the later one is its newest state, the earlier ones bring nothing."""
    last = {record.key: record for record in records}
    counts.unchanged += len(records) - len(last)
    return last.values()


def _count_known(stored: Known, counts: Counts) -> None:
    if stored.quarantined:
        counts.quarantined += 1
    else:
        counts.unchanged += 1


def _bad(error: BadRecord, basis: bytes) -> Rejected:
    reason = {"field": "", "source": "", "value": "", "expected": str(error), "hint": error.hint}
    return Rejected(error.key, _digest(basis, error.raw), [reason], error.raw)


def _digest(basis: bytes, raw: bytes) -> bytes:
    """The same for the same bytes read in the same way: nothing needs to be done then."""
    return hashlib.blake2b(basis + raw, digest_size=16).digest()


def _write(work: Work, page: Page, found: Sorted, now: datetime, transaction: Transaction) -> Counts:
    connectors.renew_lease(transaction, work.lease, now, work.lease_seconds)
    counts = Counts()
    counts.add(found.counts)
    if found.readings or found.rejected:
        _keep(work, page, found, now, counts, transaction)
    runs.count_page(transaction, work.run_id, counts, page.total, page.bookmark)
    if page.bookmark is not None:
        connectors.advance_bookmark(transaction, work.connector.id, page.bookmark)
    return counts


def _keep(work: Work, page: Page, found: Sorted, now: datetime, counts: Counts, transaction: Transaction) -> None:
    connector_id = work.connector.id
    digest = hashlib.blake2b(page.payload, digest_size=16).digest()
    payload_id = pages.save_payload(transaction, connector_id, page.media_type, page.payload, digest, now)
    desk = _lay(transaction, work.connector, found.readings)
    heard = [_hear(desk, reading, work.connector, now, counts) for reading in found.readings]
    pages.save_dossiers(transaction, desk.touched(), now, connector_id)
    records = [_stored(reading, source, desk) for reading, source in zip(found.readings, heard, strict=True)]
    pages.save_records(transaction, connector_id, records, payload_id, now)
    pages.save_rejected(transaction, connector_id, found.rejected, payload_id, work.mapping_used, now)


def _lay(transaction: Transaction, connector: ConnectorRow, readings: Sequence[Reading]) -> Desk:
    spoken_of = {reading.record.key: codes_of(reading.draft.values, connector.agency) for reading in readings}
    return Desk.laid(transaction, connector, spoken_of)


def _hear(desk: Desk, reading: Reading, connector: ConnectorRow, now: datetime, counts: Counts) -> Source:
    record, values = reading.record, _values(reading.draft, connector)
    codes = codes_of(values, connector.agency)
    dossier = desk.dossier_for(record.key, codes)
    changed_at = _iso(record.changed_at) if record.changed_at else ""
    source = Source(connector.name, record.key, connector.precedence, changed_at, values)
    match dossier.hear(source, codes, _iso(now)):
        case Outcome.CREATED:
            counts.created += 1
        case Outcome.UPDATED:
            counts.updated += 1
        case Outcome.UNCHANGED:
            counts.unchanged += 1
    desk.put(record.key, codes, dossier)
    return source


def _stored(reading: Reading, source: Source, desk: Desk) -> StoredRecord:
    problems = [asdict(problem) for problem in reading.draft.problems] or None
    dossier_id = desk.stored_dossier(source.key)
    return StoredRecord(source.key, reading.digest, source.changed_at, source.values, problems, dossier_id)


def _values(draft: Draft, connector: ConnectorRow) -> Values:
    """A record that does not name its agency belongs to the one that the connector is registered for."""
    agency = {"code": connector.agency} | draft.values.get("agency", {})
    values: Values = draft.values | {"agency": agency}
    return values


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
