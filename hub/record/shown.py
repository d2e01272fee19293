"""What lists, filters and searches find a dossier by: a function of its values and codes alone."""

from collections.abc import Sequence
from typing import NamedTuple

from hub.record.identity import Code
from hub.record.merge import Values
from hub.record.standing import due_at, ended_at
from hub.record.text import fold


class Shown(NamedTuple):
    """The columns of a dossier; times are UTC text, empty where no source says."""

    code: str
    agency: str
    procedure: str | None
    status: str
    received_on: str
    due_at: str
    ended_at: str
    search: str


def shown(values: Values, codes: Sequence[Code]) -> Shown:
    """How a dossier with these values, known under these codes, is found."""
    procedure = values.get("procedure", {})
    return Shown(
        str(values["code"]),
        values.get("agency", {}).get("code", ""),
        procedure.get("code"),
        values["status"],
        received_on(values),
        due_at(values),
        ended_at(values),
        search_text(values, codes),
    )


def received_on(values: Values) -> str:
    """The time that orders lists: received, else submitted; empty where no source says."""
    return str(values.get("received_at") or values.get("submitted_at") or "")


def search_text(values: Values, codes: Sequence[Code]) -> str:
    """What a search looks through, folded: codes, owner's name, summary, procedure."""
    said = (values.get("applicant", {}).get("name"), values.get("summary"), values.get("procedure", {}).get("name"))
    parts = [fold(code.value) for code in sorted(codes)]
    if words := " ".join(filter(None, said)):
        parts.append(fold(words))
    return " ".join(parts)
