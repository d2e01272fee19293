"""Keeping ratings: each waits under its dossier's code, whichever of the two comes first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hub.record.dossier import Outcome
from hub.record.entities import RATING
from hub.record.identity import Code, codes_of
from hub.store import ratings
from hub.store.database import Transaction
from hub.store.ratings import Rating
from hub.sync.keeping.catalogue import newest_of, outcomes_of, save_records
from hub.sync.keeping.dossiers import no_code
from hub.sync.work import Reading, Work
from mappings.engine.draft import Draft


def refused(draft: Draft, work: Work) -> dict[str, str] | None:
    """Why no dossier could ever be found for it."""
    if _codes(draft, work):
        return None
    return no_code("dossier_code", draft.values.get("dossier_code", ""))


def keep(
    transaction: Transaction, work: Work, readings: Sequence[Reading], payload_id: int, now: datetime
) -> dict[str, Outcome]:
    """Write the ratings and their records; what became of each, by key."""
    readings, outcomes = newest_of(work, readings)
    before = ratings.known(transaction, work.connector.id, [reading.record.key for reading in readings])
    outcomes |= outcomes_of(readings, before)
    kept = [Rating(reading.record.key, _codes(reading.draft, work)[0], reading.draft.values) for reading in readings]
    ratings.write(transaction, work.connector.id, kept, now)
    save_records(transaction, work, RATING, readings, payload_id, now)
    changed = [rating for rating in kept if outcomes[rating.key] is not Outcome.UNCHANGED]
    left = {code for rating in changed for code in _codes_of(before.get(rating.key, {}), work)}
    ratings.move(transaction, left.union(rating.code for rating in changed))
    return outcomes


def _codes(draft: Draft, work: Work) -> tuple[Code, ...]:
    return _codes_of(draft.values, work)


def _codes_of(values: Mapping[str, Any], work: Work) -> tuple[Code, ...]:
    return codes_of({"code": values.get("dossier_code")}, work.connector.agency)
