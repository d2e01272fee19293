"""`hub serve` and `hub worker` send notices, and end what is under way when they are told to stop."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hub.store import notices
from hub.store.database import Database
from tests.hub.cli.command import ROOT
from tests.hub.cli.inside import hub as inside
from tests.hub.outbox.webhooks import record
from tests.hub.outbox.webhooks.receiver import PATIENCE, receiving


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(
        f"database: {{url: {database_url}}}\nweb: {{port: 0}}\nwebhooks: {{hosts: [127.0.0.1], plain_http: true}}\n",
        encoding="utf-8",
    )
    return path


def test_the_program_that_works_sends_what_was_subscribed_by_command(database: Database, config: Path) -> None:
    record.client(database)
    with receiving() as receiver:
        made = inside("webhook", "add", "cong-dvc", receiver.url, "--config", str(config))
        assert made.code == 0, made.err
        role = "serve" if database.is_sqlite else "worker"
        command = [sys.executable, "-m", "hub", role, "--config", str(config)]
        with subprocess.Popen(command, cwd=ROOT, env=os.environ, stderr=subprocess.PIPE, text=True) as process:
            try:
                for at in range(3):
                    record.put(database, f"A-{at}")
                    receiver.wait(at + 1)
                process.send_signal(signal.SIGTERM)
                _, said = process.communicate(timeout=PATIENCE)
            finally:
                process.kill()
        assert process.returncode == 0, said
        assert "Traceback" not in said
    assert [got.event["subject"] for got in receiver.got] == ["A-0", "A-1", "A-2"]
    assert notices.tallies(database, [1]) == {}
    assert record.how_many_reads(database) == 3, "taken in before it ended"
