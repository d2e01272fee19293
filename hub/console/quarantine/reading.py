"""A record in quarantine as its page shows it: read once more by the mapping in use, nothing in it changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hub.console import values
from hub.console.register import has_register, register
from hub.inspection.difference import field_of, masked
from hub.inspection.marking import Failed, Found, located
from hub.inspection.written import Line, Marks, as_it_is, number_of, shape, value_of, written
from hub.record.fields import LIST_FIELDS
from hub.record.reasons import example
from hub.store.connectors import ConnectorRow
from hub.store.quarantine import QuarantineRow
from hub.store.registrations import Unregistered
from hub.store.secrets import SecretsLocked
from mappings.engine.explain import Explained, explain
from mappings.engine.reading import Mapping
from mappings.engine.yaml_source import Invalid


class Fault(NamedTuple):
    """One reason, and where in the record it is."""

    reason: dict[str, str]
    says: str  # what stood there; its form where not everything may be shown
    line: int | None  # of what came, below
    is_absent: bool  # nothing stands there
    by_value: bool  # found by what it says, not by its path


class FieldShown(NamedTuple):
    """One field as the mapping in use reads it."""

    name: str
    text: str
    source: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """All of it."""

    faults: Sequence[Fault]
    fields: Sequence[FieldShown]
    empty: int  # fields of the mapping for which nothing stood in the record
    lines: Sequence[Line]
    is_mapped: bool  # there is a mapping to read it with
    reads_now: bool  # with the mapping in use it could be read: it waits to be tried again


def read(row: QuarantineRow, connector: ConnectorRow, *, whole: bool) -> Reading:
    """Read it for a page; without `whole` the form of its values is all that is shown."""
    mapping, value = mapping_of(connector), value_of(row.raw)
    explained = [] if mapping is None or isinstance(value, str) else explain(mapping, value)
    found = [located(value, _failed(reason), mapping) for reason in row.reasons]
    marks = Marks(
        {place for one in found for place in one.places},
        {one.absent for one in found if one.absent is not None},
    )
    lines = written(value, marks, as_it_is if whole else shape)
    faults = [_fault(reason, one, lines, whole=whole) for reason, one in zip(row.reasons, found, strict=True)]
    fields = [_field(one, mapping.entity if mapping else "", whole=whole) for one in explained if _says(one)]
    return Reading(
        faults,
        sorted(fields, key=lambda one: not one.failed),
        len(explained) - len(fields),
        lines,
        is_mapped=mapping is not None,
        reads_now=bool(explained) and mapping is not None and _could_be_read(mapping, value, row),
    )


def mapping_of(connector: ConnectorRow) -> Mapping | None:
    """The mapping that a connector's next run reads with; None where there is none, or it cannot be used."""
    if not has_register():
        return None
    try:
        return register().connector(connector.name).mapping
    except (Unregistered, Invalid, SecretsLocked):
        return None


def _could_be_read(mapping: Mapping, value: Any, row: QuarantineRow) -> bool:
    """Whether none of its reasons is one any more; a code that is none is the keeper's to judge."""
    draft = mapping.read(value)
    known = {(reason["field"], reason.get("expected", "")) for reason in row.reasons}
    left = {(each.field, each.expected) for each in draft.problems}
    return not draft.rejected and not known & left and all(reason["source"] for reason in row.reasons)


def _failed(reason: dict[str, str]) -> Failed:
    return Failed(reason["field"], reason.get("source", ""), reason.get("value") or None)


def _fault(reason: dict[str, str], found: Found, lines: Sequence[Line], *, whole: bool) -> Fault:
    says = str(reason.get("value") or "") if whole else example(reason)
    place = found.places[0] if found.places else found.absent[0] if found.absent else None
    line = None if place is None else number_of(lines, place)
    return Fault(reason, says, line, is_absent=found.absent is not None, by_value=found.by_value)


def _says(one: Explained) -> bool:
    return one.kept and (one.value is not None or one.problem is not None)


def _field(one: Explained, entity: str, *, whole: bool) -> FieldShown:
    if one.problem is not None and one.value is None:
        text = one.problem.value or ""
        return FieldShown(one.field, text if whole else shape(text), one.source, failed=True)
    shown = one.value
    if not whole and isinstance(shown, str) and masked(entity, one.field, shown) != shown:
        return FieldShown(one.field, shape(shown), one.source, failed=one.problem is not None)
    return FieldShown(one.field, text_of(one.field, shown), one.source, failed=one.problem is not None)


def text_of(name: str, value: Any) -> str:
    """A value as a person reads it, also one in a row of a list."""
    parent, _, column = field_of(name).rpartition(".")
    if parent in LIST_FIELDS and column in LIST_FIELDS[parent]:
        return values.cell(parent, column, value)
    return values.text(name, value)
