"""kill -9 in the middle of a replay: repeated, it goes on, and nothing is doubled."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from hub.store import quarantine, runs
from hub.store.database import Database
from tests.hub.sync.snapshot import snapshot

ROOT = Path(__file__).parents[3]
FILES, ROWS = 40, 10
CONFIG = """
database: {{url: "${{env:HUB_DATABASE_URL}}"}}
mappings: {{folders: [mine]}}
connectors:
  - name: so-tep
    title: Sở Tệp
    type: files
    agency: 000.00.99.H29
    mapping: so-tep/ho-so
    stop_when: {{share: 100%}}
    settings: {{folder: {folder}, key: ma, settle_seconds: 0}}
"""
MAPPING = """
mapping: so-tep/ho-so
version: 1
entity: dossier
input: json
fields:
  code: {from: ma}
  status: {from: trang_thai, table: status}
  received_at: {from: nhan, date: "dd/MM/yyyy"}
  events: {each: "[@]", fields: {at: {from: nhan, date: "dd/MM/yyyy"}, name: {value: "Tiếp nhận"}}}
tables:
  status: {"Đang xử lý": processing}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Forty files of ten records, every second of which the mapping cannot read."""
    (tmp_path / "in").mkdir()
    (tmp_path / "mine/so-tep/ho-so").mkdir(parents=True)
    (tmp_path / "mine/so-tep/ho-so/mapping.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(CONFIG.format(folder=tmp_path / "in"), encoding="utf-8")
    for file in range(FILES):
        rows = (
            f"H1-24-{file:03}{row:03},{'Chờ bổ sung' if row % 2 else 'Đang xử lý'},20/11/2026" for row in range(ROWS)
        )
        (tmp_path / f"in/{file:03}.csv").write_text("\n".join(["ma,trang_thai,nhan", *rows]) + "\n", encoding="utf-8")
    return tmp_path


def start(folder: Path, url: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hub", *arguments, "--config", str(folder / "config.yaml")]
    environment = os.environ | {"HUB_DATABASE_URL": url}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finish(folder: Path, url: str, *arguments: str) -> str:
    process = start(folder, url, *arguments)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def correct(folder: Path) -> None:
    text = MAPPING.replace("processing}", 'processing, "Chờ bổ sung": supplement_requested}')
    (folder / "mine/so-tep/ho-so/mapping.yaml").write_text(text, encoding="utf-8")


def kill_half_way(folder: Path, url: str, database: Database) -> None:
    process = start(folder, url, "replay", "so-tep", "--all")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        (last,) = runs.listed(database, limit=1)
        if last.kind == "replay" and last.pages >= 3:
            break
        assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_replay_that_is_killed_goes_on_when_it_is_repeated(
    database: Database, database_url: str, folder: Path
) -> None:
    finish(folder, database_url, "sync", "so-tep")
    correct(folder)
    kill_half_way(folder, database_url, database)
    left = quarantine.counts(database)["so-tep"]
    assert 0 < left < FILES * ROWS // 2
    out = finish(folder, database_url, "replay", "so-tep", "--all")
    assert f"{left} left quarantine, {left} created" in out
    assert quarantine.counts(database) == {}
    newest, before, _ = runs.listed(database)
    assert (newest.state, before.state, before.error_code) == ("succeeded", "interrupted", "worker_died")
    stored = snapshot(database)
    assert len(stored["records"]) == len(stored["dossiers"]) == FILES * ROWS
    told = Counter(code for code, *_ in stored["events"])
    assert len(told) == FILES * ROWS
    assert len(set(told.values())) == 1  # those that came out at once, before the kill and after it have as many
