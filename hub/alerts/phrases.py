"""Values inside sentences: times in Vietnam's, grouped numbers, spans in words; Vietnamese or English."""

from collections.abc import Mapping
from datetime import datetime
from string import Formatter
from typing import Any

from hub.record.moments import ZONE

LANGUAGES = ("vi", "en")
_UNITS = (
    (86_400, ("ngày", "day", "days")),
    (3600, ("giờ", "hour", "hours")),
    (60, ("phút", "minute", "minutes")),
    (1, ("giây", "second", "seconds")),
)
_BYTES = ("B", "KiB", "MiB", "GiB", "TiB")


def fill(template: str, data: Mapping[str, Any], language: str) -> str:
    """A sentence with its values: `{since:time}`, `{runs:number}`, `{lasts:span}`, `{free:bytes}` say how one looks."""
    return _Phrase(language).vformat(template, (), data)


def clock(text: str) -> str:
    """`20/05/2026 08:15` of a time as the record keeps it."""
    return datetime.fromisoformat(text).astimezone(ZONE).strftime("%d/%m/%Y %H:%M")


def number(value: float, language: str) -> str:
    """`1.234,5` in Vietnamese, `1,234.5` in English."""
    shown = f"{value:,.1f}" if value % 1 else f"{value:,.0f}"
    return shown.translate(str.maketrans(",.", ".,")) if language == "vi" else shown


def span(seconds: float, language: str) -> str:
    """`1 giờ 5 phút`: the largest unit and the one below it."""
    left = max(round(seconds), 1)
    parts: list[str] = []
    for size, (vi, one, many) in _UNITS:
        count, left = divmod(left, size)
        if count or parts:
            parts.append(f"{count} {vi if language == 'vi' else one if count == 1 else many}" if count else "")
        if len(parts) == 2:
            break
    return " ".join(filter(None, parts))


class _Phrase(Formatter):
    def __init__(self, language: str) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "time":
                return clock(value) if value else ("chưa lần nào" if self._language == "vi" else "never")
            case "number":
                return number(value, self._language)
            case "span":
                return span(value, self._language)
            case "bytes":
                return _bytes(value, self._language)
        return " ".join(str(value).split())  # on one line, whatever a title holds


def _bytes(value: float, language: str) -> str:
    for unit in _BYTES[:-1]:
        if value < 1024:
            return f"{number(round(value, 1), language)} {unit}"
        value /= 1024
    return f"{number(round(value, 1), language)} {_BYTES[-1]}"
