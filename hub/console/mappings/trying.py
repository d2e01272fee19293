"""A draft of a mapping held against what the hub has: its rules, its cases, what was received."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from flask import current_app

from hub.console.database import database
from hub.console.mappings import rights
from hub.console.mappings.pages import in_use
from hub.console.quarantine.reading import text_of
from hub.console.reads import note_source
from hub.console.register import register
from hub.console.visitor import visitor
from hub.inspection.difference import Changed, is_choice, masked
from hub.inspection.drafting import Linted, linted
from hub.inspection.received import Rereads
from hub.inspection.trial import Trial, tried
from hub.inspection.written import shape
from hub.store.versions import CONFIG, HUB
from mappings.engine.cases import CaseResult, run_cases
from mappings.engine.reading import Mapping


class Mistake(NamedTuple):
    """One thing that is wrong with a draft."""

    line: int
    column: int
    what: str
    right: str
    text: str  # of that line


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found of a draft; None: it was not asked for."""

    mistakes: Sequence[Mistake] | None = None
    cases: Sequence[CaseResult] | None = None
    has_cases: bool = False
    trial: Trial | None = None
    entity: str = ""
    unreadable: bool = False  # what is in use now cannot be read, so there is nothing to compare with


def read(name: str, text: str) -> Linted:
    """The draft by the rules of mappings."""
    return linted(text, name, register().targets)


def mistakes(found: Linted, text: str) -> list[Mistake]:
    """What is wrong, each with its line."""
    lines = text.splitlines()
    return [
        Mistake(
            each.line, each.column, each.what, each.right, lines[each.line - 1] if 0 < each.line <= len(lines) else ""
        )
        for each in found.findings
    ]


def outcome(name: str, text: str, *, cases: bool, preview: bool) -> Outcome:
    """Lint, and for a draft without mistakes its cases and what it would change."""
    found = read(name, text)
    if found.mapping is None:
        return Outcome(mistakes(found, text))
    results = _cases(name, found.mapping) if cases else None
    trial = _trial(name, found.mapping) if preview else None
    return Outcome(
        [],
        results,
        has_cases=bool(results),
        trial=trial,
        entity=found.mapping.entity,
        unreadable=preview and trial is None,
    )


def _cases(name: str, mapping: Mapping) -> list[CaseResult]:
    file = register().mapping_file(name)
    return [] if file is None else run_cases(file.parent, mapping)


def _trial(name: str, after: Mapping) -> Trial | None:
    by = CONFIG if rights.in_files(name) else HUB
    used = in_use(name, by)
    before = linted(used.text, name, register().targets).mapping if used else None
    if before is None:
        return None
    rows = [row for row in rights.own_users(name) if row.managed_by == by]
    trial = tried(database(), before, after, rows, cast("Rereads", current_app.extensions["hub.rereads"]))
    if visitor().sees_personal and trial.summary.differing:
        note_source(None, trial.summary.differing, {"page": "mapping", "mapping": name})
    return trial


def said(entity: str, name: str, value: Any) -> str:
    """A value of a comparison: its form only, where it may be about somebody and not everything may be shown."""
    if value is None:
        return "–"
    if not visitor().sees_personal and isinstance(value, str) and masked(entity, name, value) != value:
        return shape(value)
    return text_of(name, value) if isinstance(value, str | int | bool) else str(value)


def said_after(entity: str, each: Changed) -> str:
    """What the draft makes of a value. A draft may put a name where none belongs, so whoever may not see personal data
    sees the form of everything but choices: else a preview would read out any record, and nobody would know."""
    if visitor().sees_personal or each.after is None or is_choice(entity, each.field):
        return said(entity, each.field, each.after)
    return shape(str(each.after))


def said_of_case(entity: str, name: str, text: str) -> str:
    """One side of a case's difference, as the case writes it."""
    is_hidden = not visitor().sees_personal and masked(entity, name, text) != text
    return shape(text) if is_hidden else text


def differs_in_hidden(entity: str, each: Changed) -> bool:
    """Whether two values look alike because of what is not shown of them."""
    return said(entity, each.field, each.before) == said_after(entity, each)
