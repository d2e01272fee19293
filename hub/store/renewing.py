"""Beginning the change feed anew, after the database was restored to an earlier moment.

Positions that were given after that moment would be given again, to other changes: who has read on to them would miss
those, and who keeps the higher position of a dossier would take its new states for old ones. So every position moves
above all that can have been given, and whoever follows has to begin again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, func, insert, select, update

from hub.record.signature import Signature
from hub.store import acts
from hub.store.database import Database
from hub.store.engine_tables import departures, feed, renewals
from hub.store.laid_out import take_turn
from hub.store.outbox_tables import followers, notices, subscriptions
from hub.store.tables import dossiers

_AT_LEAST = 10**9  # positions; it counts where the clock is far behind


@dataclass(frozen=True, slots=True)
class Renewal:
    """One time that the feed began anew."""

    upto: int  # where it was
    since: int  # after which it went on; every position that was given before is below
    author: str
    reason: str
    at: datetime


_COLUMNS = tuple(renewals.c[name] for name in Renewal.__slots__)


def renew(database: Database, signature: Signature) -> Renewal:
    """Move the whole feed on, in one transaction: the larger the record, the longer; nothing is stored meanwhile.

    It goes on at the microseconds since 1970: no feed grows by a million changes a second, so this is above whatever
    was given, however often and to whichever moment the database was restored.
    """
    with database.write(patient=True) as connection:
        take_turn(connection)
        upto: int = connection.execute(select(feed.c.position).with_for_update()).scalar_one()
        lowest: int | None = connection.scalar(select(func.min(dossiers.c.position)))
        since = max(int(signature.at.timestamp() * 1_000_000), upto + _AT_LEAST)
        _move(connection, (upto + 1 if lowest is None else lowest) - 1, since)
        made = Renewal(upto, since, signature.author, signature.reason, signature.at)
        connection.execute(insert(renewals).values({name: getattr(made, name) for name in Renewal.__slots__}))
        told: dict[str, Any] = {"before": acts.told({"position": upto}), "after": acts.told({"position": since})}
        acts.note(connection, signature, acts.Kind.FEED, "feed", acts.Act.RENEWED, **told)
    return made


def listed(database: Database) -> list[Renewal]:
    """Every time that the feed began anew, the last one first."""
    with database.read() as connection:
        rows = connection.execute(select(*_COLUMNS).order_by(renewals.c.id.desc())).all()
    return [Renewal(*row) for row in rows]


def _move(connection: Connection, start: int, since: int) -> None:
    """What was after `start`, the last position that no dossier has, is as far after `since`."""

    def moved(column: ColumnElement[int]) -> ColumnElement[int]:
        return case((column < start, since), else_=column + (since - start))

    connection.execute(update(feed).values(position=moved(feed.c.position)))
    connection.execute(update(dossiers).values(position=dossiers.c.position + (since - start)))
    # Whoever follows begins again: so nobody has anything of which it could be told that it left.
    connection.execute(delete(departures))
    connection.execute(update(followers).values(position=moved(followers.c.position)))
    connection.execute(update(notices).values(position=moved(notices.c.position)))
    positions: dict[str, Any] = {name: moved(subscriptions.c[name]) for name in ("position", "begins", "reached")}
    # Subscribers are told of everything again, at its new position; a turn that is under way notes nothing any more.
    epoch = subscriptions.c.lease_epoch + 1
    connection.execute(update(subscriptions).values(**positions, view="", lease_epoch=epoch, lease_owner=None))
