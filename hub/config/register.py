"""The register: every change of connectors and mappings at run time, each in one transaction."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from connectors.registry import Registry
from connectors.wording import sentence
from hub.config.blanks import blanks
from hub.config.catalogue_files import CatalogueFiles
from hub.config.client import ClientDocuments
from hub.config.connector import Connection, read_connector
from hub.config.in_use import InUse, Registered
from hub.config.mapping import read_mapping, text_of
from hub.config.recording import record_mappings, registration_of
from hub.config.schema import connector_schema
from hub.config.serving import note_of
from hub.config.vault import Vault
from hub.inspection.skeleton_parts import ASK
from hub.record.connector_state import Life, Move
from hub.record.signature import Signature
from hub.store import connectors, registrations, versions, watched
from hub.store.database import Database, Transaction
from hub.store.registrations import ManagedElsewhere, Moved, Put, Standing, Unregistered
from hub.store.versions import CONFIG, HUB, Kind, MappingInUse, NoSuchVersion, VersionRow
from mappings.engine.library import UnknownMapping
from mappings.engine.target import Targets
from mappings.engine.yaml_source import Finding, Invalid, Source, parse, read


@dataclass(frozen=True, slots=True)
class Document:
    """A connector's document that has nothing wrong with it."""

    text: str
    written: Source
    connection: Connection


