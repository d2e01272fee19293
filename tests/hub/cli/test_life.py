"""A connector's whole life over the command line, while `hub serve` runs in another process and is never restarted."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.store import runs
from hub.store.database import Database
from tests.departments.faults import Faults
from tests.departments.generator import generate
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.hub.cli.command import ROOT, Outcome
from tests.hub.cli.inside import hub

SECTION = """
name: mot-cua
title: Cổng một cửa
type: rest
agency: 000.00.00.H29
mapping: mot-cua/ho-so
schedule: {{every: 1s}}
retry: {{attempts: 1}}
settings:
  url: {address}/pa/dossier/search
  auth:
    type: oauth2_client_credentials
    token_url: {address}/auth/realms/digo/protocol/openid-connect/token
    client_id: hub
    client_secret: ${{secret:mot-cua.client}}
  parameters: {{spec: slice, sort: "updatedDate,desc", page: "{{page}}", size: "{{page_size}}"}}
  page_size: 10
  pages: {{type: numbered, last: last}}
  records: content
  key: id
  changed_at: {{from: updatedDate, date: iso}}
  order: newest_first
"""

Command = Callable[..., Outcome]


@pytest.fixture
def department() -> Iterator[tuple[Faults, str]]:
    app = Faults(MotCua(generate(judicial=1, one_stop=30, shared=0, faulty=0).one_stop).app)
    with serve(app) as address:
        yield app, address


@pytest.fixture
def config(tmp_path: Path, database: Database, database_url: str) -> Path:
    """A configuration that knows its store, and no connector."""
    path = tmp_path / "config.yaml"
    path.write_text(f'database: {{url: "{database_url}"}}\n', encoding="utf-8")
    return path


@pytest.fixture
def run(config: Path) -> Command:
    """`hub …` on this configuration; it must do what it is told."""

    def command(*arguments: str | Path, stdin: str = "", code: int = 0) -> Outcome:
        done = hub(*arguments, "-c", config, stdin=stdin)
        assert done.code == code, (arguments, done.out, done.err)
        return done

    return command


@pytest.fixture
def ended(config: Path) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Waits until `hub serve` has ended a run in this state, and gives its log line."""
    command = [sys.executable, "-m", "hub", "serve", "--port", "0", "--config", str(config)]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    lines = iter(process.stderr)
    assert any(re.search(r"Console http", line) for line in lines)

    def wait(state: str) -> dict[str, Any]:
        events = (json.loads(line) for line in lines if line.startswith("{"))
        return next(event for event in events if event["event"] == "run_ended" and event["state"] == state)

    yield wait
    process.kill()
    process.communicate()


def test_a_connector_lives_and_changes_without_a_restart(
    department: tuple[Faults, str], database: Database, run: Command, ended: Callable[[str], dict[str, Any]]
) -> None:
    _, address = department
    run("secret", "set", "mot-cua.client", stdin="demo-only\n")
    run("connector", "new", "--from", "-", stdin=SECTION.format(address=address))
    assert runs.listed(database) == []  # a draft is not run
    run("connector", "activate", "mot-cua", "--reason", "đã kiểm tra")
    assert ended("succeeded")["connector"] == "mot-cua"

    run("connector", "pause", "mot-cua", "--reason", "bảo trì")
    (row,) = run("connector", "list", "--json").document
    assert (row["state"], row["next_fire_at"]) == ("paused", None)
    bookmark = row["bookmark"]
    assert bookmark

    run("connector", "put", "-", "--reason", "sai địa chỉ", stdin=SECTION.format(address="http://127.0.0.1:9"))
    run("connector", "resume", "mot-cua")
    assert "127.0.0.1:9" in ended("failed")["sentence"]
    run("connector", "rollback", "mot-cua", "1", "--reason", "địa chỉ cũ mới đúng")
    ended("succeeded")
    history = run("connector", "history", "mot-cua", "--json").document
    assert [version["reason"] for version in history["versions"]] == ["địa chỉ cũ mới đúng", "sai địa chỉ", ""]

    text = run("connector", "export", "mot-cua", "--json").document["mappings/mot-cua/ho-so/mapping.yaml"]
    before = runs.listed(database, state="succeeded", limit=1)[0].mapping
    run("mapping", "put", "-", "--reason", "bỏ một trường", stdin=without_a_field(text))
    while ended("succeeded") and runs.listed(database, state="succeeded", limit=1)[0].mapping == before:
        pass
    used = str(runs.listed(database, state="succeeded", limit=1)[0].mapping).rpartition(" ")[2]
    history = run("mapping", "history", "mot-cua/ho-so", "--json").document
    assert history[0]["fingerprint"].startswith(used)  # what a run read with can be looked up

    run("connector", "retire", "mot-cua", "--reason", "hết dự án")
    assert run("connector", "list", "--json").document == []
    assert run("connector", "list", "--all", "--json").document[0]["state"] == "retired"


def without_a_field(text: str) -> str:
    """The mapping without one of its optional fields."""
    kept = [line for line in text.splitlines() if not line.lstrip().startswith("summary:")]
    assert len(kept) < len(text.splitlines())
    return "\n".join(kept) + "\n"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_pause_ends_a_run_under_way_at_its_next_page(
    department: tuple[Faults, str], database: Database, run: Command, ended: Callable[[str], dict[str, Any]]
) -> None:
    faults, address = department
    run("secret", "set", "mot-cua.client", stdin="demo-only\n")
    run("connector", "new", "--from", "-", stdin=SECTION.format(address=address))
    faults.arm("latency", times=1, matching="/pa/")
    run("connector", "activate", "mot-cua")
    faults.wait_until_held()
    run("connector", "pause", "mot-cua", "--reason", "quá tải")
    faults.disarm()
    said = ended("interrupted")["sentence"]
    assert said.startswith("mot-cua was paused while it was read.")
    assert runs.listed(database)[0].error_code == "not_active"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_connector_that_cannot_be_used_fails_in_a_sentence_and_the_others_go_on(
    department: tuple[Faults, str], database: Database, run: Command, ended: Callable[[str], dict[str, Any]]
) -> None:
    _, address = department
    run("secret", "set", "mot-cua.client", stdin="demo-only\n")
    run("connector", "new", "--from", "-", stdin=SECTION.format(address=address))
    broken = SECTION.format(address=address).replace("name: mot-cua", "name: so-hong")
    os.environ["HUB_TEST_TITLE"] = "Sở Hỏng"  # known here, not to the hub that runs
    try:
        titled = broken.replace("title: Cổng một cửa", "title: ${env:HUB_TEST_TITLE}")
        run("connector", "new", "--from", "-", stdin=titled)
        for name in ("so-hong", "mot-cua"):
            run("connector", "activate", name)
    finally:
        del os.environ["HUB_TEST_TITLE"]
    said = ended("failed")
    assert said["connector"] == "so-hong"
    assert "so-hong v1:3:8 the environment variable HUB_TEST_TITLE is not set" in said["sentence"]
    assert ended("succeeded")["connector"] == "mot-cua"
