"""Clients as they are kept: what each sees, by whose tokens it is found, and what goes with it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from hub.record.grant import EVERYTHING, NOTHING, PROFILES, Grant
from hub.store import clients, keys
from hub.store.clients import Client, Quota, Role, Subject, SubjectTaken, Wanted
from hub.store.database import Database
from hub.store.grant_codes import unknown_codes

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SUBJECT = Subject("https://sso.example/realms/city", "portal")


def put(database: Database, wanted: Wanted) -> int:
    with database.write() as transaction:
        return clients.put(transaction, wanted, NOW).id


def named(database: Database, name: str) -> Client:
    found = clients.named(database, name)
    assert found is not None
    return found


def test_a_client_is_kept_as_it_was_wanted(database: Database) -> None:
    grant = Grant(("H29.15",), None, ("G15",), sights=PROFILES["portal"].sights)
    wanted = Wanted("portal", Role.QUERY, "Cổng", None, grant, Quota(600, None), SUBJECT, "tra cứu", "quản trị")
    number = put(database, wanted)
    found = named(database, "portal")
    assert found == Client(
        *(number, "portal", "Cổng", Role.QUERY, None, grant, Quota(600, None), SUBJECT, "tra cứu", "quản trị", NOW, NOW)
    )
    assert clients.with_subject(database, SUBJECT) == clients.numbered(database, number) == found
    assert clients.with_subject(database, Subject(SUBJECT.issuer, "Portal")) is None


def test_putting_again_changes_a_client_and_leaves_its_keys(database: Database) -> None:
    number = put(database, Wanted("portal", Role.QUERY, subject=SUBJECT))
    key = keys.issue(database, "portal", NOW)
    assert put(database, Wanted("portal", Role.QUERY, title="Cổng")) == number
    assert named(database, "portal").subject is None
    assert keys.holder(database, key, NOW)


def test_what_a_client_sees_goes_by_its_role_whatever_is_kept(database: Database) -> None:
    for role, grant in (
        (Role.READ, EVERYTHING),
        (Role.MANAGE, EVERYTHING),
        (Role.PUSH, NOTHING),
        (Role.QUERY, Grant()),
    ):
        put(database, Wanted(f"máy {role}", role))
        assert named(database, f"máy {role}").grant == grant


def test_tokens_are_those_of_one_client(database: Database) -> None:
    put(database, Wanted("one", Role.QUERY, subject=SUBJECT))
    with pytest.raises(SubjectTaken, match="those of the client one"):
        put(database, Wanted("two", Role.QUERY, subject=SUBJECT))
    assert clients.named(database, "two") is None
    put(database, Wanted("one", Role.QUERY, subject=SUBJECT))


def test_a_client_goes_with_its_keys(database: Database) -> None:
    put(database, Wanted("portal", Role.QUERY))
    key = keys.issue(database, "portal", NOW)
    with database.write() as transaction:
        assert clients.remove(transaction, "portal")
        assert not clients.remove(transaction, "portal")
    assert keys.holder(database, key, NOW) is None
    assert keys.listed(database) == []


def test_codes_that_the_catalogue_lacks_are_told_as_they_were_written(database: Database) -> None:
    grant = Grant(("h29.15", "H29.99"), ("1.001193",), None)
    with database.read() as connection:
        unknown = unknown_codes(connection, grant, NOW.date())
    assert unknown == {"agencies": ["h29.15", "H29.99"], "procedures": ["1.001193"], "fields": []}


def test_two_who_put_the_same_new_client_at_once_both_succeed(database: Database) -> None:
    def one(title: str) -> clients.Done:
        wanted = Wanted("portal", Role.QUERY, title, subject=SUBJECT)
        return database.write_again(lambda transaction: clients.put(transaction, wanted, NOW))

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(one, "abcd"))
    assert len({each.id for each in done}) == 1
    assert sum(each.made for each in done) == 1
