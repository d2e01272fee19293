"""Whether a client may still have what it once asked for."""

from hub.record.grant import Grant, Group, Sight
from hub.record.moments import today
from hub.store.clients import Client
from hub.store.database import Database
from hub.store.scope import Scope, scope_of

_SIGHTS = list(Sight)  # each shows more than the one before it


def still(database: Database, client: Client | None, then: Grant) -> bool:
    """Whether a client sees now whatever a grant showed then; both as the catalogue has agencies today."""
    if client is None:
        return False
    if client.grant == then:
        return True
    with database.read() as connection:
        scopes = [scope_of(connection, grant, today()) for grant in (client.grant, then)]
    return _holds(*scopes) and all(_much(client.grant, group) >= _much(then, group) for group in Group)


def _much(grant: Grant, group: Group) -> int:
    return _SIGHTS.index(grant.of(group))


def _holds(wider: Scope, narrower: Scope) -> bool:
    limits = [(getattr(wider, name), getattr(narrower, name)) for name in ("agencies", "procedures", "fields")]
    return wider.rank >= narrower.rank and all(
        outer is None or (inner is not None and inner <= outer) for outer, inner in limits
    )
