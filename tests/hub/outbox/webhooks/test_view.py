"""What a subscription sees can change without a change of any dossier: its receiver is brought right."""

from datetime import UTC, datetime

import pytest

from hub.outbox.webhooks.register import Made, NotNow
from hub.record.grant import Grant, Group, Sight
from hub.record.signature import Signature
from hub.store import catalogue, clients, feed, known_catalogue, notices, renewing, subscriptions, told
from hub.store.catalogue import AGENCIES, FROM_FILE
from hub.store.clients import Role, Wanted
from hub.store.database import Database
from hub.store.notices import News
from tests.hub.outbox.webhooks import knowing, record
from tests.hub.outbox.webhooks.receiver import Got, Receiver, Reply, receiving
from tests.hub.outbox.webhooks.record import AGENCY, Hub
from tests.hub.store.test_catalogue import _agency

OTHER = "000.00.21.H29"
PROCESSING = {"status": "processing"}


def serve(hub: Hub, made: Made) -> None:
    record.hurry(hub.database)
    knowing.serve(hub.database, made.row.id)


def said(receiver: Receiver, begun: int = 0) -> list[tuple[str, str]]:
    return [(got.event["data"]["change"], got.event["subject"]) for got in receiver.got[begun:]]


def grant(hub: Hub, **wanted: object) -> None:
    with hub.database.write() as transaction:
        given = Grant(**{"sights": {Group.NAME: Sight.FULL}} | wanted)  # type: ignore[arg-type]
        clients.put(transaction, Wanted("cong-dvc", Role.QUERY, grant=given), datetime.now(UTC))


def test_what_was_sent_instead_of_a_leaving_is_known_so_the_next_leaving_is_told(hub: Hub, receiver: Receiver) -> None:
    """It left, and was there again before that could be told: what was told is that it is there."""
    made = hub.subscribe(receiver.url, PROCESSING)
    record.put(hub.database, "A-1", "processing")
    serve(hub, made)
    receiver.reply = lambda _: Reply(503)
    record.put(hub.database, "A-1", "completed")
    serve(hub, made)
    assert said(receiver) == [("changed", "A-1"), ("left", "A-1")], "which was not taken"
    receiver.reply = lambda _: Reply()
    record.put(hub.database, "A-1", "processing")
    with hub.database.write() as transaction:  # it waits still, and is sent before the change is looked at
        subscriptions.change(transaction, made.row.id, None, open_until=datetime.now(UTC))

    def completed(_: Got) -> Reply:
        receiver.reply = lambda _: Reply()
        record.put(hub.database, "A-1", "completed")
        return Reply()

    receiver.reply = completed
    knowing.serve(hub.database, made.row.id)
    serve(hub, made)
    assert said(receiver, 2) == [("changed", "A-1"), ("left", "A-1")]


def test_a_delivery_shows_what_was_sent_not_what_it_was_made_for(hub: Hub, receiver: Receiver) -> None:
    receiver.reply = lambda _: Reply(500)
    made = hub.subscribe(receiver.url)
    dossier = record.put(hub.database, "A-1")
    serve(hub, made)
    record.gone(hub.database, dossier)
    with hub.database.write() as transaction:
        subscriptions.change(transaction, made.row.id, None, open_until=datetime.now(UTC))
    with hub.database.write() as transaction:
        transaction.execute(notices.update(notices.notices).values(next_try_at=None))
    receiver.reply = lambda _: Reply()
    knowing.serve(hub.database, made.row.id)
    assert notices.page(hub.database, made.row.id, "delivered", None, 9)[-1].kind == "gone"


