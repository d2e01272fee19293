"""Who last changed which secret: from what is written down of every change."""

from collections.abc import Collection

from sqlalchemy import func, select

from hub.store.acts import Kind
from hub.store.database import Database
from hub.store.people_tables import acts


def authors(database: Database, names: Collection[str]) -> dict[str, str]:
    """Secret → who last set it; one that was set before changes were written down is left out."""
    last = select(func.max(acts.c.id)).where(acts.c.kind == Kind.SECRET, acts.c.name.in_(names)).group_by(acts.c.name)
    with database.read() as connection:
        ids = connection.scalars(last).all()
        found = connection.execute(select(acts.c.name, acts.c.author).where(acts.c.id.in_(ids)))
        return {row.name: row.author for row in found}
