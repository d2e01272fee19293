"""From the configuration to live objects: the one place that knows every room."""

import os
import secrets
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Map
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial

from connectors.contract import Connector, Retry
from connectors.fence import Fence, fenced
from connectors.registry import Registry
from hub.alerts.facts import Surroundings
from hub.alerts.policy import NotSent, Policy
from hub.config.alerting import policy
from hub.config.connector import Connection, read_connector
from hub.config.file import Configuration
from hub.config.in_use import InUse, Registered, with_mapping
from hub.config.recording import record
from hub.config.references import References, secrets_in
from hub.config.register import Register
from hub.config.vault import Vault
from hub.inspection.reach import fence
from hub.inspection.received import Rereads, rereads_by
from hub.outbox.webhooks.address import Allowed
from hub.outbox.webhooks.rules import Rules
from hub.record.entities import ENTITIES, Entity
from hub.record.fields import RecordField
from hub.store import connectors, versions
from hub.store.connectors import ConnectorRow
from hub.store.database import Database, connect
from hub.store.reads import SealKeys
from hub.store.registrations import Unregistered
from hub.store.schema import ensure_current
from hub.store.secrets import Keyring
from hub.sync import garbage
from hub.sync.completeness import Rule as CountRule
from hub.sync.counting import can_list
from hub.sync.owner import this_process
from hub.sync.reading_log import ReadLog
from hub.sync.source import Source
from mappings.engine.library import Library, UnknownMapping
from mappings.engine.reading import Mapping
from mappings.engine.target import Field, Target, Targets, Type
from mappings.engine.yaml_source import Finding, Invalid
from schedules.windows import closed_until


@dataclass(frozen=True, slots=True)
class Hub:
    """Everything that a command or a server needs."""

    configuration: Configuration
    database: Database
    in_use: InUse
    owner: str  # this process, for leases
    reads: ReadLog  # not begun: whoever serves or works for long begins and ends it

    def source(self, name: str) -> Source:
        """An active connector, ready to be run: built anew for each run, so that every change counts from the next on.

        Raises:
            Unregistered: there is no such connector.
            Invalid: its document or its mapping cannot be used.
        """
        kept = fence(self.configuration.config.web.local_systems)
        return source_of(self.in_use.connector(name), kept if versions.is_by_department(self.database, name) else None)

    def count_rule(self, name: str) -> CountRule | None:
        """How a connector's days are counted; None where they are not, or cannot be."""
        try:
            found = self.in_use.connector(name)
        except (Invalid, Unregistered):  # its next run says what is wrong with it
            return None
        return found.section.completeness.read() if can_list(partial(_open, found.connection)) else None

    def mapping(self, row: ConnectorRow) -> Mapping:
        """The mapping that a connector's runs read with.

        Raises:
            UnknownMapping: there is no such document.
            Invalid: it cannot be read.
        """
        return self.in_use.mapping(row.mapping, row.managed_by)

    def names(self) -> list[str]:
        """The connectors that are run."""
        return sorted(connectors.active_names(self.database))


def record_targets() -> Targets:
    """What records can become, as the mapping room wants to hear of it."""
    return {name: _target(name, entity) for name, entity in ENTITIES.items()}


def library(configuration: Configuration) -> Library:
    """The configured folders of mappings, then those that come with the hub."""
    return Library([configuration.root / folder for folder in configuration.config.mappings.folders])


def mappings(configuration: Configuration) -> dict[str, Mapping]:
    """The mapping of every connector, ready to read.

    Raises:
        Invalid: with everything that is wrong with any of them.
    """
    found: dict[str, Mapping] = {}
    findings: list[Finding] = []
    targets, shelves = record_targets(), library(configuration)
    for at, connection in enumerate(configuration.connections):
        section = connection.section
        try:
            found[section.name] = shelves.mapping(section.mapping, targets)
        except UnknownMapping as error:
            findings.append(configuration.source.finding(("connectors", at, "mapping"), str(error), error.hint))
        except Invalid as invalid:
            findings += invalid.findings
    if findings:
        raise Invalid(findings)
    return found


