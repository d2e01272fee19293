"""What becomes of single values: times, money, numbers, text, identity numbers."""

from datetime import datetime
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.engine.dates import HOME, date_reader, time_reader
from mappings.engine.draft import Unreadable
from mappings.engine.numbers import boolean, integer, money
from mappings.engine.patterns import pattern
from mappings.engine.text import clean, comparable, scalar
from tests.mappings.conftest import Read


def time(text: str, *patterns: str, zone: str = HOME, end_of_day: bool = False) -> str | None:
    return time_reader([pattern(one) for one in patterns], zone, end_of_day=end_of_day)(text)


def day(text: str, *patterns: str, zone: str = HOME) -> str | None:
    return date_reader([pattern(one) for one in patterns], zone)(text)


@pytest.mark.parametrize(
    ("text", "written", "expected"),
    [
        ("20/05/2026 08:15:59", "dd/MM/yyyy HH:mm:ss", "2026-05-20T01:15:59Z"),
        ("20/05/2026   08:15", "dd/MM/yyyy HH:mm", "2026-05-20T01:15:00Z"),
        ("1/5/2026 7:05", "d/M/yyyy H:mm", "2026-05-01T00:05:00Z"),
        ("01/05/2026", "d/M/yyyy", "2026-04-30T17:00:00Z"),
        ("20260520081500", "yyyyMMddHHmmss", "2026-05-20T01:15:00Z"),
        ("13/01/2026 12:50 AM", "dd/MM/yyyy hh:mm a", "2026-01-12T17:50:00Z"),
        ("13/01/2026 12:50 CH", "dd/MM/yyyy hh:mm a", "2026-01-13T05:50:00Z"),
        ("2026-01-13T12:50:01.999", "yyyy-MM-dd'T'HH:mm:ss.SSS", "2026-01-13T05:50:01Z"),
        ("ngày 3 tháng 6 năm 2026", "'ngày' d 'tháng' M 'năm' yyyy", "2026-06-02T17:00:00Z"),
        ("2024/10/03 00:00:00+00", "yyyy/MM/dd HH:mm:ssX", "2024-10-03T00:00:00Z"),
        ("2026-05-20T08:15:00Z", "iso", "2026-05-20T08:15:00Z"),
        ("2026-05-20T08:15:00+07:00", "iso", "2026-05-20T01:15:00Z"),
        ("2026-05-20T08:15:00.000+0700", "iso", "2026-05-20T01:15:00Z"),
        ("2026-05-20 08:15", "iso", "2026-05-20T01:15:00Z"),
        ("2026-05-20T08:15:00-03:30", "iso", "2026-05-20T11:45:00Z"),
        ("2026-05-20", "iso", "2026-05-19T17:00:00Z"),
        ("3-jun-2026 08:15", "d-MMM-yyyy HH:mm", "2026-06-03T01:15:00Z"),
        ("46162", "excel", "2026-05-19T17:00:00Z"),
        ("46162.34375", "excel", "2026-05-20T01:15:00Z"),
        ("46162.999999", "excel", "2026-05-20T17:00:00Z"),  # decimals of Excel are never exact: the nearest second
        ("61", "excel", "1900-02-28T16:53:30Z"),
        ("/Date(1779239700000+0700)/", "epoch_millis", "2026-05-20T01:15:00Z"),
        ("1965-03-02", "iso", "1965-03-01T16:00:00Z"),  # Sài Gòn had +08:00 then
    ],
)
def test_a_time_is_read_as_its_pattern_says(text: str, written: str, expected: str) -> None:
    assert time(text, written) == expected


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("31/02/2026", "dd/MM/yyyy"),
        ("29/02/2026", "d/M/yyyy"),
        ("1/5/2026", "dd/MM/yyyy"),
        ("05/20/2026", "dd/MM/yyyy"),
        ("20/05/2026", "dd/MM/yyyy HH:mm"),
        ("20/05/2026 24:00", "dd/MM/yyyy HH:mm"),
        ("20/05/2026 13:00 PM", "dd/MM/yyyy hh:mm a"),
        ("20/05/2026 x", "dd/MM/yyyy"),
        ("٢٠/٠٥/٢٠٢٦", "dd/MM/yyyy"),
        ("2026-05-20T08:15:00+15:00", "iso"),
        ("2026-W20-3", "iso"),
        ("20260520", "iso"),
        ("2026-02-30", "iso"),
        ("0001-01-02", "iso"),
        ("0202-05-20", "iso"),
        ("1899-12-31", "iso"),
        ("2200-01-01", "iso"),
        ("1990", "dd/MM/yyyy"),
        ("46162", "dd/MM/yyyy"),
        ("60", "excel"),
        ("-1", "excel"),
        ("46162,5", "excel"),
        ("999999", "excel"),
        ("03-Xyz-2026", "dd-MMM-yyyy"),
        ("03-Thg-2026", "dd-MMM-yyyy"),
        ("9999-12-29T23:00:00-14:00", "iso"),
        ("0000-01-01", "iso"),
    ],
)
def test_what_is_not_of_the_pattern_is_unreadable_and_never_guessed(text: str, written: str) -> None:
    with pytest.raises(Unreadable):
        time(text, written)


