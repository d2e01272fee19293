"""What was changed by whom: one row for each change, written in the transaction of the change itself.

No secret stands in one: whoever changes a secret, a key or a password notes that it was done and never its value.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, insert, select

from hub.record.signature import Signature
from hub.store.database import Database
from hub.store.people_tables import acts

HUB = "hub"  # the author of what nobody asked for
_LONGEST = 64 * 1024  # of a document before or after, in letters
_AT_A_TIME = 500


class Kind(StrEnum):
    """What was changed."""

    CONNECTOR = "connector"
    MAPPING = "mapping"
    SECRET = "secret"  # noqa: S105 - a word, not a secret
    CLIENT = "client"
    KEY = "key"  # of a client
    SUBSCRIPTION = "subscription"
    PERSON = "person"
    SESSION = "session"
    SILENCE = "silence"
    ALERT = "alert"
    RULE = "rule"  # of alerts
    REMOVAL = "removal"
    PARTING = "parting"
    QUARANTINE = "quarantine"
    RUN = "run"
    CALENDAR = "calendar"
    CATALOGUE = "catalogue"
    FEED = "feed"
    EXPORT = "export"
    READS = "reads"  # the log of reads itself


class Act(StrEnum):
    """What was done to it."""

    MADE = "made"
    CHANGED = "changed"
    REMOVED = "removed"
    ACTIVATED = "activated"
    PAUSED = "paused"
    RESUMED = "resumed"
    RETIRED = "retired"
    ROLLED_BACK = "rolled_back"
    RENEWED = "renewed"  # a secret, a key, the feed
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    REFUSED = "refused"  # also: a sign-in that was wrong
    APPROVED = "approved"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    TAKEN_BACK = "taken_back"
    ANSWERED = "answered"
    ASKED = "asked"  # for a run, an export
    CANCELLED = "cancelled"
    SENT_AGAIN = "sent_again"
    TESTED = "tested"
    DROPPED = "dropped"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class ActRow:
    """One change."""

    id: int
    at: datetime
    author: str
    kind: str
    name: str
    act: str
    before: str | None
    after: str | None
    version: int | None
    reason: str
    connector: str | None


@dataclass(frozen=True, slots=True)
class Sought:
    """Which acts; None: any."""

    author: str | None = None
    kind: Kind | None = None
    name: str | None = None
    connector: str | None = None
    since: datetime | None = None
    until: datetime | None = None


_COLUMNS = tuple(acts.c[name] for name in ActRow.__slots__)


def note(
    transaction: Connection,
    signature: Signature,
    kind: Kind,
    name: str,
    act: Act,
    *,
    before: str | None = None,
    after: str | None = None,
    version: int | None = None,
    connector: str | None = None,
) -> None:
    """Write down one change. `before` and `after` hold no secret: `told` makes them of a document.

    `version` is the new one of a document whose texts are in `versions`, so that they need not stand here too.
    """
    values: dict[str, Any] = {
        "at": signature.at,
        "author": _text(signature.author, 80),
        "kind": kind,
        "name": _text(name, 200),
        "act": act,
        "before": None if before is None else _text(before, _LONGEST),
        "after": None if after is None else _text(after, _LONGEST),
        "version": version,
        "reason": _text(signature.reason, _LONGEST),
        "connector": connector,
    }
    transaction.execute(insert(acts).values(**values))


def signed(by: Signature | None, now: datetime) -> Signature:
    """Who did it; the hub itself where nobody is said."""
    return by or Signature(HUB, "", now)


def told(document: Mapping[str, Any]) -> str:
    """A document as `note` keeps it: JSON, its fields in order, so that two of them can be held beside each other."""
    return orjson.dumps(document, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()


def listed(database: Database, sought: Sought, before: int | None = None, limit: int = 50) -> list[ActRow]:
    """Acts, newest first; those before an id."""
    query = select(*_COLUMNS).where(*_conditions(sought)).order_by(acts.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(acts.c.id < before)
    with database.read() as connection:
        return [ActRow(**row) for row in connection.execute(query).mappings()]


def walk(database: Database, sought: Sought) -> Iterator[ActRow]:
    """All of them, newest first, a few hundred at a time."""
    before: int | None = None
    while some := listed(database, sought, before, _AT_A_TIME):
        yield from some
        before = some[-1].id


def get(database: Database, act_id: int) -> ActRow | None:
    """One act."""
    with database.read() as connection:
        row = connection.execute(select(*_COLUMNS).where(acts.c.id == act_id)).mappings().one_or_none()
        return None if row is None else ActRow(**row)


def of_connectors(database: Database, names: Sequence[str], limit: int = 50) -> list[ActRow]:
    """What concerns these connectors, newest first."""
    query = select(*_COLUMNS).where(acts.c.connector.in_(names)).order_by(acts.c.id.desc()).limit(limit)
    with database.read() as connection:
        return [ActRow(**row) for row in connection.execute(query).mappings()]


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    column = acts.c
    same = {"author": sought.author, "kind": sought.kind, "name": sought.name, "connector": sought.connector}
    conditions: list[ColumnElement[bool]] = [column[key] == value for key, value in same.items() if value is not None]
    if sought.since is not None:
        conditions.append(column.at >= sought.since)
    if sought.until is not None:
        conditions.append(column.at < sought.until)
    return conditions


def _text(text: str, longest: int) -> str:
    """As every database keeps it: PostgreSQL takes no NUL."""
    clean = text.replace("\0", "")
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"
