"""A subscription tells what its filter holds and its client may see: at the moment at which it is sent."""

from datetime import UTC, datetime

import pytest

from hub.outbox.webhooks.sending import Served
from hub.record.grant import Grant, Group, Sight
from hub.store import clients, keys
from hub.store.clients import Role, Wanted
from tests.hub.outbox.webhooks import record
from tests.hub.outbox.webhooks.receiver import Receiver, Reply
from tests.hub.outbox.webhooks.record import Hub
from tests.hub.outbox.webhooks.turning import row, serve, turn


def test_a_grant_that_shrank_shrinks_what_is_sent(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url)
    record.put(hub.database, "A-1")
    record.put(hub.database, "B-1", agency="000.00.21.H29")
    for grant in (Grant(agencies=("000.00.15.H29",)),):
        with hub.database.write() as transaction:
            clients.put(transaction, Wanted("cong-dvc", Role.QUERY, grant=grant), datetime.now(UTC))
    serve(hub, made)
    (got,) = receiver.got
    assert got.event["subject"] == "A-1"
    assert "applicant" not in got.event["data"]["dossier"]


def test_a_grant_that_shrank_after_the_notice_was_made_counts_too(hub: Hub, receiver: Receiver) -> None:
    receiver.reply = lambda _: Reply(500)
    made = hub.subscribe(receiver.url)
    record.put(hub.database, "B-1", agency="000.00.21.H29")
    serve(hub, made)
    with hub.database.write() as transaction:
        grant = Grant(agencies=("000.00.15.H29",))
        clients.put(transaction, Wanted("cong-dvc", Role.QUERY, grant=grant), datetime.now(UTC))
    receiver.reply = lambda _: Reply()
    record.hurry(hub.database)
    assert serve(hub, made).delivered == 1
    last = receiver.got[-1].event["data"]
    assert (last["change"], last["code"], "dossier" in last) == ("left", "B-1", False), "it may have arrived"
    assert serve(hub, made) == Served()


@pytest.mark.parametrize("how", ["revoked", "pushes", "filter"])
def test_a_client_that_may_not_read_any_more_is_told_nothing(hub: Hub, receiver: Receiver, how: str) -> None:
    made = hub.subscribe(receiver.url, {"name": "Đặng Thùy Dương"})
    record.put(hub.database, "A-1")
    now = datetime.now(UTC)
    if how == "revoked":
        keys.revoke(hub.database, "cong-dvc")
    else:
        role, connector = (Role.PUSH, "x") if how == "pushes" else (Role.QUERY, None)
        with hub.database.write() as transaction:
            clients.put(transaction, Wanted("cong-dvc", role, connector=connector, grant=Grant()), now)
    serve(hub, made)
    assert receiver.got == []
    assert row(hub, made).state == "stopped"
    assert len(row(hub, made).because or "") > 20


def test_a_removed_client_takes_its_subscriptions_with_it(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url)
    record.put(hub.database, "A-1")
    one = turn(hub, made.row.id)
    with hub.database.write() as transaction:
        clients.remove(transaction, "cong-dvc")
    assert one.serve() == Served()
    assert receiver.got == []


def test_a_filter_tells_what_it_holds_and_what_left_it_and_nothing_else(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url, {"status": "processing,supplement_requested"})
    record.put(hub.database, "A-1")
    record.put(hub.database, "B-1", "completed")
    serve(hub, made)
    for status in ("completed", "returned"):
        record.put(hub.database, "A-1", status)
        record.put(hub.database, "B-1", status)
        serve(hub, made)
    told = [(got.event["type"].rpartition(".")[2], got.event["subject"]) for got in receiver.got]
    assert told == [("changed", "A-1"), ("left", "A-1")]


def test_what_left_the_clients_agencies_is_told_by_its_code_alone(hub: Hub, receiver: Receiver) -> None:
    with hub.database.write() as transaction:
        grant = Grant(agencies=(record.AGENCY,), sights={Group.NAME: Sight.FULL})
        clients.put(transaction, Wanted("cong-dvc", Role.QUERY, grant=grant), datetime.now(UTC))
    made = hub.subscribe(receiver.url)
    record.put(hub.database, "A-1")
    record.put(hub.database, "B-1", agency="000.00.21.H29")
    serve(hub, made)
    for code in ("A-1", "B-1"):
        record.put(hub.database, code, "completed", agency="000.00.21.H29")
    serve(hub, made)
    told = [(got.event["data"]["change"], got.event["subject"]) for got in receiver.got]
    assert told == [("changed", "A-1"), ("left", "A-1")]
    assert "dossier" not in receiver.got[-1].event["data"]
    assert record.how_many_reads(hub.database) == 1


def test_what_is_gone_is_told(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url, {"agency": record.AGENCY})
    dossier = record.put(hub.database, "A-1")
    serve(hub, made)
    record.gone(hub.database, dossier)
    serve(hub, made)
    event = receiver.got[-1].event
    assert event["type"] == "vn.mot-cua-hub.dossier.gone"
    assert (event["subject"], event["data"]["id"]) == ("A-1", str(dossier))
    assert "dossier" not in event["data"]