@pytest.mark.parametrize(
    ("raw", "written", "moment"),
    [
        (1779239700, "epoch_seconds", "2026-05-20T01:15:00Z"),
        ("1779239700", "epoch_seconds", "2026-05-20T01:15:00Z"),
        (1779239700.9, "epoch_seconds", "2026-05-20T01:15:00Z"),
        (1779239700999, "epoch_millis", "2026-05-20T01:15:00Z"),
        (-1, "epoch_seconds", "1969-12-31T23:59:59Z"),
        (-1, "epoch_millis", "1969-12-31T23:59:59Z"),
        (0, "epoch_millis", "1970-01-01T00:00:00Z"),
    ],
)
def test_a_number_that_counts_from_1970_is_a_time(read: Read, raw: Any, written: str, moment: str) -> None:
    draft = read(f"  received_at: {{from: a, date: {written}}}\n", {"a": raw})
    assert draft.problems == ()
    assert draft.values["received_at"] == moment


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        (1779239700000, "epoch_seconds"),
        (99_999_999_999, "epoch_seconds"),
        (10**14, "epoch_millis"),
        (10**30, "epoch_millis"),
        (-(10**11) + 1, "epoch_seconds"),
        ("1.779e9", "epoch_seconds"),
        ("+1779239700", "epoch_seconds"),
        ("20/05/2026", "epoch_seconds"),
        (True, "epoch_seconds"),
        ([1779239700], "epoch_seconds"),
    ],
)
def test_a_number_that_cannot_count_from_1970_is_a_problem(read: Read, raw: Any, written: str) -> None:
    draft = read(f"  received_at: {{from: a, date: {written}}}\n", {"a": raw})
    assert "received_at" not in draft.values
    assert len(draft.problems) == 1


def test_thirteen_digits_are_milliseconds_also_where_seconds_are_allowed(read: Read) -> None:
    draft = read("  received_at: {from: a, date: [epoch_seconds, epoch_millis]}\n", {"a": 1779239700000})
    assert draft.values["received_at"] == "2026-05-20T01:15:00Z"


def test_a_midnight_that_is_counted_can_become_the_end_of_its_day(read: Read) -> None:
    midnight = 1779210000000  # 20/05/2026 00:00 in Ho Chi Minh City
    draft = read("  due_at: {from: a, date: epoch_millis, end_of_day: true}\n", {"a": midnight})
    assert draft.values["due_at"] == "2026-05-20T16:59:59Z"


def test_of_several_patterns_the_first_that_the_text_is_written_in_decides() -> None:
    assert time("20/05/2026", "yyyyMMdd", "dd/MM/yyyy", "MM/dd/yyyy") == "2026-05-19T17:00:00Z"
    with pytest.raises(Unreadable, match="MM/dd/yyyy"):
        time("05/20/2026", "dd/MM/yyyy", "MM/dd/yyyy")


