"""What was changed by whom: each kind of change leaves one act, in its own transaction, and no act holds a secret."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from hub.config import catalogue as loading
from hub.config.vault import Vault
from hub.record.connector_state import Life, Move
from hub.record.identity import Code
from hub.record.signature import Signature
from hub.store import (
    acts,
    calendar,
    clients,
    keys,
    parted,
    registrations,
    removals,
    renewing,
    versions,
)
from hub.store import connectors as registered
from hub.store import runs as store_runs
from hub.store.acts import Act, ActRow, Kind, Sought
from hub.store.catalogue import AGENCIES
from hub.store.clients import Quota, Role, Subject, Wanted
from hub.store.database import Database, Transaction
from hub.store.registrations import Registration
from hub.store.removals import RemovalState
from hub.store.versions import HUB
from hub.sync import cancelling
from schedules.calendar.days import Days, SpecialDay
from schedules.calendar.days import Kind as DayKind

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
BY = Signature("lan.nguyen", "theo công văn 12", NOW)
SECRET = "mat-khau-cua-so"  # invented
CIVIL = Registration("civil", "Hộ tịch", "rest", "H29.15", "agencies/x", 10, 3600, "")


def done(database: Database) -> list[ActRow]:
    """Every act, the oldest first."""
    return acts.listed(database, Sought(), limit=1000)[::-1]


def told(database: Database) -> list[tuple[str, str, str, str, str]]:
    return [(one.author, one.kind, one.name, one.act, one.reason) for one in done(database)]


@pytest.fixture
def civil(database: Database) -> int:
    with database.write() as transaction:
        registrations.put(transaction, CIVIL, HUB, BY, new=Life.ACTIVE)
    row = registered.named(database, "civil")
    assert row is not None
    return row.id


def put(database: Database, text: str) -> None:
    with database.write() as transaction:
        versions.put(transaction, versions.Kind.CONNECTOR, "civil", text, managed_by=HUB, signature=BY)


def test_every_version_of_a_document_is_one_act_that_names_it(database: Database) -> None:
    for text in ("name: civil", "name: civil\ntitle: b", "name: civil\ntitle: b", "name: civil"):
        put(database, text)
    assert [(one.act, one.version, one.connector) for one in done(database)] == [
        (Act.MADE, 1, "civil"),
        (Act.CHANGED, 2, "civil"),
        (Act.ROLLED_BACK, 3, "civil"),
    ]


def test_a_move_is_told_once_and_one_that_changes_nothing_is_not(database: Database, civil: int) -> None:
    for move in (Move.PAUSE, Move.PAUSE, Move.RESUME, Move.RETIRE, Move.ACTIVATE):
        with database.write() as transaction:
            registrations.move(transaction, "civil", move, BY)
    assert [(one.act, one.before, one.after) for one in done(database)] == [
        (Act.PAUSED, "active", "paused"),
        (Act.RESUMED, "paused", "active"),
        (Act.RETIRED, "active", "retired"),
        (Act.ACTIVATED, "retired", "active"),
    ]


def test_secrets_are_told_by_name_and_last_day_alone(database: Database, tmp_path: Path) -> None:
    vault = Vault(database, None, tmp_path / "secrets.key", {})
    vault.put("civil-password", SECRET, None, BY)
    vault.put("civil-password", f"{SECRET}2", date(2027, 3, 31), BY)
    vault.encrypt_again(BY)
    assert vault.remove("civil-password", BY)
    assert not vault.remove("civil-password", BY)
    found = done(database)
    assert [one.act for one in found] == [Act.MADE, Act.CHANGED, Act.RENEWED, Act.REMOVED]
    assert "2027-03-31" in (found[1].after or "")
    assert {one.author for one in found} == {"lan.nguyen"}
    assert SECRET not in repr(found)


def test_a_client_is_told_with_its_document_before_and_after(database: Database) -> None:
    wanted = Wanted("cong", Role.QUERY, "Cổng", quota=Quota(60), purpose="tra cứu", author="lan.nguyen")
    for one in (wanted, replace(wanted, title="Cổng mới", subject=Subject("https://sso.example", "cong"))):
        with database.write() as transaction:
            clients.put(transaction, one, NOW, "đổi tên")
    with database.write() as transaction:
        assert clients.remove(transaction, "cong", BY)
    made, changed, removed = done(database)
    assert (made.act, made.before, changed.act, removed.act, removed.after) == (
        *(Act.MADE, None, Act.CHANGED),
        *(Act.REMOVED, None),
    )
    assert '"Cổng"' in (changed.before or "")
    assert '"Cổng mới"' in (changed.after or "")
    assert changed.after == removed.before


def test_keys_are_told_by_number_and_neither_they_nor_their_digests_stand_anywhere(database: Database) -> None:
    first = keys.issue(database, "cong", NOW, Role.READ, author="lan.nguyen")
    second = keys.add(database, "cong", NOW, NOW + timedelta(days=1), NOW + timedelta(hours=1), BY)
    third = keys.issue(database, "cong", NOW, Role.MANAGE, author="lan.nguyen")
    assert keys.revoke(database, "cong", None, BY)
    assert [(kind, act) for _, kind, _, act, _ in told(database)] == [
        (Kind.CLIENT, Act.MADE),
        (Kind.KEY, Act.MADE),
        (Kind.KEY, Act.MADE),
        (Kind.CLIENT, Act.CHANGED),
        (Kind.KEY, Act.RENEWED),
        (Kind.KEY, Act.REMOVED),
    ]
    for key in (first, second.key, third):
        assert key[:10] not in repr(done(database))
        assert keys.digest(key).hex() not in repr(done(database))


def test_decisions_about_records_are_told_with_their_connector(database: Database, civil: int) -> None:
    code = Code("nationwide", "000.00.15.H29-261123-0001")
    with database.write() as transaction:
        run = store_runs.enqueue(transaction, civil, "full", "hand", NOW)
        removal = removals.ask(transaction, civil, run, ["a", "b"], 10, NOW)
        assert removals.decide(transaction, removal, RemovalState.APPROVED, BY)
        assert not removals.decide(transaction, removal, RemovalState.REFUSED, BY)
        parted.disown(transaction, civil, "a", code, BY)
        parted.own(transaction, civil, "a", code, BY)
    cancelling.cancel(database, run, BY.author, BY.reason, NOW)
    found = done(database)
    assert [(one.kind, one.act) for one in found] == [
        (Kind.REMOVAL, Act.APPROVED),
        (Kind.PARTING, Act.MADE),
        (Kind.PARTING, Act.TAKEN_BACK),
        (Kind.RUN, Act.CANCELLED),
    ]
    assert {(one.connector, one.author, one.reason) for one in found} == {("civil", BY.author, BY.reason)}
    assert [one.id for one in acts.of_connectors(database, ["civil"])] == [one.id for one in found][::-1]
    assert acts.of_connectors(database, []) == []


def test_calendar_catalogue_and_feed_are_told_where_they_differ(database: Database, tmp_path: Path) -> None:
    days = Days((SpecialDay(date(2027, 1, 1), DayKind.HOLIDAY, "Tết Dương lịch", "x.csv"),), {})
    file = tmp_path / "agencies.csv"
    file.write_text("code,name\nH29.99,Sở Thử nghiệm\n", encoding="utf-8")
    for _ in range(2):  # the second time there is nothing to tell
        with database.write() as transaction:
            calendar.load(transaction, days, "x.csv", NOW, BY)
        loading.load(database, AGENCIES, file, by=BY)
    loading.load(database, AGENCIES, file, loading.How(dry=True, prune=True), BY)
    renewing.renew(database, BY)
    assert told(database) == [
        ("lan.nguyen", "calendar", "x.csv", "changed", BY.reason),
        ("lan.nguyen", "catalogue", "agency", "changed", BY.reason),
        ("lan.nguyen", "feed", "feed", "renewed", BY.reason),
    ]
    assert "Tết Dương lịch" in (done(database)[0].after or "")


class _Undo(Exception):
    """What goes wrong after the change."""


CHANGES: dict[str, Callable[[Transaction], object]] = {
    "a version": lambda t: versions.put(t, versions.Kind.MAPPING, "m", "x", managed_by=HUB, signature=BY),
    "a client": lambda t: clients.put(t, Wanted("cong", Role.READ), NOW),
    "a connector": lambda t: (
        registrations.put(t, CIVIL, HUB, BY, new=Life.ACTIVE),
        registrations.move(t, "civil", Move.PAUSE, BY),
    ),
    "an act": lambda t: acts.note(t, BY, Kind.PERSON, "lan", Act.MADE),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_undone_leaves_no_act(database: Database, change: str) -> None:
    def work(transaction: Transaction) -> None:
        CHANGES[change](transaction)
        raise _Undo

    with pytest.raises(_Undo), database.write() as transaction:
        work(transaction)
    assert done(database) == []


def test_acts_are_found_by_each_filter_and_page_by_page(database: Database) -> None:
    with database.write() as transaction:
        for at in range(10):
            by = Signature(f"người {at % 2}", "", NOW + timedelta(hours=at))
            acts.note(transaction, by, Kind.PERSON, f"p{at % 5}", Act.CHANGED, connector=f"c{at % 3}")
    assert len(acts.listed(database, Sought(author="người 1"))) == 5
    assert len(acts.listed(database, Sought(kind=Kind.PERSON, name="p3"))) == 2
    assert len(acts.listed(database, Sought(connector="c0"))) == 4
    assert len(acts.listed(database, Sought(since=NOW + timedelta(hours=2), until=NOW + timedelta(hours=4)))) == 2
    first = acts.listed(database, Sought(), limit=4)
    rest = acts.listed(database, Sought(), first[-1].id)
    assert [one.id for one in [*first, *rest]] == sorted((one.id for one in [*first, *rest]), reverse=True)
    assert len(first) + len(rest) == 10 == len(list(acts.walk(database, Sought())))


def test_a_hostile_name_is_kept_as_far_as_it_can_be(database: Database) -> None:
    with database.write() as transaction:
        acts.note(
            transaction, Signature("a" * 500, "\0", NOW), Kind.PERSON, "x\0" * 500, Act.REFUSED, after="ữ" * 10**6
        )
    (one,) = done(database)
    assert (len(one.author), len(one.name), one.reason) == (80, 200, "")
    assert len(one.after or "") == 64 * 1024
