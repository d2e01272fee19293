"""From the configuration to live objects: the one place that knows every room."""

import os
import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from connectors.contract import Connector, Retry
from hub.config.file import Configuration, Connection
from hub.config.sections import ConnectorSection
from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS, OPEN_PREFIX, RecordField
from hub.store.connectors import Registration, register
from hub.store.database import Database, connect
from hub.store.schema import ensure_current
from hub.sync.owner import this_process
from hub.sync.retry import RetryBudget
from hub.sync.run import Source
from mappings.engine.library import Library, UnknownMapping
from mappings.engine.reading import Mapping
from mappings.engine.target import Field, Target, Type
from mappings.engine.yaml_source import Finding, Invalid


@dataclass(frozen=True, slots=True)
class Hub:
    """Everything that a command or a server needs."""

    configuration: Configuration
    database: Database
    sources: dict[str, Source]
    owner: str  # this process, for leases


def dossier_target() -> Target:
    """The record's fields, as the mapping room wants to hear of them."""
    lists = {name: _fields(columns) for name, columns in LIST_FIELDS.items()}
    return Target("dossier", _fields(DOSSIER_FIELDS), lists, open_prefixes=(OPEN_PREFIX,))


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
    target, shelves = dossier_target(), library(configuration)
    for at, connection in enumerate(configuration.connections):
        section = connection.section
        try:
            found[section.name] = shelves.mapping(section.mapping, target)
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
    ensure_current(database)
    return database


def open_hub(configuration: Configuration) -> Hub:
    """Open the store and register the connectors in it: for whoever runs them.

    Raises:
        StoreError: the database does not answer or is not at this version.
        Invalid: a mapping that a connector uses cannot be read.
    """
    reads = mappings(configuration)
    sources = {one.section.name: _source(one, reads[one.section.name]) for one in configuration.connections}
    database = open_store(configuration)
    register(database, [_registration(one.section) for one in configuration.connections])
    return Hub(configuration, database, sources, owner=this_process())


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


def _source(connection: Connection, reads: Mapping) -> Source:
    section = connection.section
    budget = RetryBudget(
        section.retry.attempts, section.retry.first_wait.total_seconds(), section.retry.longest_wait.total_seconds()
    )
    return Source(section.name, partial(_open, connection), reads, budget)


def _open(connection: Connection, retry: Retry) -> AbstractContextManager[Connector]:
    return connection.type.open(connection.settings, retry)


def _registration(section: ConnectorSection) -> Registration:
    return Registration(
        name=section.name,
        title=section.title,
        type=section.type,
        agency=section.agency,
        mapping=section.mapping,
        precedence=section.precedence,
        fresh_within=int(section.fresh_within.total_seconds()),
        cadence=section.schedule.text() if section.schedule else "",
    )


def _fields(fields: dict[str, RecordField]) -> dict[str, Field]:
    return {name: Field(Type(field.type), field.required, field.choices) for name, field in fields.items()}
