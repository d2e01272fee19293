"""Catalogues: what a code means on a day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.record.catalogue import (
    Agency,
    Alias,
    Procedure,
    Span,
    find_agency,
    find_procedure,
    national_code,
    resolve,
)
from hub.record.catalogue_findings import clashes_of_agencies, clashes_of_procedures
from hub.record.catalogue_reading import read_agency, read_procedure, weekdays

TODAY = date(2026, 11, 22)
LAST_OF_DISTRICTS = date(2025, 6, 30)
JUSTICE = Agency(
    "H29.15", "Sở Tư pháp", parent_code="H29", aliases=(Alias("000.00.15.H29", Span(None, date(2027, 1, 1))),)
)
DISTRICT = Agency("000.00.41.H29", "UBND Quận 1", Span(None, LAST_OF_DISTRICTS))
CITY = Agency("H29", "UBND Thành phố")


def test_both_standards_find_one_agency() -> None:
    assert resolve([JUSTICE, CITY], "H29.15", TODAY) is JUSTICE
    assert resolve([JUSTICE, CITY], "000.00.15.H29", TODAY) is JUSTICE


def test_a_districts_code_is_valid_on_its_last_day_and_not_on_the_next() -> None:
    assert resolve([DISTRICT], DISTRICT.code, LAST_OF_DISTRICTS) is DISTRICT
    found = find_agency([DISTRICT], DISTRICT.code, LAST_OF_DISTRICTS + timedelta(days=1))
    assert found.entry is None
    assert found.elsewhen == ((DISTRICT, DISTRICT.valid),)


def test_a_code_that_passed_to_a_successor_finds_who_has_it_on_that_day() -> None:
    ward = Agency("H29.101", "UBND Phường Bến Thành", aliases=(Alias(DISTRICT.code, Span(date(2025, 7, 1), None)),))
    assert resolve([DISTRICT, ward], DISTRICT.code, LAST_OF_DISTRICTS) is DISTRICT
    assert resolve([DISTRICT, ward], DISTRICT.code, date(2025, 7, 1)) is ward


def test_two_agencies_that_claim_one_code_equally_are_told_and_neither_is_chosen() -> None:
    other = Agency("H29.99", "Sở Khác", aliases=(Alias("000.00.15.H29", Span(None, date(2027, 1, 1))),))
    found = find_agency([JUSTICE, other], "000.00.15.H29", TODAY)
    assert found.entry is None
    assert set(found.rivals) == {JUSTICE, other}


def test_what_a_file_says_of_a_code_goes_before_a_system_also_that_it_has_ended() -> None:
    by_system = Agency(DISTRICT.code, "Quận 1", rank=1)
    assert resolve([by_system, DISTRICT], DISTRICT.code, date(2024, 1, 1)) is DISTRICT
    assert resolve([by_system, DISTRICT], DISTRICT.code, TODAY) is None
    assert resolve([by_system], DISTRICT.code, TODAY) is by_system


def test_a_newer_entry_takes_over_from_one_that_nobody_ended() -> None:
    old = Procedure("1.001193", "Đăng ký khai sinh", Span(date(2020, 1, 1)), term=5, term_unit="working_days")
    new = Procedure("1.001193", "Đăng ký khai sinh", Span(date(2025, 7, 1)), term=1, term_unit="working_days")
    assert find_procedure([new, old], "1.001193", date(2025, 6, 30)).entry is old
    assert find_procedure([new, old], "1.001193", date(2025, 7, 1)).entry is new


def test_a_local_form_finds_the_national_entry_where_only_that_one_is_known() -> None:
    national = Procedure("1.000656", "Đăng ký khai tử")
    local = Procedure("1.000656.000.00.00.H29", "Đăng ký khai tử tại Thành phố")
    assert find_procedure([national], local.code, TODAY).entry is national
    assert find_procedure([national, local], local.code, TODAY).entry is local
    assert find_procedure([local], national.code, TODAY).entry is None


def test_national_codes_are_found_in_every_local_form() -> None:
    assert national_code("1.000656.000.00.00.H29") == "1.000656"
    assert national_code("2.002621.H56") == "2.002621"
    assert national_code("TT-01") == "TT-01"
    assert national_code("1.00065.H29") == "1.00065.H29"


_DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
_SPANS = st.tuples(st.none() | _DAYS, st.none() | _DAYS).map(lambda ends: Span(*ends))
_AGENCIES = st.lists(st.builds(Agency, st.sampled_from("ABC"), st.sampled_from(["X", "Y"]), _SPANS), max_size=6)


@given(_AGENCIES.flatmap(lambda made: st.tuples(st.just(made), st.permutations(made))), _DAYS)
def test_the_order_of_entries_never_matters(orders, day) -> None:
    one, other = (find_agency(entries, "A", day) for entries in orders)
    assert one.entry == other.entry
    assert set(one.rivals) == set(other.rivals)


@given(_SPANS, _SPANS, _DAYS)
def test_spans_that_have_a_day_in_common_meet(one, other, day) -> None:
    if day in one and day in other:
        assert one.meets(other)
        assert other.meets(one)


def test_two_agencies_with_one_code_on_one_day_are_found() -> None:
    other = Agency("H29.99", "Sở Khác", aliases=(Alias("000.00.15.H29", Span(date(2026, 1, 1))),))
    (clash,) = clashes_of_agencies([JUSTICE, other])
    assert (clash.at, clash.other, clash.field) == (1, 0, "aliases")
    assert clash.what == ("000.00.15.H29 is claimed by H29.99 (from 2026-01-01) and by H29.15 (until 2027-01-01)")


def test_a_code_that_is_handed_on_is_no_clash() -> None:
    ward = Agency("H29.101", "UBND Phường Bến Thành", aliases=(Alias(DISTRICT.code, Span(date(2025, 7, 1), None)),))
    assert clashes_of_agencies([DISTRICT, ward, JUSTICE, CITY]) == []


def test_dated_entries_of_one_code_must_not_overlap() -> None:
    first = Procedure("1.001193", "A", Span(date(2020, 1, 1), date(2025, 7, 1)))
    second = Procedure("1.001193", "B", Span(date(2025, 7, 1)))
    third = Procedure("1.001193", "C", Span(date(2030, 1, 1)))
    assert [(clash.at, clash.other) for clash in clashes_of_procedures([second, first])] == [(0, 1)]
    assert [(clash.at, clash.other) for clash in clashes_of_procedures([first, second, third])] == [(1, 0), (2, 1)]


def test_an_agency_above_itself_is_found_only_on_days_on_which_it_is() -> None:
    until, since = Span(None, LAST_OF_DISTRICTS), Span(LAST_OF_DISTRICTS + timedelta(days=1))
    first = [Agency("A", "A", until, parent_code="B"), Agency("A", "A", since)]
    second = [Agency("B", "B", until), Agency("B", "B", since, parent_code="A")]
    assert clashes_of_agencies(first + second) == []
    circle = [Agency("A", "A", parent_code="B"), Agency("B", "B", aliases=(Alias("C"),), parent_code="A")]
    assert {clash.what for clash in clashes_of_agencies(circle)} == {
        "A comes to stand above itself",
        "B comes to stand above itself",
    }


@given(_AGENCIES)
def test_a_catalogue_without_clashes_is_never_in_doubt(entries) -> None:
    if not clashes_of_agencies(entries):
        for day in {span.first or date.min for entry in entries for _, span in [(entry.code, entry.valid)]}:
            assert not find_agency(entries, "A", day).rivals


def test_weekdays_are_read_as_written() -> None:
    assert weekdays("mon-fri") == (0, 1, 2, 3, 4)
    assert weekdays("Sat, sun") == (5, 6)
    assert weekdays("fri-mon") == ()
    assert weekdays("thứ hai") == ()


def test_everything_wrong_with_an_agency_is_said_at_once() -> None:
    values = {
        "code": "H29.15",
        "parent_code": "H29.15",
        "effective_from": "2026-05-20",
        "effective_to": "2026-05-19",
        "aliases": [{"code": "X1"}, {"code": "x 1"}, "X2"],
        "hours": [
            {"days": "mon-fri", "from": "07:30", "to": "11:30"},
            {"days": "fri", "from": "11:00", "to": "10:00"},
            {"days": "fri", "from": "11:00", "to": "24:10"},
            {"days": "mo", "from": "7h", "to": "11:00"},
        ],
    }
    _, faults = read_agency(values)
    assert [(fault.field, fault.what) for fault in faults] == [
        ("name", '"name" is missing'),
        ("effective_to", "it ends on 2026-05-19, before it begins on 2026-05-20"),
        ("aliases[3]", "this is not a group of `key: value`"),
        ("hours[2].to", "work ends at 10:00, before it begins at 11:00"),
        ("hours[3].to", '"24:10" is no time of day'),
        ("hours[4].from", '"7h" is no time of day'),
        ("hours[4].days", '"mo" names no weekdays'),
        ("parent_code", "it is its own parent"),
        ("aliases[2].code", "the alias X1 stands twice for the same days"),
    ]


def test_hours_that_overlap_on_a_day_are_refused() -> None:
    hours = [{"days": "mon-fri", "from": "07:30", "to": "11:30"}, {"days": "wed", "from": "11:00", "to": "17:00"}]
    _, faults = read_agency({"code": "A", "name": "A", "hours": hours})
    assert [fault.what for fault in faults] == ["two rows of wed overlap"]


def test_what_cannot_be_of_a_procedure_is_said() -> None:
    _, faults = read_procedure({"code": "1.00119", "name": "Khai sinh", "term": -1, "fee": -5})
    assert [fault.field for fault in faults] == ["code", "term", "term_unit", "fee"]
    _, faults = read_procedure({"code": "1.001193", "name": "Khai sinh", "term_unit": "working_days"})
    assert [fault.what for fault in faults] == ['"term" is missing']
