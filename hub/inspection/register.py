"""The register of connectors and mappings as API and console are handed it: they stand below the configuration."""

from collections import abc
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel

from connectors.contract import ConnectorType
from connectors.registry import Registry
from hub.inspection.catalogue_files import CatalogueFiles
from hub.inspection.line import Section
from hub.record.connector_state import Move
from hub.record.signature import Signature
from hub.store.clients import Client, Wanted
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.grant_codes import Unknown
from hub.store.registrations import Moved, Put, Standing
from hub.store.secrets import KeptSecret, Keyring
from hub.store.versions import HUB, Kind, MappingInUse, VersionRow
from hub.sync.kept import Reread
from mappings.engine.reading import Mapping
from mappings.engine.target import Targets
from mappings.engine.yaml_source import Finding


class Connection(Protocol):
    """A connector's type and its settings, secrets included."""

    @property
    def type(self) -> ConnectorType: ...

    @property
    def settings(self) -> BaseModel: ...

    @property
    def rereads(self) -> Reread | None: ...


class Registered(Protocol):
    """Everything that asking a connector and reading its records takes."""

    @property
    def section(self) -> Section: ...

    @property
    def connection(self) -> Connection: ...

    @property
    def mapping(self) -> Mapping | None: ...

    @property
    def problems(self) -> tuple[Finding, ...]: ...

    @property
    def row(self) -> ConnectorRow | None: ...

    @property
    def version(self) -> int: ...

    def readable(self) -> Mapping: ...


class Secrets(Protocol):
    """The hub's secrets: they are kept, told by name and forgotten, never shown."""

    def put(self, name: str, value: str, expires_on: date | None, by: Signature | None = None) -> None: ...

    def listed(self) -> list[KeptSecret]: ...

    def remove(self, name: str, by: Signature | None = None) -> bool: ...

    def keyring(self, *, make: bool = False) -> Keyring: ...


class ClientDocuments(Protocol):
    """How documents of clients are read and written; what each may raise stands in `hub.config.client`."""

    def read(self, text: str, file: str, name: str) -> Wanted: ...

    def document(self, client: Client) -> dict[str, Any]: ...

    def doubts(self, wanted: Wanted, unknown: Unknown, issuers: Collection[str]) -> list[str]: ...


class Document(Protocol):
    """A connector's document that has nothing wrong with it."""

    @property
    def connection(self) -> "ReadConnection": ...


class ReadConnection(Connection, Protocol):
    """What a document says of its connector: its section, and the names of the secrets that it uses."""

    @property
    def section(self) -> Section: ...

    @property
    def secrets(self) -> tuple[str, ...]: ...


class Register(Protocol):
    """The register of connectors, as `hub.config.register` keeps it; what each may raise stands there."""

    @property
    def database(self) -> Database: ...

    @property
    def vault(self) -> Secrets: ...

    @property
    def clients(self) -> ClientDocuments: ...

    @property
    def catalogues(self) -> CatalogueFiles: ...

    @property
    def targets(self) -> Targets: ...

    @property
    def registry(self) -> Registry: ...

    def schema(self, type_name: str) -> abc.Mapping[str, Any]: ...

    def read(self, text: str, file: str) -> Document:
        """A connector's document; asks neither network nor department.

        Raises:
            Invalid: with everything that is wrong with it.
        """
        ...

    def connector(self, name: str) -> Registered:
        """A connector in any state, as it is in use now.

        Raises:
            Unregistered: no connector has this name.
            Invalid: its document cannot be used.
        """
        ...

    def standing(self, name: str) -> Standing: ...

    def put_text(
        self, name: str, text: str, file: str, signature: Signature, *, expected: int | None = None
    ) -> Put: ...

    def put_mapping(self, text: str, file: str, signature: Signature, *, expected: int | None = None) -> Put: ...

    def move(self, name: str, wanted: Move, signature: Signature) -> Moved: ...

    def rollback(self, kind: Kind, name: str, version: int, signature: Signature) -> Put: ...

    def numbered(self, kind: Kind, name: str, version: int) -> VersionRow: ...

    def mapping_in_use(self, name: str, managed_by: str = HUB) -> MappingInUse: ...

    def mapping_names(self) -> list[str]: ...

    def mapping_file(self, name: str) -> Path | None: ...

    def exported(self, name: str) -> dict[str, str]: ...
