"""Sending: at least once, again with growing waits, and what failed can be seen."""

import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from standardwebhooks.webhooks import Webhook

from hub.alerts import sending
from hub.alerts.hook import Hook
from hub.alerts.kinds import Rule
from hub.alerts.policy import Policy
from hub.outbox.webhooks.address import Allowed
from hub.store import alert_notices
from hub.store.database import Database
from hub.store.watching_tables import alert_notices as table
from tests.hub.alerts.sender_process import SECRET, policy_of
from tests.hub.alerts.world import MINUTE, Story, Taken, channel, late, of_hub, policy
from tests.hub.outbox.webhooks.receiver import Got, Reply, receiving

ROOT = Path(__file__).parents[3]
GO_ON = threading.Event()


def waiting(story: Story) -> None:
    """One notice is due now."""
    story.now = datetime.now(UTC) - 3 * MINUTE
    story.found(late())
    story.found(late())


def lease_is_over(database: Database) -> None:
    with database.write() as transaction:
        transaction.execute(update(table).values(next_try_at=datetime.now(UTC) - MINUTE))


def test_a_letter_arrives_signed_in_both_languages_with_a_link(story: Story) -> None:
    waiting(story)
    with receiving() as receiver:
        to = replace(policy_of(f"{receiver.url}/chat"), address="https://hub.example")
        story.policy = to
        with story.database.write() as transaction:
            transaction.execute(update(table).values(channel="chat"))
        assert sending.send_due(story.database, to, GO_ON) == 1
        (got,) = receiver.got
    Webhook(SECRET).verify(got.body, got.headers)
    assert got.event["type"] == "vn.mot-cua-hub.alert.opened"
    (alert,) = got.event["data"]["alerts"]
    assert alert["link"] == "https://hub.example/connectors/so-a"
    assert (alert["rule"], alert["sentence"]["vi"][:5], alert["sentence"]["en"][:5]) == ("freshness", "SO-A:", "SO-A:")
    (notice,) = alert_notices.newest(story.database)
    assert (notice.state, notice.tries, notice.error) == ("sent", 1, None)


@pytest.mark.parametrize("moment", ["before it was noted"])
def test_a_sender_killed_between_sending_and_noting_sends_once_more_with_the_same_id(
    story: Story, database_url: str, moment: str
) -> None:
    waiting(story)
    with story.database.write() as transaction:
        transaction.execute(update(table).values(channel="chat"))
    killed = threading.Event()

    def kill(_: Got) -> Reply | None:
        if killed.is_set():
            return Reply()
        process.send_signal(signal.SIGKILL)
        process.wait()
        killed.set()
        return None

    with receiving(kill) as receiver:
        command = [sys.executable, "-m", "tests.hub.alerts.sender_process", database_url, receiver.url + "/x"]
        process = subprocess.Popen(command, cwd=ROOT)
        assert killed.wait(60), moment
        assert sending.send_due(story.database, policy_of(receiver.url + "/x"), GO_ON) == 0  # it is still taken
        lease_is_over(story.database)
        assert sending.send_due(story.database, policy_of(receiver.url + "/x"), GO_ON) == 1
        lease_is_over(story.database)
        assert sending.send_due(story.database, policy_of(receiver.url + "/x"), GO_ON) == 0
        assert len(receiver.got) == 2
        assert receiver.got[0].id == receiver.got[1].id


def test_what_fails_waits_longer_each_time_is_shown_and_given_up_after_a_day(story: Story) -> None:
    waiting(story)
    story.policy = policy(channel(way=Taken(refuses="127.0.0.1:25 has nothing that listens")))
    waits = []
    for _ in range(3):
        lease_is_over(story.database)
        before = datetime.now(UTC)
        assert sending.send_due(story.database, story.policy, GO_ON) == 0
        (notice,) = alert_notices.newest(story.database)
        assert notice.next_try_at is not None
        assert (notice.state, notice.error) == ("waiting", "127.0.0.1:25 has nothing that listens")
        waits.append(round((notice.next_try_at - before).total_seconds()))
    assert waits == [5, 30, 120]
    with story.database.write() as transaction:
        transaction.execute(update(table).values(made_at=datetime.now(UTC) - timedelta(days=1)))
    lease_is_over(story.database)
    sending.send_due(story.database, story.policy, GO_ON)
    (notice,) = alert_notices.newest(story.database)
    assert (notice.state, notice.next_try_at) == ("failed", None)


