"""The look-up for anybody who has a dossier's code and knows the end of its owner's number: few facts, names masked.

Whoever guesses learns nothing: a code that does not exist, a wrong fact, a confidential dossier and one whose owner
has no number are the same answer, and are counted alike.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from hub.record.grant import Grant, Group, Sight
from hub.record.identity import normalise
from hub.record.second_fact import is_known_by
from hub.record.status import OFFICIAL, Status
from hub.store import dossiers
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.dossiers import EventRow
from hub.store.windows import exact, hit
from hub.view.gathering import items

_MINUTE, _HOUR, _DAY = 1, 60, 24 * 60  # minutes
# Times as many wrong facts for one code, from all addresses of the network together: in an hour, and in a day. Four
# digits would otherwise be found in two days by whoever has ten addresses.
_FOR_EVERYBODY, _IN_A_DAY = 10, 20
_HOUSEHOLD = 64  # bits of an IPv6 address: whoever has one has all that begin so, so they count as one
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


def look_up(database: Database, asked: Asked, limits: Limits, near_due: timedelta, now: datetime) -> dict[str, Any]:
    """What anybody may know of the dossier.

    Raises:
        NothingFound: see the module.
        TooMany: of tries from this address, or of wrong ones for this code.
    """
    source = _household(asked.address)
    if not hit(database, f"public from {source}", now, limits.per_minute, _MINUTE):
        raise TooMany(60)
    code = hashlib.blake2b(normalise(asked.code).encode(), digest_size=16).hexdigest()
    hers, all_of_them = f"wrong {code} from {source}", f"wrong {code}"
    wrong = limits.wrong_per_hour
    if exact(database, all_of_them, now, _DAY) >= wrong * _IN_A_DAY:
        raise TooMany(_DAY * 60)
    counted = {hers: wrong, all_of_them: wrong * _FOR_EVERYBODY}
    if any(exact(database, name, now, _HOUR) >= most for name, most in counted.items()):
        raise TooMany(_HOUR * 60)  # whether the fact is right or not: it may have been guessed
    row = _the_one(database, asked)
    if row is None:
        for name, most in counted.items():
            hit(database, name, now, most, _HOUR)
        raise NothingFound(asked.code)
    (found,) = items(database, [row], SEEN_BY_ANYBODY, now, near_due)
    return _for_anybody(found, dossiers.timeline(database, row.id))


def _household(address: str) -> str:
    """What tries are counted by: an IPv4 address, or all IPv6 addresses of one connection to the network."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:  # what a proxy wrote there
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, _HOUSEHOLD), strict=False))


def _the_one(database: Database, asked: Asked) -> DossierRow | None:
    """The dossier that the code and the fact together mean; none where they mean several."""
    if "\0" in asked.code:  # which no code has, and PostgreSQL takes for a fault
        return None
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
