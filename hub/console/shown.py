"""How values look on a page: Vietnam's time, grouped numbers, spans in words. Filters of the templates."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from babel.dates import format_timedelta
from babel.numbers import format_decimal
from flask_babel import get_locale, ngettext

from hub.record.moments import ZONE


def aware(value: datetime | str) -> datetime:
    """A time of the store or of a record."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def time(value: datetime | str) -> str:
    """`20/05/2026 08:15`."""
    return aware(value).astimezone(ZONE).strftime("%d/%m/%Y %H:%M")


def time_to_the_second(value: datetime | str) -> str:
    """`20/05/2026 08:15:09`."""
    return aware(value).astimezone(ZONE).strftime("%d/%m/%Y %H:%M:%S")


def machine_time(value: datetime | str) -> str:
    """For `<time datetime>`."""
    return aware(value).astimezone(ZONE).isoformat(timespec="seconds")


def day(value: str) -> str:
    """`20/05/2026` of `2026-05-20`."""
    return date.fromisoformat(value).strftime("%d/%m/%Y")


def number(value: float) -> str:
    """`1.234.567`."""
    return format_decimal(value, locale=get_locale())


def money(value: int) -> str:
    """`50.000 đ`."""
    return f"{number(value)} đ"


def ago(value: datetime, now: datetime | None = None) -> str:
    """`2 phút trước`, `in 5 minutes`."""
    words: str = format_timedelta(value - (now or datetime.now(UTC)), add_direction=True, locale=get_locale())
    return words


def span(seconds: float) -> str:
    """`1 phút 5 giây`: the largest unit and the one below it."""
    if seconds < 10:
        exact = round(seconds, 1)
        few: str = ngettext("%(shown)s giây", "%(shown)s giây", 1 if exact == 1 else 2, shown=number(exact))
        return few
    minutes, secs = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = (
        (days, ngettext("%(num)s ngày", "%(num)s ngày", days)),
        (hours, ngettext("%(num)s giờ", "%(num)s giờ", hours)),
        (minutes, ngettext("%(num)s phút", "%(num)s phút", minutes)),
        (secs, ngettext("%(num)s giây", "%(num)s giây", secs)),
    )
    largest = next(place for place, (count, _words) in enumerate(parts) if count)
    return " ".join(words for count, words in parts[largest : largest + 2] if count)


FILTERS: dict[str, Callable[..., Any]] = {
    "time": time,
    "time_to_the_second": time_to_the_second,
    "machine_time": machine_time,
    "day": day,
    "number": number,
    "money": money,
    "ago": ago,
    "span": span,
}
