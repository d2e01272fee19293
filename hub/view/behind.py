"""What stands behind a dossier (timeline, provenance, history, ratings, due dates) as a grant shows it, field by field.

A source's word is masked as the dossier's own value is: what a source says otherwise of a hidden field is hidden, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from hub.record.due import DueDate
from hub.record.due_terms import Explained
from hub.record.due_words import Sentence
from hub.record.grant import Grant, Group, Sight
from hub.record.moments import as_text, to_the_second
from hub.record.on_time import Verdict
from hub.store.connectors import ConnectorRow
from hub.store.dossiers import DisownedRow, EventRow, RevisionRow, SourceRow
from hub.store.due import DueTold
from hub.store.ratings import RatingRow
from hub.store.whole import Provenance
from hub.view import forms
from hub.view.item import status_shown
from hub.view.masking import HIDDEN, value_seen

Answer = dict[str, Any]

_ANOTHER = Sentence("other_source", "Một nguồn khác hẹn trả khác.", "Another source promises another date.")
_ABOUT_THE_DOSSIER = frozenset({"codes", "sources"})  # what a revision tells beside fields


def timeline(events: Iterable[EventRow], grant: Grant) -> list[Answer]:
    """What happened, oldest first; who did it and the text of a step as far as the grant goes."""
    return [_event(event, grant) for event in events]


def sources(
    rows: Iterable[SourceRow], registered: Mapping[str, ConnectorRow], now: datetime, grant: Grant
) -> list[Answer]:
    """What each source brought, and when it was read."""
    return [_source(row, registered.get(row.source.connector), now, grant) for row in rows]


def provenance(said: Mapping[str, Provenance], rows: Sequence[SourceRow], grant: Grant) -> Answer:
    """For every field that is shown which source is believed, and who says otherwise."""
    by_name = {row.source.name: row for row in rows}
    return {
        name: _believed(name, one, by_name[one.believed.source.name], grant)
        for name, one in said.items()
        if value_seen(name, None, grant) is not HIDDEN
    }


def history(revisions: Iterable[RevisionRow], grant: Grant) -> list[Answer]:
    """What changed of the values, the newest first, without changes of what is hidden."""
    shown = ((revision, _changes(revision.changes, grant)) for revision in revisions)
    return [
        asdict(revision) | {"changes": changes, "at": as_text(revision.at)} for revision, changes in shown if changes
    ]


def disowned(rows: Iterable[DisownedRow]) -> list[Answer]:
    """The codes that a person found to be wrong."""
    return [asdict(row) | {"at": as_text(row.at)} for row in rows]


def ratings(rows: Iterable[RatingRow], grant: Grant) -> list[Answer]:
    """What citizens said; masked: without their own words."""
    names = ("channel", "scores") if grant.of(Group.CONTENT) is Sight.MASKED else ("channel", "comment", "scores")
    shows_source = grant.of(Group.PROVENANCE) is Sight.FULL
    return [
        ({"connector": row.connector, "key": row.key} if shows_source else {})
        | {"rated_at": row.rated_at, "overall": row.overall, "complained": row.complained}
        | {name: value for name, value in row.values.items() if name in names}
        for row in rows
    ]


def due_dates(told: DueTold, grant: Grant) -> Answer:
    """Every due date with its reason, and both verdicts; who says it where the grant shows sources."""
    shows_source = grant.of(Group.PROVENANCE) is not Sight.HIDDEN
    return {
        "due_dates": [_due_date(one, shows_source=shows_source) for one in told.dates],
        "due_not_computed": None if told.missing is None else asdict(told.missing),
        "on_time": {"by_the_portal": _verdict(told.by_the_portal), "by_dates": _verdict(told.by_dates)},
    }


def _event(event: EventRow, grant: Grant) -> Answer:
    officers, content, sight = grant.of(Group.OFFICERS), grant.of(Group.CONTENT), grant.of(Group.PROVENANCE)
    named = event.actor if officers is Sight.FULL or event.actor is None else forms.initials(event.actor)
    unusual = event.unusual_after
    return {
        "at": event.at,
        "status": None if event.status is None else status_shown(event.status),
        "name": event.name if content is Sight.FULL else None,
        "actor": None if officers is Sight.HIDDEN else named,
        "title": None if officers is Sight.HIDDEN else event.title,
        "unit": None if officers is Sight.HIDDEN else event.unit,
        "started_at": event.started_at,
        "due_at": event.due_at,
        "inferred": event.inferred,
        "unusual": unusual is not None,
        "remark": None if unusual is None else f"A dossier does not usually move from {unusual} to {event.status}.",
        "connector": None if sight is Sight.HIDDEN else event.connector,
        "recorded_at": as_text(event.recorded_at),
    }


def _source(row: SourceRow, connector: ConnectorRow | None, now: datetime, grant: Grant) -> Answer:
    return {
        "connector": row.source.connector,
        "agency": row.agency,
        "changed_at": to_the_second(row.source.changed_at) or None,
        "stored_at": as_text(row.stored_at),
        "source_seen_at": None if row.seen_at is None else as_text(row.seen_at),
        "stale": connector is None or connector.stale(now),
        "gone_at": None if row.gone_at is None else as_text(row.gone_at),
        "key": row.source.key,
        "problems": [problem(one, grant) for one in row.problems],
    }


def problem(said: Mapping[str, Any], grant: Grant) -> Answer:
    """What could not be read; the source's own words only of a field that is shown in full."""
    field = str(said.get("field", ""))
    name = ".".join(part.partition("[")[0] for part in field.split("."))
    if field and grant.sight(name) is Sight.FULL:
        return dict(said)
    return {"field": said.get("field"), "source": said.get("source")}


def _believed(name: str, said: Provenance, behind: SourceRow, grant: Grant) -> Answer:
    return {
        "connector": said.believed.source.connector,
        "key": said.believed.source.key,
        "stored_at": as_text(behind.stored_at),
        "payload_id": behind.payload_id,
        "mapping": behind.mapping,
        "conflicts": [
            {
                "connector": claim.source.connector,
                "key": claim.source.key,
                "value": value_seen(name, claim.value, grant),
            }
            for claim in said.conflicts
        ],
    }


def _changes(changes: Mapping[str, Sequence[Any]], grant: Grant) -> Answer:
    found: Answer = {}
    for name, pair in changes.items():
        if name in _ABOUT_THE_DOSSIER:
            found[name] = list(pair)
            continue
        values = [value_seen(name, value, grant) for value in pair]
        if HIDDEN not in values:
            found[name] = values
    return found


def reason(one: DueDate, *, shows_source: bool) -> Explained:
    """Why a due date is what it is, without the name of a source where none is shown."""
    return _ANOTHER if one.reason.code == _ANOTHER.code and not shows_source else one.reason


def _due_date(one: DueDate, *, shows_source: bool) -> Answer:
    return {
        "at": one.at,
        "current": one.current,
        "said_by": (one.said_by or None) if shows_source else None,
        "policy": one.policy or None,
        "reason": _told(reason(one, shows_source=shows_source)),
        "steps": [_told(step) for step in one.steps],
        "warnings": [_told(warning) for warning in one.warnings],
    }


def _verdict(one: Verdict) -> Answer:
    return {"verdict": one.verdict, "end": one.end or None, "reason": _told(one.reason)}


def _told(one: Explained) -> Answer:
    return {"code": one.code, "vi": one.vi, "en": one.en}
