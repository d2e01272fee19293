"""How a source writes its times, found from samples: a pattern is tried on every sample, and doubt is said."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from mappings.engine.dates import HOME, time_reader
from mappings.engine.draft import Unreadable
from mappings.engine.patterns import EPOCH_MILLIS, EPOCH_SECONDS, ISO, pattern

DAY_FIRST, MONTH_FIRST = "day first", "month first"
_MOST_PATTERNS = 3
_ENOUGH = 0.6  # of the samples must be times, or the field is something else
_CLOCK = (
    r"(?P<hour>\d{1,2}):\d{2}(?P<second>:\d{2})?(?P<fraction>[.,]\d{1,9})?"
    r"(?P<noon>\s?(?:AM|PM|am|pm|SA|CH))?(?P<zone>\s?(?:Z|[+-]\d{2}(?::?\d{2})?))?"
)
_DAY = r"(?P<one>\d{1,2})(?P<mark>[/.-])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4})"
_YEAR_FIRST = r"(?P<year>\d{4})(?P<mark>[/.-])(?P<one>\d{1,2})(?P=mark)(?P<two>\d{1,2})"
_WRITTEN = {
    "day": re.compile(rf"{_DAY}(?:(?P<between>T|,?\s+){_CLOCK})?"),
    "year": re.compile(rf"{_YEAR_FIRST}(?:(?P<between>T|\s+){_CLOCK})?"),
    "clock": re.compile(rf"{_CLOCK}(?P<between>,?\s+){_DAY}"),
}
_COMPACT = {14: "yyyyMMddHHmmss", 12: "yyyyMMddHHmm", 8: "yyyyMMdd"}
_COUNTED = {10: EPOCH_SECONDS, 13: EPOCH_MILLIS}
_FILLER = re.compile(r"0+$|(?:0001|1900)-0?1-0?1(?!\d)|0?1/0?1/(?:0001|1900)(?!\d)")  # how programs write "no time"
_LIKELY_YEARS = range(1920, 2060)  # what else a run of digits may be, a time far from today it is not


@dataclass(frozen=True, slots=True)
class Times:
    """The patterns that samples are written in, and how far they can be trusted."""

    patterns: tuple[str, ...]
    share: float  # of the samples that the patterns read
    order: str | None = None  # which comes first; None: no sample says, or there is nothing to tell apart
    ambiguous: bool = False  # day and month cannot be told apart by any sample
    has_clock: bool = False  # a time of day is said, and not only a day
    fillers: tuple[str, ...] = ()  # what stands where there is no time: 0, the year 1 or 1900

    @property
    def is_bare(self) -> bool:
        """Whether the samples are runs of digits, which could also count something else."""
        return all(one in (*_COMPACT.values(), *_COUNTED.values()) for one in self.patterns)

    def year_of(self, text: str) -> int | None:
        """The year that a sample says, None where it is not of these patterns."""
        try:
            stamp = _reader(self.patterns)(text.strip())
        except Unreadable:
            return None
        return int(stamp[:4]) if stamp else None

    def as_ordered(self, order: str) -> "Times":
        """The same, where the source's other times show which comes first."""
        if order == DAY_FIRST:
            return replace(self, order=order)
        swapped = (re.sub("(d+)([^A-Za-z]+)(M+)", r"\3\2\1", one) for one in self.patterns)
        return replace(self, patterns=tuple(swapped), order=order)


@dataclass(frozen=True, slots=True)
class _Form:
    """How one sample is written, but for the width of its numbers; two samples of one form share a pattern."""

    kind: str  # day, year, clock; a pattern where the whole is one
    clock: bool  # a time of day is said
    mark: str = ""
    between: str = ""
    second: bool = False
    fraction: str = ""  # its mark
    noon: str = ""  # what stands before AM: nothing or a space
    half: bool = False
    zone: str = ""


@dataclass(frozen=True, slots=True)
class _Numbers:
    one: str
    two: str
    hour: str


