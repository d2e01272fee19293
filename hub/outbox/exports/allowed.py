"""Whether a client may still have what it once asked for."""

from hub.record.grant import Grant, Group, Sight
from hub.record.moments import today
from hub.store.clients import Client
from hub.store.database import Database
from hub.store.exports import Export
from hub.store.scope import Scope, scope_of

_SIGHTS = list(Sight)  # each shows more than the one before it


def still(database: Database, client: Client | None, export: Export) -> bool:
    """Whether a client sees now whatever its export was to show, the catalogue's changes since then included."""
    if client is None:
        return False
    then = Grant.read(export.grant)
    with database.read() as connection:
        scope = scope_of(connection, client.grant, today())
    return scope.holds_all_of(Scope.read(export.scope)) and all(
        _much(client.grant, group) >= _much(then, group) for group in Group
    )


def _much(grant: Grant, group: Group) -> int:
    return _SIGHTS.index(grant.of(group))
