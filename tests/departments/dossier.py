"""A dossier as the departments hold it in memory, before each writes it in its own way."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from tests.departments.catalogue import CITY_NAME, STATUSES, STEP_TEXTS, Agency, Procedure

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


class Flaw(StrEnum):
    """What makes a record unreadable, whichever department sends it."""

    UNKNOWN_STATUS = "unknown_status"
    IMPOSSIBLE_DATE = "impossible_date"
    NO_STATUS = "no_status"


@dataclass(frozen=True, slots=True)
class Applicant:
    """An invented person; `submitter` handed the dossier in, often the same."""

    name: str
    id_number: str
    birth_date: date
    female: bool
    phone: str  # ten digits, leading 0
    street: str
    ward: str
    submitter: str

    @property
    def address(self) -> str:
        return f"{self.street}, {self.ward}, {CITY_NAME}"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done with the dossier, and the status that it brought."""

    at: datetime
    status: str
    text: str
    officer: str
    unit: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """One dossier; `code` is the department's own and the key of its register."""

    code: str
    national_code: str | None
    procedure: Procedure
    agency: Agency
    applicant: Applicant
    channel: str  # direct, online, post
    status: str
    submitted_at: datetime
    received_at: datetime
    due_at: datetime | None
    updated_at: datetime
    officer: str
    papers: tuple[str, ...]
    fees: tuple[tuple[str, int], ...]  # name, đồng
    steps: tuple[Step, ...]
    completed_at: datetime | None = None
    returned_at: datetime | None = None
    flaw: Flaw | None = None


def with_status(dossier: Dossier, status: str, at: datetime) -> Dossier:
    """The dossier after one more step; the times that follow from the status are set with it."""
    text, unit = STEP_TEXTS[status]
    done = dossier.completed_at or (at if STATUSES[status][0] >= STATUSES["completed"][0] else None)
    return replace(
        dossier,
        status=status,
        steps=(*dossier.steps, Step(at, status, text, dossier.officer, unit)),
        completed_at=done,
        returned_at=at if status == "returned" else dossier.returned_at,
    )


def one_step_behind(dossier: Dossier) -> Dossier:
    """The dossier as a system shows it that has not heard of its last step."""
    *steps, last = dossier.steps
    return replace(
        dossier,
        status=steps[-1].status,
        steps=tuple(steps),
        completed_at=None if last.at == dossier.completed_at else dossier.completed_at,
        returned_at=None,
    )
