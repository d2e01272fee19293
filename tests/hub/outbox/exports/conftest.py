"""What the tests of exports share."""

from pathlib import Path

import pytest

from hub.outbox.exports import parts, walking


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many pages and parts of few dossiers."""
    monkeypatch.setattr(walking, "_PAGE", 7)
    monkeypatch.setattr(parts, "_RECORDS", 20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of exports."""
    made = tmp_path / "files"
    made.mkdir()
    return made
