"""Keeping dossiers: every record goes to the dossier that it speaks of."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from hub.record.dossier import Outcome
from hub.record.identity import LONGEST, codes_of
from hub.record.merge import Source, Values
from hub.record.moments import as_text
from hub.record.newborn import newborn
from hub.store import codes_seen, laid_out, pages, put_back
from hub.store import newborn as newborns
from hub.store.connectors import ConnectorRow
from hub.store.database import Transaction
from hub.store.laid_out import Arrival, Known
from hub.store.newborn import Arrived
from hub.store.pages import StoredRecord
from hub.sync.desk import Desk
from hub.sync.keeping.alone import Version, told_apart
from hub.sync.work import Reading, Work, said_of_change
from mappings.engine.draft import Draft


def refused(draft: Draft, work: Work) -> dict[str, str] | None:
    """Why a record cannot be told from others' dossiers: kept, it would be a dossier that nobody can find."""
    if codes_of(draft.values, work.connector.agency):
        return None
    return no_code("code", draft.values.get("code", ""))


def no_code(field: str, written: object) -> dict[str, str]:
    """The reason for quarantine of a record whose code is none."""
    hint = f"letters or digits, at most {LONGEST}; `0`, `-` and the like are fillers"
    value = str(written)[:LONGEST]
    return {"field": field, "source": "", "value": value, "expected": "a dossier's code", "hint": hint}


def keep(
    transaction: Transaction, work: Work, readings: Sequence[Reading], payload_id: int, now: datetime
) -> dict[str, Outcome]:
    """Store the dossiers that these records speak of, and the records; what became of each, by key."""
    versions = [(reading, _source(reading, work.connector)) for reading in readings]
    named = work.watch.codes.news(readings, [source.values for _, source in versions])
    codes_seen.note(transaction, work.connector.id, named, now)
    return keep_sources(transaction, work, versions, payload_id, now)


def keep_sources(
    transaction: Transaction,
    work: Work,
    versions: Sequence[tuple[Reading, Source]],
    payload_id: int,
    now: datetime,
) -> dict[str, Outcome]:
    """Take versions of records to their dossiers and store it all; a version older than what is known is not kept."""
    brought = [Version(reading, source, codes_of(source.values, source.scope)) for reading, source in versions]
    keys = {version.source.key for version in brought}
    codes = {code for version in brought for code in version.codes}
    known = laid_out.known_of(transaction, work.connector.id, keys, codes)
    alone, others = told_apart(brought, known)
    outcomes = dict.fromkeys((version.source.key for version in alone), Outcome.CREATED)
    if alone:
        _bear(transaction, work, alone, payload_id, now)
    if others:
        outcomes |= _take_to_the_desk(transaction, work, others, known, payload_id, now)
    return outcomes


def _bear(transaction: Transaction, work: Work, alone: Sequence[Version], payload_id: int, now: datetime) -> None:
    """Each of these is a new dossier."""
    at = as_text(now)
    born = [
        Arrived(newborn(source, codes, at), reading.digest, problems_of(reading)) for reading, source, codes in alone
    ]
    newborns.save(transaction, born, newborns.Page(work.connector.id, payload_id, work.mapping_used, now))


def _take_to_the_desk(
    transaction: Transaction, work: Work, versions: Sequence[Version], known: Known, payload_id: int, now: datetime
) -> dict[str, Outcome]:
    desk = Desk.laid(transaction, known, as_text(now))
    for version in versions:
        desk.hear(version.source)
    heard = {version.source.key: desk.outcome(version.source.name) for version in versions}
    outcomes = _counted(heard, desk, work.connector.name)
    restated = {
        desk.dossier(source.name)
        for reading, source, _ in versions
        if problems_of(reading) != known.problems.get(source.key)
    }
    put_back.save_dossiers(transaction, desk.touched(), Arrival(work.connector.id, now, work.run_id), restated)
    records = [
        StoredRecord(
            source,
            reading.digest,
            problems_of(reading),
            desk.dossier(source.name).id,
            work.mapping_used,
            source.entity,
        )
        for reading, source, _ in versions
        if not source.older_than(desk.dossier(source.name).voices[source.name].source)
    ]
    pages.save_records(transaction, work.connector.id, records, payload_id, now)
    return outcomes


def _counted(heard: dict[str, Outcome], desk: Desk, connector: str) -> dict[str, Outcome]:
    """Two records that each looked new are one new dossier where a later one joined them."""
    found: dict[str, Outcome] = {}
    born = set()
    for key, outcome in heard.items():
        dossier = desk.dossier((connector, key))
        first = dossier.stored is None and dossier not in born
        if first:
            found[key] = Outcome.CREATED
            born.add(dossier)
        else:
            found[key] = Outcome.UPDATED if outcome is Outcome.CREATED else outcome
    return found


def _source(reading: Reading, connector: ConnectorRow) -> Source:
    return Source(
        connector.name,
        reading.record.key,
        connector.precedence,
        connector.agency,
        said_of_change(reading.record),
        with_agency(reading.draft.values, connector),
        connector.precedence_for or {},
        version=reading.version,
    )


def problems_of(reading: Reading) -> list[dict[str, str]] | None:
    """What could not be read of a record, as it is kept beside it."""
    problems = reading.draft.problems
    return [asdict(problem) for problem in problems] if problems else None


def with_agency(values: Values, connector: ConnectorRow) -> Values:
    """A record that does not name its agency belongs to the one that the connector is registered for."""
    agency = values.get("agency", {})
    return values if "code" in agency else values | {"agency": {"code": connector.agency} | agency}