@dataclass(frozen=True, slots=True)
class Register:
    """Connectors and mappings as the hub manages them."""

    database: Database
    in_use: InUse
    vault: Vault

    @property
    def clients(self) -> ClientDocuments:
        """How documents of clients are read and written."""
        return ClientDocuments()

    @property
    def catalogues(self) -> CatalogueFiles:
        """How files of catalogues are loaded and made."""
        return CatalogueFiles(self.database)

    @property
    def targets(self) -> Targets:
        """What records become."""
        return self.in_use.targets

    @property
    def registry(self) -> Registry:
        """The connector types that there are."""
        return self.in_use.registry

    def schema(self, type_name: str) -> Mapping[str, Any]:
        """The JSON Schema of a connector's document of this type."""
        return connector_schema(self.in_use.registry, type_name)

    def connector(self, name: str) -> Registered:
        """A connector in any state, as it is in use now.

        Raises:
            Unregistered: no connector has this name.
            Invalid: its document cannot be used.
        """
        return self.in_use.connector(name)

    def standing(self, name: str) -> Standing:
        """How a connector stands, also where its document cannot be used any more.

        Raises:
            Unregistered: no connector has this name.
        """
        row, version = connectors.found(self.database, name), self.in_use.version(Kind.CONNECTOR, name, HUB)
        if row is None or version is None:
            raise Unregistered(name, [each.name for each in connectors.listed(self.database)])
        return Standing(row, version, next(iter(registrations.moves_of(self.database, name)), None))

    def read(self, text: str, file: str) -> Document:
        """A connector's document; asks neither network nor department. `file` is its name in findings.

        Raises:
            Invalid: with everything that is wrong with it.
        """
        written = parse(text, file)
        return Document(text, written, read_connector(written, self.in_use.registry, self.in_use.references))

    def put_text(self, name: str, text: str, file: str, signature: Signature, *, expected: int | None = None) -> Put:
        """Like `put_connector`, of a document that must be this connector's.

        Raises:
            Invalid: also where it is another one's.
        """
        document = self.read(text, file)
        said = document.connection.section.name
        if said != name:
            raise Invalid(
                [document.written.finding(("name",), f'this is put as "{name}", it says "{said}"', "use one")]
            )
        return self.put_connector(document, signature, expected=expected)

    def read_file(self, path: Path) -> Document:
        """Like `read`, of a file.

        Raises:
            Invalid: with everything that is wrong with it.
        """
        written = read(path)
        text = path.read_text(encoding="utf-8-sig")
        return Document(text, written, read_connector(written, self.in_use.registry, self.in_use.references))

    def put_connector(self, document: Document, signature: Signature, *, expected: int | None = None) -> Put:
        """Register a connector as a draft, or put a new version of one into use; `expected` 0: only if it is new.

        Raises:
            Invalid: it runs, and something is still to be filled in, or there would be no mapping to read with.
            Outdated: another version than the `expected` one is in use.
            ManagedElsewhere: it stands in config.yaml.
        """
        problems = self.mapping_problems(document)

        def make(transaction: Transaction) -> Put:
            put = self.put_in(transaction, document, signature, problems, expected)
            self.record_files(transaction, {document.connection.section.mapping}, signature)
            return put

        done = self.database.write_again(make)
        return replace(done, note="\n".join(filter(None, [done.note, self._served_too(done.name)])))

    def _served_too(self, name: str) -> str:
        """That other connectors serve some of its procedures already: a note, never a reason to refuse."""
        try:
            used = self.mapping_in_use(self.standing(name).row.mapping)
        except (UnknownMapping, Invalid):
            return ""
        return note_of(self.database, name, used.text)

    def put_in(
        self,
        transaction: Transaction,
        document: Document,
        signature: Signature,
        problems: tuple[Finding, ...],
        expected: int | None = None,
    ) -> Put:
        """Like `put_connector`, as a part of something larger; `problems` are those of its mapping."""
        section = document.connection.section
        state = registrations.put(transaction, registration_of(section), HUB, signature, new=Life.DRAFT)
        if problems and state is Life.ACTIVE:
            raise Invalid(problems)
        kind, text = Kind.CONNECTOR, document.text
        version = versions.put(
            transaction, kind, section.name, text, managed_by=HUB, signature=signature, expected=expected
        )
        if version is not None:
            watched.close_circuit(transaction, section.name)
        return Put(section.name, version, state, _note(section.name, state, problems))

    def record_files(self, transaction: Transaction, names: set[str], signature: Signature) -> None:
        """Keep what the files of those mappings say of which the hub has none of its own."""
        own = (name for name in names if _is_own(versions.in_use(transaction, Kind.MAPPING, name, HUB)))
        by_file = names.difference(own)
        if by_file:
            record_mappings(transaction, self.in_use.shelves, self.in_use.targets, by_file, signature.at)

    def mapping_problems(self, document: Document, at_hand: Container[str] = ()) -> tuple[Finding, ...]:
        """Why this connector cannot run: what is still to be filled in, no mapping to read its records with.

        `at_hand`: mappings that are about to be put.
        """
        return (*blanks(document.written), *self._mapping_problems(document, at_hand))

    def _mapping_problems(self, document: Document, at_hand: Container[str]) -> tuple[Finding, ...]:
        name = document.connection.section.mapping
        if name in at_hand:
            return ()
        try:
            self.in_use.mapping(name, HUB, newest_files=True)
        except UnknownMapping as error:
            return (document.written.finding(("mapping",), str(error), error.hint),)
        except Invalid as invalid:
            return invalid.findings
        return ()

    def put_mapping(self, text: str, file: str, signature: Signature, *, expected: int | None = None) -> Put:
        """Put a new version of a mapping into use, for the connectors that the hub manages.

        Raises:
            Invalid: with everything that is wrong with it.
            Outdated: another version than the `expected` one is in use.
            ManagedElsewhere: only connectors of config.yaml use it, and they go by its file.
        """
        mapping = read_mapping(text, file, self.in_use.targets)
        return self.database.write_again(
            lambda transaction: self.put_mapping_in(transaction, mapping.name, text, signature, expected)
        )

    def put_mapping_in(
        self, transaction: Transaction, name: str, text: str, signature: Signature, expected: int | None = None
    ) -> Put:
        """Like `put_mapping`, of one that is read already, as a part of something larger."""
        users = [row for row in connectors.all_of(transaction) if row.mapping == name and row.state != Life.RETIRED]
        if users and all(row.managed_by == CONFIG for row in users):
            by = ", ".join(row.name for row in users)
            raise ManagedElsewhere(f"the mapping {name} of {by}", "its file, as config.yaml is: change it there")
        version = versions.put(
            transaction, Kind.MAPPING, name, text, managed_by=HUB, signature=signature, expected=expected
        )
        return Put(name, version)

    def move(self, name: str, wanted: Move, signature: Signature) -> Moved:
        """Activate, pause, resume or retire a connector; the worker follows at the next page.

        Raises:
            Unregistered: there is no such connector.
            NotThatMove: it is in a state that this move does not start from.
            Invalid: it is to run, and its document or mapping cannot be used, or is still to be completed.
            ManagedElsewhere: config.yaml decides whether it is there at all.
        """
        if wanted in (Move.ACTIVATE, Move.RESUME):
            found = self.in_use.connector(name)
            if left := self._left_blank(name):
                raise Invalid(left)
            found.readable()

        def make(transaction: Transaction) -> Moved:
            if wanted in (Move.ACTIVATE, Move.RETIRE):
                registrations.refuse_configured(transaction, name)
            before, after = registrations.move(transaction, name, wanted, signature)
            resumed = wanted is Move.RESUME and before is after
            return Moved(name, before, after, resumed and watched.close_open_circuit(transaction, name))

        moved = self.database.write_again(make)
        return replace(moved, note=self._served_too(name)) if wanted is Move.ACTIVATE else moved

    def _left_blank(self, name: str) -> tuple[Finding, ...]:
        version = self.in_use.version(Kind.CONNECTOR, name, HUB)
        return () if version is None else blanks(parse(version.text, f"{name} v{version.version}"))

    def rollback(self, kind: Kind, name: str, version: int, signature: Signature) -> Put:
        """Put an old version's text into use again, as a new version.

        Raises:
            NoSuchVersion: there is none of that number.
            Invalid: what was right then is not right any more.
        """
        old = self.numbered(kind, name, version)
        file = f"{name} v{version}"
        if kind is Kind.MAPPING:
            return self.put_mapping(old.text, file, signature)
        return self.put_connector(self.read(old.text, file), signature)

    def numbered(self, kind: Kind, name: str, version: int) -> VersionRow:
        """One version of a document.

        Raises:
            NoSuchVersion: there is none of that number.
        """
        found = versions.numbered(self.database, kind, name, version)
        if found is None:
            raise NoSuchVersion(f"the {kind} {name} has no version {version}; `hub {kind} history {name}` lists them")
        return found

    def mapping_in_use(self, name: str, managed_by: str = HUB) -> MappingInUse:
        """The mapping that connectors which are managed so read with.

        Raises:
            UnknownMapping: there is no such document.
            Invalid: it was never used, and its file cannot be read.
        """
        version = self.in_use.version(Kind.MAPPING, name, managed_by)
        if version is None:
            return MappingInUse(name, None, CONFIG, text_of(self.in_use.shelves.path(name)))
        return MappingInUse(name, version.version, version.managed_by, version.text)

    def mapping_names(self) -> list[str]:
        """Every mapping that stands in a file."""
        return sorted(self.in_use.shelves.documents())

    def mapping_file(self, name: str) -> Path | None:
        """The file of a mapping, with its cases beside it; None where it is only in the hub."""
        return self.in_use.shelves.documents().get(name)

    def exported(self, name: str) -> dict[str, str]:
        """A connector's document and its mapping's, by the paths at which `hub apply` takes them.

        Raises:
            Unregistered: there is no such connector.
        """
        found = self.standing(name)
        mapping = self.in_use.version(Kind.MAPPING, found.row.mapping, found.row.managed_by)
        files = {f"connectors/{name}.yaml": found.version.text}
        return files | ({f"mappings/{found.row.mapping}/mapping.yaml": mapping.text} if mapping else {})


def _is_own(version: VersionRow | None) -> bool:
    return version is not None and version.managed_by == HUB


def _note(name: str, state: Life, problems: tuple[Finding, ...]) -> str:
    if problems:
        return "\n".join(sentence(f"It cannot be activated yet: {each.what}{_line_of(each)}") for each in problems)
    if state is Life.DRAFT:
        return f"Next: `hub check {name}` asks the department; `hub connector activate {name}` lets it run."
    return f"It stays {state}." if state is not Life.ACTIVE else ""


def _line_of(problem: Finding) -> str:
    """Where it is to be filled in; a mapping is missing elsewhere."""
    return f" in line {problem.line}" if ASK in problem.what else ""
