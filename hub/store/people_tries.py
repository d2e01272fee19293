"""Proving who one is: wrong tries counted, the second factor's codes used up, each in one short transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from hub.record.signature import Signature
from hub.store import acts, people_sessions
from hub.store.acts import Act, Kind
from hub.store.database import Database, Transaction
from hub.store.people import locked
from hub.store.people_tables import people
from hub.store.secrets import Keyring

_FREE = 5  # wrong tries; from that one on each makes wait
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)


def take(database: Database, person_id: int, now: datetime) -> bool:
    """Count a try as wrong before it is looked at, so that many at once cannot be more than are allowed; False: this
    account has to wait, and the try does not count. `forgive` or `give_back` follows where it was right.
    """

    def count(transaction: Transaction) -> bool:
        query = select(people.c.failures, people.c.locked_until).where(people.c.id == person_id)
        row = transaction.execute(query.with_for_update()).one()
        if row.locked_until is not None and row.locked_until > now:
            return False
        failures = row.failures + 1
        _set(transaction, person_id, failures=failures, locked_until=_until(failures, now))
        return True

    return database.write_again(count)


def refused(database: Database, person_id: int, now: datetime, address: str) -> None:
    """Note that a try was wrong, and where it came from; a stranger has no name."""

    def note(transaction: Transaction) -> None:
        row = transaction.execute(select(people.c.name, people.c.locked_until).where(people.c.id == person_id)).one()
        by = Signature(address or "?", "", now)
        locks = row.locked_until is not None and row.locked_until > now
        acts.note(transaction, by, Kind.SESSION, row.name, Act.LOCKED if locks else Act.REFUSED)

    database.write_again(note)


def forgive(transaction: Transaction, person_id: int) -> None:
    """It was the right person: what was wrong before is forgotten."""
    _set(transaction, person_id, failures=0, locked_until=None)


def give_back(database: Database, person_id: int) -> None:
    """The password was right, and the second factor comes next: its wrong codes go on being counted."""
    row = people.c.id == person_id
    back = update(people).where(row, people.c.failures > 0).values(failures=people.c.failures - 1, locked_until=None)
    database.write_again(lambda transaction: transaction.execute(back))


def rehash(database: Database, person_id: int, before: str, kept: str) -> None:
    """Keep the same password in today's way, unless it was changed meanwhile."""
    same = update(people).where(people.c.id == person_id, people.c.password == before).values(password=kept)
    database.write_again(lambda transaction: transaction.execute(same))


def use_step(transaction: Transaction, person_id: int, step: int) -> bool:
    """Use up a code of the app; False where it, or a later one, was used already."""
    later = update(people).where(people.c.id == person_id, people.c.totp_step < step).values(totp_step=step)
    return transaction.execute(later).rowcount == 1


def use_recovery(transaction: Transaction, name: str, digest: str, by: Signature) -> bool:
    """Use up a recovery code; False where there is no such one."""
    person = locked(transaction, name)
    left = [each for each in person.recovery if each != digest]
    if len(left) == len(person.recovery):
        return False
    _set(transaction, person.id, recovery=left)
    told = (acts.told({"recovery_codes": len(person.recovery)}), acts.told({"recovery_codes": len(left)}))
    acts.note(transaction, by, Kind.PERSON, person.name, Act.CHANGED, before=told[0], after=told[1])
    return True


def set_second_factor(
    transaction: Transaction, name: str, sealed: bytes, step: int, digests: Sequence[str], by: Signature, spared: int
) -> None:
    """Ask somebody for codes of an app from now on; `step` was used to show that the app works. Other sessions end."""
    person = locked(transaction, name)
    _set(transaction, person.id, totp=sealed, totp_step=step, recovery=list(digests), changed_at=by.at)
    people_sessions.end_all(transaction, person.id, besides=spared)
    _note_second_factor(transaction, name, by, before=person.has_second_factor, after=True)


def drop_second_factor(transaction: Transaction, name: str, by: Signature) -> None:
    """Ask somebody for the password alone; for who lost the app, and the codes too."""
    person = locked(transaction, name)
    _set(transaction, person.id, totp=None, recovery=None, changed_at=by.at)
    _note_second_factor(transaction, name, by, before=person.has_second_factor, after=False)


def renew_recovery(transaction: Transaction, name: str, digests: Sequence[str], by: Signature) -> None:
    """Other recovery codes instead of those that somebody has."""
    person = locked(transaction, name)
    _set(transaction, person.id, recovery=list(digests))
    acts.note(transaction, by, Kind.PERSON, name, Act.RENEWED, after=acts.told({"recovery_codes": len(digests)}))


def sealed_under(person_id: int) -> str:
    """The name that a second factor's secret is encrypted under: nobody's opens as another one's."""
    return f"second factor of person {person_id}"


def any_sealed(database: Database) -> bool:
    """Whether the hub's key is needed to read somebody's second factor."""
    with database.read() as connection:
        return connection.execute(select(people.c.id).where(people.c.totp.is_not(None)).limit(1)).first() is not None


def encrypt_again(transaction: Transaction, keyring: Keyring) -> int:
    """Encrypt every second factor with the first key; how many there are.

    Raises:
        SecretsLocked: one of them was encrypted with a key that is not there.
    """
    query = select(people.c.id, people.c.totp).where(people.c.totp.is_not(None)).with_for_update()
    rows = transaction.execute(query).all()
    for row in rows:
        name = sealed_under(row.id)
        _set(transaction, row.id, totp=keyring.encrypted(name, keyring.decrypted(name, row.totp)))
    return len(rows)


def _until(failures: int, now: datetime) -> datetime | None:
    if failures < _FREE:
        return None
    doubled: int = 1 << min(failures - _FREE, 10)
    return now + min(_FIRST * doubled, _LONGEST)


def _set(transaction: Transaction, person_id: int, **values: Any) -> None:
    transaction.execute(update(people).where(people.c.id == person_id).values(**values))


def _note_second_factor(transaction: Transaction, name: str, by: Signature, *, before: bool, after: bool) -> None:
    told = (acts.told({"second_factor": before}), acts.told({"second_factor": after}))
    acts.note(transaction, by, Kind.PERSON, name, Act.CHANGED, before=told[0], after=told[1])
