"""A first mapping for a connector, from the records that it brings now, or from a file with an answer."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from connectors.contract import Connector, Discovers, Field
from hub.inspection.line import XML, Line, first_records, kind_of, waiting_at
from hub.inspection.payload import likely_place, records_at
from hub.inspection.sample_file import read_sample
from mappings.engine.target import Target
from mappings.scaffold.document import Scaffold, scaffold
from mappings.scaffold.observe import CSV, Names


class NothingToGuessFrom(Exception):
    """The system has no record to look at."""


def from_connector(line: Line, mapping: str, target: Target, *, records: int, where: str | None) -> Scaffold:
    """Guess the mapping called `mapping` from the first records; `where` is the connector's own setting.

    Raises:
        NothingToGuessFrom: there is no record.
        ConnectorError: the system does not answer as it should.
    """
    with line.opened() as connector:
        found = first_records(connector, records)
        if not found:
            waiting = waiting_at(connector)
            why = f": {waiting}" if waiting else ""
            raise NothingToGuessFrom(f"{line.name} has no record to guess from{why}; --from FILE takes a sample answer")
        values = [record.value for record in found]
        kind = CSV if line.type == "files" and all(map(_is_row, values)) else kind_of(values[0])
        declared = _declared(connector, where) if kind == XML else {}
    keys = [record.key for record in found]
    return scaffold(mapping, kind, values, target, where=_written(kind, where), keys=keys, declared=declared)


def from_file(
    path: Path, mapping: str, target: Target, *, records: int, where: str | None, settings: object = None
) -> Scaffold:
    """Guess from a file with an answer, or with a table; `where` is where its records stand, as settings say it.

    Raises:
        ConnectorError: the file cannot be read, or has no record there.
    """
    sample = read_sample(path, settings)
    place = likely_place(sample.value) if where is None else where
    values = records_at(sample.value, place, str(path))[:records]
    kind = CSV if sample.is_table else kind_of(values[0])
    return scaffold(mapping, kind, values, target, where=_written(kind, place))


def _is_row(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(cell, str) for cell in value.values())


def _written(kind: str, where: str | None) -> str | None:
    """Where records stand, as a mapping writes it: a connector's setting is a dotted path."""
    if not where or kind == CSV:
        return None
    return f"//{where.replace('.', '/')}" if kind == XML else where


def _declared(connector: Connector, where: str | None) -> dict[Names, str]:
    """The single fields of a record that the system's own description knows, also where no record has them."""
    if not where or not isinstance(connector, Discovers):
        return {}
    name = where.rpartition(".")[2]
    for operation in connector.discover().operations:
        for group in operation.answer:
            if group.type == "object" and group.path.rpartition(".")[2] == name:
                inner = [field for field in operation.answer if field.path.startswith(f"{group.path}.")]
                return dict(_single(inner, group.path))
    return {}


def _single(inner: Sequence[Field], above: str) -> Iterator[tuple[Names, str]]:
    """Those that stand once in a record, and hold a value."""
    lists = tuple(f"{field.path}." for field in inner if field.repeated)
    for field in inner:
        if not field.repeated and field.type != "object" and not field.path.startswith(lists):
            yield tuple(field.path.removeprefix(f"{above}.").split(".")), field.type
