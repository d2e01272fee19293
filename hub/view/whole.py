"""One dossier with what stands behind it, as much as is asked for and shown."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from connectors.wording import did_you_mean
from hub.record.grant import Grant, Group, Sight
from hub.record.moments import as_text
from hub.record.standing import Moment
from hub.store import dossiers
from hub.store.database import Database
from hub.store.due import due_told
from hub.store.looking_up import Found
from hub.store.ratings import ratings_of
from hub.store.whole import WholeDossier, claimed
from hub.view import behind
from hub.view.fields import Fields, NotSeen
from hub.view.gathering import freshness_by_id, registered
from hub.view.item import EVERY, IN_FULL, item

PARTS: Final = ("timeline", "documents", "provenance", "ratings", "due", "history")
_NEEDS = {
    "documents": (Group.PAPERS, Group.FEES),
    "provenance": (Group.PROVENANCE,),
    "history": (Group.PROVENANCE,),
    "ratings": (Group.CONTENT,),
}


def parse_include(text: str, grant: Grant, known: Collection[str] = PARTS) -> frozenset[str]:
    """The parts that a text like `timeline,documents` asks for; `all`: those that the grant shows; `none`: none.

    Raises:
        NotSeen: a part of which the grant shows nothing.
        ValueError: a part that there is not.
    """
    if text == "none":
        return frozenset()
    if text == "all":
        return frozenset(part for part in known if _is_shown(part, grant))
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in known:
            raise ValueError(f"`include` cannot have “{name[:80]}”. {did_you_mean(name[:80], [*known, 'all', 'none'])}")
        if not _is_shown(name, grant):
            raise NotSeen(
                f"this client is not shown `{name}`; leave it out of `include`, or ask the hub's keeper for it"
            )
    return frozenset(names)


def shown(
    database: Database,
    found: Found,
    grant: Grant,
    now: datetime,
    at: Moment,
    fields: Fields | None = None,
    include: Collection[str] = (),
) -> dict[str, Any]:
    """The item of a dossier with its codes and what is included; nothing is asked of the store for `none`."""
    row = found.row
    values = fields or (EVERY if "documents" in include else IN_FULL)
    answer = item(row, freshness_by_id(registered(database), found.brought_by, now), grant, at, values)
    answer |= {"first_seen_at": as_text(row.first_seen_at), "codes": list(found.codes)}
    if set(include) - {"documents"}:
        answer |= _behind(database, found, grant, now, frozenset(include))
    return answer


def _behind(database: Database, found: Found, grant: Grant, now: datetime, include: frozenset[str]) -> dict[str, Any]:
    dossier_id, wants_due = found.row.id, "due" in include
    rows = dossiers.sources(database, dossier_id) if wants_due or "provenance" in include else []
    said = claimed(rows)
    events = dossiers.timeline(database, dossier_id) if wants_due or "timeline" in include else []
    revisions = dossiers.revisions_of(database, dossier_id) if wants_due or "history" in include else []
    answer: dict[str, Any] = {}
    if "timeline" in include:
        answer["timeline"] = behind.timeline(events, grant)
    if "history" in include:
        answer["history"] = behind.history(revisions, grant)
    if "provenance" in include:
        answer["sources"] = behind.sources(rows, registered(database), now, grant)
        answer["provenance"] = behind.provenance(said, rows, grant)
        answer["disowned"] = behind.disowned(dossiers.disowned_of(database, dossier_id))
    if "ratings" in include:
        answer["ratings"] = behind.ratings(ratings_of(database, dossier_id), grant)
    if wants_due:
        whole = WholeDossier(found.row, found.codes, rows, events, revisions, (), said)
        answer |= behind.due_dates(due_told(database, whole, now), grant)
    return answer


def _is_shown(part: str, grant: Grant) -> bool:
    needed = _NEEDS.get(part)
    return needed is None or any(grant.of(group) is not Sight.HIDDEN for group in needed)
