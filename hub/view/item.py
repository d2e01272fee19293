"""A dossier as lists, look-ups, the change feed, webhooks and exports show it. Knows nothing of HTTP."""

from datetime import datetime
from typing import Any

from hub.record.fields import DOSSIER_FIELDS
from hub.record.grant import Grant
from hub.record.moments import as_text
from hub.record.standing import Moment, standing
from hub.record.status import OFFICIAL
from hub.store.dossier_rows import DossierRow
from hub.sync.health import Freshness
from hub.view.fields import Fields
from hub.view.masking import EXTRA, SINGLY, trimmer

_STATUSES = {str(status): {"code": str(status), **official._asdict()} for status, official in OFFICIAL.items()}
IN_LISTS = Fields(frozenset(DOSSIER_FIELDS))  # neither lists nor facts without a field
IN_FULL = Fields(IN_LISTS.names | {EXTRA})
EVERY = Fields(IN_LISTS.names | SINGLY)


def item(row: DossierRow, fresh: Freshness, grant: Grant, at: Moment, fields: Fields | None = None) -> dict[str, Any]:
    """What a grant shows of a dossier: without its lists and `extra`, or exactly the `fields` that are asked for."""
    values = row.values
    shown = trimmer(grant, (fields or IN_LISTS).names)(values)
    shown["status"] = status_shown(values["status"])
    return (
        {"id": str(row.id)}
        | shown
        | {
            "due": due(row, at),
            "as_of": text_of(fresh.as_of),
            "source_seen_at": text_of(fresh.source_seen_at),
            "stale": fresh.stale,
            "changed_at": text_of(row.changed_at),
            "position": row.position,
            "gone_at": text_of(row.gone_at),
        }
    )


def status_shown(code: str) -> dict[str, Any]:
    """A status with the national portal's number and label; the same object each time, to be read alone."""
    return _STATUSES[code]


def due(row: DossierRow, at: Moment) -> dict[str, Any]:
    """Where a dossier stands against its due date."""
    stands = standing(str(row.values["status"]), row.ended_at, row.due_at, at)
    return {"state": stands, "due_at": row.due_at or None, "ended_at": row.ended_at or None}


def text_of(at: datetime | None) -> str | None:
    """A time as the record writes times; what the store gives is UTC, and then this is many times faster."""
    if at is None:
        return None
    text = at.isoformat(timespec="seconds")
    return f"{text[:-6]}Z" if text.endswith("+00:00") else as_text(at)
