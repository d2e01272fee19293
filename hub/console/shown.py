"""How values look on a page: Vietnam's time, grouped numbers, spans in words. Filters of the templates."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from babel.dates import format_timedelta
from babel.numbers import format_decimal
from flask import g
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
    return grouped(value) if isinstance(value, int) else format_decimal(value, locale=get_locale())


def grouped(value: float) -> str:
    """`1.234.567`, `0,5`: for thousands of numbers on a page; a number that is not whole is rounded already."""
    signs = g.get("signs_of_numbers")
    if signs is None:  # to ask for it takes as long as all the rest
        symbols = get_locale().number_symbols["latn"]
        signs = g.signs_of_numbers = str.maketrans({",": symbols["group"], ".": symbols["decimal"]})
    text = f"{value:,}" if isinstance(value, int) or not value.is_integer() else f"{int(value):,}"
    return text.translate(signs)


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
    parts = ((days, _days), (hours, _hours), (minutes, _minutes), (secs, _seconds))
    largest = next(place for place, (count, _words) in enumerate(parts) if count)
    return " ".join(words(count) for count, words in parts[largest : largest + 2] if count)


def _days(count: int) -> str:
    return str(ngettext("%(num)s ngày", "%(num)s ngày", count))


def _hours(count: int) -> str:
    return str(ngettext("%(num)s giờ", "%(num)s giờ", count))


def _minutes(count: int) -> str:
    return str(ngettext("%(num)s phút", "%(num)s phút", count))


def _seconds(count: int) -> str:
    return str(ngettext("%(num)s giây", "%(num)s giây", count))


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
