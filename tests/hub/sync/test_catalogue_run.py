"""Catalogues, ratings and the codes that records name, as runs bring them."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from connectors.files import FILES
from hub.record.identity import Code
from hub.store import catalogue, codes_seen, connectors, dossiers, feed, quarantine, ratings, runs
from hub.store.catalogue import AGENCIES, FROM_FILE, PROCEDURES, Kept
from hub.store.changes import changes_after
from hub.store.database import Database
from hub.store.runs import RunRow
from hub.store.scope import ALL
from hub.sync.noticed import Noticed
from hub.sync.run import execute
from hub.sync.source import Source
from tests.hub.sync.fixtures import Listing, mapping, registered, source

A = "000.00.15.H29-260520-0001"
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
Do = Callable[..., RunRow]

PROCEDURE = """
mapping: test/thu-tuc
version: 1
entity: procedure
input: json
fields:
  code: {from: code}
  name: {from: name}
  term: {from: term}
  term_unit: {value: working_days}
  effective_from: {from: since, date: yyyy-MM-dd}
  effective_to: {from: until, date: yyyy-MM-dd}
  portal: {from: portal}
"""
AGENCY = """
mapping: test/co-quan
version: 1
entity: agency
input: json
fields:
  code: {from: code}
  name: {from: name}
  parent_code: {from: parent}
  aliases: {each: old, fields: {code: {from: code}, effective_to: {from: until, date: yyyy-MM-dd}}}
  hours: {each: hours, fields: {days: {from: days}, from: {from: from}, to: {from: to}}}
"""
RATING = """
mapping: test/danh-gia
version: 1
entity: rating
input: json
fields:
  dossier_code: {from: dossier}
  rated_at: {from: at, date: iso}
  overall: {from: overall, table: overall}
tables:
  overall: {"1": very_satisfied, "2": satisfied, "3": dissatisfied}
"""
DOSSIER = """
mapping: test/ho-so
version: 1
entity: dossier
input: json
fields:
  code: {from: code}
  status: {value: processing}
  agency.code: {from: agency}
  agency.name: {from: agency_name}
  procedure.code: {from: procedure}
  procedure.name: {from: procedure_name}
