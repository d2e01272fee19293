"""People who sign in to the console: their accounts, roles, and what each may see."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from hub.record.rights import Role
from hub.record.signature import Signature
from hub.store import acts, people_sessions
from hub.store.acts import Act, Kind
from hub.store.database import Database, Transaction
from hub.store.people_tables import people
from hub.store.person_rows import COLUMNS, Person, State, person

__all__ = [
    "NAME",
    "LastAdministrator",
    "LinkTaken",
    "NameTaken",
    "NoAgency",
    "Person",
    "State",
    "Wanted",
    "add",
    "any_there",
    "block",
    "change",
    "choose_language",
    "is_taken",
    "link",
    "listed",
    "locked",
    "named",
    "normal_name",
    "numbered",
    "set_password",
    "unblock",
    "with_subject",
]

NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,79}")


class NameTaken(Exception):
    """There is somebody of this name already."""


class LastAdministrator(Exception):
    """After this nobody could manage people at the console any more."""


class NoAgency(Exception):
    """A person of the role department needs an agency: they see the connectors and dossiers of no other."""


class LinkTaken(Exception):
    """Another account is linked with this identity of the provider."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A person as they are to be."""

    role: Role
    title: str = ""
    email: str = ""
    agencies: tuple[str, ...] = ()  # of a department; of others it says nothing
    sees_personal: bool = False


def any_there(database: Database) -> bool:
    """Whether anybody has an account."""
    with database.read() as connection:
        return connection.execute(select(people.c.id).limit(1)).first() is not None


def listed(database: Database) -> list[Person]:
    """Everybody by name."""
    with database.read() as connection:
        return [person(row) for row in connection.execute(select(*COLUMNS).order_by(people.c.name)).mappings()]


def named(database: Database, name: str) -> Person | None:
    """Who signs in with this name."""
    return _one(database, people.c.name == normal_name(name))


def numbered(database: Database, person_id: int) -> Person | None:
    """Whose account has this number."""
    return _one(database, people.c.id == person_id)


def with_subject(database: Database, issuer: str, subject: str) -> Person | None:
    """Whom a provider of identities knows under this name."""
    return _one(database, (people.c.issuer == issuer) & (people.c.subject == subject))


def is_taken(transaction: Transaction, name: str) -> bool:
    """Whether somebody has this name."""
    return transaction.scalar(select(people.c.id).where(people.c.name == name)) is not None


def normal_name(text: str) -> str:
    """A name as it is kept, however it is typed."""
    return text.strip().lower()


def add(
    transaction: Transaction, name: str, wanted: Wanted, kept: str | None, by: Signature, *, must_change: bool = True
) -> Person:
    """A new account; `kept` is what is kept of its password, None where the provider alone lets it in.

    Raises:
        NameTaken: there is one of this name.
        NoAgency: a department's, of none.
    """
    if is_taken(transaction, name):
        raise NameTaken(name)
    values = _values(wanted) | {"password": kept, "must_change": kept is not None and must_change}
    made = insert(people).values(name=name, created_at=by.at, changed_at=by.at, author=by.author[:80], **values)
    transaction.execute(made)
    added = locked(transaction, name)
    acts.note(transaction, by, Kind.PERSON, name, Act.MADE, after=acts.told(added.document()))
    return added


def change(transaction: Transaction, name: str, wanted: Wanted, by: Signature) -> Person:
    """Make an account what is wanted; it counts for the very next page.

    Raises:
        LookupError: there is none of this name.
        LastAdministrator: nobody would be left who manages people.
        NoAgency: a department's, of none.
    """
    before = locked(transaction, name)
    if wanted.role is not Role.ADMINISTRATOR:
        _keep_an_administrator(transaction, before)
    return _changed(transaction, before, _values(wanted), by, Act.CHANGED)


def block(transaction: Transaction, name: str, by: Signature) -> Person:
    """Shut somebody out, now: their sessions end.

    Raises:
        LookupError: there is none of this name.
        LastAdministrator: nobody would be left who manages people.
    """
    before = locked(transaction, name)
    _keep_an_administrator(transaction, before)
    people_sessions.end_all(transaction, before.id)
    return _changed(transaction, before, {"state": State.BLOCKED}, by, Act.LOCKED)


