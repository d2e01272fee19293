"""What a subscription may be told of, and what its filter leaves of it: as its client's grant is at this moment."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.record.grant import Grant
from hub.record.moments import today
from hub.store import changes, clients, finding, keys, notices
from hub.store.changes import Changed, Kind
from hub.store.clients import Client, Role
from hub.store.database import Database
from hub.store.finding import DossierRow, Filter
from hub.store.known_catalogue import agencies_named
from hub.store.notices import NoticeRow
from hub.store.scope import Scope, scope_of
from hub.store.subscriptions import SubscriptionRow
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

    @property
    def grant(self) -> Grant:
        """How much of each is shown."""
        return self.client.grant

    def held(self, database: Database, ids: list[int]) -> set[int]:
        """Which of these dossiers the filter holds, gone or not."""
        return set(ids) if self.rest is None else finding.matches(database, ids, self.rest, self.scope)

    def among(self, database: Database, items: list[Changed]) -> list[Changed]:
        """What a subscriber is told of these changes.

        A change after which the filter does not hold a dossier any more is told as having left, where the subscriber
        was told of that dossier before; what it never heard of is not its business.
        """
        if self.rest is None or not items:
            return items
        ids = [one.dossier_id for one in items]
        held = self.held(database, ids)
        known = notices.told_of(database, self.subscription_id, set(ids) - held)
        found = []
        for one in items:
            if one.dossier_id in held or (one.dossier_id in known and one.kind is not Kind.CHANGED):
                found.append(one)
            elif one.dossier_id in known or one.kind is Kind.LEFT:
                found.append(Changed(one.position, one.dossier_id, Kind.LEFT, one.code))
        return found

    def present(self, database: Database, waiting: list[NoticeRow]) -> dict[int, Changed]:
        """What is to be said of each notice's dossier now, by the notice's id.

        What is missing is nothing to be said: the dossier cannot be seen with the grant as it is, and was not seen to
        leave; if it left since, that is a later change, with a notice of its own.
        """
        rows = finding.by_id(database, [notice.dossier_id for notice in waiting], self.scope)
        held = self.held(database, list(rows))
        into = [row.merged_into for row in rows.values() if row.merged_into]
        visible = finding.by_id(database, into, self.scope) if into else {}
        found = {}
        for notice in waiting:
            row = rows.get(notice.dossier_id)
            said = self._away(database, notice) if row is None else _here(row, row.id in held, visible)
            if said is not None:
                found[notice.id] = said
        return found

    def _away(self, database: Database, notice: NoticeRow) -> Changed | None:
        told = changes.changes_after(database, notice.position - 1, 1, self.scope, content=False)
        return next((one for one in told.items if one.dossier_id == notice.dossier_id), None)


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
    return Sees(subscription.id, client, _scope(database, client.grant, wanted), _rest(document, wanted))


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