@pytest.mark.parametrize("how", ["grant", "filter", "catalogue"])
def test_a_view_that_moves_tells_what_came_and_what_left_and_nothing_twice(
    hub: Hub, receiver: Receiver, how: str
) -> None:
    if how == "catalogue":
        grant(hub, agencies=("H29.1",))
        agencies = {"A-1": "H29.2", "A-2": "H29.3", "A-3": "H29.1"}
        _below(hub.database, "H29.2")
    else:
        agencies = {"A-1": AGENCY, "A-2": OTHER, "A-3": "H29.1"}
        grant(hub, agencies=(AGENCY, "H29.1")) if how == "grant" else None
    made = hub.subscribe(receiver.url, {"agency": AGENCY} if how == "filter" else {})
    for code, agency in agencies.items():
        record.put(hub.database, code, agency=agency)
    serve(hub, made)
    begun = len(receiver.got)
    assert sorted(said(receiver)) == [("changed", code) for code in (("A-1",) if how == "filter" else ("A-1", "A-3"))]
    if how == "catalogue":
        _below(hub.database, "H29.3")
    elif how == "grant":
        grant(hub, agencies=(OTHER, "H29.1"))
    else:
        hub.webhooks.change(made.row, hub.client, {"filter": {"agency": OTHER}})
    serve(hub, made)
    assert said(receiver, begun) == [("left", "A-1"), ("changed", "A-2")]
    assert "dossier" not in receiver.got[begun].event["data"]
    serve(hub, made)
    assert len(receiver.got) == begun + 2


def _below(database: Database, code: str) -> None:
    """One agency is below H29.1, and no other."""
    said = [{"code": "H29.1", "name": "1"}, {"code": code, "name": "2", "parent_code": "H29.1"}]
    with database.write() as transaction:
        catalogue.remove(transaction, AGENCIES, FROM_FILE, list(catalogue.stored(transaction, AGENCIES, FROM_FILE)))
        catalogue.write(transaction, AGENCIES, FROM_FILE, [_agency(one) for one in said], datetime.now(UTC))
    known_catalogue.forget(database)


def test_what_is_shown_of_each_is_shown_again_when_that_changes(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url)
    record.put(hub.database, "A-1")
    serve(hub, made)
    grant(hub, sights={Group.NAME: Sight.FULL, Group.IDENTITY: Sight.FULL})
    serve(hub, made)
    serve(hub, made)
    assert said(receiver) == [("changed", "A-1")] * 2
    assert receiver.got[-1].event["data"]["dossier"]["applicant"]["id_number"] == "000190000001"


