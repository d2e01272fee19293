"""What a system may send that no database can hold, or find: it costs that value or record, never the page."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Page, Record
from connectors.errors import BadRecord
from hub.record.entities import ENTITIES
from hub.record.identity import LONGEST
from hub.store import dossiers, quarantine, runs
from hub.store.database import Database
from hub.store.filters import Filter
from hub.store.runs import RunRow
from hub.sync.run import execute
from hub.sync.telling import identified
from tests.hub.sync.fixtures import DOCUMENT, Listing, mapping, registered, source

GOOD = {"id": 1, "code": "24-000001", "status": "open"}
STRANGE = ["", "k\0", "\ud800", "k" * 5000, "a\nb"]
WITH_CODES = DOCUMENT.replace("  note:", "  procedure.code: {from: procedure}\n  agency.code: {from: agency}\n  note:")


def run(database: Database, folder: Path, record: dict[str, Any], *bad: BadRecord) -> RunRow:
    row = registered(database, "a")["a"]
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
    made = source("a", Listing([[record]], list(bad)), mapping(folder, WITH_CODES))
    assert execute(database, made, run_id, "tests", threading.Event())
    ended = runs.get(database, run_id)
    assert ended is not None
    return ended


def test_an_unreadable_record_whose_key_is_none_is_set_aside_under_another_name(
    database: Database, tmp_path: Path
) -> None:
    bad = [BadRecord("it is cut", key=key, raw=str(at).encode(), hint="") for at, key in enumerate(STRANGE)]
    ended = run(database, tmp_path, GOOD, *bad)
    assert (ended.state, ended.created, ended.quarantined) == ("succeeded", 1, len(STRANGE))
    found = quarantine.listed(database)
    assert sorted(row.raw for row in found) == [str(at).encode() for at in range(len(STRANGE))]
    assert all(row.reasons[0]["expected"].startswith("it is cut; the key ") for row in found)


@pytest.mark.parametrize("key", STRANGE)
def test_a_record_whose_key_is_none_is_no_record(key: str) -> None:
    page = Page(b"", "", [Record(key, {}, b"x", None), Record("1", {}, b"y", None)], None, [])
    made = identified(page)
    assert [record.key for record in made.records] == ["1"]
    assert [(one.raw, len(one.key)) for one in made.bad] == [(b"x", 64)]
    assert identified(made) == made


def test_a_code_without_end_is_left_empty_with_its_problem(database: Database, tmp_path: Path) -> None:
    long = "".join(f"{number:05}" for number in range(1200))
    ended = run(database, tmp_path, GOOD | {"procedure": long, "agency": long})
    assert (ended.state, ended.created) == ("succeeded", 1)
    (row,) = dossiers.page(database, Filter(), limit=5)
    assert "procedure" not in row.values
    (kept,) = dossiers.sources(database, row.id)
    said = {each["field"]: each for each in kept.problems}
    assert said.keys() == {"procedure.code", "agency.code"}
    procedure = said["procedure.code"]
    assert (procedure["source"], procedure["value"]) == ("procedure", long[:200] + "…")
    assert (procedure["expected"], procedure["hint"]) == ("a text of at most 200 characters", "it has 6,000")


def test_a_code_that_is_cut_together_or_damaged_has_its_bound_too(tmp_path: Path) -> None:
    joined = WITH_CODES.replace("{from: procedure}", "{from: [procedure, more], join: ' '}")
    reads = mapping(tmp_path, joined)
    for record in ({"procedure": "a" * 150, "more": "b" * 150}, {"procedure": "Th?a " * 60, "more": "b"}):
        draft = reads.read(GOOD | record)
        assert ("procedure" in draft.values, len(draft.problems)) == (False, 1)
    assert reads.read(GOOD | {"procedure": "a" * LONGEST}).values["procedure"] == {"code": "a" * LONGEST}


def test_every_code_of_an_agency_or_procedure_has_a_bound() -> None:
    for entity in ENTITIES.values():
        for name, one in {**entity.fields, **entity.lists.get("aliases", {})}.items():
            of_a_code = name in {"procedure.code", "agency.code", "agency_code", "parent_code"}
            if of_a_code or (name == "code" and entity is not ENTITIES["dossier"]):
                assert one.longest == LONGEST, name
