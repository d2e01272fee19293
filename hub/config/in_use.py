"""What is in use: a connector by its name, built from the newest version of its document and of its mapping's."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from connectors.registry import Registry
from hub.config.connector import Connection, read_connector
from hub.config.mapping import read_mapping
from hub.config.references import References
from hub.config.sections import ConnectorSection
from hub.store import connectors, versions
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.registrations import Unregistered
from hub.store.versions import HUB, Kind, VersionRow
from mappings.engine.library import Library, UnknownMapping
from mappings.engine.reading import Mapping
from mappings.engine.target import Targets
from mappings.engine.yaml_source import Finding, Invalid, Source, parse


@dataclass(frozen=True, slots=True)
class Registered:
    """Everything that asking a connector and reading its records takes, secrets included: for use, not to be shown."""

    connection: Connection
    mapping: Mapping | None  # None: there is none to read with; `problems` says why
    problems: tuple[Finding, ...]
    row: ConnectorRow | None  # as it stands in the store; None: it is in config.yaml only, so far
    version: int  # of its document; 0: in config.yaml only, so far
    unmapped: bool = False  # there is no mapping of that name at all

    @property
    def section(self) -> ConnectorSection:
        """What its document says."""
        return self.connection.section

    def readable(self) -> Mapping:
        """The mapping.

        Raises:
            Invalid: there is none, or it cannot be read.
        """
        if self.mapping is None:
            raise Invalid(self.problems)
        return self.mapping


@dataclass(frozen=True, slots=True)
class InUse:
    """Looks into the store at every call, so that a change counts from the next run on, in every process."""

    database: Database
    registry: Registry
    shelves: Library
    targets: Targets
    references: References
    _compiled: dict[tuple[str, int], Mapping] = field(default_factory=dict)

    def connector(self, name: str, *, newest_files: bool = False) -> Registered:
        """A connector in any state, with the mapping that its runs use.

        With `newest_files` a mapping that stands in a file is read from there as it is now: for whoever
        works on it. Runs use what was recorded when the hub was started or the connector registered.

        Raises:
            Unregistered: no connector has this name.
            Invalid: its document cannot be used (any more).
        """
        row = connectors.found(self.database, name)
        version = self.version(Kind.CONNECTOR, name, HUB)
        if row is None or version is None:
            raise Unregistered(name, [each.name for each in connectors.listed(self.database)])
        written = parse(version.text, f"{name} v{version.version}")
        connection = read_connector(written, self.registry, self.references)
        reads = partial(self.mapping, managed_by=row.managed_by, newest_files=newest_files)
        return with_mapping(connection, written, row, version.version, reads)

    def mapping(self, name: str, managed_by: str, *, newest_files: bool = False) -> Mapping:
        """The mapping that connectors which are managed so read with: the hub's own goes before files for its own.

        Raises:
            UnknownMapping: there is no such document.
            Invalid: it cannot be read.
        """
        version = self.version(Kind.MAPPING, name, managed_by)
        if version is None or (newest_files and version.managed_by != HUB):
            return self.shelves.mapping(name, self.targets)
        key = name, version.version
        if key not in self._compiled:
            self._compiled[key] = read_mapping(version.text, f"{name} v{version.version}", self.targets)
        return self._compiled[key]

    def version(self, kind: Kind, name: str, managed_by: str) -> VersionRow | None:
        """The version of a document that is in use."""
        with self.database.read() as connection:
            return versions.in_use(connection, kind, name, managed_by)


def with_mapping(
    connection: Connection, written: Source, row: ConnectorRow | None, version: int, reads: Callable[[str], Mapping]
) -> Registered:
    """A connector whose document is read already, with the mapping that `reads` finds by its name."""
    try:
        return Registered(connection, reads(connection.section.mapping), (), row, version)
    except UnknownMapping as error:
        problem = written.finding(("mapping",), str(error), error.hint)
        return Registered(connection, None, (problem,), row, version, unmapped=True)
    except Invalid as invalid:
        return Registered(connection, None, invalid.findings, row, version)
