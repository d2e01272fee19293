"""Accounts, sessions and tries on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.record.rights import Role
from hub.record.signature import Signature
from hub.store import acts, people, people_sessions, people_tries, second_factor
from hub.store.acts import Act, Kind, Sought
from hub.store.database import Database
from hub.store.people import LastAdministrator, LinkTaken, NameTaken, NoAgency, Person, Wanted
from hub.store.people_sessions import Browser, Way
from hub.store.secrets import Keyring

NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)
BY = Signature("quan-tri", "việc mới", NOW)
HOUR, DAY = timedelta(hours=1), timedelta(hours=12)


def added(database: Database, name: str = "an", role: Role = Role.OPERATOR, **wanted: Any) -> Person:
    """A new account."""
    return database.write_again(lambda transaction: people.add(transaction, name, Wanted(role, **wanted), "kept", BY))


def begun(database: Database, person: Person, at: datetime = NOW) -> str:
    """The token of a new session."""
    return database.write_again(
        lambda transaction: people_sessions.begin(
            transaction, person.id, person.name, Way.PASSWORD, Browser("10.0.0.1", "tests"), at, DAY
        )
    )


def told(database: Database, kind: Kind) -> list[tuple[str, str]]:
    """What was noted, the oldest first."""
    return [(row.name, row.act) for row in reversed(acts.listed(database, Sought(kind=kind)))]


def test_what_becomes_of_an_account_is_noted_with_what_it_was_before(database: Database) -> None:
    added(database, role=Role.DEPARTMENT, agencies=("000.00.15.H29", "000.00.15.H29"))
    with database.write() as transaction:
        people.change(transaction, "AN ", Wanted(Role.LEADER, sees_personal=True), BY)
        people.change(transaction, "an", Wanted(Role.LEADER, sees_personal=True), BY)  # changes nothing
    found = people.named(database, "An")
    assert found is not None
    assert (found.role, found.agencies, found.sees_personal) == (Role.LEADER, None, True)
    made, changed = reversed(acts.listed(database, Sought(kind=Kind.PERSON)))
    assert (made.act, made.before, changed.act, changed.author, changed.reason) == (
        *(Act.MADE, None, Act.CHANGED, "quan-tri", "việc mới"),
    )
    assert changed.before is not None
    assert '"000.00.15.H29"' in changed.before
    assert "kept" not in f"{made.after}{changed.before}{changed.after}"


def test_names_are_given_once_and_a_department_needs_an_agency(database: Database) -> None:
    added(database)
    with pytest.raises(NameTaken):
        added(database)
    for agencies in ((), (" ",)):
        with pytest.raises(NoAgency):
            added(database, "binh", Role.DEPARTMENT, agencies=agencies)
    with pytest.raises(LookupError), database.write() as transaction:
        people.block(transaction, "nobody", BY)


def test_the_last_administrator_stays_one(database: Database) -> None:
    added(database, "mot", Role.ADMINISTRATOR)
    added(database, "hai", Role.ADMINISTRATOR)
    with database.write() as transaction:
        people.block(transaction, "hai", BY)
        people.block(transaction, "hai", BY)  # twice is no harm
    for attempt in (
        lambda transaction: people.block(transaction, "mot", BY),
        lambda transaction: people.change(transaction, "mot", Wanted(Role.AUDITOR), BY),
    ):
        with pytest.raises(LastAdministrator):
            database.write_again(attempt)


def test_two_administrators_who_block_each_other_at_once_leave_one(database: Database) -> None:
    names = ("mot", "hai")
    for name in names:
        added(database, name, Role.ADMINISTRATOR)

    def block(name: str) -> bool:
        try:
            database.write_again(lambda transaction: people.block(transaction, name, BY))
        except LastAdministrator:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(block, names)) == [False, True]


def test_a_session_ends_by_itself_by_hand_and_with_its_persons_account(database: Database) -> None:
    an = added(database)
    token = begun(database, an)

    def works(at: datetime = NOW, text: str = token) -> bool:
        return people_sessions.with_token(database, text, at, HOUR) is not None

    assert works(NOW + timedelta(minutes=59))
    assert not works(NOW + timedelta(minutes=60))  # left alone
    assert not works(text=token[:-1])
    found = people_sessions.with_token(database, token, NOW, HOUR)
    assert found is not None
    people_sessions.touch(database, found.session, NOW + timedelta(minutes=50))
    assert works(NOW + timedelta(minutes=100))
    assert not works(NOW + DAY)  # however much it is used
    with database.write() as transaction:
        people.block(transaction, "an", BY)
        people.unblock(transaction, "an", BY)
    assert not works()
    assert told(database, Kind.SESSION) == [("an", Act.SIGNED_IN)]
    assert told(database, Kind.PERSON) == [("an", Act.MADE), ("an", Act.LOCKED), ("an", Act.UNLOCKED)]


def test_another_password_ends_all_sessions_but_the_one_it_was_given_in(database: Database) -> None:
    an = added(database)
    old, mine = begun(database, an), begun(database, an)
    found = people_sessions.with_token(database, mine, NOW, HOUR)
    assert found is not None
    with database.write() as transaction:
        people.set_password(transaction, "an", "another", BY, must_change=False, spared=found.session.id)
    assert people_sessions.with_token(database, old, NOW, HOUR) is None
    again = people_sessions.with_token(database, mine, NOW, HOUR)
    assert again is not None
    assert (again.person.password, again.person.must_change) == ("another", False)


def test_a_session_is_ended_by_its_own_person_alone(database: Database) -> None:
    an, binh = added(database), added(database, "binh")
    begun(database, an)
    (session,) = people_sessions.of_person(database, an.id, NOW, HOUR)
    with database.write() as transaction:
        assert not people_sessions.end(transaction, binh.id, session.id, BY, "binh")
        assert people_sessions.end(transaction, an.id, session.id, BY, "an")
        assert not people_sessions.end(transaction, an.id, session.id, BY, "an")


def test_the_use_of_a_session_is_written_once_a_minute_and_an_ended_one_is_swept_away(database: Database) -> None:
    an = added(database)
    token = begun(database, an)
    found = people_sessions.with_token(database, token, NOW, HOUR)
    assert found is not None
    people_sessions.touch(database, found.session, NOW + timedelta(seconds=59))
    (session,) = people_sessions.of_person(database, an.id, NOW, HOUR)
    assert session.seen_at == NOW
    begun(database, an, NOW + DAY + HOUR)
    assert len(people_sessions.of_person(database, an.id, NOW, timedelta(days=9))) == 1


def test_wrong_tries_make_wait_twice_as_long_each_time_and_an_hour_at_most(database: Database) -> None:
    an, now = added(database), NOW
    assert all(people_tries.take(database, an.id, now) for _ in range(5))
    waits = []
    for _ in range(8):
        assert not people_tries.take(database, an.id, now)
        person = people.numbered(database, an.id)
        assert person is not None
        assert person.locked_until is not None
        waits.append(round((person.locked_until - now).total_seconds() / 60))
        now = person.locked_until
        assert people_tries.take(database, an.id, now)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    database.write_again(lambda transaction: people_tries.forgive(transaction, an.id))
    assert all(people_tries.take(database, an.id, now) for _ in range(5))


def test_of_many_tries_at_once_no_more_count_than_are_allowed(database: Database) -> None:
    an = added(database)
    with ThreadPoolExecutor(8) as threads:
        allowed = list(threads.map(lambda _: people_tries.take(database, an.id, NOW), range(24)))
    assert sum(allowed) == 5


def test_a_code_of_the_app_opens_once_even_at_two_doors_at_once(database: Database) -> None:
    an = added(database)
    secret = second_factor.new_secret()
    step = second_factor.step_of(secret, second_factor.pyotp.TOTP(secret).at(NOW), NOW)
    assert step is not None

    def use(_: int) -> bool:
        return database.write_again(lambda transaction: people_tries.use_step(transaction, an.id, step))

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(use, range(4))) == 1
    earlier = database.write_again(lambda transaction: people_tries.use_step(transaction, an.id, step - 1))
    assert not earlier


def test_a_recovery_code_opens_once_however_it_is_typed(database: Database) -> None:
    added(database)
    codes = second_factor.recovery_codes()
    assert len(set(codes)) == 10
    digests = [second_factor.recovery_digest(code) for code in codes]
    with database.write() as transaction:
        people_tries.set_second_factor(transaction, "an", b"sealed", 1, digests, BY, 0)
    typed = second_factor.recovery_digest(f" {codes[3].upper().replace('-', ' ')} ")
    with database.write() as transaction:
        assert people_tries.use_recovery(transaction, "an", typed, BY)
        assert not people_tries.use_recovery(transaction, "an", typed, BY)
    person = people.named(database, "an")
    assert person is not None
    assert len(person.recovery) == 9


def test_second_factors_are_sealed_for_one_person_and_sealed_again_with_a_new_key(database: Database) -> None:
    an = added(database)
    old, new = Keyring([b"o" * 32]), Keyring([b"n" * 32, b"o" * 32])
    sealed = old.encrypted(people_tries.sealed_under(an.id), "SECRET")
    with database.write() as transaction:
        people_tries.set_second_factor(transaction, "an", sealed, 1, [], BY, 0)
        assert people_tries.encrypt_again(transaction, new) == 1
    person = people.named(database, "an")
    assert person is not None
    assert person.totp is not None
    assert Keyring([b"n" * 32]).decrypted(people_tries.sealed_under(an.id), person.totp) == "SECRET"
    with pytest.raises(Exception, match="encrypted with a key"):
        new.decrypted(people_tries.sealed_under(an.id + 1), person.totp)


def test_an_identity_of_a_provider_opens_one_account(database: Database) -> None:
    added(database)
    added(database, "binh")
    known = ("https://sso.example", "7")
    with database.write() as transaction:
        people.link(transaction, "an", known, BY)
    with pytest.raises(LinkTaken):
        database.write_again(lambda transaction: people.link(transaction, "binh", known, BY))
    found = people.with_subject(database, *known)
    assert found is not None
    assert found.name == "an"
