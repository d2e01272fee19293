"""Turns of one subscription, on both databases, with real receivers."""

import json
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from sqlalchemy import update
from standardwebhooks.webhooks import Webhook

from hub.outbox.webhooks.sending import Served, Turn
from hub.outbox.webhooks.state import Content, Move
from hub.record.grant import Grant
from hub.store import feed, notices, subscriptions
from hub.store.notices import Again
from hub.store.outbox_tables import notices as table
from hub.store.subscriptions import LeaseLost
from tests.hub.outbox.webhooks import record
from tests.hub.outbox.webhooks.receiver import Got, Receiver, Reply, receiving
from tests.hub.outbox.webhooks.record import Hub
from tests.hub.outbox.webhooks.test_secret import by_hand
from tests.hub.outbox.webhooks.turning import row, serve, states, turn


def test_a_change_arrives_as_a_signed_cloud_event(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url)
    dossier = record.put(hub.database, "000.00.15.H29-260520-0001")
    assert serve(hub, made) == Served(delivered=1, failed=0, made=1)
    (got,) = receiver.got
    event = got.event
    assert Webhook(made.secret).verify(got.body, got.headers) == event
    assert got.headers["webhook-signature"] == by_hand(made.secret, got.headers, got.body)
    assert got.headers["content-type"] == "application/cloudevents+json"
    assert event["specversion"] == "1.0"
    assert event["id"] == got.id
    assert event["source"] == f"/api/v1/webhooks/{made.row.id}"
    assert event["type"] == "vn.mot-cua-hub.dossier.changed"
    assert event["subject"] == "000.00.15.H29-260520-0001"
    assert event["position"] == str(feed.latest(hub.database))
    assert datetime.fromisoformat(event["time"]).tzinfo is not None
    assert event["data"]["id"] == str(dossier)
    assert event["data"]["dossier"]["status"]["code"] == "processing"
    assert event["data"]["dossier"]["applicant"] == {"name": "Đặng Thùy Dương"}, "the number is not granted"
    assert serve(hub, made) == Served(), "and once is enough"


def test_personal_data_that_leave_are_in_the_log_of_reads(hub: Hub, receiver: Receiver) -> None:
    nobodys = record.client(hub.database, "khong-thay-ai", grant=Grant())
    made = [
        hub.subscribe(receiver.url),
        hub.subscribe(receiver.url, content=Content.REFERENCE),
        hub.subscribe(receiver.url, whose=nobodys),
    ]
    record.put(hub.database, "A-1")
    for one, reads in zip(made, (1, 1, 1), strict=True):
        serve(hub, one)
        assert record.how_many_reads(hub.database) == reads
    told, reference, nothing = (got.event["data"] for got in receiver.got)
    assert told["dossier"]["applicant"]["name"] == "Đặng Thùy Dương"
    assert "dossier" not in reference
    assert reference["code"] == "A-1"
    assert "applicant" not in nothing["dossier"]


def test_only_the_latest_state_of_a_dossier_is_told_and_in_order(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url)
    for status in ("accepted", "processing", "completed"):
        record.put(hub.database, "A-1", status)
    serve(hub, made)
    record.put(hub.database, "A-1", "returned")
    serve(hub, made)
    assert [got.event["data"]["dossier"]["status"]["code"] for got in receiver.got] == ["completed", "returned"]
    assert receiver.got[0].id != receiver.got[1].id


def test_what_changes_while_its_notice_waits_takes_its_place_as_another_event(hub: Hub, receiver: Receiver) -> None:
    receiver.reply = lambda _: Reply(500)
    made = hub.subscribe(receiver.url)
    record.put(hub.database, "A-1", "accepted")
    serve(hub, made)
    record.put(hub.database, "A-1", "completed")
    receiver.reply = lambda _: Reply()
    record.hurry(hub.database)
    assert serve(hub, made).failed == 0
    serve(hub, made)
    before, after = receiver.got[0], receiver.got[-1]
    assert before.id != after.id
    assert [after.event["data"]["dossier"]["status"]["code"], *states(hub, made)] == ["completed", "delivered"]


def test_a_change_during_its_exchange_is_told_once_more(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url)
    record.put(hub.database, "A-1", "accepted")

    def changes(got: Got) -> Reply:
        if len(receiver.got) == 1:
            record.put(hub.database, "A-1", "completed")
        return Reply()

    receiver.reply = changes
    serve(hub, made)
    serve(hub, made)
    assert [got.event["data"]["dossier"]["status"]["code"] for got in receiver.got] == ["accepted", "completed"]


