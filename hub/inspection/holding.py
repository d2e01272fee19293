"""A mapping document held against what a system really sends: a file with a sample, or the sources of its cases."""

from pathlib import Path
from typing import Any

from hub.inspection.payload import read_bytes, records_at
from hub.inspection.sample_file import read_sample
from mappings.engine.cases import sources
from mappings.engine.compile import compile as compile_document
from mappings.engine.document import MappingFile, load
from mappings.engine.target import Targets
from mappings.scaffold.against import Held, hold_against

_XML = ("xml", "diffgram")
_EITHER = ("xml-in-string", "json-in-string")  # the text may stand in an answer of either kind
_LISTED = ("xml", "json", "csv")  # of which records are found where most of them stand


def hold(document: Path, targets: Targets, sample: Path) -> Held:
    """Hold a document without mistakes against the records of a file.

    Raises:
        ConnectorError: the file cannot be read, or is nothing that a system sends.
        ValueError: it has no record where the document says, or is not what its `input` says.
    """
    file = load(document)
    return hold_against(file, targets, _records(file, targets, sample))


def hold_cases(document: Path, targets: Targets) -> Held:
    """Hold it against the sources of the cases beside it. Raises `ValueError` where one cannot be read."""
    file = load(document)
    split = compile_document(file, targets).records
    found = [record for source in sources(document.parent) for record in split(source.read_bytes())]
    return hold_against(file, targets, found)


def _records(file: MappingFile, targets: Targets, path: Path) -> list[Any]:
    body, where = read_bytes(path), file.document.records
    said, is_xml = file.document.input, body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    if said not in _EITHER and is_xml != (said in _XML):
        raise ValueError(f"{path} is not {said}, which the document's `input` says that it is")
    sample = read_sample(path)
    if sample.is_table or (not where and said in _LISTED):
        return records_at(sample.value, None, str(path))
    found = compile_document(file, targets).records(body)
    if not found:
        raise ValueError(f"{path} has no record at `records: {where}`")
    return found
