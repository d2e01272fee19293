"""What a full listing has shown, page by page: the digests of its keys, and what its source said of their number."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, insert, select

from hub.record.run_state import RunState
from hub.store.database import Database
from hub.store.engine_tables import listings
from hub.store.tables import runs

_NOTED = insert(listings)
_UNDER_WAY = (RunState.QUEUED, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one page of a listing showed."""

    keys: bytes  # digests of 8 bytes, one after the other
    rows: int  # of its source, also where several are one record; 0: of an answer that may show what was shown before
    unnamed: int  # records of which nobody can tell which they are
    total: int | None  # how many records the source announced with it
    attempt: int  # by whom it was read: the epoch of its lease


def note(connection: Connection, run_id: int, shown: Shown) -> None:
    """Keep what a page showed, in the page's own transaction."""
    connection.execute(_NOTED, {"run_id": run_id} | asdict(shown))


def of_run(database: Database, run_id: int) -> Iterator[Shown]:
    """What the pages of a run showed; those that it stored before it was taken over too."""
    query = select(*(listings.c[name] for name in Shown.__slots__)).where(listings.c.run_id == run_id)
    with database.read() as connection:
        for row in connection.execution_options(yield_per=100).execute(query):
            yield Shown(*row)


def forget(connection: Connection, run_id: int) -> None:
    """A run has ended: its listing has said what it had to say."""
    connection.execute(delete(listings).where(listings.c.run_id == run_id))


def sweep(connection: Connection, connector_id: int) -> None:
    """Forget the listings of this connector's runs that ended without saying so."""
    ended = select(runs.c.id).where(runs.c.connector_id == connector_id, runs.c.state.not_in(_UNDER_WAY))
    connection.execute(delete(listings).where(listings.c.run_id.in_(ended)))
