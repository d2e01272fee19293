"""How the rows of a list are found, and what the paths of their fields stand in."""

from collections.abc import Iterator

from mappings.engine import inputs
from mappings.engine.convert import Get
from mappings.engine.document import ListSpec
from mappings.engine.inner import XML
from mappings.engine.path import BadPath, Path
from mappings.engine.plan import Rows
from mappings.engine.steps import Ground, Notes
from mappings.engine.xml_path import ELEMENT
from mappings.engine.yaml_source import Loc


def row_of(notes: Notes, spec: ListSpec, around: Ground) -> Ground:
    """What the paths of a list's fields stand in; the list stands in a record, or in a row of another."""
    declared = notes.file.document.inside.get(spec.inside or "")
    kind = declared.input if declared else around.kind
    return Ground(inputs.TEXT if spec.split is not None else kind, within=around.within or declared is not None)


def rows_of(notes: Notes, at: Loc, spec: ListSpec, around: Ground) -> Rows | None:
    """How the rows are found in a record, or in a row of another list; None where the words of the list are wrong."""
    ground = notes.ground((*at, "inside"), spec.inside, around)
    found = notes.path((*at, "each"), spec.each, ground.kind) if ground else None
    if ground is None or found is None:
        return None
    rows = inputs.pieces(found, spec.split) if spec.split is not None else _whole(notes, spec, found, ground.kind)
    return _in_document(ground.opening, rows) if ground.opening and rows else rows


def _in_document(opening: Get, rows: Rows) -> Rows:
    def each(record: object) -> list[object]:
        document = opening(record)
        return [] if document is None else rows(document)

    return each


def _whole(notes: Notes, spec: ListSpec, found: Path, kind: str) -> Rows | None:
    if spec.each.strip() == "." or kind != XML:
        return inputs.rows(found)
    namespaces = notes.file.document.namespaces
    try:
        needs = found.needs.union(*(inputs.path(kind, text, namespaces).needs for text in _in_rows(notes, spec)))
    except BadPath:
        return None  # noted already, at the field that it is in
    return inputs.element_rows(spec.each, namespaces) if ELEMENT in needs else inputs.rows(found)


def _in_rows(notes: Notes, spec: ListSpec) -> Iterator[str]:
    """Every path that a row of this list is walked by; of a document inside it, the path to its text."""
    for inner in spec.fields.values():
        declared = notes.file.document.inside.get(inner.inside or "")
        if declared:
            yield declared.path
        elif isinstance(inner, ListSpec):
            yield inner.each
            if inner.split is None:
                yield from _in_rows(notes, inner)
        else:
            yield from inner.paths or inner.by or ()


def paths_in(spec: ListSpec) -> Iterator[str]:
    """Every path that the fields of a list name."""
    for inner in spec.fields.values():
        if isinstance(inner, ListSpec):
            yield inner.each
            yield from paths_in(inner)
        else:
            yield from inner.paths or inner.by or ()