def test_a_process_that_ends_in_the_middle_of_it_is_gone_on_for(
    hub: Hub, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two dossiers at a time, and one turn makes one step."""
    monkeypatch.setattr("hub.outbox.webhooks.fan_out._AT_ONCE", 2)
    made = hub.subscribe(receiver.url)
    for at in range(7):
        record.put(hub.database, f"A-{at}")
        record.put(hub.database, f"B-{at}", agency=OTHER)
    knowing.settle(hub.database, made.row.id)
    begun = len(receiver.got)
    monkeypatch.setattr("hub.outbox.webhooks.fan_out._ROUNDS", 1)
    receiver.reply = lambda _: Reply(503)
    grant(hub, agencies=(OTHER,))
    serve(hub, made)
    assert hub.webhooks.one(made.row.id).rechecks is not None, "it is in the middle"
    receiver.reply = lambda _: Reply()
    knowing.settle(hub.database, made.row.id)
    assert set(said(receiver, begun)) == {("left", f"A-{at}") for at in range(7)}


def test_who_came_with_a_position_is_told_of_what_left_though_it_was_never_told_that_it_is_there(
    hub: Hub, receiver: Receiver
) -> None:
    for code, status in (("A-1", "processing"), ("A-2", "processing"), ("A-3", "completed"), ("A-4", "processing")):
        record.put(hub.database, code, status)
    record.put(hub.database, "B-1", agency=OTHER)
    position = feed.latest(hub.database)
    record.put(hub.database, "A-2", "completed")  # between the snapshot and the subscription
    made = hub.webhooks.add(hub.client, "thử", receiver.url, PROCESSING, "dossier", "test", position)  # type: ignore[arg-type]
    with pytest.raises(NotNow):
        hub.webhooks.change(made.row, hub.client, {"filter": {}})
    serve(hub, made)
    assert said(receiver) == [("left", "A-2")]
    record.put(hub.database, "A-1", "completed")
    record.put(hub.database, "A-3", "returned")
    serve(hub, made)
    assert said(receiver, 1) == [("left", "A-1")]
    grant(hub, agencies=(OTHER,))
    serve(hub, made)
    assert said(receiver, 2) == [("left", "A-4")]


def test_who_subscribed_from_now_on_is_told_of_nothing_older_when_its_view_changes(
    hub: Hub, receiver: Receiver
) -> None:
    record.put(hub.database, "A-1")
    record.put(hub.database, "B-1", agency=OTHER)
    grant(hub, agencies=(AGENCY,))
    made = hub.webhooks.add(hub.client, "thử", receiver.url, {}, "dossier", "test")  # type: ignore[arg-type]
    serve(hub, made)
    record.put(hub.database, "B-2", agency=OTHER)
    grant(hub)
    serve(hub, made)
    assert said(receiver) == [("changed", "B-2")]


def test_one_that_left_several_places_has_one_notice(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url)
    with hub.database.write() as transaction:
        news = [News(7, 15, "left", "A-1"), News(7, 20, "left", "A-2")]
        notices.put(transaction, made.row.id, news, datetime.now(UTC))
    (waiting,) = notices.page(hub.database, made.row.id, "waiting", None, 9)
    assert (waiting.position, waiting.code) == (20, "A-2")


def test_what_leaves_is_known_before_it_is_sent(hub: Hub, receiver: Receiver) -> None:
    """Whatever kills the process then: it may have arrived."""
    made = hub.subscribe(receiver.url)
    dossier = record.put(hub.database, "A-1")

    def dies(_: Got) -> Reply:
        assert told.known(hub.database, made.row.id, [dossier])
        raise ConnectionError

    receiver.reply = dies
    serve(hub, made)
    assert len(receiver.got) == 1
    assert told.known(hub.database, made.row.id, [dossier])[dossier].position == 0


def test_a_new_address_has_nothing_to_do_with_how_the_old_one_fares(hub: Hub, receiver: Receiver) -> None:
    """It is changed while an exchange hangs: what comes of that is noted for nobody."""
    with receiving() as old:
        made = hub.subscribe(old.url)
        record.put(hub.database, "A-1")

        def changed(_: Got) -> Reply:
            hub.webhooks.change(hub.webhooks.one(made.row.id), hub.client, {"url": receiver.url})
            return Reply(503)

        old.reply = changed
        with pytest.raises(subscriptions.LeaseLost):
            knowing.serve(hub.database, made.row.id)
    row = hub.webhooks.one(made.row.id)
    assert (row.failures, row.failing_since, row.open_until) == (0, None, None)
    assert subscriptions.take_lease(hub.database, made.row.id, "b", 15) is None, "until that has certainly ended"
    with hub.database.write() as transaction:
        subscriptions.change(transaction, made.row.id, None, lease_until=None)
    knowing.serve(hub.database, made.row.id)
    assert said(receiver) == [("changed", "A-1")]


def test_a_feed_that_begins_anew_tells_everything_again_above_what_was_told(hub: Hub, receiver: Receiver) -> None:
    made = hub.subscribe(receiver.url)
    for code in ("A-1", "A-2"):
        record.put(hub.database, code)
    serve(hub, made)
    renewing.renew(hub.database, Signature("người giữ", "khôi phục", datetime.now(UTC)))
    serve(hub, made)
    assert said(receiver) == [("changed", "A-1"), ("changed", "A-2")] * 2
    before, after = ([int(got.event["position"]) for got in some] for some in (receiver.got[:2], receiver.got[2:]))
    assert max(before) < min(after)
