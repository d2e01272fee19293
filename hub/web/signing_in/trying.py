"""Whether somebody is who they say: a password, a code of their app, a recovery code. Nobody learns what was wrong."""

from datetime import UTC, datetime
from enum import Enum, auto

from flask import request

from hub.record.signature import Signature
from hub.store import people, people_tries, second_factor
from hub.store.people import Person, State
from hub.store.people_sessions import Way
from hub.web.signing_in import known_browser
from hub.web.signing_in.ports import database, keyring, passwords


class Outcome(Enum):
    """How a password fared."""

    WRONG = auto()  # or of nobody, or of somebody who is blocked or has to wait
    HALF = auto()  # right; the second factor comes next
    RIGHT = auto()


def by_password(name: str, password: str) -> tuple[Outcome, Person | None]:
    """Try a name and a password; it takes as long whoever it is.

    Raises:
        Crowded: too many passwords are looked at just now.
    """
    person = people.named(database(), name)
    counted = person is not None and person.state is State.ACTIVE and _may_try(person)
    right = passwords().is_right(password, person.password if person is not None and counted else None)
    if person is None or not counted:
        return Outcome.WRONG, None
    if not right or person.password is None:
        _refuse(person)
        return Outcome.WRONG, None
    if passwords().is_old(person.password):
        people_tries.rehash(database(), person.id, person.password, passwords().kept(password))
    if person.has_second_factor:
        people_tries.give_back(database(), person.id)
        return Outcome.HALF, person
    return Outcome.RIGHT, person


def by_own_password(person: Person, password: str) -> bool:
    """Try the password of somebody who has signed in.

    Raises:
        Crowded: too many passwords are looked at just now.
    """
    counted = _may_try(person)
    if not passwords().is_right(password, person.password if counted else None):
        if counted:
            _refuse(person)
        return False
    _forgive(person)
    return True


def by_code(person: Person, code: str) -> Way | None:
    """Try a code of the app, or a recovery code; how it was proven, or None.

    Raises:
        SecretsLocked: the second factor cannot be read.
    """
    if not _may_try(person):
        return None
    way = _used(person, code)
    if way is None:
        _refuse(person)
        return None
    _forgive(person)
    return way


def _used(person: Person, code: str) -> Way | None:
    now = datetime.now(UTC)
    if person.totp is None:
        return None
    secret = keyring().decrypted(people_tries.sealed_under(person.id), person.totp)
    step = second_factor.step_of(secret, code, now)
    if step is not None:
        fresh = database().write_again(lambda transaction: people_tries.use_step(transaction, person.id, step))
        return Way.TOTP if fresh else None
    by, digest = Signature(person.name, "", now), second_factor.recovery_digest(code)
    if digest not in person.recovery:
        return None
    used = database().write_again(lambda transaction: people_tries.use_recovery(transaction, person.name, digest, by))
    return Way.RECOVERY if used else None


def _may_try(person: Person) -> bool:
    """Whether a try counts, which it then does; a browser that is known counts its own."""
    return known_browser.is_known(person) or people_tries.take(database(), person.id, datetime.now(UTC))


def _refuse(person: Person) -> None:
    known_browser.note_failure(person)
    people_tries.refused(database(), person.id, datetime.now(UTC), request.remote_addr or "")


def _forgive(person: Person) -> None:
    database().write_again(lambda transaction: people_tries.forgive(transaction, person.id))
