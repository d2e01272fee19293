"""What was seen, for a program: the same for `--json` of the commands and for the API."""

from collections.abc import Sequence
from typing import Any

from connectors.contract import Field, Operation
from connectors.witness import Exchange
from hub.inspection.check import Step
from hub.inspection.discovery import Discovery
from hub.inspection.preview import Preview, Shown
from hub.store.runs import Counts, RunRow
from hub.store.tallies import LACKING, Tally
from mappings.scaffold.document import Scaffold

Answer = dict[str, Any]


def check(name: str, steps: Sequence[Step]) -> Answer:
    """Every step that passed, and what went wrong where one did not."""
    last = steps[-1] if steps else None
    passed = last is None or last.passed
    report: Answer = {"connector": name, "ok": passed, "steps": [step.sentence for step in steps if step.passed]}
    return report if last is None or passed else report | {"error": last.sentence, "code": last.code, "hint": last.hint}


def discovery(found: Discovery, operations: Sequence[Operation]) -> Answer:
    """The operations that were chosen, with all their fields."""
    return {
        "type": found.type,
        "place": found.place,
        "fingerprint": found.description.fingerprint,
        "operations": [
            {name: getattr(one, name) for name in ("name", "place", "style", "about")}
            | {"parameters": _fields(one.parameters), "answer": _fields(one.answer)}
            for one in operations
        ],
        "problems": list(found.description.problems),
        "sample": _fields(found.sample),
    }


def scaffold(mapping: str, made: Scaffold) -> Answer:
    """The document, and each guess in it."""
    guesses = made.guesses
    columns = [column.shown(f"{one.name}.") for one in guesses.lists for column in one.columns]
    return {
        "mapping": mapping,
        "document": made.text,
        "guesses": [*(one.shown() for one in guesses.fields), *columns],
        "not_mapped": [leaf.source for leaf in guesses.left] + [rows.source for rows in guesses.left_lists],
    }


def preview(shown: Preview) -> Answer:
    """What was asked and answered, each record, and where it broke off."""
    trouble = shown.trouble
    return {
        "exchanges": [{name: getattr(one, name) for name in Exchange.__slots__} for one in shown.exchanges],
        "records": [{name: getattr(one, name) for name in Shown.__slots__} for one in shown.records],
        "trouble": trouble and {"code": trouble.code, "sentence": trouble.sentence, "hint": trouble.hint},
    }


def fetched(run: RunRow) -> Answer:
    """The run that fetched one record."""
    names = ("state", "error_code", "sentence", "hint")
    counts = {name: getattr(run, name) for name in Counts.__slots__}
    return {"run": run.id} | {name: getattr(run, name) for name in names} | {"counts": counts}


def completeness(days: Sequence[Tally]) -> Answer:
    """What both sides have of each day, the newest first."""
    return {"complete": not any(day.state in LACKING for day in days), "days": [_day(day) for day in days]}


def _day(day: Tally) -> Answer:
    numbers = ("day", "until", "there", "here", "quarantined", "missing", "extra", "by_key", "state", "sentence")
    keys = {"missing_keys": day.keys.missing, "extra_keys": day.keys.extra}
    return {name: getattr(day, name) for name in numbers} | keys | {"checked_at": day.checked_at, "run": day.run_id}


def _fields(fields: Sequence[Field]) -> list[Answer]:
    return [{name: getattr(field, name) for name in Field.__slots__} for field in fields]
