"""Loading a catalogue from a file: everything wrong with it at once, what it would change, all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic

from hub.config.catalogue_cells import Contents, Written
from hub.config.catalogue_document import Document
from hub.config.catalogue_remarks import remarks_on, wrong_agency_code
from hub.config.catalogue_table import Table
from hub.record.catalogue import Agency, Entry, Procedure
from hub.record.catalogue_findings import Clash, clashes_of_agencies, clashes_of_procedures
from hub.record.catalogue_reading import Fault
from hub.record.entities import AGENCY
from hub.record.signature import Signature
from hub.store import acts, catalogue
from hub.store.catalogue import AGENCIES, FROM_FILE, Kept, Kind
from hub.store.database import Database, Transaction
from mappings.engine.yaml_source import Finding, Invalid, read


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry that the file says otherwise, field by field: before and after, None where nothing is said."""

    key: str
    fields: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file brought, or would bring, by keys (code and first day) of the entries from files."""

    added: list[str]
    changed: list[Changed]
    gone: list[str]
    unchanged: int
    elsewhere: list[str]  # entries from earlier files that this one does not name; they stay
    remarks: list[str] = field(default_factory=list)  # what a person should look at, and what is taken all the same

    @property
    def differs(self) -> bool:
        """Whether anything changes."""
        return bool(self.added or self.changed or self.gone)


@dataclass(frozen=True, slots=True)
class _Entry(Generic[Entry]):
    read: Entry
    kept: Kept
    written: Written


@dataclass(frozen=True, slots=True)
class How:
    """`prune`: what earlier files said besides goes; `empty`: even where that is all; `dry`: nothing is done."""

    prune: bool = False
    empty: bool = False
    dry: bool = False


_PLAINLY = How()


def load(
    database: Database,
    kind: Kind[Entry],
    path: Path,
    how: How = _PLAINLY,
    by: Signature | None = None,
    named: str | None = None,
) -> Loaded:
    """Make the catalogue say what the file says; `named` is what people call it.

    Raises:
        Invalid: with everything that is wrong with the file; nothing was changed then.
    """
    contents, now = read_contents(path, kind.name), datetime.now(UTC)
    signature = acts.signed(by, now)

    def work(transaction: Transaction) -> Loaded:
        loaded = _load(transaction, kind, contents, now, how)
        if loaded.differs and not how.dry:
            _note(transaction, kind, named or path.name, loaded, signature)
        return loaded

    return database.write_again(work)


def _note(transaction: Transaction, kind: Kind[Any], file: str, loaded: Loaded, signature: Signature) -> None:
    before: dict[str, Any] = dict.fromkeys(loaded.gone, "")
    after: dict[str, Any] = dict.fromkeys(loaded.added, "")
    for one in loaded.changed:
        for name, (old, new) in one.fields.items():
            before[f"{one.key} {name}"], after[f"{one.key} {name}"] = old, new
    told: dict[str, Any] = {"before": acts.told(before), "after": acts.told({"file": file, **after})}
    acts.note(transaction, signature, acts.Kind.CATALOGUE, kind.name, acts.Act.CHANGED, **told)


def read_contents(path: Path, entity: str) -> Contents:
    """A file's entries, as plain values. `entity` is agency or procedure.

    Raises:
        Invalid: it cannot be read at all.
    """
    match path.suffix.lower():
        case ".csv":
            return Table(path, entity).contents()
        case ".yaml" | ".yml" | ".json":
            return Document(read(path), entity).contents()
    raise Invalid([Finding(str(path), 1, 1, "files of this kind are not read", "save it as .csv, .yaml or .json")])


def _load(transaction: Transaction, kind: Kind[Entry], contents: Contents, now: datetime, how: How) -> Loaded:
    made, findings = _entries(kind, contents)
    before = catalogue.stored(transaction, kind, FROM_FILE)
    named = {entry.kept.key: entry for entry in made}
    if how.prune and before and not named and not how.empty:
        what = "this file has no entries, so that --prune would empty the catalogue"
        findings.append(Finding(contents.file, 1, 1, what, "give --prune --empty if that is meant"))
    stay = [] if how.prune else [kept for key, kept in before.items() if key not in named]
    if not contents.missing:
        findings += _clashes(kind, contents.file, made, [kind.read(kept.values)[0] for kept in stay])
    if findings:
        raise Invalid(findings)
    remarks = _remarks(transaction, [entry.read for entry in made], stay)
    loaded: Loaded = _difference(named, before, stay, remarks)
    if not how.dry:
        to_write = {*loaded.added, *(one.key for one in loaded.changed)}
        catalogue.write(transaction, kind, FROM_FILE, [named[key].kept for key in sorted(to_write)], now)
        catalogue.remove(transaction, kind, FROM_FILE, loaded.gone)
    return loaded


def _entries(kind: Kind[Entry], contents: Contents) -> tuple[list[_Entry[Entry]], list[Finding]]:
    made: list[_Entry[Entry]] = []
    findings = list(contents.findings)
    said = {(finding.line, finding.column, finding.what.partition(":")[0]) for finding in findings}
    for written in contents.entries:
        entry, faults = kind.read(written.values)
        for fault in faults:
            # What could not be read is missing too, and so is what the whole file lacks, but that was said already.
            line, column = written.place(fault.field)
            if (line, column, fault.field) not in said and fault.field not in contents.missing:
                findings.append(_finding(contents.file, written, fault))
        readable = all(fault.field != "code" for fault in faults)
        if kind.name == AGENCY and readable and (wrong := wrong_agency_code(entry.code)):
            findings.append(_finding(contents.file, written, wrong))
        made.append(_Entry(entry, _kept(entry, written.values), written))
    return made, findings


def _finding(file: str, written: Written, fault: Fault) -> Finding:
    return Finding(file, *written.place(fault.field), f"{fault.field}: {fault.what}", fault.right)


def _kept(entry: Agency | Procedure, values: dict[str, Any]) -> Kept:
    first = entry.valid.first
    key = f"{entry.code} {first}" if first else entry.code
    return Kept(key, entry.code, entry.name, entry.valid, values)


def _remarks(transaction: Transaction, made: Sequence[Agency | Procedure], stay: Sequence[Kept]) -> list[str]:
    """What is odd about a file's agencies, beside those that stay and those that systems told of."""
    agencies = [one for one in made if isinstance(one, Agency)]
    if not agencies:
        return []
    kept = [one for one in catalogue.entries(transaction, AGENCIES) if one.origin != FROM_FILE]
    return remarks_on(agencies, [*kept, *(AGENCIES.read(one.values)[0] for one in stay)])


