"""`hub webhook`: subscriptions looked after from the command line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from hub.outbox.webhooks.sending import Turn
from hub.store import notices, subscriptions
from hub.store.clients import Role
from hub.store.database import Database
from tests.hub.cli.command import Outcome
from tests.hub.cli.inside import hub as inside
from tests.hub.outbox.webhooks import record
from tests.hub.outbox.webhooks.receiver import Receiver, Reply, receiving

_CONFIG = """
database: {{url: {url}}}
webhooks: {{hosts: [127.0.0.1], plain_http: true, timeout: 2s}}
"""


@pytest.fixture
def hub(database: Database, database_url: str, tmp_path: Path) -> Callable[..., Outcome]:
    """`hub webhook` over a store with one client."""
    config = tmp_path / "config.yaml"
    config.write_text(_CONFIG.format(url=database_url), encoding="utf-8")
    record.client(database)

    def run(*arguments: str) -> Outcome:
        return inside("webhook", *arguments, "--config", str(config))

    return run


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def serve(database: Database, folder: Path) -> None:
    from hub.cli.app import configuration
    from hub.wiring import webhook_rules

    rules = webhook_rules(configuration(folder / "config.yaml"), database)
    lease = subscriptions.take_lease(database, 1, "a", 15)
    assert lease is not None
    Turn(database, rules, record.reading(database), lease).serve()
    subscriptions.release(database, lease)


def test_a_client_is_subscribed_tested_and_told(
    hub: Callable[..., Outcome], database: Database, receiver: Receiver, tmp_path: Path
) -> None:
    assert "Nobody is told" in hub("list").out
    made = hub("add", "cong-dvc", receiver.url, "--filter", f"agency={record.AGENCY}", "--title", "Cổng", "--json")
    assert made.code == 0, made.err
    secret = made.document["secret"]
    assert "Taken: 204" in hub("test", "1").out
    Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)
    record.put(database, "A-1")
    assert hub("list", "--json").document[0]["behind"] == 1
    serve(database, tmp_path)
    Webhook(secret).verify(receiver.got[1].body, receiver.got[1].headers)
    shown = hub("show", "1")
    assert secret not in shown.out
    assert "Cổng" in shown.out
    fresh = hub("rotate", "1")
    assert fresh.out.splitlines()[-1].startswith("whsec_")
    assert hub("deliveries", "1", "--json").document[0]["state"] == "delivered"
    assert hub("pause", "1", "--reason", "bảo trì").code == 0
    assert hub("pause", "1").code == 2
    assert "bảo trì" in hub("show", "1").out
    assert hub("resume", "1").code == 0
    assert hub("remove", "1").code == 0
    assert hub("show", "1").code == 4


def test_what_failed_is_shown_and_sent_again(
    hub: Callable[..., Outcome], database: Database, receiver: Receiver, tmp_path: Path
) -> None:
    hub("add", "cong-dvc", receiver.url)
    receiver.reply = lambda _: Reply(500, b"no disk \x1b[2J space")
    record.put(database, "A-1")
    for _ in range(9):
        serve(database, tmp_path)
        record.hurry(database)
    listed = hub("deliveries", "1", "--state", "failed")
    assert "500 Internal Server Error" in listed.out
    assert "\x1b[2J" not in listed.out
    assert "failing" in hub("list").out
    (failed,) = notices.page(database, 1, "failed", None, 9)
    assert hub("resend", "1", "--delivery", "999").code == 4
    assert "1 wait" in hub("resend", "1", "--delivery", str(failed.id)).out
    assert "0 wait" in hub("resend", "1").out
    receiver.reply = lambda _: Reply(500)
    assert hub("test", "1").code == 1
    assert hub("test", "1", "--json").document["status"] == 500


def test_what_cannot_be_is_refused_in_a_sentence(hub: Callable[..., Outcome], database: Database) -> None:
    record.client(database, "day", Role.PUSH, grant=None)
    for arguments, code, words in (
        (("add", "nobody", "http://127.0.0.1/"), 4, "hub client list"),
        (("add", "cong-dvc", "http://evil.example/"), 2, "webhooks.hosts"),
        (("add", "day", "http://127.0.0.1/"), 2, "pushes only"),
        (("add", "cong-dvc", "http://127.0.0.1/", "--filter", "agencies=1"), 2, "agencies"),
        (("add", "cong-dvc", "http://127.0.0.1/", "--filter", "identity=000190000001"), 2, "identity"),
        (("add", "cong-dvc", "http://127.0.0.1/", "--after", "9999"), 2, "9999"),
        (("show", "7"), 4, "hub webhook list"),
        (("deliveries", "99999999999999999999"), 4, "hub webhook list"),
    ):
        done = hub(*arguments)
        assert (done.code, words in done.err) == (code, True), (arguments, done.err)
        assert "Traceback" not in done.err
