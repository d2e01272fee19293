"""The change feed: every dossier has the position of its last change, and positions become visible in their order."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from hub.store.database import Database
from hub.store.engine_tables import feed
from hub.store.tables import dossiers


@dataclass(frozen=True, slots=True)
class Change:
    """A dossier that changed: as it is now, whatever it was before."""

    position: int
    dossier_id: int
    merged_into: int | None  # set: it is part of that one now
    gone: bool  # none of its sources holds it any more


_TAKEN = update(feed).values(position=feed.c.position + bindparam("how_many")).returning(feed.c.position)


def take_positions(connection: Connection, how_many: int) -> range:
    """The next positions, for whatever this transaction changes.

    The row that counts them stays locked until the commit: whoever comes later waits, and gets later ones. So take them
    as late in a transaction as possible, and all at once.
    """
    last: int = connection.execute(_TAKEN, {"how_many": how_many}).scalar_one()
    return range(last - how_many + 1, last + 1)


def latest(database: Database) -> int:
    """The position of the last change; 0 where nothing ever changed."""
    with database.read() as connection:
        position: int = connection.execute(select(feed.c.position)).scalar_one()
        return position


def after(database: Database, position: int, limit: int = 1000) -> Sequence[Change]:
    """The dossiers that changed after `position`, in the order of their last changes; one index look-up if none did.

    A reader that goes on from the last position it was given misses nothing: what changes again comes again, later.
    """
    query = (
        select(dossiers.c.position, dossiers.c.id, dossiers.c.merged_into, dossiers.c.gone_at)
        .where(dossiers.c.position > position)
        .order_by(dossiers.c.position)
        .limit(limit)
    )
    with database.read() as connection:
        rows = connection.execute(query).all()
    return [Change(row.position, row.id, row.merged_into, row.gone_at is not None) for row in rows]
