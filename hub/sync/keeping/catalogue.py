"""Keeping entries of the catalogues that systems tell of; what the catalogue keeper's files say goes before them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.record.dossier import Outcome
from hub.record.merge import Source, Values
from hub.store import catalogue, deliveries, pages
from hub.store.catalogue import AGENCIES, PROCEDURES, Kept, Kind
from hub.store.database import Transaction
from hub.store.pages import StoredRecord
from hub.sync.keeping.dossiers import problems_of
from hub.sync.work import Reading, Work, said_of_change
from mappings.engine.draft import Draft


@dataclass(frozen=True, slots=True)
class CatalogueKeeper:
    """Keeps the entries of one catalogue.

    What several entries say against each other is no reason to refuse one of them: then it would matter which
    came first. The look-up chooses among them by day and origin, or says that it cannot (`hub catalogue check`).
    """

    kind: Kind[Any]

    def refused(self, draft: Draft, work: Work) -> dict[str, str] | None:  # noqa: ARG002  # as of every keeper
        """What an entry says that cannot be."""
        _, faults = self.kind.read(draft.values)
        if not faults:
            return None
        first = faults[0]
        expected = first.right.removeprefix("write ")
        return {"field": first.field, "source": "", "value": first.value, "expected": expected, "hint": first.what}

    def keep(
        self, transaction: Transaction, work: Work, readings: Sequence[Reading], payload_id: int, now: datetime
    ) -> dict[str, Outcome]:
        """Write the entries and their records; what became of each, by key."""
        origin, readings, outcomes = work.connector.name, *newest_of(work, readings)
        before = catalogue.known_keys(transaction, self.kind, origin, [reading.record.key for reading in readings])
        outcomes |= outcomes_of(readings, before)
        kept = [self._kept(reading) for reading in readings]
        catalogue.write(transaction, self.kind, origin, kept, now, work.connector.id)
        save_records(transaction, work, self.kind.name, readings, payload_id, now)
        return outcomes

    def _kept(self, reading: Reading) -> Kept:
        entry, _ = self.kind.read(reading.draft.values)
        return Kept(reading.record.key, entry.code, entry.name, entry.valid, reading.draft.values)


agencies = CatalogueKeeper(AGENCIES)
procedures = CatalogueKeeper(PROCEDURES)


def newest_of(work: Work, readings: Sequence[Reading]) -> tuple[list[Reading], dict[str, Outcome]]:
    """The readings that are no older than what is stored of their record; of the older ones that nothing came."""
    dated = {reading.record.key: at for reading in readings if (at := said_of_change(reading.record))}
    known = deliveries.changed_at(work.database, work.connector.id, list(dated)) if dated else {}
    older = {key for key, at in dated.items() if at < known.get(key, "")}
    kept = [reading for reading in readings if reading.record.key not in older]
    return kept, dict.fromkeys(older, Outcome.UNCHANGED)


def outcomes_of(readings: Sequence[Reading], before: Mapping[str, Values]) -> dict[str, Outcome]:
    """Each by what was kept of it until now."""
    found = {}
    for reading in readings:
        key = reading.record.key
        changed = Outcome.UNCHANGED if before.get(key) == reading.draft.values else Outcome.UPDATED
        found[key] = changed if key in before else Outcome.CREATED
    return found


def save_records(
    transaction: Transaction, work: Work, entity: str, readings: Sequence[Reading], payload_id: int, now: datetime
) -> None:
    """Keep the source records of what is no dossier's."""
    connector = work.connector
    records = [
        StoredRecord(
            Source(
                connector.name,
                reading.record.key,
                connector.precedence,
                connector.agency,
                said_of_change(reading.record),
                reading.draft.values,
                entity=entity,
            ),
            reading.digest,
            problems_of(reading),
            None,
            work.mapping_used,
            entity,
        )
        for reading in readings
    ]
    pages.save_records(transaction, connector.id, records, payload_id, now)