def unblock(transaction: Transaction, name: str, by: Signature) -> Person:
    """Let somebody in again, also one whose wrong passwords made them wait.

    Raises:
        LookupError: there is none of this name.
    """
    values = {"state": State.ACTIVE, "failures": 0, "locked_until": None}
    return _changed(transaction, locked(transaction, name), values, by, Act.UNLOCKED)


def set_password(
    transaction: Transaction, name: str, kept: str, by: Signature, *, must_change: bool, spared: int | None = None
) -> None:
    """Give somebody another password. Their sessions end, but for the `spared` one.

    Raises:
        LookupError: there is none of this name.
    """
    found = locked(transaction, name)
    values = {"password": kept, "must_change": must_change, "failures": 0, "locked_until": None}
    transaction.execute(update(people).where(people.c.id == found.id).values(**values, changed_at=by.at))
    people_sessions.end_all(transaction, found.id, besides=spared)
    how = acts.told({"password": "one-time" if must_change else "own"})
    acts.note(transaction, by, Kind.PERSON, name, Act.RENEWED, after=how)


def link(transaction: Transaction, name: str, identity: tuple[str, str] | None, by: Signature) -> Person:
    """Let somebody in by an identity (issuer, subject) of a provider, too; None: no more.

    Raises:
        LookupError: there is none of this name.
        LinkTaken: that identity is another one's.
    """
    before = locked(transaction, name)
    issuer, subject = identity or (None, None)
    if identity is not None:
        other = (people.c.issuer == issuer) & (people.c.subject == subject) & (people.c.id != before.id)
        if transaction.scalar(select(people.c.id).where(other)) is not None:
            raise LinkTaken
    return _changed(transaction, before, {"issuer": issuer, "subject": subject}, by, Act.CHANGED)


def choose_language(database: Database, person_id: int, language: str) -> None:
    """Remember in which language somebody reads the console."""
    chosen = update(people).where(people.c.id == person_id, people.c.language != language).values(language=language)
    database.write_again(lambda transaction: transaction.execute(chosen))


def locked(transaction: Transaction, name: str) -> Person:
    """Somebody's account, nobody else's to change until the transaction ends.

    Raises:
        LookupError: there is none of this name.
    """
    query = select(*COLUMNS).where(people.c.name == normal_name(name)).with_for_update()
    row = transaction.execute(query).mappings().one_or_none()
    if row is None:
        raise LookupError(name)
    return person(row)


def _one(database: Database, which: ColumnElement[bool]) -> Person | None:
    with database.read() as connection:
        row = connection.execute(select(*COLUMNS).where(which)).mappings().one_or_none()
        return None if row is None else person(row)


def _values(wanted: Wanted) -> dict[str, Any]:
    agencies: Sequence[str] | None = None
    if wanted.role is Role.DEPARTMENT:
        agencies = list(dict.fromkeys(code.strip() for code in wanted.agencies if code.strip()))
        if not agencies:
            raise NoAgency
    return {
        "title": wanted.title.strip(),
        "email": wanted.email.strip(),
        "role": wanted.role,
        "agencies": agencies,
        "sees_personal": wanted.sees_personal,
    }


def _changed(transaction: Transaction, before: Person, values: dict[str, Any], by: Signature, act: Act) -> Person:
    done = {**values, "changed_at": by.at, "author": by.author[:80]}
    transaction.execute(update(people).where(people.c.id == before.id).values(**done))
    after = locked(transaction, before.name)
    told = (acts.told(before.document()), acts.told(after.document()))
    if told[0] != told[1] or act is not Act.CHANGED:
        acts.note(transaction, by, Kind.PERSON, before.name, act, before=told[0], after=told[1])
    return after


def _keep_an_administrator(transaction: Connection, leaving: Person) -> None:
    if leaving.role is not Role.ADMINISTRATOR or leaving.state is not State.ACTIVE:
        return
    active = (people.c.role == Role.ADMINISTRATOR) & (people.c.state == State.ACTIVE)
    # Locked all, so that two administrators who block each other at once do not both succeed.
    transaction.execute(select(people.c.id).where(active).order_by(people.c.id).with_for_update())
    if transaction.scalar(select(func.count()).select_from(people).where(active)) == 1:
        raise LastAdministrator
