"""A body is the same whether it is held in memory or in a file, and leaves nothing behind."""

import gc
import os
import tempfile
from pathlib import Path

import pytest

from connectors import body as module
from connectors.body import Body

TEXT = bytes(range(256)) * 40


@pytest.fixture(params=["memory", "file"])
def filled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Body:
    if request.param == "file":
        monkeypatch.setattr(module, "SMALL", 1000)
    found = Body(TEXT[:10])
    for start in range(10, len(TEXT), 777):
        found.write(TEXT[start : start + 777])
    assert found.is_small == (request.param == "memory")
    return found


def test_what_was_written_is_read_from_any_place(filled: Body) -> None:
    assert filled.size == len(TEXT)
    assert filled.whole() == b"".join(filled.chunks()) == TEXT
    assert (filled.head(5), filled.tail(5), filled.at(300, 310)) == (TEXT[:5], TEXT[-5:], TEXT[300:310])
    assert (filled.tail(10**9), filled.at(len(TEXT) - 3, 10**9), filled.at(10**9, 10**9)) == (TEXT, TEXT[-3:], b"")


def test_readers_do_not_disturb_each_other(filled: Body) -> None:
    with filled.open() as one, filled.open() as other:
        assert one.read(300) == other.read(300) == TEXT[:300]
        one.seek(-5, os.SEEK_END)
        assert one.read() == TEXT[-5:]
        assert other.read() == TEXT[300:]


def test_a_large_body_leaves_no_file_and_no_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "SMALL", 10)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = _open_files()
    bodies = [Body(TEXT), Body(TEXT)]
    assert not list(tmp_path.iterdir())
    bodies[0].close()
    bodies[0].close()
    bodies.clear()
    gc.collect()
    assert _open_files() <= before  # what others left behind may have gone


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
