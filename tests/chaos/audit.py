"""Has the database itself write down every stored page, and under which lease."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from hub.record.run_state import RunState
from hub.store.database import Database
from hub.store.deliveries import PUSH

_SQLITE = (
    """CREATE TABLE chaos_pages (seq INTEGER PRIMARY KEY AUTOINCREMENT, connector_id INTEGER, run_id INTEGER,
       epoch INTEGER, owner TEXT, kind TEXT, state TEXT, run_owner TEXT)""",
    """CREATE TRIGGER chaos_note AFTER UPDATE OF pages ON runs WHEN new.pages <> old.pages BEGIN
         INSERT INTO chaos_pages (connector_id, run_id, epoch, owner, kind, state, run_owner)
         SELECT id, new.id, lease_epoch, lease_owner, new.kind, new.state, new.owner
         FROM connectors WHERE id = new.connector_id;
       END""",
)
_POSTGRESQL = (
    """CREATE TABLE chaos_pages (seq bigserial PRIMARY KEY, connector_id integer, run_id bigint, epoch integer,
       owner text, kind text, state text, run_owner text)""",
    """CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF new.pages <> old.pages THEN
           INSERT INTO chaos_pages (connector_id, run_id, epoch, owner, kind, state, run_owner)
           SELECT id, new.id, lease_epoch, lease_owner, new.kind, new.state, new.owner
           FROM connectors WHERE id = new.connector_id;
         END IF;
         RETURN new;
       END $$""",
    "CREATE TRIGGER chaos_note AFTER UPDATE OF pages ON runs FOR EACH ROW EXECUTE FUNCTION chaos_note()",
)


@dataclass(frozen=True, slots=True)
class Stored:
    """One page as it was committed."""

    seq: int
    connector_id: int
    run_id: int
    epoch: int
    owner: str | None
    kind: str  # of its run
    state: str
    run_owner: str | None


def install(database: Database) -> None:
    """Begin to write down. A page takes its number while its connector's row is locked: in the order of the commits."""
    with database.write() as connection:
        for statement in _SQLITE if database.is_sqlite else _POSTGRESQL:
            connection.exec_driver_sql(statement)


def stored(database: Database) -> Sequence[Stored]:
    """Every stored page, in the order of the commits."""
    with database.read() as connection:
        rows = connection.execute(text("SELECT * FROM chaos_pages ORDER BY seq"))
        return [Stored(*row) for row in rows]


def wrong(pages: Sequence[Stored]) -> Iterator[str]:
    """What must not be: two who stored for one connector by turns, one lease of two owners, or a page of neither."""
    newest: dict[int, int] = {}
    owners: dict[tuple[int, int], str | None] = {}
    for page in pages:
        lease = (page.connector_id, page.epoch)
        if page.epoch < newest.get(page.connector_id, 0):
            yield f"page {page.seq} of run {page.run_id} was stored under epoch {page.epoch} after a newer one"
        if owners.setdefault(lease, page.owner) != page.owner:
            yield f"epoch {page.epoch} of connector {page.connector_id}: {owners[lease]} and {page.owner}"
        if page.kind != PUSH and (page.run_owner != page.owner or page.state != RunState.RUNNING):
            said = f"{page.state}, of {page.run_owner}, while {page.owner} had the lease"
            yield f"page {page.seq} was stored for run {page.run_id} that was {said}"
        newest[page.connector_id] = max(page.epoch, newest.get(page.connector_id, 0))
