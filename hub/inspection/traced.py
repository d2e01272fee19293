"""What happened to a dossier, entry by entry: each made from what the store kept of it, as a grant shows it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from hub.record.dossier import Name
from hub.record.grant import Grant, Group, Sight
from hub.record.moments import as_text, to_the_second
from hub.record.reasons import example
from hub.store import dossiers, reads_traced, traces
from hub.store.database import Database
from hub.store.dossiers import RevisionRow, SourceRow
from hub.store.ratings import ratings_of
from hub.store.reads import Action
from hub.store.reads_found import ReadRow, with_merged
from hub.store.scope import Scope
from hub.store.traces import Aside, Dropped, Push
from hub.store.whole import WholeDossier
from hub.view import behind
from hub.view.masking import HIDDEN, value_seen


class Happening(StrEnum):
    """What happened. In the order in which one thing leads to another."""

    PUSHED = "pushed"  # a department sent it
    RECEIVED = "received"  # the state that the hub has of a record
    ASIDE = "aside"  # a record stands in quarantine
    LET_OUT = "let_out"  # a replay could read it
    DROPPED = "dropped"  # a person took it out of quarantine unread
    STATUS = "status"  # a step of its progress
    RATED = "rated"
    JOINED = "joined"  # records or codes became part of it, or left it
    CHANGED = "changed"  # values
    PARTED = "parted"  # a person found a code to be wrong
    GONE = "gone"  # no source holds it any more, or one does again
    ACT = "act"  # what a person did at the console
    TOLD = "told"  # a subscriber
    EXPORTED = "exported"
    READ = "read"


_FEW_READS = 10  # beside all that happened: who reads a dossier often would push the rest away


@dataclass(frozen=True, slots=True)
class Sees:
    """Who asks."""

    scope: Scope
    grant: Grant
    connectors: Mapping[int, str]  # theirs, by id: what of others stands in quarantine is not their business
    audit: bool  # whether they may know who read


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    at: datetime
    kind: Happening
    connector: str | None = None
    key: str | None = None  # of the record at its source
    run_id: int | None = None
    payload_id: int | None = None
    who: str | None = None  # a person, a client
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def of_dossier(
    database: Database, found: WholeDossier, held: Sequence[Aside], sees: Sees, kind: Happening | None, limit: int
) -> tuple[list[Entry], frozenset[Happening]]:
    """What happened to a dossier, unordered, and the kinds of which there is more."""
    ids = with_merged(database, [found.row.id])
    names = {one.source.name for one in found.sources}
    revisions = dossiers.revisions_of(database, found.row.id, limit)
    told = traces.notices_of(database, ids, limit)
    entries = [
        *_received(database, found.sources, revisions, sees.grant),
        *_changed(revisions, sees.grant),
        *_statuses(found, sees.grant),
        *_parted(found),
        *_rated(database, found, sees.grant),
        *aside(held, sees),
        *let_out(database, names, limit),
        *dropped(traces.dropped(database, names)),
        *(_notice(one) for one in told),
        *_acts(database, names, sees, limit),
    ]
    read: list[Entry] = []
    most_read = _FEW_READS if kind is None else limit
    if sees.audit and kind in (None, Happening.READ, Happening.EXPORTED):
        read = _reads(database, ids, most_read)
    cut = {
        Happening.CHANGED: len(revisions) == limit,
        Happening.TOLD: len(told) == limit,
        Happening.READ: len(read) >= most_read,
    }
    return [*entries, *read], frozenset(one for one, is_cut in cut.items() if is_cut)


def aside(rows: Sequence[Aside], sees: Sees) -> Iterator[Entry]:
    """Records that stand in quarantine; what stood there only as far as the grant goes."""
    shows = sees.grant.of(Group.IDENTITY)
    for one in rows:
        reasons = [
            dict(reason) if shows is Sight.FULL else dict(reason) | {"value": example(reason)} for reason in one.reasons
        ]
        data = {name: getattr(one, name) for name in ("id", "mapping", "tried", "last_seen_at")}
        came = (one.first_seen_at, Happening.ASIDE, one.connector, one.key, one.run_id, one.payload_id)
        yield Entry(*came, data=data | {"reasons": reasons})


def let_out(database: Database, names: Collection[Name], limit: int) -> Iterator[Entry]:
    """Records that a replay could read after all."""
    for one in traces.let_out(database, names, limit) if names else ():
        data = {"outcome": one.outcome, "found_by": one.found_by}
        yield Entry(one.at, Happening.LET_OUT, one.connector, one.key, one.run_id, one.payload_id, data=data)


def dropped(rows: Sequence[Dropped]) -> Iterator[Entry]:
    """Records that a person took out of quarantine unread."""
    for one in rows:
        yield Entry(one.at, Happening.DROPPED, one.connector, one.key, who=one.author, reason=one.reason)


def pushes(rows: Sequence[Push], asked: str) -> Iterator[Entry]:
    """What departments pushed under a number, and what became of its records."""
    for one in rows:
        outcomes = {str(each.get("key")): each.get("outcome") for each in one.answer.get("records", ())[:20]}
        data = {"request_id": asked, "received": one.answer.get("received"), "outcomes": outcomes}
        yield Entry(one.received_at, Happening.PUSHED, one.connector, data=data)


def document(one: Entry) -> Mapping[str, Any]:
    """As a program reads it."""
    plain = {name: getattr(one, name) for name in Entry.__slots__ if name not in ("at", "data")}
    data = {name: as_text(value) if isinstance(value, datetime) else value for name, value in one.data.items()}
    return {"at": as_text(one.at), **plain, "data": data}


def _received(
    database: Database, sources: Sequence[SourceRow], revisions: Sequence[RevisionRow], grant: Grant
) -> Iterator[Entry]:
    """The state of each record as it is now: earlier ones are told by what they changed."""
    runs = {(one.connector, one.at): one.run_id for one in revisions}
    kept = traces.received(database, [one.payload_id for one in sources])
    for one in sources:
        name, key = one.source.name
        data = {
            "mapping": one.mapping,
            "entity": one.source.entity,
            "changed_at": to_the_second(one.source.changed_at) or None,
            "received_at": kept.get(one.payload_id),  # None: not kept any more
            "problems": [behind.problem(each, grant) for each in one.problems],
        }
        run_id = runs.get((name, one.stored_at))
        yield Entry(one.stored_at, Happening.RECEIVED, name, key, run_id, one.payload_id, data=data)
        if one.gone_at is not None:
            yield Entry(one.gone_at, Happening.GONE, name, key, data={"record": True})


def _changed(revisions: Sequence[RevisionRow], grant: Grant) -> Iterator[Entry]:
    hides = grant.of(Group.PROVENANCE) is Sight.HIDDEN
    for one in revisions:
        kind = Happening.CHANGED
        if "sources" in one.changes:
            kind = Happening.JOINED
        elif "gone_at" in one.changes:
            kind = Happening.GONE
        changes: dict[str, list[Any]] = {}
        for name, pair in one.changes.items():
            if hides and name not in _PLAIN:
                continue  # what sources said before is not repeated
            seen = list(pair) if name in _PLAIN else [value_seen(name, value, grant) for value in pair]
            if HIDDEN not in seen:
                changes[name] = seen
        yield Entry(
            one.at,
            kind,
            one.connector,
            run_id=one.run_id,
            who=one.author,
            reason=one.reason or "",
            data={"changes": changes, "hidden": len(one.changes) - len(changes)},
        )


_PLAIN = frozenset({"sources", "codes", "gone_at"})  # what a revision tells beside fields


def _statuses(found: WholeDossier, grant: Grant) -> Iterator[Entry]:
    for event, told in zip(found.timeline, behind.timeline(found.timeline, grant), strict=True):
        names = ("name", "actor", "title", "unit", "inferred", "recorded_at")
        data = {"status": event.status, "unusual_after": event.unusual_after} | {name: told[name] for name in names}
        yield Entry(_at(event.at), Happening.STATUS, event.connector, data=data)


def _parted(found: WholeDossier) -> Iterator[Entry]:
    for one in found.disowned:
        yield Entry(
            one.at, Happening.PARTED, one.connector, one.key, who=one.author, reason=one.reason, data={"code": one.code}
        )


def _rated(database: Database, found: WholeDossier, grant: Grant) -> Iterator[Entry]:
    rows = ratings_of(database, found.row.id)
    for row, told in zip(rows, behind.ratings(rows, grant), strict=True):
        data = {"overall": row.overall, "complained": row.complained, "comment": told.get("comment")}
        yield Entry(_at(row.rated_at), Happening.RATED, row.connector, row.key, data=data)


def _notice(one: traces.Notice) -> Entry:
    data = {
        "subscription": one.subscription_id,
        "title": one.title,
        "kind": one.kind,
        "event_id": one.event_id,
        "state": one.state,
        "tries": len(one.attempts or ()),
        "last_error": next((each.get("error") for each in reversed(one.attempts or ()) if each.get("error")), None),
        "made_at": one.made_at,
        "delivered_at": one.delivered_at,
        "next_try_at": one.next_try_at,
    }
    return Entry(one.delivered_at or one.made_at, Happening.TOLD, who=one.client, data=data)


def _acts(database: Database, names: Collection[Name], sees: Sees, limit: int) -> Iterator[Entry]:
    """What people did to its records; only to who may see the log of changes, or to their own connectors'."""
    own = set(sees.connectors.values())
    mine = {name for name in names if sees.audit or name[0] in own}
    for row in traces.acts_on(database, mine, limit) if mine else ():
        connector, _space, key = row.name.partition(" ")
        yield Entry(
            row.at,
            Happening.ACT,
            connector,
            key,
            who=row.author,
            reason=row.reason,
            data={"act": row.act, "what": row.kind},
        )


def _reads(database: Database, ids: Collection[int], limit: int) -> list[Entry]:
    rows = [*reads_traced.of_one(database, ids, limit), *reads_traced.in_lists(database, ids)]
    return [_read(row) for row in sorted(rows, key=lambda row: row.id, reverse=True)[:limit]]


def _read(row: ReadRow) -> Entry:
    kind = Happening.EXPORTED if row.action == Action.EXPORT else Happening.READ
    data = {"id": row.id, "action": row.action, "person": row.person, "records": row.records, "address": row.address}
    return Entry(row.at, kind, who=row.client, reason=row.purpose, data=data)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
