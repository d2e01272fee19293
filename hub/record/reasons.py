"""Why records stand in quarantine, in groups: without what differs from record to record, and whom it is about."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Reason: TypeAlias = Mapping[str, Any]  # field, source, value, expected, hint: a problem of a mapping

LONGEST = 300
_LONGEST_TEXT = 80
_MOST = 20  # groups of one record: one whose every row is wrong says no more by it
_ROW = re.compile(r"\[\d+\]")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|'[^']*'")
_DIGITS = re.compile(r"\d+")
_IN_TABLE = re.compile(r'a text that the table "[^"]+" has')  # mappings.engine.convert says so
# What is said of things and not of people. Any other field may hold a name, a number or a story of somebody.
_THINGS = re.compile(
    r"(?:\w+_)?(?:code|status|kind|level|channel|amount|fee|paid|payment|method|quantity|score|term|unit|policy|at|on|date)"
    r"|status_text|due_before|due_after|effective_from|effective_to|overall|complained|collected|digitised|days|from|to"
)
_PEOPLE = frozenset({"birth_date", "id_date", "tax_code"})
_SURNAMES = frozenset(
    {"nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ"}
    | {"ngô", "dương", "lý", "đinh", "mai", "trịnh", "đoàn", "lương", "lâm", "đào", "tô", "tạ"}
)
_NUMBER_OF_SOMEBODY = re.compile(r"(?<!\d)(?:\d[ .-]?){8,11}\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Group:
    """One reason of many records. `code` is short, and the same for the same reason, always and everywhere."""

    code: str
    field: str  # without numbers of rows; empty: the whole record
    source: str  # the path in the record
    expected: str
    text: str | None  # of a table: what it lacks
    hint: str


def groups_of(reasons: Iterable[Reason]) -> list[Group]:
    """The groups of one record, each once."""
    found = {group.code: group for group in map(_group, reasons)}
    return list(found.values())[:_MOST]


def example(reason: Reason) -> str:
    """What stood there, fit to be shown to strangers: only its form where it may be about somebody."""
    value = " ".join(str(reason.get("value") or "").split())[:_LONGEST_TEXT]
    return value if _of_things(_plain(reason), value) else scrubbed(value)


def is_open(group: Group) -> bool:
    """Whether what a table lacks is said in full: a thing's word, and nothing that may be about somebody."""
    text = group.text or ""
    hidden = text == scrubbed(text) and "x" in text
    return bool(text) and not hidden and _of_things(group.field, text)


def scrubbed(text: str) -> str:
    """The form of a text without what it says: letters as x, digits as 9."""
    return "".join("9" if one.isdigit() else "x" if one.isalnum() or not one.isascii() else one for one in text)


def _group(reason: Reason) -> Group:
    name, source = _plain(reason), str(reason.get("source", ""))[:LONGEST]
    expected, hint = str(reason.get("expected", "")), str(reason.get("hint", ""))
    text = None
    if not name:
        expected, hint = _without_values(expected), _without_values(hint)
    elif _IN_TABLE.fullmatch(expected) and reason.get("value"):
        text, hint = example(reason), ""  # the hint lists what the table has: another one after every correction
    else:
        hint = _without_values(hint)
    parts = (name, source, expected[:LONGEST], text, hint[:LONGEST])
    written = "\0".join(part or "" for part in parts).encode("utf-8", "replace")
    return Group(hashlib.blake2b(written, digest_size=5).hexdigest(), *parts)


def _plain(reason: Reason) -> str:
    return _ROW.sub("[]", str(reason.get("field", "")))[:LONGEST]


def _without_values(text: str) -> str:
    return _DIGITS.sub("…", _QUOTED.sub("“…”", text))


def _of_things(name: str, value: str) -> bool:
    leaf = re.split(r"[.\]]", name)[-1]
    of_things = name.startswith(("procedure.", "agency.")) or _THINGS.fullmatch(leaf) is not None
    return of_things and leaf not in _PEOPLE and not _about_somebody(value)


def _about_somebody(value: str) -> bool:
    """A path that leads to the wrong place brings names and numbers to any field."""
    words = value.split()
    named = 2 <= len(words) <= 6 and words[0].lower() in _SURNAMES and all(word[:1].isupper() for word in words)
    return named or "@" in value or _NUMBER_OF_SOMEBODY.fullmatch(value) is not None
