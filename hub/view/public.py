"""The look-up for anybody who has a dossier's code and knows the end of its owner's number: few facts, names masked.

Whoever guesses learns nothing: a code that does not exist, a wrong fact, a confidential dossier and one whose owner
has no number are the same answer, and are counted alike.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.record.grant import Grant, Group, Sight
from hub.record.identity import normalise
from hub.record.second_fact import is_known_by
from hub.record.status import OFFICIAL, Status
from hub.store import dossiers
from hub.store.database import Database
from hub.store.dossiers import DossierRow, EventRow
from hub.store.windows import exact, hit
from hub.view.gathering import items

_MINUTE, _HOUR = 1, 60  # minutes
_FOR_EVERYBODY = 10  # times as many wrong facts for one code, from all addresses of the network together
SEEN_BY_ANYBODY = Grant(sights={Group.NAME: Sight.MASKED})
_SHOWN = ("code", "status", "received_at", "due", "completed_at", "returned_at", "as_of", "source_seen_at", "stale")
_GROUPS = {"procedure": ("code", "name"), "agency": ("code", "name"), "applicant": ("name",)}


@dataclass(frozen=True, slots=True)
class Limits:
    """How often somebody may try."""

    per_minute: int  # from one address of the network
    wrong_per_hour: int  # for one code from one address


class NothingFound(LookupError):
    """There is no such dossier, or what was said of it is not right; nobody is told which."""


class TooMany(Exception):
    """It was tried too often; `seconds`: when it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"tried too often; again in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, and from which address of the network."""

    code: str
    fact: str
    address: str


def look_up(
    database: Database, asked: Asked, limits: Limits, near_due: timedelta, now: datetime
) -> tuple[int, dict[str, Any]]:
    """The dossier's id, and what anybody may know of it.

    Raises:
        NothingFound: see the module.
        TooMany: of tries from this address, or of wrong ones for this code.
    """
    if not hit(database, f"public from {asked.address}", now, limits.per_minute, _MINUTE):
        raise TooMany(60)
    counted = _wrong(asked, limits)
    if any(exact(database, name, now, _HOUR) >= most for name, most in counted.items()):
        raise TooMany(3600)  # whether the fact is right or not: it may have been guessed
    row = _the_one(database, asked)
    if row is None:
        for name, most in counted.items():
            hit(database, name, now, most, _HOUR)
        raise NothingFound(asked.code)
    (found,) = items(database, [row], SEEN_BY_ANYBODY, now, near_due)
    return row.id, _for_anybody(found, dossiers.timeline(database, row.id))


def _wrong(asked: Asked, limits: Limits) -> dict[str, int]:
    """What wrong facts for a code are counted under, and how many there may be in an hour."""
    code = hashlib.blake2b(normalise(asked.code).encode(), digest_size=16).hexdigest()
    return {
        f"wrong {code} from {asked.address}": limits.wrong_per_hour,
        f"wrong {code}": limits.wrong_per_hour * _FOR_EVERYBODY,
    }


def _the_one(database: Database, asked: Asked) -> DossierRow | None:
    """The dossier that the code and the fact together mean; none where they mean several."""
    rows = [row for row in dossiers.with_code(database, asked.code) if is_known_by(row.values, asked.fact)]
    open_to_all = [row for row in rows if row.confidentiality == 0]
    return open_to_all[0] if len(open_to_all) == 1 else None


def _for_anybody(found: dict[str, Any], timeline: Sequence[EventRow]) -> dict[str, Any]:
    shown = {name: found[name] for name in _SHOWN if name in found}
    for group, names in _GROUPS.items():
        if group in found:
            shown[group] = {name: found[group][name] for name in names if name in found[group]}
    return shown | {"timeline": [_step(event) for event in timeline if event.status is not None]}


def _step(event: EventRow) -> dict[str, Any]:
    """A change of status; who made it, and what the step is called inside, is nobody's business."""
    status = Status(str(event.status))
    return {"at": event.at, "status": {"code": status, **OFFICIAL[status]._asdict()}}