def test_a_retry_has_the_id_of_the_first_try(hub: Hub, receiver: Receiver) -> None:
    receiver.reply = lambda _: Reply(500, b"no disk")
    made = hub.subscribe(receiver.url)
    record.put(hub.database, "A-1")
    assert serve(hub, made) == Served(0, 1, 1)
    (waiting,) = notices.page(hub.database, made.row.id, "waiting", None, 9)
    assert waiting.tries == 1
    assert waiting.attempts is not None
    assert "no disk" in waiting.attempts[0]["error"]
    assert waiting.next_try_at is not None
    assert timedelta(seconds=3) < waiting.next_try_at - datetime.now(UTC) < timedelta(seconds=7)
    assert serve(hub, made).failed == 0, "it waits"
    record.hurry(hub.database)
    receiver.reply = lambda _: Reply()
    serve(hub, made)
    assert receiver.got[0].id == receiver.got[1].id
    assert receiver.got[0].headers["webhook-timestamp"] <= receiver.got[1].headers["webhook-timestamp"]
    assert (states(hub, made), row(hub, made).failures) == (["delivered"], 0)


def test_one_dossier_that_is_refused_holds_no_other_up_and_fails_at_last(hub: Hub, receiver: Receiver) -> None:
    receiver.reply = lambda got: Reply(422 if got.event["subject"] == "A-1" else 204)
    made = hub.subscribe(receiver.url)
    record.put(hub.database, "A-1")
    for at in range(9):
        record.put(hub.database, f"B-{at}")
        record.hurry(hub.database)
        serve(hub, made)
    assert sorted(states(hub, made)) == [*["delivered"] * 9, "failed"]
    (failed,) = notices.page(hub.database, made.row.id, "failed", None, 9)
    assert (failed.tries, len(failed.attempts or [])) == (9, 9)
    receiver.reply = lambda _: Reply()
    record.hurry(hub.database)
    assert serve(hub, made) == Served(), "it is not tried again by itself"
    assert hub.webhooks.resend(made.row, Again("failed")) == 1
    assert serve(hub, made).delivered == 1
    assert len({got.id for got in receiver.got if got.event["subject"] == "A-1"}) == 1


def test_a_subscriber_that_is_not_there_is_left_alone_and_misses_nothing(hub: Hub) -> None:
    with receiving() as receiver:
        url = receiver.url
    made = hub.subscribe(url)
    for at in range(30):
        record.put(hub.database, f"A-{at}")
    assert serve(hub, made).failed == 1, "one try tells enough"
    fares = row(hub, made)
    assert (fares.failures, fares.state) == (1, "active")
    assert fares.open_until is not None
    assert "nothing listens" in (fares.because or "")
    assert subscriptions.due(hub.database) == []
    for _ in range(20):
        record.hurry(hub.database)
        serve(hub, made)
    assert states(hub, made) == ["waiting"] * 30, "no notice is used up by a subscriber that is away"
    with receiving() as back:
        hub.webhooks.change(made.row, hub.client, {"url": back.url})
        while serve(hub, made).delivered:
            pass
        assert {got.event["subject"] for got in back.got} == {f"A-{at}" for at in range(30)}
    assert row(hub, made).because is None


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_leaves_the_subscriber_alone_for_so_long(hub: Hub, receiver: Receiver, status: int) -> None:
    receiver.reply = lambda _: Reply(status, headers={"Retry-After": "600"})
    made = hub.subscribe(receiver.url)
    for at in range(3):
        record.put(hub.database, f"A-{at}")
    serve(hub, made)
    until = row(hub, made).open_until
    assert until is not None
    assert timedelta(seconds=590) < until - datetime.now(UTC) < timedelta(seconds=610)
    assert len(receiver.got) == 1


def test_410_stops_the_subscription_and_resume_goes_on_where_it_stood(hub: Hub, receiver: Receiver) -> None:
    receiver.reply = lambda _: Reply(410)
    made = hub.subscribe(receiver.url)
    record.put(hub.database, "A-1")
    serve(hub, made)
    stopped = row(hub, made)
    assert stopped.state == "stopped"
    assert "410" in (stopped.because or "")
    record.put(hub.database, "A-2")
    assert subscriptions.due(hub.database) == []
    assert subscriptions.take_lease(hub.database, made.row.id, "a", 15) is None
    receiver.reply = lambda _: Reply()
    hub.webhooks.move(stopped, Move.RESUME, None)
    serve(hub, made)
    assert [got.event["subject"] for got in receiver.got] == ["A-1", "A-1", "A-2"]
    assert receiver.got[0].id == receiver.got[1].id


def test_days_of_failing_stop_it_with_its_position_kept(hub: Hub, receiver: Receiver) -> None:
    receiver.reply = lambda _: None
    made = hub.subscribe(receiver.url)
    record.put(hub.database, "A-1")
    serve(hub, made)
    with hub.database.write() as transaction:
        long_ago = datetime.now(UTC) - timedelta(days=4)
        transaction.execute(update(subscriptions.subscriptions).values(failing_since=long_ago))
    record.hurry(hub.database)
    serve(hub, made)
    stopped = row(hub, made)
    assert (stopped.state, stopped.position) == ("stopped", feed.latest(hub.database))
    assert "3 days" in (stopped.because or "")
    assert states(hub, made) == ["waiting"]


