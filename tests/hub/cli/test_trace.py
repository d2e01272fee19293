"""`hub trace`: what happened to a dossier, on the command line."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.store.database import connect
from tests.hub.cli.inside import hub
from tests.hub.web.filling import AMBIGUOUS, SHARED, fill


@pytest.fixture
def config(tmp_path: Path, sqlite_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A filled hub with a configuration that names no connector."""
    monkeypatch.setenv("HUB_SECRET_KEY", "only-for-the-tests-of-the-command-line")
    shutil.copy(sqlite_store, tmp_path / "hub.db")
    database = connect("sqlite:///hub.db", tmp_path)
    fill(database, datetime.now(UTC))
    database.close()
    path = tmp_path / "config.yaml"
    path.write_text(f'database: {{url: "sqlite:///{tmp_path}/hub.db"}}\n', encoding="utf-8")
    return path


def test_it_tells_who_won_what_changed_and_what_happened(config: Path) -> None:
    done = hub("trace", SHARED, "--config", str(config))
    assert done.code == 0, done.err
    assert 'not "0900000001" of so-tu-phap TP-shared: its precedence (10) is higher than that of so-tu-phap (0)' in (
        done.out
    )
    assert "mot-cua 65a run 2; payload 2, read by as given" in done.out
    assert "applicant.phone: 0900000001 → 0900000009" in done.out


def test_a_program_gets_one_document_or_one_for_each_dossier(config: Path) -> None:
    one = hub("trace", SHARED, "--json", "--kind", "status", "--config", str(config)).document
    assert {entry["kind"] for entry in one["entries"]} == {"status"}
    assert len(hub("trace", AMBIGUOUS, "--json", "--config", str(config)).document) == 2


def test_what_stands_in_quarantine_is_told_and_what_never_came_is_said(config: Path) -> None:
    aside = hub("trace", "TP-404", "--config", str(config))
    assert aside.code == 0, aside.err
    assert "it came, but the record does not have it" in aside.out
    assert "received_at: a day that exists" in aside.out
    never = hub("trace", "000.00.15.H29-260530-9999", "--config", str(config))
    assert never.code != 0
    assert "the hub never saw" in never.err
    assert "hub fetch so-tu-phap KEY" in never.err
