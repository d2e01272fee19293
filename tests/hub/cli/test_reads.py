"""`hub reads`, as an auditor uses it: look, verify, export, and keep an anchor elsewhere."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import text

from hub.store import keys, reads
from hub.store.database import connect
from hub.store.reads import Action, Read, SealKeys
from hub.store.schema import upgrade
from hub.store.secrets import keys_in
from hub.sync.reading_log import ReadLog
from tests.hub.cli.command import ROOT, Outcome
from tests.hub.cli.inside import hub

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


class World:
    """A hub in a folder, with some reads in its log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "config.yaml").write_text("connectors: []\n", encoding="utf-8")
        self.database = connect("sqlite:///var/hub.db", folder)
        upgrade(self.database)

    def hub(self, *arguments: str, **environment: str) -> Outcome:
        return hub("reads", *arguments, "-c", self.folder / "config.yaml", **environment)

    def note(self, *found: Read) -> None:
        from hub.cli.app import configuration
        from hub.wiring import read_keys

        seals = read_keys(configuration(self.folder / "config.yaml"), self.database)
        log = ReadLog(self.database, seals, self.folder / "var/reads")
        for one in found:
            log.note(one)
        log.stop()
        log.take_in()

    def damage(self, statement: str) -> None:
        with self.database.write() as connection:
            connection.execute(text(statement))


def read(day: int, *ids: int, client: str = "cong-dvc", **asked: str) -> Read:
    what = {"filter": asked, "groups": ["name"]}
    at = NOW + timedelta(days=day)
    return Read(at, client, Action.LIST, ids, len(ids), what, "cán bộ 7", "10.0.0.7", "một cửa\x1b[2J", f"r{day}")


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.note(read(0, 7), read(1, 8, 9, phone="0900000001"), read(2, 7, 8, client="đối-tác"))
    return made


def test_reads_are_listed_newest_first_and_found(world: World) -> None:
    shown = world.hub()
    assert shown.code == 0
    assert "\x1b" not in shown.out
    assert [each["id"] for each in world.hub("--json").document] == ["3", "2", "1"]
    for options, ids in (
        (("--dossier", "id:7"), ["3", "1"]),
        (("--client", "cong-dvc"), ["2", "1"]),
        (("--person", "ai đó"), []),
        (("--action", "list", "--from", "2026-11-21", "--to", "2026-11-21"), ["2"]),
        (("--looked-for", "+84 900 000 001"), ["2"]),
        (("--looked-for", "0900000002"), []),
        (("--limit", "1"), ["3"]),
    ):
        assert [each["id"] for each in world.hub("list", *options, "--json").document] == ids, options


def test_what_cannot_be_asked_is_said_in_a_sentence(world: World) -> None:
    unknown = world.hub("list", "--dossier", "H1")
    assert (unknown.code, unknown.err) == (4, "No dossier is known under H1; `hub dossier CODE` looks for one.\n")
    assert world.hub("list", "--from", "hôm qua").code == 2
    for cut in ("x", "3:abcd", f"3:{'a' * 62}", f"-3:{'a' * 64}"):
        assert world.hub("verify", "--anchor", cut).code == 2


def test_the_log_is_verified_and_damage_is_named(world: World) -> None:
    fine = world.hub("verify")
    assert (fine.code, fine.out.splitlines()[0]) == (0, "3 reads, 1 to 3: nothing was changed.")
    anchor = world.hub("head").out.strip()
    assert fine.out.splitlines()[1] == anchor
    assert world.hub("verify", "--anchor", anchor, "--since", "2026-11-22").code == 0
    world.damage("UPDATE reads SET client = 'x' WHERE id = 2")
    found = world.hub("verify")
    assert (found.code, found.err.partition(":")[0]) == (1, "Row 2 does not fit its seal")
    assert world.hub("verify", "--json").document["wrong"] == 2


def test_an_end_that_was_cut_off_with_its_head_is_found_by_an_anchor(world: World) -> None:
    anchor = world.hub("head", "--json").document["anchor"]
    world.damage("DELETE FROM reads WHERE id = 3")
    world.damage("UPDATE reads_head SET last = 2, seal = (SELECT seal FROM reads WHERE id = 2)")
    assert world.hub("verify").code == 0
    assert world.hub("verify", "--anchor", anchor).code == 1


def test_reads_are_exported_oldest_first_with_their_seals(world: World) -> None:
    lines = [json.loads(line) for line in world.hub("export").out.splitlines()]
    assert [(each["id"], each["dossiers"], len(each["seal"])) for each in lines] == [
        ("1", ["7"], 64),
        ("2", ["8", "9"], 64),
        ("3", ["7", "8"], 64),
    ]
    assert "0900000001" not in str(lines)


def test_a_key_was_made_once_and_a_lost_one_is_never_replaced(world: World) -> None:
    file = world.folder / "var/secrets.key"
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    kept = file.read_text()
    file.unlink()
    lost = world.hub("verify")
    assert lost.code == 2
    assert "cannot be read from" in lost.err
    assert not file.exists()
    assert world.hub("head").code == 0
    fresh = SealKeys.derived(keys_in("A" * 43 + "=", "the test"))
    reads.take_in(world.database, fresh, "s", [(1, read(3, 1))])
    assert world.hub("verify", HUB_SECRETS_KEY=f"{'A' * 43}=,{kept.strip()}").code == 0
    assert world.hub("verify", HUB_SECRETS_KEY=kept.strip()).code == 1


def test_an_empty_log_verifies_and_its_head_is_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.hub("verify").code == 0
    assert world.hub("head").out.strip() == "0:" + "0" * 64
    assert world.hub("--json").document == []


def test_reads_are_kept_for_thirty_days_at_least(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("reads: {keep: 29d}\nconnectors: []\n", encoding="utf-8")
    told = hub("reads", "head", "-c", tmp_path / "config.yaml")
    assert told.code == 2
    assert "30d or longer" in told.err


def served(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """`hub serve` in a process group of its own, and its address."""
    command = [sys.executable, "-m", "hub", "serve", "--port", "0", "--config", str(folder / "config.yaml")]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stderr is not None
    line = next(line for line in process.stderr if "Console" in line)
    return process, line.split("Console ")[1].split("/  API")[0]


def test_what_was_answered_before_the_hub_was_killed_is_in_the_log_after_its_next_start(tmp_path: Path) -> None:
    world, number = World(tmp_path), "000190009999"
    now = datetime.now(UTC)
    headers = {"X-API-Key": keys.issue(world.database, "cong-dvc", now), "X-Purpose": "doi%20chieu"}
    process, url = served(tmp_path)
    try:
        for _ in range(7):
            answer = requests.get(f"{url}/api/v1/dossiers?identity={number}", headers=headers, timeout=30)
            assert answer.status_code == 200, answer.text
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # the answers are out; the database may not have heard of them
        process.communicate()
    process, url = served(tmp_path)
    assert requests.get(f"{url}/health/ready", timeout=30).status_code == 200
    process.terminate()
    process.communicate(timeout=60)
    found = world.hub("list", "--looked-for", number, "--json").document
    assert [(each["client"], each["purpose"], each["records"]) for each in found] == [("cong-dvc", "doi chieu", 0)] * 7
    assert found[0]["request"] == answer.headers["X-Request-Id"]
    assert list((tmp_path / "var/reads").iterdir()) == []
    assert world.hub("verify").code == 0
