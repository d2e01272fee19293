"""`hub feed`, as a keeper uses it after a restore."""

from pathlib import Path

import pytest

from hub.store.database import connect
from hub.store.schema import upgrade
from tests.hub.cli.command import Outcome
from tests.hub.cli.inside import hub


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A hub in a folder, with nothing in it."""
    (tmp_path / "config.yaml").write_text("connectors: []\n", encoding="utf-8")
    database = connect("sqlite:///var/hub.db", tmp_path)
    upgrade(database)
    database.close()
    return tmp_path


def _feed(folder: Path, *arguments: str) -> Outcome:
    return hub("feed", *arguments, "-c", folder / "config.yaml")


def test_a_keeper_begins_the_feed_anew_and_sees_when_and_why(folder: Path) -> None:
    assert _feed(folder, "show", "--json").document == {"position": 0, "renewals": []}
    done = _feed(folder, "renew", "--reason", "restored of 20/11", "--author", "quản trị")
    assert done.code == 0
    assert "Whoever follows it begins again." in done.out
    shown = _feed(folder, "show", "--json").document
    (renewal,) = shown["renewals"]
    assert (renewal["upto"], renewal["since"]) == (0, shown["position"])
    assert (renewal["author"], renewal["reason"]) == ("quản trị", "restored of 20/11")
    assert "quản trị: began anew" in _feed(folder, "show").out


def test_who_begins_it_anew_says_why(folder: Path) -> None:
    assert _feed(folder, "renew", "--reason", " ").code == 2
    assert _feed(folder, "show", "--json").document["position"] == 0
