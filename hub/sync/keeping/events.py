"""Keeping steps of a dossier's progress that a system tells by themselves (official: CapNhatTienDoHoSoMC)."""

from collections.abc import Sequence
from datetime import datetime

from hub.record.dossier import Outcome
from hub.record.entities import EVENT
from hub.record.identity import codes_of
from hub.record.merge import Source, Values
from hub.store.connectors import ConnectorRow
from hub.store.database import Transaction
from hub.sync.keeping.dossiers import keep_sources, no_code, with_agency
from hub.sync.work import Reading, Work, said_of_change
from mappings.engine.draft import Draft

_OF_THE_DOSSIER = ("dossier_code", "agency")


def refused(draft: Draft, work: Work) -> dict[str, str] | None:
    """Why a step cannot be told from those of others' dossiers."""
    if codes_of(_values(draft.values), work.connector.agency):
        return None
    return no_code("dossier_code", draft.values.get("dossier_code", ""))


def keep(
    transaction: Transaction, work: Work, readings: Sequence[Reading], payload_id: int, now: datetime
) -> dict[str, Outcome]:
    """Store each step as a source record of its dossier, whichever of the two comes first."""
    versions = [(reading, _source(reading, work.connector)) for reading in readings]
    return keep_sources(transaction, work, versions, payload_id, now)


def _source(reading: Reading, connector: ConnectorRow) -> Source:
    """Of versions of a step the one that changed later counts; the moment it tells of weighs the status alone."""
    values = with_agency(_values(reading.draft.values), connector)
    return Source(
        connector.name,
        reading.record.key,
        connector.precedence,
        connector.agency,
        said_of_change(reading.record),
        values,
        connector.precedence_for or {},
        EVENT,
        reading.version,
    )


def _values(draft: Values) -> Values:
    step = {name: value for name, value in draft.items() if name not in _OF_THE_DOSSIER}
    values: Values = {"code": draft.get("dossier_code", ""), "status": step.get("status"), "events": [step]}
    return values | {name: draft[name] for name in ("agency",) if name in draft}
