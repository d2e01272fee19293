"""Who is below whom on a day, as the catalogue says it."""

from datetime import date

import pytest

from hub.record.catalogue import Agency, Alias, Span
from hub.store import catalogue
from hub.store.agencies_below import below, with_all_below
from hub.store.catalogue import AGENCIES, FROM_FILE
from hub.store.database import Database
from tests.hub.store.test_catalogue import NOW, _agency

MERGED = date(2025, 7, 1)
BEFORE, AFTER = date(2025, 6, 30), date(2025, 8, 1)
ALWAYS, UNTIL, SINCE = Span(), Span(None, BEFORE), Span(MERGED)


def entry(code: str, parent: str = "", valid: Span = ALWAYS, aliases: tuple[Alias, ...] = (), rank: int = 0) -> Agency:
    return Agency(code, code, valid, aliases, parent_code=parent, rank=rank)


def all_below(agencies: list[Agency], code: str, day: date = AFTER) -> set[str]:
    return set(below(agencies, day).with_all([code]))


def test_an_agency_has_itself_and_all_below_it_however_deep() -> None:
    tree = [entry("A"), entry("B", "A"), entry("C", "B"), entry("D", "A"), entry("E")]
    assert all_below(tree, "A") == {"A", "B", "C", "D"}
    assert all_below(tree, "B") == {"B", "C"}
    assert all_below(tree, "E") == {"E"}


def test_a_code_that_the_catalogue_does_not_have_is_itself_and_an_empty_one_is_nobody() -> None:
    assert all_below([entry("A"), entry("B", "A")], "Z") == {"Z"}
    assert all_below([entry("A"), entry("", "A")], "A") == {"A"}
    assert all_below([entry("A"), entry("B")], "") == set()


def test_a_parent_that_the_catalogue_does_not_have_still_has_who_says_to_be_below_it() -> None:
    assert all_below([entry("B", "A"), entry("C", "B")], "A") == {"A", "B", "C"}


def test_catalogues_that_go_in_circles_end() -> None:
    circle = [entry("A", "C"), entry("B", "A"), entry("C", "B"), entry("S", "S")]
    assert all_below(circle, "B") == {"A", "B", "C"}
    assert all_below(circle, "S") == {"S"}


def test_every_code_of_an_agency_finds_it_and_what_is_below_any_of_them() -> None:
    tree = [entry("H29.15", aliases=(Alias("000.00.15.H29"),)), entry("B", "000.00.15.H29"), entry("C", "H29.15")]
    assert all_below(tree, "000.00.15.H29") == all_below(tree, "H29.15") == {"H29.15", "000.00.15.H29", "B", "C"}


def test_an_agency_that_was_moved_is_below_its_parent_of_the_day_alone() -> None:
    moved = [entry("B", "OLD", UNTIL, (Alias("B2"),)), entry("B", "NEW", SINCE), entry("OLD"), entry("NEW")]
    assert all_below(moved, "OLD", BEFORE) == {"OLD", "B", "B2"}
    assert all_below(moved, "OLD", AFTER) == {"OLD"}
    assert all_below(moved, "NEW", AFTER) == {"NEW", "B", "B2"}
    assert all_below(moved, "NEW", BEFORE) == {"NEW"}


def test_a_system_that_only_says_when_something_begins_is_understood_so() -> None:
    said = [entry("B", "OLD"), entry("B", "NEW", SINCE)]
    assert all_below(said, "OLD", AFTER) == {"OLD"}
    assert all_below(said, "OLD", BEFORE) == {"OLD", "B"}


def test_an_agency_that_ended_stays_where_it_was_unless_another_took_its_code_over() -> None:
    ward, district, city = entry("W", "D", UNTIL), entry("D", "CITY", UNTIL), entry("CITY")
    assert all_below([ward, district, city], "CITY") == {"CITY", "D", "W"}
    took_over = entry("N", "OTHER", SINCE, (Alias("W", SINCE),))
    assert all_below([ward, district, city, took_over], "CITY") == {"CITY", "D"}
    assert all_below([ward, district, city, took_over], "OTHER") == {"OTHER", "N", "W"}


def test_what_only_begins_later_is_not_there_yet() -> None:
    assert all_below([entry("A"), entry("B", "A", SINCE)], "A", BEFORE) == {"A"}


def test_a_system_cannot_put_an_agency_where_a_file_does_not_have_it() -> None:
    said = [entry("B", "A"), entry("B", "EVIL", rank=1), entry("A"), entry("EVIL", rank=1)]
    assert all_below(said, "EVIL") == {"EVIL"}
    claimed = [*said, entry("EVIL2", rank=1, aliases=(Alias("B"),))]
    assert all_below(claimed, "EVIL2") == {"EVIL2"}


def test_a_code_that_two_equally_good_ones_claim_is_below_neither() -> None:
    said = [entry("B", "A1"), entry("C", "A2", aliases=(Alias("B"),)), entry("D", "B")]
    assert all_below(said, "A1") == {"A1"}
    assert all_below(said, "A2") == {"A2", "C"}
    assert all_below(said, "B") == {"B", "D"}


@pytest.mark.parametrize("written", ["h29.1 ", "H29.1"])
def test_codes_are_compared_as_everywhere(database: Database, written: str) -> None:
    kept = [_agency({"code": "H29.1", "name": "1"}), _agency({"code": "H29.2", "name": "2", "parent_code": "h29.1"})]
    with database.write() as transaction:
        catalogue.write(transaction, AGENCIES, FROM_FILE, kept, NOW)
        assert with_all_below(transaction, [written], AFTER) == {"H29.1", "H29.2"}
