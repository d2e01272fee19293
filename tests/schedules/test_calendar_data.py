"""Holidays as data: the library, what the hub corrects, and what a keeper's file says."""

from datetime import date

import pytest

from schedules.calendar.days import Kind
from schedules.calendar.table import WrongDays, read
from schedules.calendar.vietnam import vietnam


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-01-02", Kind.HOLIDAY),  # the state sector's exchange, which the library does not have
        ("2026-01-10", Kind.WORKING),
        ("2026-08-31", Kind.HOLIDAY),
        ("2026-08-22", Kind.WORKING),
        ("2025-04-26", Kind.WORKING),
        ("2026-02-16", Kind.HOLIDAY),
        ("2026-11-24", Kind.HOLIDAY),
        ("2025-11-24", None),
        ("2026-05-20", None),
    ],
)
def test_the_days_of_the_state_sector(day: str, kind: Kind | None) -> None:
    special = vietnam().special(date.fromisoformat(day))
    assert (special.kind if special else None) == kind


def test_names_are_vietnamese() -> None:
    assert [special.name for special in vietnam().year(2026) if special.day == date(2026, 9, 2)] == ["Quốc khánh"]


def test_what_a_keeper_says_goes_before_what_is_computed() -> None:
    said = read("day,kind,name\n2026-11-24,working,Chưa có quyết định\n2027,confirmed,QĐ 1/2026\n", "nghi.csv")
    special = vietnam(said).special(date(2026, 11, 24))
    assert special is not None
    assert (special.kind, special.origin) == (Kind.WORKING, "nghi.csv")
    assert vietnam(said).confirmed(2027) == "QĐ 1/2026"
    assert vietnam().confirmed(2027) is None
    assert vietnam().confirmed(2026)


def test_every_finding_of_a_file_is_told_at_once_with_its_line() -> None:
    text = (
        "\ufeffDay, kind ,name\r\n"
        "2027-02-05,holiday,Tết\r\n"
        "5.2.2027,holiday,Tết\r\n"
        "2027-02-30,holiday,Tết\r\n"
        "2027-02-06,feast,Tết\r\n"
        "\r\n"
        "2027-02-05,working,again\r\n"
        "2027-02-08,holiday,\r\n"
        "1890-01-01,holiday,x\r\n"
        "2027-03-01,confirmed,QĐ\r\n"
        "2027-03-02,holiday\r\n"
    )
    with pytest.raises(WrongDays) as caught:
        read(text, "nghi.csv")
    places = [finding.split(" ")[0] for finding in caught.value.findings]
    assert places == [f"nghi.csv:{line}" for line in (3, 4, 5, 7, 8, 9, 10, 11)]
    assert "write a day that exists, as 2027-02-05 or 05/02/2027" in caught.value.findings[0]
    assert "holiday, working, confirmed" in caught.value.findings[2]
    assert "line 2 already" in caught.value.findings[3]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the columns are none"),
        ("day;name\n", "write day,kind,name"),
        ('day,kind,name\n"2027', "nghi.csv:2:1 a quotation mark is opened and never closed"),
        ("day,kind,name\n" + "2027,confirmed,x\n" * 10_001, "more than 10,000 rows"),
    ],
)
def test_a_file_that_is_no_table_of_days_is_refused(text: str, says: str) -> None:
    with pytest.raises(WrongDays, match=says):
        read(text, "nghi.csv")


def test_a_file_with_nothing_in_it_but_its_head_says_nothing() -> None:
    assert read("day,kind,name\n", "nghi.csv").special == ()


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("day", ["2027-02-05", "05/02/2027", "5/2/2027"])
def test_days_and_separators_of_spreadsheets_are_read(between: str, day: str) -> None:
    text = f"day,kind,name\n{day},working,Tết\n2027,confirmed,QĐ 1\n".replace(",", between)
    (special,) = read(text, "nghi.csv").special
    assert special.day == date(2027, 2, 5)


def test_one_day_written_in_two_ways_stands_twice() -> None:
    with pytest.raises(WrongDays, match="stands in line 2 already"):
        read("day,kind,name\n2027-02-05,holiday,x\n5/2/2027,holiday,x\n", "nghi.csv")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ('2027-02-05,holiday,"Tết', "nghi.csv:3:3 a quotation mark is opened and never closed"),
        ('2027-02-05,"holiday" day,Tết', "nghi.csv:3:2 text stands after a closing quotation mark"),
        (f'2027-02-05,holiday,"{"x" * 140_000}"', "nghi.csv:3:3 this cell is longer than 131,072 characters"),
        ('2027-02-05,holiday,"a ""quoted"" day\nof two lines', "nghi.csv:3:3 a quotation mark is opened"),
    ],
)
def test_a_broken_row_is_told_in_a_sentence_with_line_and_column(row: str, says: str) -> None:
    with pytest.raises(WrongDays) as caught:
        read(f"day,kind,name\n2027-02-04,holiday,x\n{row}\n", "nghi.csv")
    assert says in str(caught.value)


def test_no_name_counts_days_of_the_moon_and_a_decision_says_what_is_worked() -> None:
    days = {special.day: special for year in range(2020, 2040) for special in vietnam().year(year)}
    assert {one.name for one in days.values() if "Tết" in one.name and one.origin != "vietnam.csv"} == {
        "Tết Dương lịch",
        "Tết Dương lịch (nghỉ bù)",
        "Nghỉ Tết Nguyên đán",
    }
    assert days[date(2027, 2, 4)].name == "Nghỉ Tết Nguyên đán"
    assert "Art. 112" not in days[date(2026, 8, 22)].origin
    assert "Art. 112" not in days[date(2026, 8, 31)].origin
    assert "Art. 112" in days[date(2026, 9, 2)].origin
