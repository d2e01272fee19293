"""Official codes of agencies, procedures and dossiers: checked and written in one way, never translated."""

import re
from datetime import datetime
from typing import Any

from mappings.engine.compact import code, is_filler
from mappings.engine.draft import Unreadable

AGENCY = "an agency's code as 000.00.15.H29 (QCVN 102:2016) or H29.15 (Decision 20/2020)"
PROCEDURE = "a procedure's code as 1.000656, 1.000656.000.00.00.H29 or 2.002621.H56"
DOSSIER = "a dossier's code as 000.00.15.H29-260520-0001 or H29.15-260520-0001"

_PLACED = r"(?:[0-9]{3}\.)?[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}"  # lists of 2014 leave the first group out
_LEVELS = r"[A-Y][0-9]{2}(?:\.[0-9A-Z]{1,31}){0,15}"
_AGENCY = re.compile(rf"{_PLACED}|{_LEVELS}")
_PROCEDURE = re.compile(r"[1-9]\.[0-9]{6}(?:(?:\.[0-9]{3}\.[0-9]{2}\.[0-9]{2})?\.[A-Z][0-9]{2})?")
_DOSSIER = re.compile(rf"(?:{_PLACED}-([0-9]{{6}})-[0-9]{{4,5}}|{_LEVELS}-([0-9]{{6}})-[0-9]{{4,}})")
_LONGEST = 35  # characters of an agency's code: Decision 20/2020

AGENCY_IN_TEXT = re.compile(rf"(?<![\w.])(?:{_PLACED}|[A-Y][0-9]{{2}}(?:\.[0-9A-Z]{{1,31}}){{1,15}})(?![\w-])")
PROCEDURE_IN_TEXT = re.compile(rf"(?<![\w.]){_PROCEDURE.pattern}(?![\w])")
DOSSIER_IN_TEXT = re.compile(rf"(?<![\w.]){_DOSSIER.pattern}(?![\w-])")


def agency_code(raw: Any) -> str | None:
    """Raises `Unreadable` for what has neither standard's form. Which agency it is, or was, the catalogue knows."""
    text = code(raw)
    if not text or is_filler(text):
        return None
    if not _AGENCY.fullmatch(text) or len(text) > _LONGEST:
        raise Unreadable(AGENCY)
    return text


def procedure_code(raw: Any) -> str | None:
    """The national code, or the local one with its agency or province. Raises `Unreadable` for any other."""
    text = code(raw)
    if not text or is_filler(text):
        return None
    if not _PROCEDURE.fullmatch(text):
        lost = re.fullmatch(r"[1-9]\.[0-9]{1,5}", text)
        raise Unreadable(PROCEDURE, "zeros at its end are lost where the code is kept as a number" if lost else "")
    return text


def dossier_code(raw: Any) -> str | None:
    """Circular 01/2018 Art. 19 (two or three groups before the agency), or Decision 20/2020; the day must exist.

    Raises `Unreadable` for any other number, such as an agency's own: that is a text, without a form.
    """
    text = code(raw)
    if not text or is_filler(text):
        return None
    found = _DOSSIER.fullmatch(text)
    if not found:
        raise Unreadable(DOSSIER, "an agency's own number is read without `as`")
    if not _is_day(found[1] or found[2]):
        raise Unreadable(DOSSIER, "its middle part is the day of reception, year first, and there is no such day")
    return text


def _is_day(text: str) -> bool:
    try:
        datetime.strptime(text, "%y%m%d")  # noqa: DTZ007 - only whether the day exists
    except ValueError:
        return False
    return True
