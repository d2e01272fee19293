"""Why one source is believed and not another is told by the rules that really decided."""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.contract import Record
from hub.inspection.explaining import DossierExplained, explained
from hub.store import connectors, runs
from hub.store.database import Database
from hub.store.dossiers import with_code
from hub.sync.run import execute
from mappings.engine.reading import Mapping
from tests.hub.sync.fixtures import DOCUMENT, Listing, mapping, registered, source

A = "000.00.15.H29-260520-0001"
Bring = Callable[..., None]


def again(payload: bytes, _: str) -> Iterable[Record]:
    return [Record(str(one["id"]), one, orjson.dumps(one)) for one in orjson.loads(payload)]


class Versions:
    """One mapping, used then and today, unless a test says otherwise."""

    def __init__(self, used: Mapping | None, today: Mapping | None) -> None:
        self._used, self._today = used, today

    def used(self, named: str) -> Mapping | None:
        assert named.startswith("test/ho-so v1 ")
        return self._used

    def today(self, connector: str) -> Mapping | None:
        assert connector in ("a", "b")
        return self._today


@pytest.fixture
def bring(database: Database, tmp_path: Path) -> Bring:
    registered(database, "a", "b", precedence={"b": 10})

    def once(name: str, record: dict[str, Any]) -> None:
        row = connectors.named(database, name)
        assert row is not None
        with database.write() as transaction:
            run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
        execute(database, source(name, Listing([[record]]), mapping(tmp_path)), run_id, "test", threading.Event())

    return once


def record(**more: Any) -> dict[str, Any]:
    return {"id": 1, "code": A, "status": "open"} | more


def told(database: Database, versions: Versions) -> DossierExplained:
    (row,) = with_code(database, A)
    return explained(database, row, lambda _: again, versions)


def whys(found: DossierExplained) -> dict[str, str]:
    return {each.field: each.why for each in found.values if each.why}


def test_a_higher_precedence_and_a_later_change_are_told(database: Database, bring: Bring, tmp_path: Path) -> None:
    bring("a", record(note="một", status="done", received="2026-05-21T08:00:00Z"))
    bring("b", record(note="hai", name="Đỗ Văn Bình", received="2026-05-20T08:00:00Z"))
    reads = mapping(tmp_path)
    found = told(database, Versions(reads, reads))
    said = whys(found)
    assert said["note"] == "its precedence (10) is higher than that of a (0)"
    assert said["status"].startswith("it changed later (2026-05-21T08:00:00Z) than b (")
    values = {each.field: each for each in found.values}
    assert [(other.source.connector, other.value) for other in values["note"].others] == [("a", "một")]
    assert [line.found for line in values["note"].lines] == ["hai"]
    assert (values["applicant.name"].connector, values["applicant.name"].why) == ("b", "")


def test_records_that_cannot_be_explained_say_why(database: Database, bring: Bring, tmp_path: Path) -> None:
    bring("a", record())
    reads, other = mapping(tmp_path), mapping(tmp_path, DOCUMENT.replace("open: processing", "open: accepted"))
    (one,) = told(database, Versions(None, reads)).records
    assert one.trouble == "the version that it was read with is not kept: today's is shown"
    assert one.lines
    (one,) = told(database, Versions(None, None)).records
    assert (one.trouble, one.lines) == ("no mapping is there to read it with", ())
    (one,) = told(database, Versions(reads, other)).records
    assert (one.trouble, one.otherwise) == ("", ["status"])
    (row,) = with_code(database, A)
    (one,) = explained(database, row, lambda _: None, Versions(reads, reads)).records
    assert "the hub cannot read again what this connector brought" in one.trouble
