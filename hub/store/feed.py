"""The change feed: every dossier has the position of its last change, and positions become visible in their order."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, select, update

from hub.store.asking import ask
from hub.store.database import Database
from hub.store.engine_tables import feed, renewals

_TAKEN = update(feed).values(position=feed.c.position + bindparam("how_many")).returning(feed.c.position)
_HEAD: Select[Any] = select(feed.c.position, select(func.max(renewals.c.since)).scalar_subquery().label("since"))


class UnknownPosition(Exception):
    """A position that nobody can go on from; the sentence says why."""


class Head(NamedTuple):
    """Between which positions one can go on."""

    latest: int  # of the last change; 0: nothing ever changed
    since: int  # where the feed began anew (`hub.store.renewing`); 0: it never did

    def check(self, position: int) -> None:
        """Whether one can go on after a position, or begin there.

        Raises:
            UnknownPosition: it is of another hub, or of this one as it was before it was restored.
        """
        if position > self.latest:
            raise UnknownPosition(f"the change feed has come to {self.latest}, not to {position} yet")
        if 0 < position < self.since:
            raise UnknownPosition(f"the change feed began anew at {self.since}, and {position} is of before")


def head(database: Database) -> Head:
    """Where the feed is: one statement, whatever its length."""
    ((latest, since),) = ask(database, _HEAD, {})
    return Head(latest, since or 0)


def latest(database: Database) -> int:
    """The position of the last change; 0 where nothing ever changed."""
    return head(database).latest


def take_positions(connection: Connection, how_many: int) -> range:
    """The next positions, for whatever this transaction changes.

    The row that counts them stays locked until the commit: whoever comes later waits, and gets later ones. So take them
    as late in a transaction as possible, and all at once.
    """
    last: int = connection.execute(_TAKEN, {"how_many": how_many}).scalar_one()
    return range(last - how_many + 1, last + 1)
