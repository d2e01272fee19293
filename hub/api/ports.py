"""What the API asks of the rooms above it: they are handed to the application, it never imports them."""

from collections.abc import Collection, Hashable
from datetime import date, timedelta
from typing import Any, Protocol, cast

from flask import current_app
from pydantic import BaseModel

from connectors.contract import ConnectorType
from hub.api.settings import Settings
from hub.inspection.line import Section
from hub.record.connector_state import Move
from hub.record.signature import Signature
from hub.store.clients import Client, Wanted
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.grant_codes import Unknown
from hub.store.registrations import Moved, Put, Standing
from hub.store.secrets import KeptSecret, Keyring
from hub.store.versions import Kind, MappingInUse, VersionRow
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

    def put(self, name: str, value: str, expires_on: date | None) -> None: ...

    def listed(self) -> list[KeptSecret]: ...

    def remove(self, name: str) -> bool: ...

    def keyring(self, *, make: bool = False) -> Keyring: ...


class ClientDocuments(Protocol):
    """How documents of clients are read and written; what each may raise stands in `hub.config.client`."""

    def read(self, text: str, file: str, name: str) -> Wanted: ...

    def document(self, client: Client) -> dict[str, Any]: ...

    def doubts(self, wanted: Wanted, unknown: Unknown, issuers: Collection[str]) -> list[str]: ...


class Register(Protocol):
    """The register of connectors, as `hub.config.register` keeps it; what each may raise stands there."""

    @property
    def database(self) -> Database: ...

    @property
    def vault(self) -> Secrets: ...

    @property
    def clients(self) -> ClientDocuments: ...

    @property
    def targets(self) -> Targets: ...

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

    def mapping_in_use(self, name: str) -> MappingInUse: ...

    def exported(self, name: str) -> dict[str, str]: ...


class Waiters(Protocol):
    """Requests that wait for the change feed, as `hub.web.waiting` counts them."""

    def wait(self, who: Hashable, position: int, seconds: float) -> bool:
        """Wait until the feed is past a position or the time is over; False: there is no place to wait."""
        ...


def register() -> Register:
    """The application's register."""
    return cast("Register", current_app.extensions["hub.register"])


def database() -> Database:
    """The application's database."""
    return cast("Database", current_app.extensions["hub.database"])


def settings() -> Settings:
    """What the configuration tells the web part."""
    return cast("Settings", current_app.extensions["hub.settings"])


def near_due() -> timedelta:
    """How long before its due date a dossier counts as near it."""
    return cast("timedelta", current_app.extensions["hub.near_due"])


def waiters() -> Waiters:
    """Where a request waits for the change feed."""
    return cast("Waiters", current_app.extensions["hub.waiters"])
