"""How each value of a dossier came to be: which record said it, where it stood there, and why it is believed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from hub.inspection.believing import sentence, why_believed
from hub.inspection.received import Rereads
from hub.record.merge import Claim
from hub.store import payloads
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.dossiers import SourceRow
from hub.store.whole import Provenance, whole
from hub.sync.kept import opened
from mappings.engine.explain import Explained, explain
from mappings.engine.reading import Mapping


class Mappings(Protocol):
    """The mappings of this hub, old ones too."""

    def used(self, named: str) -> Mapping | None:
        """The very version that a run names; None where it is not kept, or cannot be read any more."""
        ...

    def today(self, connector: str) -> Mapping | None:
        """The version that a connector's next run reads with."""
        ...


@dataclass(frozen=True, slots=True)
class RecordExplained:
    """One record behind a dossier, read again."""

    connector: str
    key: str
    mapping: str  # that it was read with, as a run names it
    payload_id: int
    received_at: datetime | None
    lines: Sequence[Explained] = ()
    trouble: str = ""  # why there are no lines, or why they may not be as it was read then
    otherwise: Sequence[str] = ()  # fields that today's version would read otherwise


@dataclass(frozen=True, slots=True)
class ValueExplained:
    """One field of a dossier."""

    field: str
    value: Any
    connector: str
    key: str
    why: str  # why this record is believed
    others: Sequence[Claim]  # what other records say instead
    lines: Sequence[Explained]  # of a list one for each column of each row; empty: no mapping says it


@dataclass(frozen=True, slots=True)
class DossierExplained:
    """A dossier with the way of each of its values."""

    code: str
    values: Sequence[ValueExplained]
    records: Sequence[RecordExplained]


def explained(database: Database, row: DossierRow, rereads: Rereads, mappings: Mappings) -> DossierExplained:
    """Read every record of a dossier again, from what was kept, by the versions of mappings that were used."""
    found = whole(database, row)
    records = {one.source.name: _record(database, one, rereads, mappings) for one in found.sources}
    values = [_value(name, said, records) for name, said in found.provenance.items()]
    return DossierExplained(row.code, values, list(records.values()))


def _record(database: Database, row: SourceRow, rereads: Rereads, mappings: Mappings) -> RecordExplained:
    source = row.source
    payload = payloads.read(database, row.payload_id)
    said = (source.connector, source.key, row.mapping, row.payload_id, payload.received_at if payload else None)
    if payload is None:
        return RecordExplained(*said, trouble="its payload is not kept any more")
    kept = opened(payload, rereads(source.connector))
    record = kept.record(source.key, source.changed_at)
    if record is None:
        return RecordExplained(*said, trouble=kept.trouble or "by today's settings its payload does not hold it")
    used, today = mappings.used(row.mapping), mappings.today(source.connector)
    by = used or today
    if by is None:
        return RecordExplained(*said, trouble="no mapping is there to read it with")
    trouble = "" if used else "the version that it was read with is not kept: today's is shown"
    otherwise = _otherwise(used, today, record.value) if used and today else ()
    return RecordExplained(*said, explain(by, record.value), trouble, otherwise)


def _otherwise(used: Mapping, today: Mapping, value: Any) -> list[str]:
    if used.fingerprint == today.fingerprint:
        return []
    before, after = ({each.field: each.value for each in explain(one, value)} for one in (used, today))
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def _value(name: str, said: Provenance, records: dict[tuple[str, str], RecordExplained]) -> ValueExplained:
    source = said.believed.source
    lines = [each for each in records[source.name].lines if each.field == name or each.field.startswith(f"{name}[")]
    why = "; ".join(dict.fromkeys(sentence(why_believed(name, source, other.source)) for other in said.conflicts))
    return ValueExplained(name, said.believed.value, source.connector, source.key, why, said.conflicts, lines)
