"""Who follows the change feed inside the hub, and how far each has come."""

from sqlalchemy import Connection, select, update

from hub.store.outbox_tables import followers
from hub.store.sets import insert_into


class OtherFollower(Exception):
    """Somebody else followed under this name meanwhile: what this one did must not be committed."""


def come_to(connection: Connection, name: str) -> int:
    """The position of the last change that this follower has dealt with; 0 where it has not begun."""
    position: int | None = connection.scalar(select(followers.c.position).where(followers.c.name == name))
    return position or 0


def go_on(connection: Connection, name: str, before: int, position: int) -> None:
    """Note that a follower who had come to `before` has dealt with all changes up to `position`.

    In the transaction of what it did about them: so a process that dies loses nothing and repeats nothing.

    Raises:
        OtherFollower: it is not at `before` any more.
    """
    if not before:
        began = insert_into(connection, followers).values(name=name, position=0)
        connection.execute(began.on_conflict_do_nothing(index_elements=["name"]))
    mine = update(followers).where(followers.c.name == name, followers.c.position == before)
    if connection.execute(mine.values(position=position)).rowcount != 1:
        raise OtherFollower(f"{name} is not at change {before} any more")