def test_a_channel_that_fails_holds_up_no_other_one(story: Story) -> None:
    good = Taken()
    story.policy = policy(channel("bad", Taken(refuses="no")), channel("good", good))
    story.now = datetime.now(UTC) - 10 * MINUTE
    for findings in ([late("so-a")], [late("so-a"), late("so-b")]):
        story.found(*findings)
        story.found(*findings)
    assert sending.send_due(story.database, story.policy, GO_ON) == 2
    assert [letter.about for letter in good.letters] == ["opened", "opened"]
    tries = [one.tries for one in story.notices() if one.channel == "bad"]
    assert sorted(tries) == [0, 1]  # it was left alone for this turn


def test_a_fault_of_the_hub_is_told_as_that_and_tried_again(story: Story) -> None:
    class Broken(Taken):
        def send(self, letter: object) -> str:
            raise RuntimeError(str(letter))

    waiting(story)
    sending.send_due(story.database, policy(channel(way=Broken())), GO_ON)
    (notice,) = alert_notices.newest(story.database)
    assert (notice.state, notice.error) == ("waiting", "a fault of the hub (RuntimeError)")


def test_a_channel_that_is_configured_no_more_is_given_up(story: Story) -> None:
    waiting(story)
    sending.send_due(story.database, policy(channel("another")), GO_ON)
    (notice,) = alert_notices.newest(story.database)
    assert notice.state == "failed"
    assert "no such channel" in (notice.error or "")


def test_nothing_more_is_begun_once_it_is_to_stop(story: Story) -> None:
    waiting(story)
    stopping = threading.Event()
    stopping.set()
    assert sending.send_due(story.database, story.policy, stopping) == 0
    assert alert_notices.any_due(story.database)


def test_two_senders_at_once_send_each_notice_once(story: Story) -> None:
    way = Taken()
    story.policy = policy(*(channel(f"truc-{number}", way) for number in range(6)))
    waiting(story)
    threads = [threading.Thread(target=sending.send_due, args=(story.database, story.policy, GO_ON)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(way.letters) == 6
    assert len({letter.id for letter in way.letters}) == 6


def test_a_silent_receiver_is_waited_for_no_longer_than_it_may_take() -> None:
    with receiving(lambda _: None) as receiver:
        to = policy_of(receiver.url + "/x")
        went = sending.try_out(to, to.channels[0], datetime.now(UTC))
    assert "127.0.0.1" in went.error


def test_a_channel_whose_secret_is_none_says_so() -> None:
    hook = Hook("http://127.0.0.1:9/x", Allowed(("127.0.0.1",), plain_http=True), lambda: "not one")
    went = sending.try_out(Policy(), channel(way=hook), datetime.now(UTC))
    assert "Standard Webhooks" in went.error


def test_several_alerts_make_one_letter_the_worst_first(story: Story) -> None:
    way = Taken()
    story.policy = policy(channel(way=way))
    story.now = datetime.now(UTC) - 10 * MINUTE
    findings = [of_hub(Rule.SUBSCRIBER), of_hub(Rule.SEALS)]
    findings[0] = replace(findings[0], severity=findings[0].severity.WARNING)
    story.found(*findings)
    story.found(*findings)
    sending.send_due(story.database, story.policy, GO_ON)
    (letter,) = way.letters
    assert letter.subject == "[Một Cửa Hub] Nghiêm trọng: Không mở được khóa của hub (+1)"
    assert letter.text.index("Cảnh báo mới (2)") < letter.text.index("New alerts (2)")


def test_no_token_of_an_address_stands_in_an_error() -> None:
    with receiving(lambda _: Reply(500, b"broken")) as receiver:
        to = policy_of(receiver.url + "/services/T0KEN?key=T0KEN")
        went = sending.try_out(to, to.channels[0], datetime.now(UTC))
    assert "answered 500" in went.error
    assert "T0KEN" not in went.error
