"""What becomes of the records of a page, by the entity that the mapping says they are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from hub.record.dossier import Outcome
from hub.record.entities import AGENCY, DOSSIER, EVENT, PROCEDURE, RATING
from hub.store.database import Transaction
from hub.sync.keeping import catalogue, dossiers, events, ratings
from hub.sync.work import Reading, Work
from mappings.engine.draft import Draft


class Keeper(Protocol):
    """Keeps the records of one entity; a module is one."""

    def refused(self, draft: Draft, work: Work) -> dict[str, str] | None:
        """Why a record that could be read cannot be kept all the same, as a reason for quarantine."""
        ...

    def keep(
        self, transaction: Transaction, work: Work, readings: Sequence[Reading], payload_id: int, now: datetime
    ) -> dict[str, Outcome]:
        """Store the readings of a page with their source records; what became of each, by key."""
        ...


KEEPERS: Mapping[str, Keeper] = {
    DOSSIER: dossiers,
    EVENT: events,
    RATING: ratings,
    PROCEDURE: catalogue.procedures,
    AGENCY: catalogue.agencies,
}


def keeper(work: Work) -> Keeper:
    """The one for what this run's mapping makes of records."""
    return KEEPERS[work.mapping.entity]