def _clashes(kind: Kind[Entry], file: str, made: Sequence[_Entry[Entry]], stay: Sequence[Entry]) -> list[Finding]:
    """What the file's entries say against each other, and against entries that stay."""
    everything: list[Any] = [*stay, *(entry.read for entry in made)]
    clashes = clashes_of_agencies(everything) if kind.name == AGENCY else clashes_of_procedures(everything)
    return [_clash(file, made, len(stay), clash) for clash in clashes if max(clash.at, clash.other) >= len(stay)]


def _clash(file: str, made: Sequence[_Entry[Entry]], earlier: int, clash: Clash) -> Finding:
    mine, other = sorted((clash.at, clash.other), reverse=True)
    right = clash.right
    if other < earlier:
        right += "; the other entry is from an earlier file (`--prune` takes out what this file does not name)"
    elif other != mine:
        right += f"; the other entry is on line {made[other - earlier].written.place('code')[0]}"
    return Finding(file, *made[mine - earlier].written.place(clash.field), clash.what, right)


def _difference(
    named: dict[str, _Entry[Entry]], before: dict[str, Kept], stay: Sequence[Kept], remarks: list[str]
) -> Loaded:
    known = named.keys() & before.keys()
    differing = {key: _fields(before[key].values, named[key].kept.values) for key in sorted(known)}
    changed = [Changed(key, fields) for key, fields in differing.items() if fields]
    elsewhere = [kept.key for kept in stay]
    return Loaded(
        added=sorted(named.keys() - before.keys()),
        changed=changed,
        gone=sorted(before.keys() - named.keys() - set(elsewhere)),
        unchanged=len(known) - len(changed),
        elsewhere=elsewhere,
        remarks=remarks,
    )


def _fields(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields that differ; a group is one field."""
    names = [*before, *(name for name in after if name not in before)]
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}
