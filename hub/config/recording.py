"""What config.yaml and the mapping files say is recorded in the store when the hub starts, as one more version each."""

from datetime import UTC, datetime

from hub.config.file import Configuration
from hub.config.mapping import text_of
from hub.config.sections import ConnectorSection
from hub.record.signature import Signature
from hub.store import connectors, registrations, versions, watched
from hub.store.database import Database, Transaction
from hub.store.registrations import CONFIG_FILE, ManagedElsewhere, Registration
from hub.store.versions import CONFIG, HUB, Kind
from mappings.engine.library import Library
from mappings.engine.target import Targets
from mappings.engine.yaml_source import Invalid


def record(configuration: Configuration, shelves: Library, targets: Targets, database: Database) -> None:
    """Make the connectors of config.yaml the registered ones of it, and keep what they and their mappings say.

    Raises:
        Invalid: one of them is managed by the hub already.
    """
    now = datetime.now(UTC)
    _refuse_taken_names(configuration, database)
    database.write_again(lambda transaction: _record(transaction, configuration, now))
    used = {row.mapping for row in connectors.listed(database)}
    database.write_again(lambda transaction: record_mappings(transaction, shelves, targets, used, now))


def record_mappings(
    transaction: Transaction, shelves: Library, targets: Targets, names: set[str], now: datetime
) -> None:
    """Keep what the files of these mappings say, so that what a run read with can always be looked up."""
    documents = shelves.documents()
    for name in sorted(names & documents.keys()):
        path = documents[name]
        try:
            shelves.mapping(name, targets)
            text = text_of(path)
        except Invalid:
            continue  # a broken file is told where it is used; the version before stays in use
        signature = Signature("file", f"read from {path}", now)
        versions.put(transaction, Kind.MAPPING, name, text, managed_by=CONFIG, signature=signature)


def registration_of(section: ConnectorSection) -> Registration:
    """What the store keeps at hand of a section."""
    return Registration(
        name=section.name,
        title=section.title,
        type=section.type,
        agency=section.agency,
        mapping=section.mapping,
        precedence=section.precedence,
        precedence_for=section.precedence_for or None,
        fresh_within=int(section.fresh_within.total_seconds()),
        cadence=section.timetable(),
        owner=section.owner,
        contact=section.contact,
        limits=section.limits.model_dump(exclude_defaults=True) or None,
    )


def _record(transaction: Transaction, configuration: Configuration, now: datetime) -> None:
    sections = configuration.config.connectors
    registrations.configure(transaction, [registration_of(section) for section in sections], now)
    for at, section in enumerate(sections):
        text, signature = configuration.document(at), Signature(CONFIG_FILE, "read at start", now)
        if versions.put(transaction, Kind.CONNECTOR, section.name, text, managed_by=CONFIG, signature=signature):
            watched.close_circuit(transaction, section.name)


def _refuse_taken_names(configuration: Configuration, database: Database) -> None:
    taken = {row.name for row in connectors.listed(database) if row.managed_by != CONFIG}
    findings = [
        configuration.source.finding(("connectors", at, "name"), str(ManagedElsewhere(section.name, HUB)))
        for at, section in enumerate(configuration.config.connectors)
        if section.name in taken
    ]
    if findings:
        raise Invalid(findings)
