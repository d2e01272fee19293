"""The fast way of reading times says exactly what the slow one says, and every form writes what it reads."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.settings import ChangedAt
from connectors.times import TimeForm

HCM = ZoneInfo("Asia/Ho_Chi_Minh")
STRPTIME = {
    "dd/MM/yyyy HH:mm:ss": "%d/%m/%Y %H:%M:%S",
    "d/M/yyyy H:mm": "%d/%m/%Y %H:%M",
    "yyyyMMddHHmmss": "%Y%m%d%H%M%S",
    "yyyyMd": "%Y%m%d",
    "yyyy-MM-ddTHH:mm:ss.SSSXXX": "%Y-%m-%dT%H:%M:%S.%f%z",
    "HH:mm dd.MM.yyyy": "%H:%M %d.%m.%Y",
    "dd/MM/yyyy": "%d/%m/%Y",
    "dd/MM/yyyyXXX": "%d/%m/%Y%z",
    "yyyy-MM-dd HH:mm.SSS": "%Y-%m-%d %H:%M.%f",
    "yyyy-MM-dd H'h'": "%Y-%m-%d %Hh",
    "MM/dd/yyyy hh:mm:ss a": "%m/%d/%Y %I:%M:%S %p",
    "yyyy-MM-dd h a": "%Y-%m-%d %I %p",
}
NEARLY = st.text("0123456789/:-T. +Zt\u0663", max_size=30)  # an Arabic digit, which strptime takes for one


def outcome(read: object, text: str) -> object:
    try:
        moment = read(text)  # type: ignore[operator]
    except ValueError:
        return ValueError
    return moment, moment.utcoffset()


@pytest.mark.parametrize("pattern", STRPTIME)
@given(moment=st.datetimes(datetime(1000, 1, 1)), change=st.tuples(st.integers(0, 25), NEARLY))
def test_what_is_fast_is_as_strict_as_strptime(pattern: str, moment: datetime, change: tuple[int, str]) -> None:
    form, (place, other) = TimeForm(pattern, HCM), change
    right = form.write(moment.replace(tzinfo=HCM))
    for text in (right, right[:place] + other + right[place + len(other) :], other):

        def slowly(text: str) -> datetime:
            found = datetime.strptime(text.strip(), STRPTIME[pattern])  # noqa: DTZ007  (the zone comes next)
            return found if found.tzinfo else found.replace(tzinfo=HCM)

        assert outcome(form.read, text) == outcome(slowly, text)


@pytest.mark.parametrize(
    ("date", "text", "moment"),
    [
        ("epoch_seconds", "1779239700", datetime(2026, 5, 20, 1, 15, tzinfo=UTC)),
        ("epoch_seconds", "1779239700.25", datetime(2026, 5, 20, 1, 15, 0, 250_000, tzinfo=UTC)),
        ("epoch_millis", " 1779239700250 ", datetime(2026, 5, 20, 1, 15, 0, 250_000, tzinfo=UTC)),
        ("epoch_seconds", "-1", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_count_since_1970_is_a_time(date: str, text: str, moment: datetime) -> None:
    assert TimeForm(date, HCM).read(text) == moment


@pytest.mark.parametrize("text", ["", "soon", "1e9", "0x10", "1779239700,5", "9" * 20, "NaN", "१७७९"])
def test_what_is_no_count_is_refused(text: str) -> None:
    assert outcome(TimeForm("epoch_seconds", HCM).read, text) in (ValueError, OverflowError)


@pytest.mark.parametrize(("date", "unit"), [("epoch_seconds", 1), ("epoch_millis", 1000)])
@given(moment=st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_a_count_is_written_as_it_is_read_and_never_later(date: str, unit: int, moment: datetime) -> None:
    form = TimeForm(date, HCM)
    written = form.read(form.write(moment))
    assert timedelta() <= moment - written < timedelta(seconds=1 / unit)


@pytest.mark.parametrize(
    ("date", "microsecond", "step"),
    [
        ("iso", 0, timedelta(seconds=1)),
        ("iso", 250_000, timedelta(milliseconds=1)),
        ("iso", 250_001, timedelta(microseconds=1)),
        ("dd/MM/yyyy HH:mm:ss", 0, timedelta(seconds=1)),
        ("yyyy-MM-ddTHH:mm:ss.SSSXXX", 0, timedelta(milliseconds=1)),
        ("yyyyMMddHHmm", 0, timedelta(minutes=1)),
        ("d/M/yyyy H", 0, timedelta(hours=1)),
        ("dd/MM/yyyy", 0, timedelta(days=1)),
        ("epoch_seconds", 0, timedelta(seconds=1)),
        ("epoch_millis", 0, timedelta(milliseconds=1)),
    ],
)
def test_a_step_back_is_the_least_that_shows(date: str, microsecond: int, step: timedelta) -> None:
    form, moment = TimeForm(date, HCM), datetime(2026, 5, 20, microsecond=microsecond, tzinfo=HCM)
    assert form.step(moment) == step
    assert form.read(form.write(moment - step)) == form.read(form.write(moment)) - step


def test_an_epoch_is_a_setting() -> None:
    changed_at = ChangedAt.model_validate({"from": "x", "date": "epoch_millis"})
    assert changed_at.sent_form.write(datetime(2026, 5, 20, 1, 15, tzinfo=UTC)) == "1779239700000"
    with pytest.raises(ValueError, match="epoch_seconds"):
        ChangedAt.model_validate({"from": "x", "date": "epoch"})


@pytest.mark.parametrize(
    ("text", "hour"),
    [("08/26/2025 12:05:00 AM", 0), ("08/26/2025 01:05:00 am", 1), ("08/26/2025 12:05:00 PM", 12)],
)
def test_hours_of_12_are_read_with_am_or_pm(text: str, hour: int) -> None:
    form = TimeForm("MM/dd/yyyy hh:mm:ss a", HCM)
    assert form.read(text) == datetime(2025, 8, 26, hour, 5, tzinfo=HCM)
    assert form.write(form.read(text)) == text.upper()
    with pytest.raises(ValueError, match="does not match"):
        form.read("08/26/2025 13:05:00 PM")


@pytest.mark.parametrize("pattern", ["MM/dd/yyyy hh:mm", "MM/dd/yyyy HH:mm a", "MM/dd/yyyy HH:hh a"])
def test_hours_of_12_and_their_half_of_the_day_go_together(pattern: str) -> None:
    with pytest.raises(ValueError, match="hours of 12 together with AM or PM"):
        TimeForm(pattern, HCM)
