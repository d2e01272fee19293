"""Pages of dossiers as they are written out, of which most was written before.

What a dossier says at one position of the change feed never changes. So what a grant shows of it there is kept as it is
written, within bounds, and a page reads from the store which dossiers it has and only of the others what they say.
What the clock and the sources' freshness decide is put in each time. `hub.view.item` says what an item is; a property
test holds both equal, byte by byte.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

import orjson

from hub.record.grant import Grant, Group, Sight
from hub.record.standing import Moment, standing
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.finding import by_id
from hub.store.outlines import Outline, bringers
from hub.store.scope import Scope
from hub.sync.health import Freshness
from hub.view.fields import Fields
from hub.view.gathering import freshness_by_id, registered
from hub.view.item import IN_LISTS, item, text_of

_MOST_BYTES = 32 << 20  # of a process, twice: about 25,000 dossiers each
_OVERHEAD = 400  # bytes that keeping one takes beside its text
_AT = Moment("", "")
_Shown: TypeAlias = tuple[tuple[tuple[Group, Sight], ...], frozenset[str]]


class _Item(NamedTuple):
    """An item as it is written, but for what the moment decides."""

    upto_state: bytes
    upto_fresh: bytes
    rest: bytes
    status: str
    due_at: str
    ended_at: str


@dataclass(frozen=True, slots=True)
class Page:
    """The items of a page as they are written, and what decides every byte of them beside the grant and the fields."""

    items: Sequence[bytes]
    made_of: bytes


class Written:
    """What one process has written. Safe for any number of threads.

    Two generations: what is asked for is in the younger one, and what is in neither was not asked for in a long time.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most = most_bytes
        self._bytes = self._old_bytes = 0
        self._young: dict[_Shown, dict[tuple[int, int], _Item]] = {}
        self._old: dict[_Shown, dict[tuple[int, int], _Item]] = {}

    def page(
        self,
        database: Database,
        found: Sequence[Outline],
        grant: Grant,
        scope: Scope,
        now: datetime,
        near_due: timedelta,
        fields: Fields | None = None,
    ) -> Page | None:
        """What a grant shows of these dossiers, in their order; None: one of them has changed since it was found."""
        shown: _Shown = (tuple(grant.sights.items()), (fields or IN_LISTS).names)
        young, old = self._young.setdefault(shown, {}), self._old.get(shown, {})
        keys = [(one.id, one.position) for one in found]
        kept = {key: known for key in keys if (known := young.get(key) or old.get(key)) is not None}
        lacking = [key for key in keys if key not in kept]
        if lacking:
            rows = by_id(database, [one for one, _ in lacking], scope)
            if any(one not in rows or rows[one].position != position for one, position in lacking):
                return None
            kept |= {key: _written(rows[key[0]], grant, fields) for key in lacking}
        self._keep(shown, {key: kept[key] for key in keys if key not in young})
        return _page(found, [kept[key] for key in keys], registered(database), now, near_due)

    def kept_bytes(self) -> int:
        """How much is kept now."""
        return self._bytes + self._old_bytes

    def _keep(self, shown: _Shown, new: Mapping[tuple[int, int], _Item]) -> None:
        if not new:
            return
        size = sum(_OVERHEAD + sum(map(len, one[:3])) for one in new.values())
        self._bytes += size
        if self._bytes > self._most:
            self._old, self._young, self._old_bytes, self._bytes = self._young, {}, self._bytes - size, size
        self._young.setdefault(shown, {}).update(new)


def _page(
    found: Sequence[Outline],
    items: Iterable[_Item],
    sources: Mapping[str, ConnectorRow],
    now: datetime,
    near_due: timedelta,
) -> Page:
    at, fresh, made, decided = Moment.at(now, near_due), dict[str | None, bytes](), [], []
    for one, (upto_state, upto_fresh, rest, status, due_at, ended_at) in zip(found, items, strict=True):
        told = fresh.get(one.told_by)
        if told is None:
            told = fresh[one.told_by] = _fresh(freshness_by_id(sources, bringers(one.told_by), now))
        state = standing(status, ended_at, due_at, at).encode()
        made.append(b"".join((upto_state, state, upto_fresh, told, rest)))
        decided.append(b"%d %d %b %b" % (one.id, one.position, state, told))
    return Page(made, b"\n".join(decided))


def _written(row: DossierRow, grant: Grant, fields: Fields | None) -> _Item:
    """An item taken apart where the moment decides: after `due.state`, and from `as_of` to `stale`."""
    whole = item(row, Freshness(None, stale=False), grant, _AT, fields)
    first, last = ("due", "as_of", "source_seen_at", "stale"), ("changed_at", "position", "gone_at")
    said = {name: value for name, value in whole.items() if name not in first + last}
    due = {name: value for name, value in whole["due"].items() if name != "state"}
    return _Item(
        orjson.dumps(said)[:-1] + b',"due":{"state":"',
        b'",' + orjson.dumps(due)[1:] + b",",
        b"," + orjson.dumps({name: whole[name] for name in last})[1:],
        str(row.values["status"]),
        row.due_at,
        row.ended_at,
    )


def _fresh(one: Freshness) -> bytes:
    told: dict[str, Any] = {"as_of": text_of(one.as_of), "source_seen_at": text_of(one.source_seen_at)}
    return orjson.dumps(told | {"stale": one.stale})[1:-1]
