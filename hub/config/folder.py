"""A folder of connectors and mappings as `hub apply` takes it: what stands in it, and all that is wrong with it."""

from collections.abc import Mapping as Map
from dataclasses import dataclass
from pathlib import Path

from hub.config.mapping import text_of
from hub.config.register import Document, Register
from mappings.engine.library import FILE, Library
from mappings.engine.reading import Mapping
from mappings.engine.yaml_source import Finding, Invalid

CONNECTORS = "connectors"  # <name>.yaml, one connector each
MAPPINGS = "mappings"  # <name>/mapping.yaml, with its tables.yaml and cases beside it


@dataclass(frozen=True, slots=True)
class Folder:
    """Documents without a finding."""

    documents: tuple[Document, ...]
    mappings: Map[str, str]  # name → text


def read_folder(folder: Path, register: Register) -> Folder:
    """Everything in a folder.

    Raises:
        Invalid: with everything that is wrong with any file in it.
    """
    findings: list[Finding] = []
    texts, compiled = _mappings(folder / MAPPINGS, register, findings)
    documents = _documents(folder / CONNECTORS, register, findings)
    findings += _repeated(documents)
    for document in documents:
        findings += register.mapping_problems(document, compiled)
    if not documents and not texts and not findings:
        what = "there is nothing to apply: no connectors/*.yaml and no mappings/<name>/mapping.yaml"
        findings.append(Finding(str(folder), 1, 1, what, "name the folder that holds them"))
    if findings:
        raise Invalid(findings)
    return Folder(tuple(documents), texts)


def _mappings(
    folder: Path, register: Register, findings: list[Finding]
) -> tuple[dict[str, str], dict[str, Mapping | None]]:
    shelves, targets = Library([folder]), register.in_use.targets
    texts: dict[str, str] = {}
    compiled: dict[str, Mapping | None] = {}
    for path in sorted(folder.rglob(FILE)):
        name = path.parent.relative_to(folder).as_posix()
        compiled[name] = None  # a broken one is told once, not again by each connector that uses it
        try:
            compiled[name] = shelves.mapping(name, targets)
            texts[name] = text_of(path)
        except Invalid:
            findings += shelves.lint(name, targets)
    return texts, compiled


def _documents(folder: Path, register: Register, findings: list[Finding]) -> list[Document]:
    documents = []
    for path in sorted({*folder.glob("*.yaml"), *folder.glob("*.yml")}):
        try:
            documents.append(register.read_file(path))
        except Invalid as invalid:
            findings += invalid.findings
    return documents


def _repeated(documents: list[Document]) -> list[Finding]:
    first: dict[str, Document] = {}
    findings = []
    for document in documents:
        name = document.connection.section.name
        other = first.setdefault(name, document)
        if other is not document:
            what = f'a connector is already called "{name}" ({other.written.file})'
            findings.append(document.written.finding(("name",), what, "give each its own name"))
    return findings
