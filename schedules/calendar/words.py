"""The sentences in which a due date is explained, Vietnamese and English."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

_WEEKDAYS_VI = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

UNITS = {
    "working_days": ("ngày làm việc", "working days"),
    "calendar_days": ("ngày", "calendar days"),
    "working_hours": ("giờ làm việc", "working hours"),
    "calendar_hours": ("giờ", "calendar hours"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a reckoning: a code that stays, and the sentence in two languages."""

    code: str
    vi: str
    en: str


def hours(week: Sequence[Sequence[tuple[int, int]]]) -> Step:
    """Whose hours are counted: weekdays in a row that are worked alike are told together."""
    runs: list[list[int]] = []
    for day, spans in enumerate(week):
        if spans and runs and runs[-1][-1] == day - 1 and week[day - 1] == spans:
            runs[-1].append(day)
        elif spans:
            runs.append([day])
    said = [(run, ", ".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in week[run[0]])) for run in runs]
    vi = "; ".join(f"{_from_to(run, _WEEKDAYS_VI)} {spans}" for run, spans in said)
    en = "; ".join(f"{_from_to(run, _WEEKDAYS_EN)} {spans}" for run, spans in said)
    return Step("hours", f"Giờ làm việc: {vi}.", f"Working hours: {en}.")


def received(at: datetime) -> Step:
    """Where it begins."""
    return Step("received", f"Tiếp nhận lúc {moment_vi(at)}.", f"Received at {moment_en(at)}.")


def opened(at: datetime, why: tuple[str, str]) -> Step:
    """It came outside of working hours."""
    return Step(
        "next_working_moment",
        f"Ngoài giờ làm việc ({why[0]}): tính là tiếp nhận lúc {moment_vi(at)}.",
        f"Outside of working hours ({why[1]}): taken as received at {moment_en(at)}.",
    )


def handed_over(at: datetime, after: str) -> Step:
    """It came too late in the day to be handed over to who handles it."""
    return Step(
        "handed_over",
        f"Tiếp nhận sau {after}, chuyển xử lý đầu giờ ngày làm việc sau: tính từ {moment_vi(at)}.",
        f"Received after {after}, handed over when the next working day begins: counted from {moment_en(at)}.",
    )


def not_counted(day: date) -> Step:
    """The day of the event."""
    return Step(
        "event_day",
        f"Không tính ngày tiếp nhận {day_vi(day)} (Bộ luật Dân sự, Điều 147).",
        f"The day of reception, {day_en(day)}, does not count (Civil Code Art. 147).",
    )


def counted(amount: int, unit: str, last: datetime) -> Step:
    """Where the count ends: a day for days, a moment for hours."""
    vi, en = UNITS[unit]
    last_vi, last_en = (day_vi(last.date()), day_en(last.date())) if unit.endswith("days") else _moments(last)
    return Step("counted", f"Đếm {amount} {vi}: đến {last_vi}.", f"{amount} {en} counted: until {last_en}.")


def holiday(day: date, name: str) -> Step:
    """A weekday that is not worked."""
    return Step("holiday", f"Nghỉ: {day_vi(day)}, {name}.", f"Not worked: {day_en(day)}, {name}.")


def made_up(day: date, name: str) -> Step:
    """A day off that is worked."""
    return Step("made_up", f"Làm bù: {day_vi(day)}, {name}.", f"Worked: {day_en(day)}, {name}.")


def weekends(count: int) -> Step:
    """Days of the week that are never worked."""
    return Step(
        "weekends",
        f"Bỏ qua {count} ngày nghỉ hằng tuần.",
        f"{count} weekly day{'' if count == 1 else 's'} off skipped.",
    )


def moved(day: date, to: date) -> Step:
    """The last day is a day off."""
    return Step(
        "moved",
        f"Ngày cuối {day_vi(day)} là ngày nghỉ: chuyển sang hết ngày làm việc tiếp theo, {day_vi(to)} "
        "(Bộ luật Dân sự, Điều 148).",
        f"The last day, {day_en(day)}, is a day off: the end of the next working day, {day_en(to)} "
        "(Civil Code Art. 148).",
    )


def due(at: datetime) -> Step:
    """The result."""
    return Step("due", f"Hẹn trả: {moment_vi(at)}.", f"Due: {moment_en(at)}.")


def unconfirmed(year: int) -> Step:
    """A warning: the calendar of that year is only computed."""
    return Step(
        "unconfirmed_year",
        f"Lịch nghỉ năm {year} mới là dự tính, chưa theo quyết định (Tết, Quốc khánh, ngày làm bù): "
        "ngày hẹn trả có thể thay đổi. Hãy nạp lịch nghỉ chính thức.",
        f"The holidays of {year} are computed and not confirmed by a decision (Tết, National Day, days worked in "
        "exchange): the due date may move. Load the official days with `hub calendar load`.",
    )


def unverified(day: date, name: str) -> Step:
    """A warning: the count stepped over a day off that no law at hand gives."""
    return Step(
        "unverified_day",
        f"{day_vi(day)}, {name}, được tính là ngày nghỉ nhưng căn cứ còn cần kiểm tra: ngày hẹn trả có thể thay đổi.",
        f"{day_en(day)}, {name}, is taken for a day off, which is still to be verified: the due date may move.",
    )


def _from_to(days: Sequence[int], names: Sequence[str]) -> str:
    return names[days[0]] if len(days) == 1 else f"{names[days[0]]}–{names[days[-1]]}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _moments(at: datetime) -> tuple[str, str]:
    return moment_vi(at), moment_en(at)


def moment_vi(at: datetime) -> str:
    """`15:30 Thứ Tư 20/05/2026`."""
    return f"{at:%H:%M} {day_vi(at.date())}"


def moment_en(at: datetime) -> str:
    """`15:30 Wednesday 20/05/2026`."""
    return f"{at:%H:%M} {day_en(at.date())}"


def day_vi(day: date) -> str:
    """`Thứ Tư 20/05/2026`."""
    return f"{_WEEKDAYS_VI[day.weekday()]} {day:%d/%m/%Y}"


def day_en(day: date) -> str:
    """`Wednesday 20/05/2026`."""
    return f"{_WEEKDAYS_EN[day.weekday()]} {day:%d/%m/%Y}"
