"""What can be said of one dossier's due dates: gathered from the record, the catalogues and the calendar."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from hub.record.catalogue import Hours as CatalogueHours
from hub.record.catalogue import Procedure
from hub.record.due import Change, DueDate, due_dates, why_nothing_is_computed
from hub.record.due_words import Sentence
from hub.record.moments import ZONE, as_text
from hub.record.on_time import Term, Verdict, by_dates, by_the_portal
from hub.record.standing import due_at
from hub.store.calendar import calendar_of
from hub.store.catalogue import agency_on, procedure_on
from hub.store.database import Database
from hub.store.dossiers import RevisionRow
from hub.store.whole import WholeDossier
from schedules.calendar.days import Calendar
from schedules.calendar.hours import DEFAULT, Hours
from schedules.calendar.term import Terms
from schedules.calendar.working_time import WorkingTime


@dataclass(frozen=True, slots=True)
class DueTold:
    """Every due date of a dossier, what keeps the hub from computing one, and both verdicts on its being on time."""

    dates: Sequence[DueDate]
    missing: Sentence | None
    by_the_portal: Verdict
    by_dates: Verdict


@dataclass(frozen=True, slots=True)
class Question:
    """What a term is reckoned with: an agency's working time, and a procedure where one is asked for."""

    work: WorkingTime
    procedure: Procedure | None


class NotInCatalogue(LookupError):
    """The catalogue has no such agency or procedure on that day."""


def question(connection: Connection, day: date, agency: str = "", procedure: str = "") -> Question:
    """Look up what codes mean on a day; empty codes ask for nothing.

    Raises:
        NotInCatalogue: one of them is not in the catalogue.
    """
    if agency and agency_on(connection, agency, day) is None:
        raise _missing("agency", agency, day, "agencies")
    entry = procedure_on(connection, procedure, day) if procedure else None
    if procedure and entry is None:
        raise _missing("procedure", procedure, day, "procedures")
    return Question(working_time(connection, agency, day), entry)


def _missing(what: str, code: str, day: date, catalogue: str) -> NotInCatalogue:
    where = f"the catalogue has no one {what} {code} on {day:%d/%m/%Y}"
    return NotInCatalogue(f"{where}; `hub catalogue show {catalogue} {code}` says what there is")


def due_told(database: Database, found: WholeDossier, now: datetime) -> DueTold:
    """All of it, as of `now`: what is not finished is judged at that time."""
    values = found.row.values
    with database.read() as connection:
        day = reception_day(values, now)
        procedure = _procedure(connection, values, day)
        terms = Terms(working_time(connection, agency_code(values), day))
    moment, missing = as_text(now), why_nothing_is_computed(values, procedure)
    longest = None
    if procedure is not None and procedure.term is not None and procedure.term_unit:
        longest = Term(procedure.term, procedure.term_unit, terms)
    try:
        dates = due_dates(values, found.timeline, procedure, terms, changes_of(found.history), _claims(found))
        portal = by_the_portal(values, found.timeline, moment, longest)
    except ValueError as error:
        # The calendar cannot count so far: what the sources say stands, and why there is no more.
        missing = Sentence("no_calendar", f"Lịch làm việc không tính được: {error}.", f"Not computed: {error}.")
        dates = due_dates(values, found.timeline, None, terms, changes_of(found.history), _claims(found))
        portal = by_the_portal(values, found.timeline, moment)
    return DueTold(dates, missing, portal, by_dates(values, found.timeline, moment))


def working_time(connection: Connection, agency: str, day: date) -> WorkingTime:
    """The working time of an agency as of a day; the usual hours where the catalogue does not tell any."""
    entry = agency_on(connection, agency, day) if agency else None
    return _compiled(calendar_of(connection), entry.hours if entry is not None else ())


def changes_of(history: Sequence[RevisionRow]) -> list[Change]:
    """The due dates that the hub saw, oldest first."""
    return list(_changes(history))


def agency_code(values: dict[str, Any]) -> str:
    """Code of the agency that handles a dossier; empty where no source says."""
    return str(values.get("agency", {}).get("code", ""))


def reception_day(values: dict[str, Any], otherwise: datetime) -> date:
    """The day, in Vietnam, whose rules and catalogue hold for a dossier."""
    received = values.get("received_at") or values.get("submitted_at")
    at = datetime.fromisoformat(received) if received else otherwise
    return at.astimezone(ZONE).date()


@lru_cache(maxsize=512)
def _compiled(calendar: Calendar, hours: tuple[CatalogueHours, ...]) -> WorkingTime:
    rows = [(row.days, row.begins, row.ends) for row in hours]
    return WorkingTime(calendar, Hours.of(rows) if rows else DEFAULT)


def _procedure(connection: Connection, values: dict[str, Any], day: date) -> Procedure | None:
    code = values.get("procedure", {}).get("code")
    return procedure_on(connection, str(code), day) if code else None


def _changes(history: Sequence[RevisionRow]) -> Iterator[Change]:
    for revision in sorted(history, key=lambda row: row.at):
        if "due_at" in revision.changes:
            before, after = revision.changes["due_at"]
            yield Change(before or "", after or "", as_text(revision.at), revision.connector or revision.author or "")


def _claims(found: WholeDossier) -> dict[str, str]:
    """What is promised now, and by which connector: the believed date first."""
    said = found.provenance.get("due_at")
    if said is not None:
        claims = {str(claim.value): claim.source.connector for claim in reversed([said.believed, *said.conflicts])}
        return dict(reversed(claims.items()))
    asked = found.provenance.get("supplements")
    return {} if asked is None else {due_at(found.row.values): asked.believed.source.connector}