def times(samples: Sequence[str]) -> Times | None:
    """What these samples are, if they are times at all."""
    said = [text.strip() for text in samples if text.strip()]
    kept = [text for text in said if not _FILLER.match(text)]
    forms: dict[_Form, list[_Numbers]] = defaultdict(list)
    for text in kept:
        found = _form(text)
        if found:
            forms[found[0]].append(found[1])
    if not kept or sum(map(len, forms.values())) < _ENOUGH * len(kept):
        return None
    common = sorted(forms.items(), key=lambda item: -len(item[1]))[:_MOST_PATTERNS]
    order, ambiguous = _order(common)
    patterns = tuple(dict.fromkeys(_pattern(form, numbers, order or DAY_FIRST) for form, numbers in common))
    share = _share(patterns, kept)
    if share < _ENOUGH:
        return None
    has_clock = any(form.clock for form in forms)
    return Times(patterns, share, order, ambiguous, has_clock, tuple(sorted(set(said) - set(kept))))


def _form(text: str) -> tuple[_Form, _Numbers] | None:
    if text.isascii() and text.isdigit():
        return _bare(text)
    matches = ((kind, written.fullmatch(text)) for kind, written in _WRITTEN.items())
    kind, found = next(((kind, match) for kind, match in matches if match), ("", None))
    if found is None:
        return None
    part = found.groupdict(default="")
    if kind == "year" and part["mark"] == "-" and _reads(_reader((ISO,)), text):
        return _Form(ISO, clock=bool(part["hour"])), _Numbers("", "", "")
    noon, zone = part["noon"], part["zone"]
    form = _Form(
        kind=kind,
        clock=bool(part["hour"]),
        mark=part["mark"],
        between=part["between"],
        second=bool(part["second"]),
        fraction=part["fraction"][:1],
        noon=" " if noon[:1].isspace() else "",
        half=bool(noon),
        zone=(" " if zone[:1].isspace() else "") + "X" if zone else "",
    )
    return form, _Numbers(part["one"], part["two"], part["hour"])


def _bare(text: str) -> tuple[_Form, _Numbers] | None:
    """A run of digits: a time only where its length and its year say so."""
    written = _COMPACT.get(len(text)) or _COUNTED.get(len(text))
    if written is None or text.startswith("0"):
        return None
    try:
        stamp = time_reader([pattern(written)], HOME, end_of_day=False)(text)
    except Unreadable:
        return None
    if stamp is None or int(stamp[:4]) not in _LIKELY_YEARS:
        return None
    return _Form(written, clock=len(text) > 8), _Numbers("", "", "")


def _order(common: Sequence[tuple[_Form, Sequence[_Numbers]]]) -> tuple[str | None, bool]:
    """Which of day and month comes first, and whether that is open: a number above 12 is no month."""
    pairs = [one for form, numbers in common if form.kind in ("day", "clock") for one in numbers]
    if not pairs:
        return None, False
    day, month = (any(int(getattr(one, side)) > 12 for one in pairs) for side in ("one", "two"))
    if day == month:
        return None, True
    return (DAY_FIRST if day else MONTH_FIRST), False


def _pattern(form: _Form, numbers: Sequence[_Numbers], order: str) -> str:
    if form.kind not in _WRITTEN:
        return form.kind
    one, two = ("d", "M") if order == DAY_FIRST and form.kind != "year" else ("M", "d")
    first = one * _width(item.one for item in numbers)
    second = two * _width(item.two for item in numbers)
    day = ["yyyy", first, second] if form.kind == "year" else [first, second, "yyyy"]
    written = form.mark.join(day)
    if not form.clock:
        return written
    hour = ("h" if form.half else "H") * _width(item.hour for item in numbers)
    clock = f"{hour}:mm" + (":ss" if form.second else "") + (f"{form.fraction}SSS" if form.fraction else "")
    clock += (f"{form.noon}a" if form.half else "") + form.zone
    between = "'T'" if form.between == "T" else form.between
    return f"{clock}{between}{written}" if form.kind == "clock" else f"{written}{between}{clock}"


def _width(numbers: Iterable[str]) -> int:
    """Two letters demand two digits; one stands for either."""
    return 2 if all(len(number) == 2 for number in numbers) else 1


def _share(patterns: Sequence[str], samples: Sequence[str]) -> float:
    read = _reader(patterns)
    return sum(_reads(read, text) for text in samples) / len(samples)


def _reader(patterns: Sequence[str]) -> Callable[[str], str | None]:
    return time_reader([pattern(one) for one in patterns], HOME, end_of_day=False)


def _reads(read: Callable[[str], str | None], text: str) -> bool:
    try:
        read(text)
    except Unreadable:
        return False
    return True