def test_the_end_of_a_day_is_the_last_second_where_the_day_is() -> None:
    assert time("3/6/2026", "d/M/yyyy", end_of_day=True) == "2026-06-03T16:59:59Z"
    assert time("2026-06-02T17:00:00.000+0000", "iso", end_of_day=True) == "2026-06-03T16:59:59Z"
    assert time("3/6/2026", "d/M/yyyy", zone="UTC", end_of_day=True) == "2026-06-03T23:59:59Z"


def test_a_date_is_the_day_that_it_was_at_home() -> None:
    assert day("1990-01-06T17:00:00.000+0000", "iso") == "1990-01-07"
    assert day("1990-01-06T16:59:59Z", "iso") == "1990-01-06"
    assert day("07/01/1990", "dd/MM/yyyy") == "1990-01-07"
    assert day("06/01/1990 18:00", "dd/MM/yyyy HH:mm", zone="UTC") == "1990-01-07"
    assert day("1990-01-07", "iso", zone="UTC") == "1990-01-07"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("01/01/1900", "dd/MM/yyyy"),
        ("01/01/1900 00:00:00", "dd/MM/yyyy HH:mm:ss"),
        ("30/12/1899", "d/M/yyyy"),
        ("0001-01-01T00:00:00", "iso"),
        ("0001-01-01T00:00:00Z", "iso"),
        ("1899-12-31T17:00:00Z", "iso"),  # midnight of 1/1/1900 in Việt Nam
        ("1753-01-01", "iso"),
        ("9999-12-31T23:59:59.999", "iso"),
        ("0", "excel"),
    ],
)
def test_what_a_program_writes_for_no_day_is_no_value(text: str, written: str) -> None:
    assert time(text, written) is None
    assert day(text, written) is None


def test_of_a_year_alone_no_day_is_made_up() -> None:
    with pytest.raises(Unreadable) as unreadable:
        day("1990", "dd/MM/yyyy")
    assert "only the year is known" in unreadable.value.hint


@given(st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 31)))
def test_a_padded_and_an_unpadded_pattern_read_a_time_alike(moment: Any) -> None:
    padded = f"{moment:%d/%m}/{moment.year:04d} {moment:%H:%M:%S}"
    expected = time(padded, "dd/MM/yyyy HH:mm:ss")
    assert time(padded, "d/M/yyyy H:m:s") == expected
    assert time(f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}", "iso") == expected


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        (200000, 200_000),
        (10000.0, 10_000),
        ("0", 0),
        ("200000", 200_000),
        ("200.000", 200_000),
        ("200,000", 200_000),
        ("1.200.000", 1_200_000),
        ("1.200.000,00", 1_200_000),
        ("1,200,000.00", 1_200_000),
        ("200 000", 200_000),
        ("200\u00a0000 đ", 200_000),
        ("200.000 VNĐ", 200_000),
        ("200.000đồng", 200_000),
        ("1.500.000đ", 1_500_000),
        ("₫ 5.000", 5_000),
        ("10000.0", 10_000),
        ("10000.00", 10_000),
        ("10000.000", 10_000),
        ("10000,00", 10_000),
        ("0.0", 0),
    ],
)
def test_money_is_read_from_every_plain_way_to_write_it(raw: Any, amount: int) -> None:
    assert money(raw) == amount


@pytest.mark.parametrize(
    "raw",
    [
        *("1.5", "200.50", "1.23", "1.234.56", "12.34.567", "1,234.567", "200.000,5", "5 000 00", "0.000.000"),
        *("1,5 triệu", "1tr5", "500k", "200.000 + 50.000", "1.500.000đ/bản"),
        *("miễn phí", "$5", "-5", "9" * 30, "1e5", "٢٠٠"),
        *(-5, 10**15, 10000.5, 1.234, 12.345, 0.5, 1e20, float("nan"), float("inf"), True, [1], {"a": 1}),
    ],
)
def test_an_amount_that_is_lossy_or_could_be_two_is_unreadable(raw: Any) -> None:
    with pytest.raises(Unreadable):
        money(raw)


