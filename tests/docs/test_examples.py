"""The programs in docs/examples do what they say, also while everything around them is killed."""

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import update

from docs.examples.hub_client import Change, ChangePage, Hub
from hub.store import feed, keys
from hub.store.database import Database
from hub.store.keys import Role
from hub.store.looking_up import codes_of_dossiers
from hub.store.tables import connectors
from tests.docs.following import EXAMPLES, Mirror, Program, follower, free_port, timeless, until, web
from tests.hub.store.feed_writer import Writer, Writers
from tests.hub.sync.fixtures import registered

SECONDS = float(os.environ.get("HUB_FOLLOW_SECONDS", "10"))  # of disturbance, on PostgreSQL
NAMES = ("c0", "c1", "c2", "c3")


def test_the_examples_are_typed_strictly() -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "hub_client.py", "follow.py"]
    done = subprocess.run(command, cwd=EXAMPLES, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@dataclass
class City:
    """A hub, its writers, and who follows it."""

    database: Database
    writers: Writers
    web: Program
    follower: Program
    mirror: Mirror
    hub: Hub
    ended: list[Writer] = field(default_factory=list)  # that wait to be told to go on

    def write(self) -> bool:
        """One more step of some writer; never true."""
        writer, _ = self.writers.next()
        if writer.kind == "run" and self.ended:
            self.ended.pop().tell("on")
        writer.tell(self.writers.chance.choice(("commit", "commit", "roll back")))
        if writer.kind == "raw":
            self.ended.append(writer)
        return False

    def come_on(self) -> None:
        """Until the copy has come further; everybody writes on meanwhile."""
        before = self.mirror.position()
        until(lambda: self.mirror.position() > before or self.write())


@pytest.fixture
def city(database: Database, database_url: str, tmp_path: Path) -> Iterator[City]:
    """All of it; only the writers are not started yet."""
    key, port = keys.issue(database, "portal", datetime.now(UTC), Role.READ), free_port()
    registered(database, *NAMES)
    with database.write() as transaction:  # they stand in no config.yaml
        transaction.execute(update(connectors).values(managed_by="hub"))
    writers = Writers(database_url, Random(5))
    server = web(tmp_path, database_url, port)
    copy = follower(tmp_path, port, key, "--limit", "7")
    made = City(database, writers, server, copy, Mirror(tmp_path / "mirror.db"), Hub(f"http://127.0.0.1:{port}", key))
    server.start()
    copy.start()
    try:
        yield made
    finally:
        writers.close()
        copy.kill()
        server.kill()


def test_a_copy_misses_nothing_while_many_write_and_hub_and_follower_are_killed(city: City) -> None:
    for kind, name in zip(("raw", "raw", "run", "run"), NAMES, strict=True):
        city.writers.start(kind, name)
    embedded = city.database.is_sqlite
    city.come_on()
    _disturb(city, SECONDS / 3 if embedded else SECONDS)
    city.writers.end()
    latest = feed.latest(city.database)
    until(lambda: city.mirror.position() >= latest)
    there = {one["id"]: timeless(dict(one)) for one in city.hub.list(limit=200)}
    assert len(there) > 20
    assert city.mirror.dossiers() == there
    codes = codes_of_dossiers(city.database, [*map(int, there)])
    assert city.mirror.codes() == {(code, str(one)) for one, all_of_it in codes.items() for code in all_of_it}
    assert city.mirror.position() == latest

    # Both end at once and cleanly, though the one waits for the other.
    began = monotonic()
    assert city.web.end() == 0
    assert city.follower.end(signal.SIGINT) == 0
    assert monotonic() - began < 15
    assert f"stopped at position {latest}" in city.follower.said()


def _disturb(city: City, seconds: float) -> None:
    """Everybody writes on; every now and then one of the two is killed and started again."""
    over, victims = monotonic() + seconds, cycle((city.follower, city.web, city.follower))
    while monotonic() < over or city.follower.kills + city.web.kills < 3:
        city.come_on()
        for _ in range(20):
            city.write()
        victim = next(victims)
        victim.kill()
        victim.start()


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A copy as the example keeps it, and its file."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    copy = importlib.import_module("follow").Mirror(str(tmp_path / "mirror.db"))
    yield copy, Mirror(tmp_path / "mirror.db")
    copy.close()


def _page(after: int, upto: int, *items: Change, more: bool = False, view: str = "one") -> ChangePage:
    return ChangePage(after, items, upto, more, 0.0, view)


def _changed(position: int, dossier_id: str, *codes: str) -> Change:
    dossier: Any = {"id": dossier_id, "position": position}
    return Change(position, "changed", dossier_id, codes[0], codes, None, dossier)


def test_what_a_change_means_is_what_the_copy_does(kept: Any) -> None:
    copy, mirror = kept
    copy.keep(_page(0, 4, *(_changed(at, str(at), f"c{at}", f"d{at}") for at in range(1, 5))))
    copy.keep(
        _page(4, 7, Change(5, "gone", "1", "c1"), Change(6, "left", "2", "c2"), Change(7, "merged", "3", "c3", (), "4"))
    )
    copy.keep(_page(7, 9, Change(8, "left", "77", "never here"), _changed(9, "4", "c4")))
    assert mirror.dossiers() == {"4": {"id": "4", "position": 9}}
    assert mirror.codes() == {("c4", "4")}
    assert mirror.position() == 9


def test_who_begins_again_keeps_what_it_has_until_it_knows_better(kept: Any) -> None:
    copy, mirror = kept
    copy.keep(_page(0, 2, _changed(1, "1", "c1"), _changed(2, "2", "c2")))
    copy.begin_again()
    copy.keep(_page(0, 1, _changed(2, "2", "c2"), more=True, view="two"))
    assert set(mirror.dossiers()) == {"1", "2"}
    copy.keep(_page(1, 2, view="two"))
    assert set(mirror.dossiers()) == {"2"}
    assert (copy.place.position, copy.place.view) == (2, "two")


def test_two_that_follow_into_one_file_are_found_out(kept: Any) -> None:
    copy, _ = kept
    copy.keep(_page(0, 2, _changed(2, "2", "c2")))
    with pytest.raises(SystemExit, match="another process"):
        copy.keep(_page(0, 1, _changed(1, "1", "c1")))
    assert copy.place.position == 2