def test_no_more_than_a_thousand_notices_wait_and_the_rest_waits_in_the_feed(
    hub: Hub, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.outbox.webhooks.fan_out.MOST_WAITING", 5)
    receiver.reply = lambda _: Reply(503)
    made = hub.subscribe(receiver.url)
    for at in range(12):
        record.put(hub.database, f"A-{at:02}")
    serve(hub, made)
    assert len(states(hub, made)) == 5
    receiver.reply = lambda _: Reply()
    record.hurry(hub.database)
    while serve(hub, made).delivered:
        pass
    assert {got.event["subject"] for got in receiver.got} == {f"A-{at:02}" for at in range(12)}


def test_who_lost_the_lease_notes_nothing_and_its_notice_is_sent_again_with_its_id(
    hub: Hub, receiver: Receiver
) -> None:
    made = hub.subscribe(receiver.url)
    record.put(hub.database, "A-1")

    def taken_over(_: Got) -> Reply:
        if len(receiver.got) == 1:
            assert subscriptions.take_lease(hub.database, made.row.id, "b", 15, dead_owner="a") is not None
        return Reply()

    receiver.reply = taken_over
    with pytest.raises(LeaseLost):
        turn(hub, made.row.id).serve()
    assert states(hub, made) == ["waiting"]
    lease = subscriptions.take_lease(hub.database, made.row.id, "c", 15, dead_owner="b")
    assert lease is not None
    Turn(hub.database, hub.webhooks.rules, record.reading(hub.database), lease).serve()
    assert [got.id for got in receiver.got] == [receiver.got[0].id] * 2


def test_who_was_frozen_until_its_lease_ended_sends_nothing_when_it_wakes(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url)
    record.put(hub.database, "A-1")

    def frozen() -> None:
        one._held_until = monotonic() - 1  # between its last look at the lease and its first byte
        assert subscriptions.take_lease(hub.database, made.row.id, "b", 15, dead_owner="a") is not None

    one = turn(hub, made.row.id, begins=frozen)
    with pytest.raises(LeaseLost):
        one.serve()
    assert receiver.got == []
    assert states(hub, made) == ["waiting"]
    assert row(hub, made).failures == 0


def test_pausing_ends_a_turn_after_its_exchange(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url)
    for at in range(5):
        record.put(hub.database, f"A-{at}")

    def paused(_: Got) -> Reply:
        if len(receiver.got) == 2:
            hub.webhooks.move(made.row, Move.PAUSE, "đủ rồi")
        return Reply()

    receiver.reply = paused
    assert serve(hub, made).delivered == 2
    assert (row(hub, made).state, row(hub, made).because) == ("paused", "đủ rồi")


def test_a_stopping_process_begins_no_exchange(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url)
    for at in range(5):
        record.put(hub.database, f"A-{at}")
    turn(hub, made.row.id, stopping=lambda: len(receiver.got) == 2).serve()
    assert len(receiver.got) == 2


def test_rotating_signs_with_both_secrets(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url)
    fresh = hub.webhooks.rotate(made.row)
    record.put(hub.database, "A-1")
    serve(hub, made)
    (got,) = receiver.got
    for secret in (made.secret, fresh.secret):
        Webhook(secret).verify(got.body, got.headers)


def test_a_test_is_signed_and_about_no_dossier(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url)
    went = hub.webhooks.test(made.row)
    (got,) = receiver.got
    assert (went.answered.taken, went.answered.status) == (True, 204)
    assert Webhook(made.secret).verify(got.body, got.headers)["type"] == "vn.mot-cua-hub.webhook.test"
    assert states(hub, made) == []


def test_old_notices_are_removed_and_those_that_wait_never(hub: Hub, receiver: Receiver) -> None:
    receiver.reply = lambda got: Reply(422 if got.event["subject"] == "A-1" else 204)
    made = hub.subscribe(receiver.url)
    record.put(hub.database, "A-1")
    record.put(hub.database, "A-2")
    serve(hub, made)
    later = datetime.now(UTC) + timedelta(days=400)
    assert notices.prune(hub.database, datetime.now(UTC) - timedelta(days=30), later) == 0
    assert notices.prune(hub.database, later, later) == 1
    assert states(hub, made) == ["waiting"]
    with hub.database.write() as transaction:
        transaction.execute(update(table).values(state="failed"))
    assert notices.prune(hub.database, later, later) == 1


def test_resend_takes_the_newest_of_each_dossier_and_none_that_waits(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url)
    for status in ("accepted", "processing"):
        record.put(hub.database, "A-1", status)
        record.put(hub.database, "A-2", status)
        serve(hub, made)
    assert states(hub, made) == ["delivered"] * 4
    record.put(hub.database, "A-2", "completed")
    receiver.reply = lambda _: Reply(503)
    serve(hub, made)
    assert hub.webhooks.resend(made.row, Again(made_from=datetime.now(UTC) - timedelta(hours=1))) == 1
    assert hub.webhooks.resend(made.row, Again(made_to=datetime.now(UTC) - timedelta(hours=1))) == 0
    receiver.reply = lambda _: Reply()
    record.hurry(hub.database)
    begun = len(receiver.got)
    while serve(hub, made).delivered:
        pass
    assert sorted(got.event["subject"] for got in receiver.got[begun:]) == ["A-1", "A-2"]
    assert json.loads(receiver.got[-1].body)["data"]["change"] == "changed"
