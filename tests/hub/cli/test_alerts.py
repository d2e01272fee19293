"""`hub alerts`: what goes on, answering, silences, and a test through every channel."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.alerts import judging
from hub.alerts.finding import Finding
from hub.alerts.judging import Judged
from hub.alerts.kinds import Rule, Severity
from hub.alerts.policy import Policy
from hub.store import alerts, silences
from hub.store.database import Database, connect
from hub.store.schema import upgrade
from tests.hub.alerts.postbox import Postbox, postbox
from tests.hub.cli.inside import hub
from tests.hub.outbox.webhooks.receiver import Receiver, Reply, receiving

WHSEC = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="
DISK = Finding(Rule.DISK, None, Severity.WARNING, {"percent": 4.5, "free": 5 * 2**30}, "var")


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as one:
        yield one


@pytest.fixture
def chat() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def config(tmp_path: Path, box: Postbox, chat: Receiver) -> Path:
    path = tmp_path / "config.yaml"
    mail = f"{{name: truc, kind: mail, host: 127.0.0.1, port: {box.port}, security: none, from: hub@hub.example"
    hook = f"{{name: chat, kind: webhook, url: '{chat.url}/x', secret: '${{env:CHAT}}'}}"
    path.write_text(
        f"webhooks: {{plain_http: true}}\nalerts: {{channels: [{mail}, to: [truc@hub.example]}}, {hook}]}}\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = connect("sqlite:///var/hub.db", tmp_path)
    upgrade(opened)
    yield opened
    opened.close()


def found(database: Database, *findings: Finding, at: datetime | None = None) -> None:
    judged = Judged({one.key: one for one in findings}, frozenset(Rule), None)
    now = at or datetime.now(UTC)
    database.write_again(lambda transaction: judging.keep(transaction, judged, Policy(), now))


def run(config: Path, *arguments: str) -> tuple[int, str, str]:
    done = hub("alerts", *arguments, "--config", config, CHAT=WHSEC)
    return done.code, done.out, done.err


def test_what_goes_on_is_listed_with_when_somebody_last_looked(config: Path, database: Database) -> None:
    code, out, err = run(config)
    assert (code, out.strip()) == (0, "No alert is known.")
    assert "were not looked through yet" in err
    found(database, DISK)
    code, out, err = run(config)
    assert "5 GiB left (4.5 %)" in out
    assert "last looked through at" in err
    document = hub("alerts", "list", "--json", "--config", config, CHAT=WHSEC).document
    assert (document["judged_late"], document["alerts"][0]["rule"]) == (False, "disk")


def test_an_alert_is_shown_answered_once_and_one_that_is_not_there_is_told(config: Path, database: Database) -> None:
    found(database, DISK)
    (row,) = alerts.going_on(database)
    assert "Enlarge the disk" in run(config, "show", str(row.id))[1]
    assert run(config, "answer", str(row.id), "--note", "đang dọn", "--author", "an")[0] == 0
    again = run(config, "answer", str(row.id))
    assert (again[0], "looks after it already" in again[2]) == (2, True)
    assert "there is no alert 99" in run(config, "show", "99")[2]


def test_a_test_goes_through_every_channel_and_says_for_each_what_happened(
    config: Path, database: Database, box: Postbox, chat: Receiver
) -> None:
    code, out, _ = run(config, "test")
    assert code == 0
    assert out.count("taken") == 2
    assert box.mails[0]["Subject"].startswith("[Một Cửa Hub] THỬ / TEST")
    assert chat.got[0].event["type"] == "vn.mot-cua-hub.alert.test"
    chat.reply = lambda _: Reply(503, b"later")
    code, out, _ = run(config, "test")
    assert (code, out.count("taken"), out.count("failed")) == (1, 1, 1)
    assert "answered 503" in out
    assert run(config, "test", "truc")[0] == 0
    code, _, err = run(config, "test", "fax")
    assert (code, "there are: truc, chat" in err) == (4, True)


def test_a_hub_without_channels_says_where_to_name_them(tmp_path: Path, database: Database) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("{}\n", encoding="utf-8")
    code, _, err = run(path, "test")
    assert (code, "`alerts.channels` in config.yaml" in err) == (2, True)


def test_a_silence_is_made_listed_and_ended(config: Path, database: Database) -> None:
    code, out, _ = run(config, "silence", "--reason", "bảo trì", "--rule", "disk", "--for", "3h", "--author", "an")
    assert (code, out.startswith("Silence 1, until")) == (0, True)
    found(database, DISK)
    assert "silenced" in run(config)[1]
    assert "bảo trì" in run(config, "silences")[1]
    assert run(config, "silences", "--end", "1", "--author", "bình")[0] == 0
    (one,) = silences.newest(database)
    assert one.ended_by == "bình"
    assert "there is no silence 1 that holds" in run(config, "silences", "--end", "1")[2]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--for", "soon"), "soon"),
        (("--for", "90d"), "31 days at most"),
        (("--from", "tomorrow"), "write it as 2026-11-28T22:00"),
        (("--from", "2020-01-01T00:00"), "after now"),
        (("--connector", "nope"), "there is no connector nope"),
        (("--rule", "nope"), "there is no rule nope"),
    ],
)
def test_a_silence_that_means_nothing_is_refused(
    config: Path, database: Database, wrong: tuple[str, ...], said: str
) -> None:
    code, _, err = run(config, "silence", "--reason", "x", *wrong)
    assert (code, said in err) == (2, True)
    assert silences.newest(database) == []


def test_what_is_over_is_listed_apart(config: Path, database: Database) -> None:
    before = datetime.now(UTC) - timedelta(hours=1)
    found(database, DISK, at=before)
    for minutes in (1, 20):
        found(database, at=before + timedelta(minutes=minutes))
    assert "5 GiB" in run(config, "list", "--over")[1]
    assert "5 GiB" not in run(config)[1]