def open_store(configuration: Configuration) -> Database:
    """Connect to the store (made ready where it is the embedded one): enough for whoever only looks.

    Raises:
        StoreError: the database does not answer or is not at this version.
    """
    database = connect(configuration.config.database.url, configuration.root)
    try:
        ensure_current(database)
    except BaseException:
        database.close()
        raise
    return database


def open_hub(configuration: Configuration) -> Hub:
    """Open the store and record in it what config.yaml and mapping files say: for whoever runs the connectors.

    Raises:
        StoreError: the database does not answer or is not at this version.
        Invalid: a mapping that a connector of config.yaml uses cannot be read, or the hub manages that connector.
    """
    mappings(configuration)
    database = open_store(configuration)
    try:
        record(configuration, library(configuration), record_targets(), database)
    except BaseException:
        database.close()
        raise
    garbage.rarely_looked_for()
    used = in_use(configuration, database)
    return Hub(configuration, database, used, this_process(), reading_log(configuration, database))


def in_use(configuration: Configuration, database: Database, registry: Registry | None = None) -> InUse:
    """Connectors and mappings by name, as they are in use now."""
    references = References(configuration.environment, vault(configuration, database).look_up)
    return InUse(database, registry or Registry(), library(configuration), record_targets(), references)


def rereads(configuration: Configuration, database: Database) -> Rereads:
    """How kept payloads become records again, by the name of their connector."""
    return rereads_by(in_use(configuration, database).connector)


def reading_log(configuration: Configuration, database: Database) -> ReadLog:
    """Where this process notes who read personal data."""
    folder = configuration.root / configuration.config.reads.folder
    return ReadLog(database, read_keys(configuration, database), folder, configuration.config.reads.keep)


def read_keys(configuration: Configuration, database: Database) -> Callable[[], SealKeys]:
    """What seals the log of reads; opened when it is needed."""
    return lambda: SealKeys.derived(vault(configuration, database).keys())


def webhook_rules(configuration: Configuration, database: Database) -> Rules:
    """How subscribers are told of changes."""
    section, config = configuration.config.webhooks, configuration.config
    return Rules(
        Allowed(section.hosts, section.plain_http),
        vault(configuration, database),
        section.timeout.total_seconds(),
        section.senders,
        config.due.near,
        None if section.ca_file is None else configuration.root / section.ca_file,
    )


def alert_policy(configuration: Configuration, database: Database) -> Policy:
    """What is an alert, and who hears of it."""
    config = configuration.config
    return policy(config.alerts, config.webhooks, configuration.root, partial(_opened, configuration, database))


def surroundings(hub: Hub) -> Surroundings:
    """What alerts look at besides the store."""
    root, url = hub.configuration.root, hub.database.engine.url
    folders = [root / "var", root / hub.configuration.config.exports.folder]
    if hub.database.is_sqlite and url.database:
        folders.insert(0, (root / url.database).parent)
    return Surroundings(folders, read_keys(hub.configuration, hub.database))


def _opened(configuration: Configuration, database: Database, text: str) -> str:
    """What a channel signs in with: the hub's own secret where a reference to one stands there.

    Raises:
        NotSent: there is no such secret, or it cannot be opened.
    """
    for name in secrets_in(text):
        found = vault(configuration, database).look_up(name)
        if not isinstance(found, str):
            raise NotSent(": ".join(found))
        return found
    return text


def vault(configuration: Configuration, database: Database) -> Vault:
    """The hub's secrets."""
    key = configuration.config.secrets.key
    return Vault(
        database,
        key.get_secret_value() if key else None,
        configuration.root / "var" / "secrets.key",
        configuration.environment,
    )


