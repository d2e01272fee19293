"""What a subscription may be told of, and what its filter leaves of it: as its client's grant is at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from hub.record.grant import Grant
from hub.record.moments import today
from hub.store import changes, clients, finding, keys, told
from hub.store.changes import Changed, Kind
from hub.store.clients import Client, Role
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.filters import Filter
from hub.store.known_catalogue import agencies_named
from hub.store.notices import NoticeRow
from hub.store.scope import Scope, scope_of
from hub.store.subscriptions import SubscriptionRow
from hub.store.told import Told
from hub.view.fields import NotSeen
from hub.view.wanted import read_filter

_BY_SCOPE = frozenset({"agency", "procedure", "field"})  # what leaves these is known by its departure


class MayNot(Exception):
    """The client may not be told any more; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Sees:
    """Which dossiers, and how much of them."""

    subscription_id: int
    client: Client
    scope: Scope  # of the grant, and of the filter's agency, procedure and field
    rest: Filter | None  # what else the filter asks for; None: nothing
    view: str  # digest of which dossiers: the same for the same, in every process and after every restart
    shows: str  # digest of how much of each

    @property
    def grant(self) -> Grant:
        """How much of each is shown."""
        return self.client.grant

    def held(self, database: Database, ids: list[int]) -> set[int]:
        """Which of these dossiers the filter holds, gone or not."""
        return set(ids) if self.rest is None else finding.matches(database, ids, self.rest, self.scope)

    def among(self, database: Database, items: list[Changed], begins: int, reached: int) -> list[Changed]:
        """What a subscriber is told of these changes; of those up to `reached` it was told before.

        What the filter does not hold any more is told as having left, where the subscriber knows it; what it never
        heard of is not its business, nor is what did not change after `begins`. What it has as it is, is not repeated.
        """
        ids = [one.dossier_id for one in items]
        held, known = self.held(database, ids), told.known(database, self.subscription_id, ids)
        found = []
        for one in items:
            has = known.get(one.dossier_id)
            if has is not None and has.position == one.position and one.kind is not Kind.LEFT:
                continue
            if has is not None:
                is_out = one.kind is Kind.CHANGED and one.dossier_id not in held
                found.append(_left(one, has) if is_out else one)
            elif one.kind is Kind.CHANGED:
                found += [one] if one.position > begins and one.dossier_id in held else []
            elif one.position > reached and (one.dossier_id in held or one.kind is Kind.LEFT):
                found.append(one)
        return found

    def out(self, database: Database, known: list[Told]) -> list[Told]:
        """Which of the dossiers that a subscriber knows it may not, or need not, be told of any more."""
        rows = finding.by_id(database, [one.dossier_id for one in known], self.scope)
        held = self.held(database, list(rows))
        return [one for one in known if one.dossier_id not in held]

    def present(self, database: Database, waiting: list[NoticeRow], known: Mapping[int, Told]) -> dict[int, Changed]:
        """What is to be said of each notice's dossier now, by the notice's id; `known` is what the subscriber knows.

        What is missing is nothing to be said: the dossier cannot be seen, and the subscriber does not know it.
        """
        rows = finding.by_id(database, [notice.dossier_id for notice in waiting], self.scope)
        held = self.held(database, list(rows))
        into = [row.merged_into for row in rows.values() if row.merged_into]
        visible = finding.by_id(database, into, self.scope) if into else {}
        found = {}
        for notice in waiting:
            row, has = rows.get(notice.dossier_id), known.get(notice.dossier_id)
            said = _away(notice, has) if row is None else _here(row, row.id in held, visible)
            if said is not None and (said.kind is not Kind.LEFT or has is not None or notice.kind == Kind.LEFT):
                found[notice.id] = said
        return found


def _left(one: Changed, has: Told) -> Changed:
    return Changed(one.position, one.dossier_id, Kind.LEFT, has.code)


def _away(notice: NoticeRow, has: Told | None) -> Changed | None:
    """What cannot be seen: it is told by nothing but the code that it had while it could be.

    At the position of its last change, whatever that was: the subscriber may have been sent any state before.
    """
    if has is not None:
        return Changed(max(notice.position, has.now), notice.dossier_id, Kind.LEFT, has.code)
    if notice.code is not None:
        return Changed(notice.position, notice.dossier_id, Kind.LEFT, notice.code)
    return None


def _here(row: DossierRow, is_held: bool, visible: dict[int, DossierRow]) -> Changed:  # noqa: FBT001  (of its row)
    if row.merged_into is not None:
        kind = Kind.MERGED if row.merged_into in visible else Kind.LEFT
        return Changed(row.position, row.id, kind, row.code, row.merged_into if kind is Kind.MERGED else None)
    if row.gone_at is not None:
        return Changed(row.position, row.id, Kind.GONE, row.code)
    if not is_held:
        return Changed(row.position, row.id, Kind.LEFT, row.code)
    return Changed(row.position, row.id, Kind.CHANGED, row.code, None, row)


def sees(database: Database, subscription: SubscriptionRow, now: datetime, near_due: timedelta) -> Sees:
    """What a subscription may be told of now.

    Raises:
        MayNot: its client is gone, has no right to read or no key any more, or may not filter so any more.
    """
    client = clients.numbered(database, subscription.client_id)
    if client is None or client.role is Role.PUSH:
        raise MayNot(f"the client {subscription.client} may not read any more")
    if client.subject is None and not _has_key(database, client, now):
        raise MayNot(f"the client {client.name} has no key that works any more")
    document = {name: value for name, value in subscription.filter.items() if name != "gone"}
    try:
        wanted = read_filter(document, client.grant, now, near_due)
    except (ValueError, NotSeen) as error:
        raise MayNot(f"its filter is not right any more: {error}") from error
    scope = _scope(database, client.grant, wanted)
    view = _view(scope, tuple(sorted((name, repr(value)) for name, value in document.items())))
    sights = sorted((str(group), str(sight)) for group, sight in client.grant.sights.items())
    return Sees(subscription.id, client, scope, _rest(document, wanted), view, _digest(subscription.content, sights))


@lru_cache(maxsize=512)
def _view(scope: Scope, document: tuple[tuple[str, str], ...]) -> str:
    limits = [None if limit is None else sorted(limit) for limit in (scope.agencies, scope.procedures, scope.fields)]
    return _digest(limits, scope.rank, document)


def _digest(*what: object) -> str:
    return sha256(repr(what).encode()).hexdigest()[:16]


def _has_key(database: Database, client: Client, now: datetime) -> bool:
    return any(key.expires_at is None or key.expires_at > now for key in keys.held(database, client.name))


def _scope(database: Database, grant: Grant, wanted: Filter) -> Scope:
    """What is below an agency is believed for ten seconds, as in lists: the catalogue is large, and turns are many."""
    day = today()
    with database.read() as connection:
        whole = scope_of(connection, replace(grant, agencies=None), day)
    if grant.agencies is not None:
        below = (agencies_named(database, code, day) for code in grant.agencies)
        whole = replace(whole, agencies=frozenset().union(*below))
    return changes.followed(database, whole, wanted)


def _rest(document: dict[str, object], wanted: Filter) -> Filter | None:
    if not document.keys() - _BY_SCOPE:
        return None
    return replace(wanted, agency=None, procedure=None, field=None, gone=None)
