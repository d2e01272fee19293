"""One entry of a catalogue from plain values, as a draft or a file has them, and everything that is wrong with it.

Dates are `2026-05-20`, money whole đồng; fields with a dot stand in groups (`leader: {name: …}`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, TypeAlias

from hub.record.catalogue import Agency, Alias, Hours, Procedure, Span
from hub.record.identity import LONGEST, normalise

Values: TypeAlias = Mapping[str, Any]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_SHORTENED = re.compile(r"[1-9]\.\d{1,5}")
_CODE = re.compile(r"[^\W_][\w./-]*")
_LONGEST_TERM = 10_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field of an entry, what would be right, and what stood there."""

    field: str
    what: str
    right: str
    value: str = ""


@dataclass(slots=True)
class _Reader:
    """Takes values of one entry and notes what is wrong with them."""

    values: Values
    at: str = ""
    faults: list[Fault] = field(default_factory=list)

    def plain(self, name: str) -> Any:
        value: Any = self.values
        for step in name.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        return value

    def text(self, name: str) -> str:
        value = self.plain(name)
        return "" if value is None else str(value).strip()

    def fault(self, name: str, what: str, right: str) -> None:
        self.faults.append(Fault(f"{self.at}{name}", what, right, self.text(name)))

    def code(self, name: str) -> str:
        written = self.text(name)
        code = normalise(written)
        if not code:
            return ""
        if len(code) > LONGEST or not _CODE.fullmatch(code):
            self.fault(name, f'"{written[:60]}" is no code', "letters, digits, points, hyphens and slashes")
        return code

    def day(self, name: str) -> date | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.fault(name, f'"{text}" is no day', "write 2026-05-20")
            return None

    def span(self) -> Span:
        first, last = self.day("effective_from"), self.day("effective_to")
        if first and last and last < first:
            self.fault("effective_to", f"it ends on {last}, before it begins on {first}", "the last day comes later")
            return Span(first)
        return Span(first, last)

    def required(self, *names: str) -> None:
        for name in names:
            if not self.text(name):
                self.fault(name, f'"{name}" is missing', "every entry has one")

    def rows(self, name: str) -> "Iterator[_Reader]":
        value = self.plain(name)
        if value is None:
            return
        if not isinstance(value, Sequence) or isinstance(value, str):
            self.fault(name, f'"{name}" is not a list', "write a list of groups")
            return
        for at, row in enumerate(value):
            place = f"{self.at}{name}[{at + 1}]"
            if isinstance(row, Mapping):
                yield _Reader(row, f"{place}.", self.faults)
            else:
                self.faults.append(Fault(place, "this is not a group of `key: value`", "write one", str(row)))


def read_agency(values: Values) -> tuple[Agency, list[Fault]]:
    """The agency, as far as it can be read, and what is wrong with it."""
    reader = _Reader(values)
    reader.required("code", "name")
    agency = Agency(
        code=reader.code("code"),
        name=reader.text("name"),
        valid=reader.span(),
        aliases=tuple(_aliases(reader)),
        hours=tuple(_hours(reader)),
        parent_code=reader.code("parent_code"),
        leader_name=reader.text("leader.name"),
        leader_title=reader.text("leader.title"),
        level=reader.text("level"),
        phone=reader.text("phone"),
        email=reader.text("email"),
        address=reader.text("address"),
    )
    _check_own(agency, reader)
    return agency, reader.faults


def read_procedure(values: Values) -> tuple[Procedure, list[Fault]]:
    """The procedure, as far as it can be read, and what is wrong with it."""
    reader = _Reader(values)
    reader.required("code", "name")
    _refuse_shortened(reader)
    _check_term(reader)
    procedure = Procedure(
        code=reader.code("code"),
        name=reader.text("name"),
        valid=reader.span(),
        field_code=reader.text("field_code"),
        field_name=reader.text("field_name"),
        agency_code=reader.code("agency_code"),
        online_level=reader.text("online_level"),
        term=reader.plain("term"),
        term_unit=reader.text("term_unit"),
        fee=_fee(reader),
        online_payment=reader.plain("online_payment"),
        supplement_policy=reader.text("supplement_policy"),
        portal=reader.text("portal"),
    )
    return procedure, reader.faults


def _aliases(reader: _Reader) -> Iterator[Alias]:
    for row in reader.rows("aliases"):
        row.required("code")
        yield Alias(row.code("code"), row.span())


def _hours(reader: _Reader) -> Iterator[Hours]:
    for row in reader.rows("hours"):
        row.required("days", "from", "to")
        days = weekdays(row.text("days"))
        begins, ends = _clock(row, "from"), _clock(row, "to")
        if row.text("days") and not days:
            row.fault("days", f'"{row.text("days")}" names no weekdays', "write mon-fri, sat or mon,wed")
        if begins and ends and begins >= ends:
            row.fault("to", f"work ends at {ends:%H:%M}, before it begins at {begins:%H:%M}", "two rows pass midnight")
        if days and begins and ends and begins < ends:
            yield Hours(days, begins, ends)


def weekdays(text: str) -> tuple[int, ...]:
    """`mon-fri` as 0 to 4, `sat,sun` as 5 and 6; empty where it cannot be read."""
    found: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            return ()
        begin, end = DAYS.index(first), DAYS.index(last if dash else first)
        if begin > end:
            return ()
        found |= set(range(begin, end + 1))
    return tuple(sorted(found))


def _clock(row: _Reader, name: str) -> time | None:
    text = row.text(name)
    if not text:
        return None
    written = _TIME.fullmatch(text)
    try:
        if written:
            return time(int(written[1]), int(written[2]))
    except ValueError:
        pass
    row.fault(name, f'"{text}" is no time of day', "write 07:30")
    return None


def _check_own(agency: Agency, reader: _Reader) -> None:
    """What one entry says against itself."""
    if agency.parent_code and agency.parent_code == agency.code:
        reader.fault("parent_code", "it is its own parent", "name the agency above it, or nothing")
    seen: list[Alias] = []
    for at, alias in enumerate(agency.aliases):
        if any(one.code == alias.code and one.valid.meets(alias.valid) for one in seen):
            what = f"the alias {alias.code} stands twice for the same days"
            reader.faults.append(Fault(f"aliases[{at + 1}].code", what, "once is enough", alias.code))
        seen.append(alias)
    by_day = [(day, hours.begins, hours.ends) for hours in agency.hours for day in hours.days]
    for day, begins, ends in by_day:
        if sum(one == day and start < ends and begins < end for one, start, end in by_day) > 1:
            reader.fault("hours", f"two rows of {DAYS[day]} overlap", "give each stretch of a day once")
            return


def _refuse_shortened(reader: _Reader) -> None:
    code = reader.text("code")
    if _SHORTENED.fullmatch(code):
        right = "a national code has six digits after the point; format the column as text"
        reader.fault("code", f"{code} has lost digits, as spreadsheets drop zeros at the end", right)


def _check_term(reader: _Reader) -> None:
    term, unit = reader.plain("term"), reader.text("term_unit")
    if term is not None and not 0 <= term <= _LONGEST_TERM:
        reader.fault("term", f"a term of {term} cannot be", f"0 to {_LONGEST_TERM:,}")
    if (term is None) != (not unit):
        missing = "term_unit" if term is not None else "term"
        reader.fault(missing, f'"{missing}" is missing', "a term needs its number and its unit")


def _fee(reader: _Reader) -> int | None:
    fee: int | None = reader.plain("fee")
    if fee is not None and fee < 0:
        reader.fault("fee", f"a fee of {fee} cannot be", "whole đồng, 0 or more")
    return fee
