"""The address at which programs see what is wrong with the hub and its connectors."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask_openapi3.models.tag import Tag

from hub.alerts import words
from hub.alerts.heartbeat import heartbeat
from hub.alerts.links import mends
from hub.alerts.phrases import LANGUAGES
from hub.alerts.telling import silenced
from hub.api import ports
from hub.api.alert_models import AlertList, AlertPage, Which
from hub.api.answers import Answer
from hub.api.routes import api, errors
from hub.store import alerts, cursor, silences
from hub.store.alerts import AlertRow
from hub.store.silences import Silence

_ALERTS = [Tag(name="alerts", description="What is wrong: trouble that rules found, until it is over.")]
_SHOWN = ("rule", "connector", "subject", "severity", "state", "opened_at", "seen_at", "times", "level")
_ANSWERED = ("answered_by", "answered_at", "answer", "over_at")


@api.get("/alerts", tags=_ALERTS, responses={200: AlertPage, **errors(400)}, operation_id="list_alerts")
def list_alerts(query: AlertList) -> Answer:
    """Alerts, newest first: what goes on, or what is over. `judged_late` says that nobody looks."""
    database, now = ports.database(), datetime.now(UTC)
    names = None if query.connector is None else [query.connector]
    before = None if query.cursor is None else cursor.id_position(_list(query), query.cursor)
    if query.state is Which.OVER:
        found = alerts.history(database, names, before, query.limit + 1)
    else:
        every = alerts.going_on(database, names)[::-1]
        found = [row for row in every if before is None or row.id < before][: query.limit + 1]
    shown, quiet, beat = found[: query.limit], silences.holding(database, now), heartbeat(database, now)
    following = cursor.after_id(_list(query), shown[-1].id) if shown != found else None
    items = [_told(row, quiet, now) for row in shown]
    return {"judged_at": beat.at, "judged_late": beat.late, "items": items, "next_cursor": following}


def _list(query: AlertList) -> str:
    """What tells a cursor of this list from one of another; a name of 16 bytes at most."""
    return f"alerts {query.state}"


def _told(row: AlertRow, quiet: Sequence[Silence], now: datetime) -> Answer:
    said = {name: getattr(row, name) for name in (*_SHOWN, *_ANSWERED)}
    texts = {
        "sentence": {language: words.sentence(row.rule, row.data, language) for language in LANGUAGES},
        "next": {language: words.step(row.rule, language) for language in LANGUAGES},
        "page": mends(row.rule, row.connector, row.subject),
    }
    cause = None if row.cause is None else str(row.cause)
    is_silent = row.state != alerts.OVER and silenced(row, quiet, now)
    return {"id": str(row.id), **said, **texts, "cause": cause, "silenced": is_silent}
