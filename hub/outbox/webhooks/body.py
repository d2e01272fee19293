"""A notice as it is sent: one CloudEvent 1.0 in structured JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from hub.outbox.webhooks.sees import Sees
from hub.outbox.webhooks.state import Content
from hub.record.moments import as_text
from hub.store.changes import Changed, Kind
from hub.store.database import Database
from hub.store.looking_up import codes_of_dossiers
from hub.store.notices import NoticeRow
from hub.store.subscriptions import SubscriptionRow
from hub.store.told import Told
from hub.view.change import change
from hub.view.gathering import items

MEDIA_TYPE = "application/cloudevents+json"
_TYPE = "vn.mot-cua-hub.dossier."
TEST_TYPE = "vn.mot-cua-hub.webhook.test"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent for one notice."""

    says: Changed
    body: bytes
    shows: int | None  # the dossier whose data are in it; None: it says nothing but codes


def letters(
    database: Database,
    subscription: SubscriptionRow,
    seen: Sees,
    waiting: Sequence[NoticeRow],
    known: Mapping[int, Told],
    now: datetime,
    near_due: timedelta,
) -> dict[int, Letter]:
    """What is sent for these notices, by their ids; for what is missing there is nothing to be said."""
    present = seen.present(database, list(waiting), known)
    rows = {one.dossier_id: one.row for one in present.values() if one.row is not None}
    shown: dict[int, dict[str, Any]] = {}
    if subscription.content == Content.DOSSIER and rows:
        told = items(database, list(rows.values()), seen.grant, now, near_due)
        shown = dict(zip(rows, told, strict=True))
    codes = codes_of_dossiers(database, list(rows))
    found = {}
    for notice in waiting:
        if (one := present.get(notice.id)) is None:
            continue
        item = shown.get(one.dossier_id) if one.kind is Kind.CHANGED else None
        data = change(one, item, codes.get(one.dossier_id, ()))
        body = _event(subscription.id, notice, one, data)
        found[notice.id] = Letter(one, body, None if item is None else one.dossier_id)
    return found


def test_event(subscription_id: int, event_id: str, at: datetime) -> bytes:
    """What tries a subscription out; it is about no dossier."""
    event = _head(event_id, subscription_id, TEST_TYPE, at)
    return orjson.dumps(event | {"data": {"message": "A test of this subscription; no dossier has changed."}})


def _event(subscription_id: int, notice: NoticeRow, one: Changed, data: dict[str, Any]) -> bytes:
    at = notice.made_at if one.row is None else one.row.changed_at
    event = _head(notice.event_id, subscription_id, _TYPE + one.kind.value, at)
    # As text: an integer of CloudEvents has 32 bits, and positions have more.
    event |= {"subject": one.code, "position": str(one.position)}
    return orjson.dumps(event | {"data": data}, option=orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS)


def _head(event_id: str, subscription_id: int, kind: str, at: datetime) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/api/v1/webhooks/{subscription_id}",
        "type": kind,
        "time": as_text(at.astimezone(UTC)),
        "datacontenttype": "application/json",
    }
