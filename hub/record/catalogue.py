"""The catalogues: agencies with dated codes, procedures with what the law says of each, and how a code finds them.

Codes are compared as `hub.record.identity.normalise` writes them. Two forms of an agency's code (`000.00.15.H29`,
`H29.15`) are one agency's only where the catalogue says so.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Generic, TypeVar

# A national code, and what a city puts behind it (domain list identity_rules): 1.000656.000.00.00.H29, 2.002621.H56.
_LOCAL = re.compile(r"([1-9]\.\d{6})(?:\.\d{3}\.\d{2}\.\d{2})?\.[A-Z]\d{2}")
FILES_FIRST = 0  # rank of what files of the catalogue keeper say; systems come after them


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included; None is without end."""

    first: date | None = None
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def meets(self, other: "Span") -> bool:
        """Whether a day is in both."""
        return not (_over(self, other) or _over(other, self))

    def __str__(self) -> str:
        match self.first, self.last:
            case None, None:
                return "always"
            case first, None:
                return f"from {first}"
            case None, last:
                return f"until {last}"
        return f"{self.first} to {self.last}"


def _over(earlier: Span, later: Span) -> bool:
    return earlier.last is not None and later.first is not None and earlier.last < later.first


@dataclass(frozen=True, slots=True)
class Alias:
    """Another code of an agency: of the other standard, an earlier one, or one that it took over."""

    code: str
    valid: Span = Span()


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours of some weekdays (0 is Monday), from `begins` until `ends` of the same day, Vietnam's time."""

    days: tuple[int, ...]
    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency as one origin tells of it, for the days of `valid`. Texts are empty where nothing is said."""

    code: str
    name: str
    valid: Span = Span()
    aliases: tuple[Alias, ...] = ()
    hours: tuple[Hours, ...] = ()
    level: str = ""
    parent_code: str = ""
    leader_name: str = ""
    leader_title: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    origin: str = field(default="", compare=False)
    rank: int = field(default=FILES_FIRST, compare=False)  # of several origins the lowest is believed


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure as one origin tells of it, for the days of `valid`; None and empty texts: nothing is said."""

    code: str
    name: str
    valid: Span = Span()
    field_code: str = ""
    field_name: str = ""
    agency_code: str = ""
    online_level: str = ""  # level_1 … level_4; since Decree 42/2022 information, partial, full
    term: int | None = None
    term_unit: str = ""  # working_days, calendar_days, working_hours, calendar_hours
    fee: int | None = None  # đồng
    online_payment: bool | None = None
    supplement_policy: str = ""  # restart, extend, from_complete
    portal: str = ""
    origin: str = field(default="", compare=False)
    rank: int = field(default=FILES_FIRST, compare=False)


Entry = TypeVar("Entry", Agency, Procedure)


@dataclass(frozen=True, slots=True)
class Found(Generic[Entry]):
    """What a code finds on a day.

    `entry` is None where it finds nothing, or several that are equally good (`rivals`). `elsewhen` are the entries
    that the code finds on other days, with those days: found, but not valid then.
    """

    entry: Entry | None
    rivals: tuple[Entry, ...] = ()
    elsewhen: tuple[tuple[Entry, Span], ...] = ()


def national_code(code: str) -> str:
    """A procedure's national code: `1.000656` of `1.000656.000.00.00.H29`; a code of another form as it is."""
    local = _LOCAL.fullmatch(code)
    return local[1] if local else code


def find_agency(entries: Iterable[Agency], code: str, day: date) -> Found[Agency]:
    """The agency whose code this is on that day: its own code, or an alias that is valid then."""
    claims = [(entry, span) for entry in entries for said, span in codes_of(entry) if said == code]
    return _found(claims, day)


def find_procedure(entries: Iterable[Procedure], code: str, day: date) -> Found[Procedure]:
    """The entry in force on that day. A local form that is not in the catalogue finds the national one."""
    known = list(entries)
    exact = [(entry, entry.valid) for entry in known if entry.code == code]
    national = national_code(code)
    return _found(exact or [(entry, entry.valid) for entry in known if entry.code == national], day)


def resolve(entries: Iterable[Agency], code: str, on: date) -> Agency | None:
    """The agency of `find_agency`, or None."""
    return find_agency(entries, code, on).entry


def codes_of(agency: Agency) -> list[tuple[str, Span]]:
    """Every code of an agency with the days on which it is its code."""
    return [(agency.code, agency.valid), *((alias.code, alias.valid) for alias in agency.aliases)]


def _found(claims: Sequence[tuple[Entry, Span]], day: date) -> Found[Entry]:
    """The best origin alone speaks of a code, also where it says that the code has ended.

    Of what one origin says the newer takes over: systems often say only when something begins.
    """
    best = min((entry.rank for entry, _ in claims), default=FILES_FIRST)
    heard = [(entry, span) for entry, span in claims if entry.rank == best]
    valid = [(entry, span.first or date.min) for entry, span in heard if day in span]
    if not valid:
        return Found(None, elsewhen=tuple(heard))
    newest = max(first for _, first in valid)
    chosen = tuple(dict.fromkeys(entry for entry, first in valid if first == newest))
    return Found(chosen[0]) if len(chosen) == 1 else Found(None, rivals=chosen)
