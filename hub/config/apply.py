"""`hub apply`: makes the register say what a folder says. All of it in one transaction, or nothing."""

import difflib
from dataclasses import dataclass
from enum import StrEnum

from hub.config.folder import Folder
from hub.config.register import Document, Register
from hub.record.connector_state import Life, Move
from hub.record.signature import Signature
from hub.store import connectors, registrations, versions
from hub.store.connectors import ConnectorRow
from hub.store.database import Transaction
from hub.store.registrations import ManagedElsewhere
from hub.store.versions import CONFIG, HUB, Kind, VersionRow
from mappings.engine.yaml_source import Finding, Invalid


class Action(StrEnum):
    """What happens to a connector or a mapping."""

    CREATE = "create"
    CHANGE = "change"
    TAKE_OVER = "take over"  # a mapping of which a file says the same: from now on the hub's own
    ACTIVATE = "activate"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that applying a folder does."""

    kind: Kind
    name: str
    action: Action
    diff: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for besides the documents."""

    prune: bool = False  # retire the hub's own connectors that are not in the folder
    activate: bool = False  # let drafts run


class WouldRetireAll(Exception):
    """Pruning with a folder that has no connector would retire every connector of the hub."""


def apply(register: Register, folder: Folder, wishes: Wishes, signature: Signature, *, dry: bool) -> list[Change]:
    """Make the register say what the folder says, and tell every change; with `dry` only tell.

    Raises:
        Invalid: a connector of the folder stands in config.yaml.
        ManagedElsewhere: a mapping is used by connectors of config.yaml alone.
        WouldRetireAll: there is no connector in the folder.
    """
    if wishes.prune and not folder.documents:
        raise WouldRetireAll(
            "--prune would retire every connector: the folder has none in connectors/. Nothing was done."
        )
    if dry:
        with register.database.read() as connection:
            return _changes(connection, folder, wishes)

    def make(transaction: Transaction) -> list[Change]:
        changes = _changes(transaction, folder, wishes)
        for name, text in folder.mappings.items():
            register.put_mapping_in(transaction, name, text, signature)
        for document in folder.documents:
            register.put_in(transaction, document, signature, ())
        used = {document.connection.section.mapping for document in folder.documents}
        register.record_files(transaction, used, signature)
        for change in changes:
            if change.action in (Action.ACTIVATE, Action.RETIRE):
                registrations.move(transaction, change.name, Move(change.action), signature)
        return changes

    return register.database.write_again(make)


def difference(before: VersionRow | None, name: str, text: str, label: str) -> str:
    """What changes from a version to a text, as unified diff."""
    old = before.text.splitlines() if before else []
    lines = difflib.unified_diff(
        old, text.splitlines(), f"{name} v{before.version}" if before else "nothing", label, lineterm=""
    )
    return "\n".join(lines)


def _changes(transaction: Transaction, folder: Folder, wishes: Wishes) -> list[Change]:
    rows = {row.name: row for row in connectors.all_of(transaction)}
    _refuse_configured(folder, rows)
    changes = [
        change
        for name, text in folder.mappings.items()
        if (change := _change(transaction, Kind.MAPPING, name, text, f"mappings/{name}/mapping.yaml"))
    ]
    for document in folder.documents:
        name = document.connection.section.name
        if change := _change(transaction, Kind.CONNECTOR, name, document.text, document.written.file):
            changes.append(change)
        if wishes.activate and (name not in rows or rows[name].state == Life.DRAFT):
            changes.append(Change(Kind.CONNECTOR, name, Action.ACTIVATE))
    if wishes.prune:
        kept = {document.connection.section.name for document in folder.documents}
        changes += [
            Change(Kind.CONNECTOR, row.name, Action.RETIRE)
            for row in rows.values()
            if row.managed_by == HUB and row.state != Life.RETIRED and row.name not in kept
        ]
    return changes


def _change(transaction: Transaction, kind: Kind, name: str, text: str, label: str) -> Change | None:
    used = versions.in_use(transaction, kind, name, HUB)
    if not versions.differs(used, kind, text, HUB):
        return None
    if used is None:
        return Change(kind, name, Action.CREATE, difference(None, name, text, label))
    diff = difference(used, name, text, label)
    return Change(kind, name, Action.CHANGE if diff else Action.TAKE_OVER, diff)


def _refuse_configured(folder: Folder, rows: dict[str, ConnectorRow]) -> None:
    def configured(document: Document) -> bool:
        row = rows.get(document.connection.section.name)
        return row is not None and row.managed_by == CONFIG and row.state != Life.RETIRED

    findings: list[Finding] = [
        document.written.finding(("name",), str(ManagedElsewhere(document.connection.section.name, CONFIG)))
        for document in folder.documents
        if configured(document)
    ]
    if findings:
        raise Invalid(findings)
