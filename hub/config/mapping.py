"""A mapping document as one text: in a file with its tables beside it, or as the store keeps it."""

from pathlib import Path
from textwrap import indent

from mappings.engine.compile import build
from mappings.engine.document import TABLES, examine_text
from mappings.engine.reading import Mapping
from mappings.engine.target import Targets
from mappings.engine.yaml_source import Invalid, read
from mappings.engine.yaml_text import write


def read_mapping(text: str, file: str, targets: Targets) -> Mapping:
    """The document, ready to read records; `file` is its name in findings.

    Raises:
        Invalid: with everything that is wrong with it.
    """
    document, findings = examine_text(text, file)
    made = None
    if document is not None:
        made, more = build(document, targets)
        findings += more
    if findings or made is None:
        raise Invalid(findings)
    return made


def text_of(path: Path) -> str:
    """A sound document as one text: the tables beside it become part of it.

    Raises:
        Invalid: one of the files cannot be read.
    """
    document, beside = read(path), path.with_name(TABLES)
    text = path.read_text(encoding="utf-8-sig")
    if not beside.exists():
        return text
    tables = read(beside)
    if "tables" in document.data:
        return write({**document.data, "tables": {**tables.data, **document.data["tables"]}})
    kept = beside.read_text(encoding="utf-8-sig").removeprefix("---\n")
    return f"{text.rstrip()}\n\ntables:\n{indent(kept, '  ')}"


def fingerprint_of(text: str, targets: Targets) -> str:
    """What a run says of the mapping that it read with; empty where this hub cannot read the document any more."""
    try:
        return read_mapping(text, "", targets).fingerprint
    except Invalid:
        return ""
