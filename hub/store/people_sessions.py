"""Sessions of people at the console: rows, so that each can be ended at once and everybody sees their own.

The cookie holds a random token, the row its SHA-256: who reads the database cannot come in with what stands there.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, LargeBinary, bindparam, delete, insert, select, update

from hub.record.signature import Signature
from hub.store import acts
from hub.store.acts import Act, Kind
from hub.store.asking import ask
from hub.store.database import Database, Transaction
from hub.store.people_tables import people, sessions
from hub.store.person_rows import Person, State, person

_MINUTE = timedelta(minutes=1)
_LONGEST = 200  # letters of what a browser calls itself


class Way(StrEnum):
    """How somebody proved who they are."""

    PASSWORD = "password"  # noqa: S105 - a word, not a password
    TOTP = "totp"
    RECOVERY = "recovery"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in."""

    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session."""

    id: int
    way: Way
    address: str
    agent: str
    begun_at: datetime
    seen_at: datetime
    proved_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who has signed in, and by which session."""

    person: Person
    session: SessionRow


_COLUMNS = tuple(sessions.c[name] for name in SessionRow.__slots__)
_LABELLED = tuple(column.label(f"session_{column.name}") for column in _COLUMNS)
_WANTED = (*people.c, *_LABELLED)
_NAMES = tuple(column.name for column in _WANTED)
_FOUND = select(*_WANTED).join_from(sessions, people).where(sessions.c.digest == bindparam("digest", type_=LargeBinary))


def begin(
    transaction: Transaction, person_id: int, name: str, way: Way, browser: Browser, now: datetime, lasts: timedelta
) -> str:
    """A new session; what its cookie is to hold. Those that ended by themselves are swept away."""
    token = secrets.token_urlsafe(32)
    transaction.execute(delete(sessions).where(sessions.c.expires_at < now))
    values = {"person_id": person_id, "way": way, "address": browser.address[:60], "agent": browser.agent[:_LONGEST]}
    times = {"begun_at": now, "seen_at": now, "proved_at": now, "expires_at": now + lasts}
    transaction.execute(insert(sessions).values(digest=_digest(token), **values, **times))
    transaction.execute(update(people).where(people.c.id == person_id).values(seen_at=now))
    by = Signature(name, browser.address, now)
    acts.note(transaction, by, Kind.SESSION, name, Act.SIGNED_IN, after=acts.told({"way": way}))
    return token


def with_token(database: Database, token: str, now: datetime, idle: timedelta) -> SignedIn | None:
    """Who comes with this token; None where the session has ended, or its person may not sign in any more."""
    rows = ask(database, _FOUND, {"digest": _digest(token)})  # by every page, so in one round trip
    if not rows:
        return None
    values = dict(zip(_NAMES, rows[0], strict=True))
    found = _session({name: values.pop(f"session_{name}") for name in SessionRow.__slots__})
    whose = person(values)
    works = now < found.expires_at and now < found.seen_at + idle and whose.state is State.ACTIVE
    return SignedIn(whose, found) if works else None


def touch(database: Database, session: SessionRow, now: datetime) -> None:
    """Note to the minute that a session is used: of many pages at once, one writes."""
    if now - session.seen_at < _MINUTE:
        return
    seen = update(sessions).where(sessions.c.id == session.id, sessions.c.seen_at <= now - _MINUTE).values(seen_at=now)
    database.write_again(lambda transaction: transaction.execute(seen))


def prove(transaction: Transaction, session_id: int, now: datetime) -> None:
    """Note that somebody proved once more who they are."""
    transaction.execute(update(sessions).where(sessions.c.id == session_id).values(proved_at=now))


def of_person(database: Database, person_id: int, now: datetime, idle: timedelta) -> list[SessionRow]:
    """The sessions of somebody that work, the newest first."""
    mine = (sessions.c.person_id == person_id) & (sessions.c.expires_at > now) & (sessions.c.seen_at > now - idle)
    with database.read() as connection:
        rows = connection.execute(select(*_COLUMNS).where(mine).order_by(sessions.c.id.desc()))
        return [_session(dict(row)) for row in rows.mappings()]


def end(transaction: Transaction, person_id: int, session_id: int, by: Signature, name: str) -> bool:
    """End one session of somebody; False where there is none."""
    which = (sessions.c.id == session_id) & (sessions.c.person_id == person_id)
    if not transaction.execute(delete(sessions).where(which)).rowcount:
        return False
    acts.note(transaction, by, Kind.SESSION, name, Act.SIGNED_OUT)
    return True


def drop(transaction: Transaction, session_id: int) -> None:
    """End a session in whose place another one begins."""
    transaction.execute(delete(sessions).where(sessions.c.id == session_id))


def end_everyone_of(transaction: Transaction, person_id: int, name: str, by: Signature, besides: int | None) -> int:
    """End all sessions of somebody but for one, and note it; how many there were."""
    ended = end_all(transaction, person_id, besides)
    if ended:
        acts.note(transaction, by, Kind.SESSION, name, Act.SIGNED_OUT, after=acts.told({"sessions": ended}))
    return ended


def end_all(transaction: Connection, person_id: int, besides: int | None = None) -> int:
    """End all sessions of somebody, but for one; how many there were. Noted by what it is a part of."""
    mine = delete(sessions).where(sessions.c.person_id == person_id)
    return transaction.execute(mine if besides is None else mine.where(sessions.c.id != besides)).rowcount


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _session(values: dict[str, Any]) -> SessionRow:
    return SessionRow(**values | {"way": Way(values["way"])})
