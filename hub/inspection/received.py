"""A record as it was received: its own bytes, and the answer that it came in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from connectors.charset import as_utf8
from connectors.errors import ConnectorError
from connectors.payload import charset_told
from hub.store import payloads
from hub.store.database import Database
from hub.store.payloads import Payload
from hub.store.registrations import Unregistered
from hub.store.secrets import SecretsLocked
from hub.sync.kept import Reread, opened
from mappings.engine.yaml_source import Invalid

Rereads: TypeAlias = Callable[[str], Reread | None]  # by a connector's name, as it is in use now


class Connection(Protocol):
    """A connector's type with its settings."""

    @property
    def rereads(self) -> Reread | None: ...


class Registered(Protocol):
    """A connector as it is in use."""

    @property
    def connection(self) -> Connection: ...


def rereads_by(connector: Callable[[str], Registered]) -> Rereads:
    """Rereads, where `connector` finds a connector by its name."""

    def of(name: str) -> Reread | None:
        try:
            return connector(name).connection.rereads
        except (Unregistered, Invalid, SecretsLocked):
            return None  # what was received can still be shown whole

    return of


_ENDINGS = {"json": "json", "xml": "xml", "csv": "csv", "x-ndjson": "ndjson"}


@dataclass(frozen=True, slots=True)
class Received:
    """What was received of one record."""

    connector: str
    key: str
    raw: bytes  # the record's own bytes, as it stood in the answer; empty where they cannot be told apart
    payload: Payload
    mapping: str  # that it was read with, as a run names it
    trouble: str = ""  # why `raw` is empty, for a person

    def text(self, *, whole: bool) -> str:
        """What a person can read of it: in the charset that it is really in, as far as that can be told."""
        data, told = (self.payload.body if whole else self.raw), charset_told(self.payload.media_type)
        try:
            return as_utf8(data, "", told=told).decode()
        except (ConnectorError, UnicodeDecodeError):
            return data.decode("utf-8", "replace")

    def file_name(self, *, whole: bool) -> str:
        """A name for a file with it, of plain letters only."""
        key = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in self.key)[:80]
        kind = self.payload.media_type.partition(";")[0].rpartition("/")[2]
        ending = _ENDINGS.get(kind, "txt")
        return f"{self.connector}.{key}{'.whole' if whole else ''}.{ending}"


def received(database: Database, connector: str, key: str, rereads: Rereads) -> Received | None:
    """The newest state of a record as it came; None where the hub has no such record."""
    found = payloads.pointer(database, connector, key)
    payload = None if found is None else payloads.read(database, found.payload_id)
    if found is None or payload is None:
        return None
    if found.raw is not None:
        return Received(connector, key, found.raw, payload, found.mapping)
    kept = opened(payload, rereads(connector))
    record = kept.record(key)
    if record is not None:
        return Received(connector, key, record.raw, payload, found.mapping)
    missing = f"by the present settings of {connector} its payload {payload.id} holds no record {key}"
    return Received(connector, key, b"", payload, found.mapping, kept.trouble or missing)
