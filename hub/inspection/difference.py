"""What another version of a mapping would change: every kept record read by both, one payload at a time."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.contract import Record
from hub.record.entities import DOSSIER, ENTITIES
from hub.record.fields import RecordField
from hub.record.identity import codes_of
from hub.store import payloads
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.sync.kept import Kept, Reread, read_again
from mappings.engine.draft import Draft, Problem
from mappings.engine.reading import Mapping

EXAMPLES = 3  # of each field
_ROW = re.compile(r"\[\d+\]")
_OPEN = ("code", "national_code", "status", "procedure.", "agency.")  # texts that speak of no person


@dataclass(frozen=True, slots=True)
class Changed:
    """One value that would be another."""

    field: str  # with the row in a list: fees[2].amount
    before: Any  # None: nothing
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that would be read otherwise."""

    connector: str
    key: str
    code: str  # of the dossier that it speaks of, if it has one
    changed: Sequence[Changed] = ()
    rejected: Sequence[str] = ()  # why it would be rejected from now on
    released: bool = False  # it is rejected now and would not be
    problems: Sequence[str] = ()  # that it would gain
    faults: Sequence[Problem] = ()  # both of these, part by part


@dataclass(slots=True)
class Summary:
    """All that was compared so far."""

    records: int = 0
    differing: int = 0
    rejected: int = 0  # newly
    released: int = 0
    still: int = 0  # rejected by both
    gain_problems: int = 0
    lose_problems: int = 0
    fields: Counter[str] = field(default_factory=Counter)  # how many records would change, by field
    examples: dict[str, list[Changed]] = field(default_factory=dict)  # a few of each
    unread: int = 0  # payloads that cannot be compared
    troubles: list[str] = field(default_factory=list)  # why, of a few of them
    missing: int = 0  # records that their payload does not hold any more, as the settings are now


@dataclass(frozen=True, slots=True)
class Both:
    """The two versions, and where their records are kept."""

    database: Database
    before: Mapping
    after: Mapping
    on_payload: Callable[[], None] = lambda: None
    enough: Callable[[], bool] = lambda: False  # asked before each record

    def compare(
        self,
        connector: ConnectorRow,
        reread: Reread | None,
        summary: Summary,
        payload_ids: Sequence[int] | None = None,
    ) -> Iterator[Difference]:
        """Every record of a connector that would be read otherwise; the counts go to `summary`.

        With `payload_ids` only what is kept in those, in their order.
        """
        if payload_ids is None:
            payload_ids = payloads.in_use(self.database, [connector.id])
        for kept in read_again(self.database, reread, payload_ids):
            yield from self._of(kept, connector, summary)
            self.on_payload()
            if self.enough():
                return

    def _of(self, kept: Kept, connector: ConnectorRow, summary: Summary) -> Iterator[Difference]:
        if kept.trouble:
            summary.unread += 1
            summary.troubles += [kept.trouble] if len(summary.troubles) < EXAMPLES else []
            return
        wanted = payloads.keys_in(self.database, kept.payload_id)
        for key in wanted:
            if self.enough():
                return
            record = kept.record(key)
            if record is None:
                summary.missing += key not in kept.bad
                continue
            summary.records += 1
            found = self._difference(connector, record, summary)
            if found is not None:
                summary.differing += 1
                yield found

    def _difference(self, connector: ConnectorRow, record: Record, summary: Summary) -> Difference | None:
        before, after = self.before.read(record.value), self.after.read(record.value)
        if before == after:
            summary.still += _is_rejected(self.before, before, connector)
            return None
        was, will = _is_rejected(self.before, before, connector), _is_rejected(self.after, after, connector)
        code = str((before if was < will else after).values.get("code", ""))
        if was or will:
            if was and will:
                summary.still += 1
                return None
            summary.rejected, summary.released = summary.rejected + will, summary.released + was
            reasons = [str(problem) for problem in after.problems] if will else []
            said = reasons or ["it has no code"] * will
            faults = after.problems if will else ()
            return Difference(connector.name, record.key, code, rejected=said, released=was, faults=faults)
        changed = list(_changes(before, after))
        _note(summary, changed)
        gained = _gained(before.problems, after.problems)
        summary.gain_problems += bool(gained)
        summary.lose_problems += bool(_gained(after.problems, before.problems))
        said = [str(each) for each in gained]
        return Difference(connector.name, record.key, code, changed, problems=said, faults=gained)


def masked(entity: str, name: str, value: Any) -> Any:
    """A value as it may be shown to anybody: of what may speak of a person only its form is left."""
    if value is None or not isinstance(value, str) or not _may_be_personal(entity, _ROW.sub("", name)):
        return value
    return "".join("•" if letter.isalnum() else letter for letter in value)


def field_of(name: str) -> str:
    """The field without the row: fees[2].amount is fees.amount."""
    return _ROW.sub("", name)


def _is_rejected(mapping: Mapping, draft: Draft, connector: ConnectorRow) -> bool:
    return draft.rejected or (mapping.entity == DOSSIER and not codes_of(draft.values, connector.agency))


def _changes(before: Draft, after: Draft) -> Iterator[Changed]:
    old, new = dict(_flat(before.values)), dict(_flat(after.values))
    for name in {**old, **new}:
        if old.get(name) != new.get(name):
            yield Changed(name, old.get(name), new.get(name))


def _flat(values: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        elif isinstance(value, list):
            for at, row in enumerate(value):
                yield from (
                    _flat(row, f"{above}{name}[{at}].") if isinstance(row, dict) else [(f"{above}{name}[{at}]", row)]
                )
        else:
            yield above + name, value


def _note(summary: Summary, changed: Sequence[Changed]) -> None:
    summary.fields.update({field_of(each.field) for each in changed})
    for each in changed:
        examples = summary.examples.setdefault(field_of(each.field), [])
        if len(examples) < EXAMPLES and all((each.before, each.after) != (one.before, one.after) for one in examples):
            examples.append(each)


def _gained(before: Sequence[Problem], after: Sequence[Problem]) -> list[Problem]:
    known = set(before)
    return [each for each in after if each not in known]


def is_choice(entity: str, name: str) -> bool:
    """Whether a field says one of a few words that we know, so that nothing else can stand there."""
    wanted = _wanted(entity, field_of(name))
    return wanted is not None and (wanted.type == "boolean" or bool(wanted.choices))


def _may_be_personal(entity: str, name: str) -> bool:
    """Whatever is a text of its own, and all of the applicant; times, amounts and choices are not."""
    if name.startswith("applicant."):
        return True
    wanted = _wanted(entity, name)
    return (wanted is None or wanted.type == "text") and not name.startswith(_OPEN)


def _wanted(entity: str, name: str) -> RecordField | None:
    known = ENTITIES[entity]
    parent, _, column = name.rpartition(".")
    return known.fields.get(name) or known.lists.get(parent, {}).get(column)
