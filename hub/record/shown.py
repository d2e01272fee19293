"""What lists, filters and searches find a dossier by: a function of its values and codes alone."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from hub.record.catalogue import national_code
from hub.record.confidentiality import rank
from hub.record.identity import Code, normalise
from hub.record.merge import Values
from hub.record.standing import due_at, ended_at
from hub.record.text import fold

_WORD = re.compile(r"[^\W_]+")
_NOT_DIGITS = re.compile(r"\D+")
# Letters of a word and of a key, and words: what is longer no index of PostgreSQL takes, and it would fail its page.
_LONGEST_WORD, _LONGEST_KEY, _MOST_WORDS = 100, 200, 2000
_NUMBERS = ("id_number", "tax_code", "paper_number")  # of an owner: the first that a source gives


class Shown(NamedTuple):
    """The columns of a dossier; times are UTC text, empty where no source says."""

    code: str
    agency: str  # as codes are compared
    procedure: str | None  # its national code: all local forms of one procedure are found together
    field: str | None
    status: str
    channel: str | None
    confidentiality: int  # rank of its level
    received_on: str
    due_at: str
    ended_at: str
    name: str  # of the owner, folded
    identity: str | None  # the owner's number, as codes are compared
    phone: str | None  # the owner's, its digits
    search: str  # words of the codes, the owner's name, the summary and the procedure, folded, one space between


class Place(NamedTuple):
    """What decides who may see a dossier: those of its columns that a grant limits."""

    agency: str
    procedure: str | None
    field: str | None
    confidentiality: int


def shown(values: Values, codes: Sequence[Code]) -> Shown:
    """How a dossier with these values, known under these codes, is found."""
    owner = values.get("applicant", {})
    agency, procedure, field, confidentiality = place(values)
    return Shown(
        str(values["code"]),
        agency,
        procedure,
        field,
        values["status"],
        values.get("channel"),
        confidentiality,
        received_on(values),
        due_at(values),
        ended_at(values),
        name_key(owner.get("name", "")),
        next((normalise(owner[name])[:_LONGEST_KEY] for name in _NUMBERS if owner.get(name)), None),
        phone_key(owner["phone"]) if owner.get("phone") else None,
        search_text(values, codes),
    )


def place(values: Values) -> Place:
    """Where a dossier with these values stands."""
    procedure = values.get("procedure", {})
    return Place(
        agency_key(values.get("agency", {}).get("code", "")),
        procedure_key(procedure["code"]) if procedure.get("code") else None,
        field_key(procedure["field_code"]) if procedure.get("field_code") else None,
        rank(values.get("confidentiality")),
    )


def received_on(values: Values) -> str:
    """The time that orders lists: received, else submitted; empty where no source says."""
    return str(values.get("received_at") or values.get("submitted_at") or "")


def search_text(values: Values, codes: Sequence[Code]) -> str:
    """What a search looks through."""
    said = (values.get("applicant", {}).get("name"), values.get("summary"), values.get("procedure", {}).get("name"))
    return " ".join(words(" ".join([*sorted(code.value for code in codes), *filter(None, said)]))[:_MOST_WORDS])


def words(text: str) -> list[str]:
    """The words of a text as they are searched: `HS-2026/01 Nguyễn Đức` → hs, 2026, 01, nguyen, duc."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(fold(text))]


def name_key(name: str) -> str:
    """A person's name as names are compared."""
    return " ".join(words(name))[:_LONGEST_KEY]


@lru_cache(maxsize=4096)
def agency_key(code: str) -> str:
    """An agency's code as lists compare it."""
    return normalise(code)


@lru_cache(maxsize=4096)
def procedure_key(code: str) -> str:
    """A procedure's code as lists compare it."""
    return national_code(normalise(code))


@lru_cache(maxsize=4096)
def field_key(code: str) -> str:
    """The code of a field (lĩnh vực) as lists compare it."""
    return normalise(code)


def phone_key(phone: str) -> str:
    """A telephone number as numbers are compared: `+84 90 123 45 67` and `090.1234567` are one."""
    digits = _NOT_DIGITS.sub("", phone)[:_LONGEST_KEY]
    return "0" + digits[2:] if digits.startswith("84") and len(digits) > 10 else digits
