"""Dossiers of every kind for lists to find, and what a filter means in plain Python."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from hub.record.confidentiality import rank
from hub.record.identity import normalise
from hub.record.moments import as_text
from hub.record.shown import field_key, name_key, phone_key, procedure_key, words
from hub.record.standing import Moment, Standing, standing
from hub.store.database import Database
from hub.store.filters import Filter
from hub.store.scope import Scope
from hub.store.tables import connectors, dossiers, source_records
from hub.store.walking import Order

NOW = datetime(2026, 5, 20, 3, tzinfo=UTC)
AT = Moment.at(NOW)
AGENCIES = ("", "H29.1", "H29.2", "H29.3", "H29.4", "H29.5")
PROCEDURES = (None, "1.000001", "1.000002", "2.000003")
FIELDS = (None, "G15-TP01", "G15-TP02")
STATUSES = ("accepted", "processing", "supplement_requested", "completed", "stopped")
CHANNELS = (None, "online", "direct")
NAMES = ("", "Nguyễn Văn An", "Đặng Thị Bình", "nguyen van an")
CONNECTORS = ("mot-cua", "so-tu-phap")

Row = dict[str, Any]


def time(chance: random.Random, days: int = 6) -> str:
    """Few, so that many dossiers share one; sometimes none."""
    return "" if chance.random() < 0.2 else as_text(NOW + timedelta(days=chance.randint(-days, days)))


def row(chance: random.Random, position: int) -> Row:
    """A dossier of any kind."""
    status, name = chance.choice(STATUSES), chance.choice(NAMES)
    ended = time(chance) if status in ("completed", "stopped") else ""
    return {
        "code": f"24-{position}",
        "agency": chance.choice(AGENCIES),
        "procedure": chance.choice(PROCEDURES),
        "field": chance.choice(FIELDS),
        "status": status,
        "channel": chance.choice(CHANNELS),
        "confidentiality": chance.choice((0, 0, 0, 1, 2)),
        "received_on": time(chance),
        "due_at": time(chance),
        "ended_at": ended,
        "name": name_key(name),
        "identity": chance.choice((None, "000190000001", "000190000002")),
        "phone": chance.choice((None, "0900000001")),
        "search": " ".join(words(f"24-{position} {name}")),
        "conflicts": chance.choice((0, 0, 2)),
        "values": {"code": f"24-{position}", "status": status},
        "first_seen_at": NOW,
        "changed_at": NOW + timedelta(hours=chance.randint(-5, 5)),
        "merged_into": None,
        "gone_at": NOW if chance.random() < 0.1 else None,
        "position": position,
    }


def filled(database: Database, rows: Iterable[Row]) -> list[Row]:
    """The rows, stored, with their ids; those of every second id came from the second connector, too."""
    kept = []
    with database.write() as connection:
        for given in rows:
            (dossier_id,) = connection.execute(insert(dossiers).values(**given)).inserted_primary_key
            kept.append({**given, "id": dossier_id, "connectors": set(CONNECTORS[: 1 + dossier_id % 2])})
        ids = {}
        for name in CONNECTORS:
            told = {"type": "rest", "agency": "", "mapping": "", "precedence": 0, "fresh_within": 60, "cadence": ""}
            made = connection.execute(insert(connectors).values(name=name, title=name, **told))
            ids[name] = made.inserted_primary_key[0]
        brought = [
            {"connector_id": ids[name], "key": str(one["id"]), "dossier_id": one["id"]}
            for one in kept
            for name in one["connectors"]
        ]
        told = {"digest": b"", "precedence": 0, "scope": "", "changed_at": "", "values": {}, "payload_id": 1}
        connection.execute(insert(source_records), [one | told | {"stored_at": NOW} for one in brought])
    return kept


def holds(wanted: Filter, scope: Scope, one: Row, agencies: frozenset[str], levels: frozenset[str]) -> bool:
    """Whether a list of this filter shows a dossier to this scope; `agencies`, `levels`: what the catalogue says."""
    due = wanted.due
    statuses = (wanted.status,) if isinstance(wanted.status, str) else wanted.status or ()
    checks = (
        one["merged_into"] is None,
        scope.holds(one["agency"], one["procedure"], one["field"], one["confidentiality"]),
        wanted.agency is None or one["agency"] in agencies,
        wanted.procedure is None or one["procedure"] == procedure_key(wanted.procedure),
        wanted.level is None or one["procedure"] in levels,
        wanted.field is None or one["field"] == field_key(wanted.field),
        wanted.status is None or one["status"] in statuses,
        wanted.channel is None or one["channel"] == wanted.channel,
        wanted.connector is None or wanted.connector in one["connectors"],
        wanted.confidentiality is None or one["confidentiality"] == rank(wanted.confidentiality),
        wanted.gone is None or (one["gone_at"] is not None) == wanted.gone,
        wanted.conflicts is None or (one["conflicts"] > 0) == wanted.conflicts,
        wanted.identity is None or one["identity"] == normalise(wanted.identity),
        wanted.phone is None or one["phone"] == phone_key(wanted.phone),
        wanted.name_is is None or (one["name"] == name_key(wanted.name_is) and one["name"] != ""),
        wanted.name_is_not is None or one["name"] != name_key(wanted.name_is_not),
        due is None or standing(one["status"], one["ended_at"], one["due_at"], due.at) is due.stands,
        wanted.words is None or set(words(wanted.words)) <= set(one["search"].split()),
        _between(one["received_on"], wanted.received_from, wanted.received_to),
        _between(one["due_at"], wanted.due_from, wanted.due_to),
        _between(one["ended_at"], wanted.completed_from, wanted.completed_to),
        _between(as_text(one["changed_at"]), wanted.changed_from, wanted.changed_to),
    )
    return all(checks)


def _between(at: str, first: str | None, end: str | None) -> bool:
    if first is None and end is None:
        return True
    return at != "" and (first is None or at >= first) and (end is None or at < end)


def in_order(rows: list[Row], keys: Order, *, descending: bool) -> list[Row]:
    """As a list of these keys; where the first is the due date, those without one come last."""
    found = sorted(rows, key=lambda one: tuple(one[name] for name in keys), reverse=descending)
    return sorted(found, key=lambda one: one["due_at"] == "") if keys[0] == "due_at" else found


STANDINGS = tuple(Standing)
