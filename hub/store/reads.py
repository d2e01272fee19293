"""The log of who read personal data: rows are only ever added, each sealed together with the one before it.

A seal is an HMAC under a key that is not in the database: whoever has the database alone can damage the chain, and
be found out by `hub.store.reads_verified`, but cannot forge one.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeAlias

import orjson
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import func, insert, select, update

from hub.record.personal import traces
from hub.store.access_tables import reads, reads_head
from hub.store.database import Database, StoreError, Transaction

HEAD = 1  # the one row of `reads_head`
_CLIENT, _PERSON, _ADDRESS, _PURPOSE, _REQUEST, _WHAT = 80, 200, 60, 500, 40, 8000
_ID_BYTES, _IDS = 8, 1000  # of one row


class Action(StrEnum):
    """How personal data were shown."""

    ONE = "one"  # dossier, by its code
    LIST = "list"
    SEVERAL = "several"  # dossiers, by their codes
    FEED = "feed"
    EXPORT = "export"
    WEBHOOK = "webhook"
    PAGE = "page"  # of the console or the portal
    SOURCE = "source"  # records of a department as they were received
    RETENTION = "retention"  # nobody read: rows before were kept long enough


@dataclass(frozen=True, slots=True)
class Read:
    """One read: who, what, when, why, from where. It holds no value of a person."""

    at: datetime
    client: str
    action: Action
    dossiers: tuple[int, ...]
    records: int  # how many dossiers, or records of a source, were shown
    what: dict[str, Any]  # {filter, fields, groups}
    person: str | None = None  # on whose behalf
    address: str = ""
    purpose: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class SealKeys:
    """What seals and traces are made with: the first key of each makes them, all of them are tried to find."""

    seals: tuple[bytes, ...]
    traces: tuple[bytes, ...]

    @classmethod
    def derived(cls, masters: Sequence[bytes]) -> "SealKeys":
        """From the keys that open the hub's secrets."""
        return cls(
            *(tuple(_derived(key, use) for key in masters) for use in (b"hub reads: seals", b"hub reads: traces"))
        )

    def traces_of(self, value: str) -> tuple[str, ...]:
        """What the log has of a read that looked for this very value, under each of the keys."""
        return tuple(trace for key in self.traces for trace in traces(key, value)[:1])


