"""An incremental run asks again from before the last known change: what shows late, or ties with it, is brought."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from connectors.rest import REST
from hub.store import dossiers
from hub.store.database import Database, connect
from hub.store.filters import Filter
from hub.store.schema import upgrade
from hub.sync.source import Source
from tests.connectors.desk import desk, say
from tests.hub.sync.fixtures import mapping, registered
from tests.hub.sync.running import run_once

LAST = datetime.fromisoformat("2026-05-20T08:00:00+07:00")


class Register:
    """Answers pages of three, oldest change first; changes at exactly `since` are in it, or are not."""

    def __init__(self, *, leaves_out: bool) -> None:
        self.leaves_out = leaves_out
        # More of one second than a page holds.
        self.records = [entry(1, -3600), *(entry(number, 0) for number in range(2, 7))]

    def __call__(self, request: Request) -> Response:
        since = datetime.fromisoformat(request.args["since"].replace(" ", "+"))
        found = [one for one in self.records if since < at(one) or (since == at(one) and not self.leaves_out)]
        start = 3 * int(request.args["page"])
        return say(sorted(found, key=lambda one: (at(one), one["id"]))[start : start + 3])


def entry(number: int, seconds: int) -> dict[str, Any]:
    changed = (LAST + timedelta(seconds=seconds)).isoformat()
    return {"id": number, "code": f"24-3{number:05}", "status": "open", "changed": changed}


def at(record: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(record["changed"])


def settings(url: str, overlap: int) -> Any:
    return REST.settings.model_validate(
        {
            "url": url,
            "key": "id",
            "parameters": {"since": "{since}", "page": "{page}", "size": "{page_size}"},
            "pages": {"type": "numbered"},
            "page_size": 3,
            "changed_at": {"from": "changed", "overlap_seconds": overlap},
        }
    )


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """SQLite alone: what is asked for does not depend on the database."""
    opened = connect(f"sqlite:///{tmp_path / 'hub.db'}")
    upgrade(opened)
    yield opened
    opened.close()


@pytest.mark.parametrize(("overlap", "late", "leaves_out"), [(60, True, False), (60, True, True), (0, False, True)])
def test_what_shows_later_than_its_time_and_what_ties_with_the_last_is_brought_once(
    database: Database, tmp_path: Path, overlap: int, late: bool, leaves_out: bool
) -> None:
    registered(database, "a")
    there = Register(leaves_out=leaves_out)
    with desk(there) as line:
        made = Source("a", partial(REST.open, settings(line.url, overlap)), mapping(tmp_path))
        assert run_once(database, made).created == 6
        there.records += [entry(7, -30), entry(8, 0), entry(9, 5)]  # late, a tie, new
        second = run_once(database, made)
    assert second.created == (3 if late else 2), "without an overlap nobody asks for what shows late"
    held = {row.code[-1] for row in dossiers.page(database, Filter())}
    assert held == set("12345689") | ({"7"} if late else set())
    assert dossiers.totals(database).dossiers == len(held)
