"""Change times are read and written in the department's form, and never guessed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.changes import Seen, from_bookmark, to_bookmark
from connectors.contract import Record
from connectors.errors import Changed
from connectors.settings import ChangedAt
from connectors.times import TimeForm

HCM = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = datetime(2026, 5, 20, 8, 15, tzinfo=HCM)


def form(pattern: str) -> TimeForm:
    return TimeForm(pattern, HCM)


@pytest.mark.parametrize(
    ("pattern", "text", "moment"),
    [
        ("dd/MM/yyyy HH:mm:ss", "20/05/2026 08:15:00", MORNING),
        ("dd/MM/yyyy HH:mm", "20/5/2026 8:15", MORNING),
        ("d/M/yyyy", "5/6/2026", datetime(2026, 6, 5, tzinfo=HCM)),
        ("yyyyMMddHHmmss", "20260520081500", MORNING),
        ("yyyy-MM-ddTHH:mm:ss.SSS", "2026-05-20T08:15:00.250", MORNING + timedelta(milliseconds=250)),
        ("yyyy-MM-dd HH:mm:ssXXX", "2026-05-20 01:15:00+00:00", MORNING),
        ("iso", "2026-05-20T01:15:00.000+0000", MORNING),
        ("iso", "2026-05-20T08:15:00.000+0700", MORNING),
        ("iso", "2026-05-20T08:15:00.1234567+07:00", MORNING + timedelta(microseconds=123456)),
        ("iso", "2026-05-20T08:15:00", MORNING),
        ("iso", " 2026-05-20T01:15:00Z ", MORNING),
    ],
)
def test_a_time_is_read_in_its_form(pattern: str, text: str, moment: datetime) -> None:
    assert form(pattern).read(text) == moment


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("dd/MM/yyyy", "31/02/2026"), ("dd/MM/yyyy", "05/20/2026"), ("dd/MM/yyyy", "2026-05-20"), ("iso", "20/05/2026")],
)
def test_a_time_in_another_form_is_not_guessed(pattern: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        form(pattern).read(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("d/M/yyyy H:mm", "20/5/2026 8:15"),
        ("dd/MM/yyyy HH:mm:ss", "20/05/2026 08:15:00"),
        ("yyyy-MM-ddTHH:mm:ss.SSSXXX", "2026-05-20T08:15:00.000+07:00"),
        ("iso", "2026-05-20T08:15:00+07:00"),
        ("100%dd/MM/yyyy", "100%20/05/2026"),
    ],
)
def test_a_time_is_written_in_the_same_form(pattern: str, text: str) -> None:
    assert form(pattern).write(MORNING.astimezone(UTC)) == text
    form(pattern).read(text)


@given(st.datetimes(min_value=datetime(1912, 1, 1), timezones=st.just(UTC)))
def test_iso_times_come_back_as_they_were(moment: datetime) -> None:
    assert form("iso").read(form("iso").write(moment)) == moment


@given(st.datetimes(min_value=datetime(1976, 1, 1)))
def test_pattern_times_come_back_to_the_second(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=HCM)
    assert form("dd/MM/yyyy HH:mm:ss").read(form("dd/MM/yyyy HH:mm:ss").write(moment)) == moment


@pytest.mark.parametrize("pattern", ["iso", "yyyy-MM-dd HH:mm:ssXXX"])
def test_the_odd_offset_of_1900_is_never_written(pattern: str) -> None:
    first = ChangedAt.model_validate({"from": "x"}).first
    assert form(pattern).write(first).replace("T", " ") == "1900-01-01 00:00:00+07:00"
    assert form("dd/MM/yyyy HH:mm:ss").write(first) == "01/01/1900 00:00:00"


def test_counts_begin_where_counting_begins() -> None:
    for pattern in ("epoch_seconds", "epoch_millis"):
        changed_at = ChangedAt.model_validate({"from": "x", "date": pattern})
        assert changed_at.form.write(changed_at.first) == "0"


@pytest.mark.parametrize("pattern", ["dd/MM/yy", "HH:mm", "%d/%m/%Y", "", "ISO"])
def test_a_pattern_that_would_misread_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="iso"):
        ChangedAt.model_validate({"from": "x", "date": pattern})


def test_hours_of_12_without_am_or_pm_are_refused() -> None:
    with pytest.raises(ValueError, match="AM or PM"):
        ChangedAt.model_validate({"from": "x", "date": "hh:mm dd/MM/yyyy"})


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="not a time zone"):
        ChangedAt.model_validate({"from": "x", "zone": "Asia/Saigonn"})


def test_a_bookmark_says_its_moment() -> None:
    assert from_bookmark(to_bookmark(MORNING)) == MORNING


def test_a_bookmark_of_other_settings_is_changed() -> None:
    with pytest.raises(Changed, match="page-17"):
        from_bookmark("page-17")


def test_only_what_changed_is_brought_again() -> None:
    seen = Seen()
    one, changed = Record("1", None, b"a"), Record("1", None, b"b")
    assert seen.split([one, one]) == ([one], 1)
    assert seen.split([changed, one, one]) == ([changed, one], 0)


def test_of_very_many_records_the_latest_are_remembered() -> None:
    seen = Seen()
    many = [Record(str(number), 0, b"") for number in range(100_001)]
    seen.split(many)
    assert seen.split([many[1], many[-1]]) == ([], 0)
    assert seen.split([many[0]]) == ([many[0]], 1)


def test_what_stands_in_quotes_is_a_literal_as_in_mappings() -> None:
    form = TimeForm("yyyy-MM-dd'T'HH:mm:ss", ZoneInfo("Asia/Ho_Chi_Minh"))
    moment = form.read("2026-05-20T08:15:00")
    assert form.write(moment) == "2026-05-20T08:15:00"
    with pytest.raises(ValueError, match="'"):
        TimeForm("yyyy-MM-dd'THH:mm:ss", ZoneInfo("Asia/Ho_Chi_Minh"))