def keyring(configuration: Configuration, database: Database) -> Callable[[], Keyring]:
    """What seals second factors; opened when it is needed, and made where there was none."""
    return lambda: vault(configuration, database).keyring(make=True)


def register(configuration: Configuration, database: Database) -> Register:
    """What changes connectors, mappings and secrets at run time."""
    return Register(database, in_use(configuration, database), vault(configuration, database))


def registered(configuration: Configuration, name: str) -> Registered:
    """The connector called `name`, whatever its state: section, type, settings (secrets included) and mapping.

    From config.yaml where it stands there, as it stands there now; else from the store, its newest version. Mapping
    files are read as they are now. This is for whoever looks (check, discover, preview); runs and what answers for
    hours ask `Hub.in_use.connector(name)`, which goes by what the store recorded. In both, `readable()` gives the
    mapping or raises, and `problems` are the findings where there is none.

    Raises:
        Unregistered: no connector has this name.
        Invalid: with everything that is wrong with its section.
        StoreError: the database is needed and does not answer.
    """
    at = configuration.place(name)
    if at is not None and not any(secrets_in(configuration.section(at).data)):
        return _from_file(configuration, at, configuration.connections[at], None)
    database = open_store(configuration)
    try:
        if at is None:
            return in_use(configuration, database).connector(name, newest_files=True)
        references = References(configuration.environment, vault(configuration, database).look_up)
        connection = read_connector(configuration.section(at), Registry(), references)
        return _from_file(configuration, at, connection, connectors.found(database, name))
    finally:
        database.close()


def _from_file(configuration: Configuration, at: int, connection: Connection, row: ConnectorRow | None) -> Registered:
    shelves, targets = library(configuration), record_targets()
    return with_mapping(connection, configuration.section(at), row, 0, lambda name: shelves.mapping(name, targets))


def session_key(configuration: Configuration) -> bytes:
    """What signs the console's cookies: the configured key, or one made once and kept readable for its owner only."""
    configured = configuration.config.web.secret_key
    if configured is not None:
        return configured.get_secret_value().encode()
    kept = configuration.root / "var" / "session.key"
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not kept.exists():
        # Written aside and moved: another process never reads half a key.
        written = kept.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        written.replace(kept)
    return kept.read_bytes()


def source_of(found: Registered, kept: Fence | None = None) -> Source:
    """A connector as a run sees it. `kept` holds to the department's own systems whatever a department has written:
    an answer may name the next address, and a host's name may lead elsewhere than when the document was looked over.

    Raises:
        Invalid: there is no mapping to read its records with.
    """
    connection, section = found.connection, found.section
    return Source(
        section.name,
        partial(_open, connection) if kept is None else partial(_open_inside, kept, connection),
        found.readable(),
        budget=section.retry.read(),
        limits=section.limits.read(),
        rule=section.circuit.read(),
        on_drift=section.on_drift.read(),
        on_gone=section.on_gone.read(),
        stop_when=section.stop_when.read(),
        closed_until=partial(closed_until, section.blackout),
        warn_before=section.warn_before,
        secrets=connection.secrets,
        reread=connection.rereads,
    )


def _open(connection: Connection, retry: Retry) -> AbstractContextManager[Connector]:
    return connection.type.open(connection.settings, retry)


@contextmanager
def _open_inside(kept: Fence, connection: Connection, retry: Retry) -> Iterator[Connector]:
    with fenced(kept), _open(connection, retry) as connector:
        yield connector


def _target(name: str, entity: Entity) -> Target:
    lists = {name: _fields(columns) for name, columns in entity.lists.items()}
    prefixes = (entity.open_prefix,) if entity.open_prefix else ()
    return Target(name, _fields(entity.fields), lists, open_prefixes=prefixes)


def _fields(fields: Map[str, RecordField]) -> dict[str, Field]:
    return {
        name: Field(Type(field.type), field.required, field.choices, field.longest) for name, field in fields.items()
    }