Keys: TypeAlias = Callable[[], SealKeys]


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends, and where what is kept of it begins."""

    last: int
    seal: bytes
    first: int  # of the last one that was kept long enough
    first_seal: bytes

    @property
    def anchor(self) -> str:
        """What is kept outside of the database, to hold the chain against: `ID:SEAL`."""
        return f"{self.last}:{self.seal.hex()}"


def lines(read: Read, what: dict[str, Any]) -> list[bytes]:
    """A read as a spool keeps it, with `what` in place of its own: one line, or several of very many dossiers.

    It is made to fit the table: nothing too long, nothing that PostgreSQL has no letters for. `read_line` is the way
    back.
    """
    who = (
        read.at,
        _text(read.client, _CLIENT),
        None if read.person is None else _text(read.person, _PERSON),
        _text(read.address, _ADDRESS),
        read.action,
        _text(read.purpose, _PURPOSE),
    )
    ids, request = read.dossiers, _text(read.request, _REQUEST)
    if len(ids) <= _IDS:
        line = _line((*who, ids, read.records, what, request))
        if len(line) <= _WHAT or len(orjson.dumps(what)) <= _WHAT:
            return [line]
        return [_line((*who, ids, read.records, {"groups": what.get("groups"), "cut": True}, request))]
    cut = (ids[at : at + _IDS] for at in range(0, len(ids), _IDS))
    return [_line((*who, some, len(some), what, request)) for some in cut]


def read_line(line: bytes) -> Read:
    """A line of a spool.

    Raises:
        ValueError: it is none; it may have been cut.
    """
    try:
        at, client, person, address, action, purpose, dossiers, records, what, request = orjson.loads(line)
        when = datetime.fromisoformat(at)
        ids = tuple(map(int, dossiers))
        return Read(when, client, Action(action), ids, int(records), dict(what), person, address, purpose, request)
    except TypeError as error:
        raise ValueError(str(error)) from error


def take_in(database: Database, keys: SealKeys, spool: str, lines: Sequence[tuple[int, Read]]) -> int:
    """Add what a spool holds at these places, in their order; those that are there already are passed over.

    Returns how many were added. All of them are there afterwards, or none.
    """

    def add(transaction: Transaction) -> int:
        head = held_head(transaction)
        known = transaction.scalar(select(func.max(reads.c.line)).where(reads.c.spool == spool))
        fresh = [(line, read) for line, read in lines if known is None or line > known]
        append(transaction, keys, head, spool, fresh)
        return len(fresh)

    return database.write_again(add)


def held_head(transaction: Transaction) -> Head:
    """The head, held until the commit, so that rows follow each other without a gap."""
    return _head(transaction.execute(_SELECT_HEAD.with_for_update()).one_or_none())


def head_of(database: Database) -> Head:
    """The head as it is now."""
    with database.read() as connection:
        return read_head(connection)


def read_head(connection: Transaction) -> Head:
    """The head as a transaction sees it."""
    return _head(connection.execute(_SELECT_HEAD).one_or_none())


def append(transaction: Transaction, keys: SealKeys, head: Head, spool: str, lines: Sequence[tuple[int, Read]]) -> None:
    """Add rows after the head, which the transaction holds."""
    rows: list[dict[str, Any]] = []
    last, seal = head.last, head.seal
    for line, read in lines:
        last += 1
        row = _row(last, read, spool, line)
        seal = sealed(keys.seals[0], seal, row)
        rows.append(row | {"seal": seal})
    if rows:
        transaction.execute(insert(reads), rows)
        transaction.execute(update(reads_head).where(reads_head.c.id == HEAD).values(last=last, seal=seal))


def sealed(key: bytes, before: bytes, row: dict[str, Any]) -> bytes:
    """The seal of a row (its columns but for the seal) that stands after the one with the seal `before`."""
    dossiers, at = row["dossiers"], row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    values = [row[name] for name in _SEALED]
    body = orjson.dumps([at, None if dossiers is None else bytes(dossiers).hex(), *values], option=orjson.OPT_SORT_KEYS)
    return hmac.digest(key, before + body, "sha256")


def packed(ids: Sequence[int]) -> bytes:
    """Ids as one value."""
    return b"".join(one.to_bytes(_ID_BYTES) for one in ids)


def unpacked(dossier_id: int | None, ids: bytes | None) -> list[int]:
    """The ids of a row."""
    if ids is None:
        return [] if dossier_id is None else [dossier_id]
    return [int.from_bytes(ids[at : at + _ID_BYTES]) for at in range(0, len(ids), _ID_BYTES)]


_SEALED = (
    *("id", "client", "person", "address", "action", "purpose", "dossier_id", "records"),
    *("what", "request", "spool", "line"),
)
_SELECT_HEAD = select(reads_head.c.last, reads_head.c.seal, reads_head.c.first, reads_head.c.first_seal).where(
    reads_head.c.id == HEAD
)


def _row(number: int, read: Read, spool: str, line: int) -> dict[str, Any]:
    one = len(read.dossiers) == 1
    return {
        "id": number,
        "at": read.at,
        "client": read.client,
        "person": read.person,
        "address": read.address,
        "action": str(read.action),
        "purpose": read.purpose,
        "dossier_id": read.dossiers[0] if one else None,
        "dossiers": None if one or not read.dossiers else packed(read.dossiers),
        "records": read.records,
        "what": orjson.loads(orjson.dumps(read.what)),  # as it will be read back
        "request": read.request,
        "spool": spool,
        "line": line,
    }


def _head(row: Any) -> Head:
    if row is None:
        raise StoreError(
            "the head of the log of reads is gone from the database (table reads_head): somebody removed it; "
            "restore it from a backup, and look at who can write to the database"
        )
    return Head(row.last, bytes(row.seal), row.first, bytes(row.first_seal))


def _line(said: tuple[Any, ...]) -> bytes:
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)


def _text(value: str, longest: int) -> str:
    """Half a character or a NUL can be kept by nobody."""
    if value.isascii() and len(value) <= longest and "\0" not in value:
        return value
    return value[:longest].replace("\0", "�").encode("utf-8", "replace").decode()


def _derived(master: bytes, use: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=use).derive(master)