"""


@pytest.fixture
def do(database: Database, tmp_path: Path) -> Do:
    """Run a listing once as a connector; the run as it ended."""
    registered(database, "a", "b", precedence={"b": 10})

    def run(records: list[dict[str, Any]], document: str, name: str = "a") -> RunRow:
        return _run(database, source(name, Listing([records]), mapping(tmp_path, document)))

    return run


def _run(database: Database, asked: Source) -> RunRow:
    row = connectors.named(database, asked.name)
    assert row is not None
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
    assert execute(database, asked, run_id, "test", threading.Event())
    ended = runs.get(database, run_id)
    assert ended is not None
    return ended


def _counts(run: RunRow) -> tuple[int, int, int, int, int]:
    return run.fetched, run.created, run.updated, run.unchanged, run.quarantined


def _procedure(database: Database, code: str, day: date = TODAY) -> Any:
    with database.read() as connection:
        return catalogue.procedure_on(connection, code, day)


def test_a_run_fills_the_catalogue_of_procedures_and_the_same_again_changes_nothing(database: Database, do: Do) -> None:
    records = [
        {"id": 1, "code": "1.001193", "name": "Đăng ký khai sinh", "term": 5, "until": "2025-06-30"},
        {"id": 2, "code": "1.001193", "name": "Đăng ký khai sinh", "term": 1, "since": "2025-07-01"},
    ]
    assert _counts(do(records, PROCEDURE)) == (2, 2, 0, 0, 0)
    assert _counts(do(records, PROCEDURE)) == (2, 0, 0, 2, 0)
    assert _procedure(database, "1.001193").term == 1
    assert _procedure(database, "1.001193", date(2025, 6, 30)).term == 5
    records[1]["term"] = 2
    assert _counts(do(records, PROCEDURE)) == (2, 0, 1, 1, 0)
    assert _procedure(database, "1.001193").term == 2


def test_an_entry_that_cannot_be_is_set_aside_with_its_reason_and_comes_back_when_it_is_right(
    database: Database, do: Do
) -> None:
    wrong = {"id": 1, "code": "1.001193", "name": "Khai sinh", "term": 5, "since": "2026-01-01", "until": "2025-01-01"}
    assert _counts(do([wrong], PROCEDURE)) == (1, 0, 0, 0, 1)
    (held,) = quarantine.listed(database)
    assert held.reasons[0]["field"] == "effective_to"
    assert held.reasons[0]["hint"] == "it ends on 2025-01-01, before it begins on 2026-01-01"
    assert _counts(do([wrong | {"until": ""}], PROCEDURE)) == (1, 1, 0, 0, 0)
    assert quarantine.listed(database) == []


def test_what_a_file_says_goes_before_what_a_system_says_and_both_are_kept(database: Database, do: Do) -> None:
    values = {"code": "1.001193", "name": "Theo tệp"}
    with database.write() as transaction:
        kept = [Kept("1.001193", "1.001193", "Theo tệp", catalogue.Span(), values)]
        catalogue.write(transaction, PROCEDURES, FROM_FILE, kept, NOW)
    do([{"id": 1, "code": "1.001193", "name": "Theo hệ thống", "term": 5}], PROCEDURE)
    assert _procedure(database, "1.001193").name == "Theo tệp"
    with database.read() as connection:
        assert [one.origin for one in catalogue.entries(connection, PROCEDURES)] == [FROM_FILE, "a"]


def test_agencies_come_with_their_aliases_and_hours(database: Database, do: Do) -> None:
    hours = [{"days": "mon-fri", "from": "07:30", "to": "11:30"}]
    old = [{"code": "000.00.15.H29", "until": "2026-12-31"}]
    right = {"id": 1, "code": "H29.15", "name": "Sở Tư pháp", "old": old, "hours": hours}
    wrong = {"id": 2, "code": "H29.16", "name": "Sở Khác", "hours": [{"days": "2-6", "from": "07:30", "to": "11:30"}]}
    assert _counts(do([right, wrong], AGENCY)) == (2, 1, 0, 0, 1)
    with database.read() as connection:
        found = catalogue.agency_on(connection, "000.00.15.H29", TODAY)
        assert found is not None
        assert (found.code, found.hours[0].days) == ("H29.15", (0, 1, 2, 3, 4))
        assert [one.code for one in catalogue.entries(connection, AGENCIES)] == ["H29.15"]


@pytest.mark.parametrize("order", [("rating", "dossier"), ("dossier", "rating")])
def test_a_rating_finds_its_dossier_whichever_comes_first(database: Database, do: Do, order: tuple[str, str]) -> None:
    rating = {"id": 9, "dossier": A.lower(), "at": "2026-06-01T09:00:00+07:00", "overall": 2}
    for one in order:
        if one == "rating":
            assert _counts(do([rating], RATING, "b")) == (1, 1, 0, 0, 0)
        else:
            do([{"id": 1, "code": A}], DOSSIER)
    (dossier,) = dossiers.with_code(database, A)
    (found,) = ratings.ratings_of(database, dossier.id)
    assert (found.connector, found.overall, found.rated_at) == ("b", "satisfied", "2026-06-01T02:00:00Z")


def test_a_rating_is_one_however_often_it_comes_and_a_changed_one_counts(database: Database, do: Do) -> None:
    do([{"id": 1, "code": A}], DOSSIER)
    rating = {"id": 9, "dossier": A, "at": "2026-06-01T09:00:00+07:00", "overall": 2}
    do([rating, rating], RATING, "b")
    assert _counts(do([rating | {"overall": 3}], RATING, "b")) == (1, 0, 1, 0, 0)
    (dossier,) = dossiers.with_code(database, A)
    assert [one.overall for one in ratings.ratings_of(database, dossier.id)] == ["dissatisfied"]


def test_a_dossier_moves_in_the_feed_when_a_rating_of_it_comes_changes_or_leaves_it(database: Database, do: Do) -> None:
    other = "000.00.15.H29-260520-0002"
    do([{"id": 1, "code": A}, {"id": 2, "code": other}], DOSSIER)
    rating = {"id": 9, "dossier": A, "at": "2026-06-01T09:00:00+07:00", "overall": 2}
    first, second = (dossiers.with_code(database, code)[0].id for code in (A, other))
    waits = {"id": 8, "dossier": "000.00.15.H29-260520-0003"}
    for told, moved in (
        ([rating, rating | waits], [first]),
        ([rating], []),
        ([rating | {"overall": 3}], [first]),
        ([rating | {"dossier": other}], [first, second]),
    ):
        before = feed.latest(database)
        do(told, RATING, "b")
        assert sorted(one.dossier_id for one in changes_after(database, before, 1000, ALL).items) == moved


def test_a_local_number_finds_the_dossier_of_its_own_agency_alone(database: Database, do: Do) -> None:
    do([{"id": 1, "code": "24-0001"}], DOSSIER)
    do([{"id": 9, "dossier": "24-0001", "at": "2026-06-01T09:00:00Z", "overall": 1}], RATING, "b")
    (dossier,) = dossiers.with_code(database, "24-0001")
    assert ratings.ratings_of(database, dossier.id) == []


def test_a_rating_of_no_dossier_is_set_aside(database: Database, do: Do) -> None:
    assert do([{"id": 9, "dossier": "---", "at": "2026-06-01T09:00:00Z", "overall": 1}], RATING).quarantined == 1
    assert quarantine.listed(database)[0].reasons[0]["field"] == "dossier_code"


def test_codes_that_the_catalogue_lacks_are_listed_until_it_has_them(database: Database, do: Do) -> None:
    records = [
        {"id": 1, "code": A, "procedure": "1.000656.000.00.00.H29", "procedure_name": "Khai tử"},
        {"id": 2, "code": A.replace("0001", "0002"), "procedure": "2.000488", "agency": "h29.15"},
    ]
    do(records, DOSSIER)
    with database.read() as connection:
        found = codes_seen.unknown(connection)
    assert [(one.kind, one.code, one.name) for one in found] == [
        ("agency", "000.00.00.H29", None),
        ("agency", "H29.15", None),
        ("procedure", "1.000656.000.00.00.H29", "Khai tử"),
        ("procedure", "2.000488", None),
    ]
    do([{"id": 5, "code": "1.000656", "name": "Đăng ký khai tử", "term": 1}], PROCEDURE, "b")
    do([{"id": 6, "code": "H29.99", "name": "Sở", "old": [{"code": "H29.15"}]}], AGENCY, "b")
    with database.read() as connection:
        assert [one.code for one in codes_seen.unknown(connection)] == ["000.00.00.H29", "2.000488"]


def test_a_page_that_is_kept_once_more_names_its_codes_again() -> None:
    noticed, page = Noticed(), object()
    values = [{"agency": {"code": "X1", "name": "Một"}}]
    first = noticed.news(page, values)
    assert first == noticed.news(page, values) == {("agency", "X1"): "Một"}
    assert noticed.news(object(), values) == {}


def test_two_connectors_that_serve_one_procedure_are_told_from_the_first_run_on(database: Database, do: Do) -> None:
    do([{"id": 1, "code": A, "procedure": "1.000656"}], DOSSIER)
    later = do([{"id": 1, "code": A, "procedure": "1.000656.000.00.00.H29", "agency": "H29.20"}], DOSSIER, "b")
    (note,) = later.notes
    assert note["code"] == "duplicate_service"
    assert "1.000656 (a)" in note["sentence"]
    row = connectors.named(database, "b")
    assert row is not None
    assert [one["code"] for one in row.warnings or []] == ["duplicate_service"]
    with database.read() as connection:
        (service,) = codes_seen.duplicate_services(connection, TODAY)
    assert (service.code, [one.connector for one in service.served_by]) == ("1.000656", ["a", "b"])
    assert not service.within_one_agency


def test_the_note_is_of_the_first_run_and_the_warning_stays_as_long_as_it_is_so(database: Database, do: Do) -> None:
    do([{"id": 1, "code": A, "procedure": "1.000656"}], DOSSIER)
    assert do([{"id": 1, "code": A, "procedure": "1.000656"}], DOSSIER, "b").notes
    again = do([{"id": 1, "code": A, "procedure": "1.000656"}], DOSSIER, "b")
    assert again.notes == []
    row = connectors.named(database, "b")
    assert row is not None
    assert [one["code"] for one in row.warnings or []] == ["duplicate_service"]


def test_systems_of_one_agency_are_told_apart_from_those_of_several(database: Database, do: Do) -> None:
    aliases = [{"code": "000.00.00.H29"}, {"code": "000.00.01.H29"}]
    values = {"code": "H29.15", "name": "Sở Tư pháp", "aliases": aliases}
    entry, faults = AGENCIES.read(values)
    assert not faults
    kept = [Kept("H29.15", entry.code, entry.name, entry.valid, values)]
    with database.write() as transaction:
        catalogue.write(transaction, AGENCIES, FROM_FILE, kept, NOW)
    for name in ("a", "b"):
        do([{"id": 1, "code": A, "procedure": "1.000656"}], DOSSIER, name)
    with database.read() as connection:
        (service,) = codes_seen.duplicate_services(connection, TODAY)
    assert service.within_one_agency
    assert service.agencies == ["H29.15"]


def test_a_procedure_that_two_portals_offer_is_a_duplicate_service(database: Database, do: Do) -> None:
    for name, portal in (("a", "https://mot-cua.example"), ("b", "https://so.example")):
        do([{"id": 1, "code": "1.000656", "name": "Khai tử", "term": 1, "portal": portal}], PROCEDURE, name)
    with database.read() as connection:
        (service,) = codes_seen.duplicate_services(connection, TODAY)
    assert service.portals == ["https://mot-cua.example", "https://so.example"]
    assert service.name == "Khai tử"


def test_a_spreadsheet_in_a_folder_fills_the_catalogue(database: Database, tmp_path: Path) -> None:
    registered(database, "danh-muc")
    folder = tmp_path / "nop"
    folder.mkdir()
    rows = "code,name,term,since\n1.001193,Khai sinh,1,2025-07-01\n,Không mã,1,\n1.000656,Khai tử,1,2025-07-01\n"
    (folder / "tthc.csv").write_text(rows, encoding="utf-8")
    settings = FILES.settings.model_validate({"folder": str(folder), "key": "code", "settle_seconds": 0})
    text = PROCEDURE.replace("input: json", "input: csv")
    ended = _run(database, Source("danh-muc", partial(FILES.open, settings), mapping(tmp_path, text)))
    assert (ended.state, ended.created, ended.quarantined) == ("succeeded", 2, 1)
    found = _procedure(database, "1.000656.000.00.00.H29")
    assert (found.name, found.term, found.term_unit, found.origin) == ("Khai tử", 1, "working_days", "danh-muc")


def test_a_rating_is_known_by_the_form_of_its_code(database: Database, do: Do) -> None:
    do([{"id": 9, "dossier": f" {A} ", "at": "2026-06-01T09:00:00Z", "overall": 1}], RATING)
    row = connectors.named(database, "a")
    assert row is not None
    with database.read() as connection:
        assert list(ratings.known(connection, row.id, ["9"])) == ["9"]
    assert Code("", A).value == A