@given(st.integers(0, 10**15 - 1))
def test_an_amount_written_in_any_of_our_ways_is_the_same_amount(amount: int) -> None:
    grouped = f"{amount:,}"
    for text in (str(amount), grouped, grouped.replace(",", "."), grouped.replace(",", " "), f"{amount}.0"):
        assert money(text) == amount


def test_yes_and_no_and_whole_numbers() -> None:
    assert [boolean(raw) for raw in (True, "true", "1", 1, " CÓ ")] == [True] * 5
    assert [boolean(raw) for raw in (False, "False", 0, "0", "không")] == [False] * 5
    assert [integer(raw) for raw in (5, "5", "5.0", 5.0, " -5 ")] == [5, 5, 5, 5, -5]
    for raw in ("rồi", 2, "yes"):
        with pytest.raises(Unreadable):
            boolean(raw)
    assert [integer(raw) for raw in ("1000.000", "0.000", 10000.0)] == [1000, 0, 10_000]
    for other in ("5.5", 5.5, True, "năm", "1.000", "10.000", "-1.000"):
        with pytest.raises(Unreadable):
            integer(other)


def test_text_is_nfc_trimmed_and_without_control_characters() -> None:
    assert clean("\ufeff " + normalize("NFD", "Nguyễn Thị Hường") + "\x00\u200b \n") == "Nguyễn Thị Hường"
    assert clean("một\r\nhai\rba\tbốn") == "một\nhai\nba\tbốn"
    assert clean("a\ud800b") == "a\ufffdb"
    assert comparable("  ĐÃ\u00a0 trả\n kết quả") == "đã trả kết quả"


def test_what_is_not_one_value_is_unreadable() -> None:
    for raw in (float("nan"), float("-inf"), 10**5000, [1], {"a": 1}, b"x", object()):
        with pytest.raises(Unreadable):
            scalar(raw)


def test_numbers_become_text_without_decimals_of_nothing() -> None:
    assert [scalar(raw) for raw in (5, 5.0, 5.5, True, 1e300, [], {}, None)] == [
        *("5", "5", "5.5", "true", "1e+300"),
        *(None, None, None),
    ]


AMERICA = "America/Los_Angeles"
US = "MM/dd/yyyy HH:mm"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("03/08/2026 02:00", "there is no such time in America/Los_Angeles"),
        ("03/08/2026 02:59", "there is no such time in America/Los_Angeles"),
        ("11/01/2026 01:00", "this time came twice in America/Los_Angeles"),
        ("11/01/2026 01:59", "this time came twice in America/Los_Angeles"),
    ],
)
def test_a_local_time_that_never_was_or_came_twice_is_a_problem(text: str, why: str) -> None:
    for read in (time, day):
        for _ in range(2):  # the second time it could be recalled
            with pytest.raises(Unreadable) as caught:
                read(text, US, zone=AMERICA)
            assert caught.value.hint.startswith(why)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("03/08/2026 01:59", "2026-03-08T09:59:00Z"),
        ("03/08/2026 03:00", "2026-03-08T10:00:00Z"),
        ("11/01/2026 00:59", "2026-11-01T07:59:00Z"),
        ("11/01/2026 02:00", "2026-11-01T10:00:00Z"),
    ],
)
def test_the_times_beside_a_change_of_the_clocks_are_read(text: str, moment: str) -> None:
    assert time(text, US, zone=AMERICA) == moment
    assert time("2026-03-08T02:30:00-08:00", "iso", zone=AMERICA) == "2026-03-08T10:30:00Z"


def test_a_day_begins_and_ends_also_where_the_clocks_change_at_midnight() -> None:
    assert time("24/04/2026", "dd/MM/yyyy", zone="Africa/Cairo") == "2026-04-23T22:00:00Z"
    assert time("02/11/2025", "dd/MM/yyyy", zone="America/Havana") == "2025-11-02T04:00:00Z"
    assert time("21/02/2015", "dd/MM/yyyy", zone="America/Sao_Paulo", end_of_day=True) == "2015-02-22T02:59:59Z"
