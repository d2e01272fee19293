"""`hub calendar term`: when a term ends, with its reason step by step."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, opened_store
from hub.cli.calendar import commands
from hub.cli.exits import Exit
from hub.cli.output import out, print_json, stop
from hub.record.due_policy import Policy, Rule, policy_on
from hub.record.moments import ZONE
from hub.store.database import Database
from hub.store.due import NotInCatalogue, Question, question
from schedules.calendar.csv_text import day_of
from schedules.calendar.days import FIRST_YEAR, LAST_YEAR
from schedules.calendar.term import HANDED_OVER_AFTER, Due, Unit, due
from schedules.calendar.words import Step

_WRITTEN_DAY = re.compile(r"^\d{1,2}/\d{1,2}/\d{4}(?=\s|$)")
_WARNINGS = frozenset({"unconfirmed_year", "unverified_day"})
_POLICIES_VI = {
    Policy.RESTART: "tính lại toàn bộ thời hạn",
    Policy.FROM_COMPLETE: "thời hạn bắt đầu khi hồ sơ đầy đủ",
    Policy.EXTEND: "cộng thời gian chờ vào ngày hẹn",
}


class Language(StrEnum):
    """Of the sentences."""

    EN = "en"
    VI = "vi"


@commands.command()
def term(
    start: Annotated[str, typer.Option("--from", help='When it was received, Vietnam\'s time, as "2026-05-20 15:30".')],
    amount: Annotated[int | None, typer.Option("--term", help="How many; left out, the procedure's own.")] = None,
    unit: Annotated[Unit | None, typer.Option(help="What `--term` counts; left out, the procedure's own.")] = None,
    agency: Annotated[str, typer.Option(help="Code of the agency, for its hours; left out, the usual ones.")] = "",
    procedure: Annotated[str, typer.Option(help="Code of the procedure, for its term.")] = "",
    hand_over: Annotated[
        bool, typer.Option("--hand-over", help="What is received after 15:00 counts from the next working day.")
    ] = False,
    language: Annotated[Language, typer.Option(help="Of the sentences.")] = Language.EN,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Tell when a term ends, with its reason step by step: Civil Code Art. 147-148, holidays, the agency's hours."""
    at = _moment(start)
    with opened_store(config) as database:
        asked = _asked(database, at, agency, procedure)
    found = _reckoned(asked, at, amount, unit, hand_over=hand_over)
    rule = policy_on(at.date(), asked.procedure) if procedure else None
    if as_json:
        print_json(_document(found, rule))
        return
    for step in (*found.steps, *found.warnings):
        out.print(_sentence(step, language), markup=False, highlight=False, soft_wrap=True)
    if rule is not None:
        sentence = {
            Language.EN: f"When a supplement comes: {rule.policy} ({rule.source_en}).",
            Language.VI: f"Khi nhận bổ sung: {_POLICIES_VI[Policy(rule.policy)]} ({rule.source_vi}).",
        }[language]
        out.print(sentence, markup=False, highlight=False, soft_wrap=True)


def _iso(written: re.Match[str]) -> str:
    return day_of(written[0]).isoformat()


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(_WRITTEN_DAY.sub(_iso, text.strip()))
    except ValueError:
        stop(f'“{text}” is no time; write a day and a time, as "2026-05-20 15:30" or "20/05/2026 15:30"', Exit.WRONG)
    if ":" not in text:
        stop(f'“{text}” has no time of the day; write it too, as "{text.strip()} 08:00"', Exit.WRONG)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        stop(f"the calendar reaches from {FIRST_YEAR} to {LAST_YEAR}, and {at.year} is not in it", Exit.WRONG)
    return at.replace(tzinfo=ZONE) if at.tzinfo is None else at.astimezone(ZONE)


def _asked(database: Database, at: datetime, agency: str, procedure: str) -> Question:
    try:
        with database.read() as connection:
            return question(connection, at.date(), agency, procedure)
    except NotInCatalogue as error:
        stop(str(error), Exit.NOT_FOUND)


def _reckoned(asked: Question, at: datetime, amount: int | None, unit: Unit | None, *, hand_over: bool) -> Due:
    entry = asked.procedure
    if amount is None and entry is not None:
        amount = entry.term
    if unit is None and entry is not None and entry.term_unit:
        unit = Unit(entry.term_unit)
    if amount is None or unit is None:
        which = "the catalogue does not tell the procedure's" if entry is not None else "there is no --procedure"
        stop(f"give --term and --unit, as --term 5 --unit working_days: {which} to go by", Exit.WRONG)
    try:
        return due(asked.work, at, amount, unit, HANDED_OVER_AFTER if hand_over else None)
    except ValueError as error:
        stop(str(error), Exit.WRONG)


def _document(found: Due, rule: Rule | None) -> dict[str, object]:
    return {
        "due_at": found.at,
        "steps": [_told(step) for step in found.steps],
        "warnings": [_told(step) for step in found.warnings],
        "supplement_policy": None if rule is None else rule.policy,
    }


def _told(step: Step) -> dict[str, str]:
    return {"code": step.code, "vi": step.vi, "en": step.en}


def _sentence(step: Step, language: Language) -> str:
    sentence = step.vi if language is Language.VI else step.en
    mark = {Language.EN: "Warning: ", Language.VI: "Lưu ý: "}[language] if step.code in _WARNINGS else ""
    return mark + sentence
