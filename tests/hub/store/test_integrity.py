"""The tables that are written with every record have no foreign keys; they hold together all the same."""

from contextlib import suppress
from datetime import UTC, datetime
from random import Random

from sqlalchemy import delete, select

from hub.record.signature import Signature
from hub.store import feed
from hub.store.database import Database
from hub.store.tables import dossiers, payloads
from hub.sync.parting import NotThatCode, part, rejoin
from tests.hub.store.integrity import broken
from tests.hub.sync.conftest import do
from tests.hub.sync.fixtures import Listing
from tests.hub.sync.running import Do, record

__all__ = ["do"]  # a fixture of the sync's tests

CODES = [f"000.00.15.H29-260520-{number:04}" for number in range(5)]
NOBODYS = "L-1"  # of no official form


def test_whatever_joins_moves_and_parts_everything_points_at_what_is_there(database: Database, do: Do) -> None:
    chance = Random(11)
    joined = False
    for _ in range(14):
        name = chance.choice("ab")
        pages = [[_record(chance) for _ in range(chance.randint(1, 4))] for _ in range(2)]
        do(Listing(pages), name, kind="full")
        signature = Signature("an", "a wrong number", datetime.now(UTC))
        with suppress(NotThatCode):
            change = chance.choice((part, rejoin))
            change(database, (name, str(chance.randint(1, 5))), chance.choice(CODES), signature)
        assert broken(database) == []
        with database.read() as connection:
            joined |= bool(connection.scalar(select(dossiers.c.id).where(dossiers.c.merged_into.is_not(None)).limit(1)))
            last = connection.scalar(select(dossiers.c.position).order_by(dossiers.c.position.desc()).limit(1))
        assert last == feed.latest(database)
    assert joined
    with database.write() as connection:  # what the check above is worth
        connection.execute(delete(payloads))
    assert broken(database)


def _record(chance: Random) -> dict[str, object]:
    code = chance.choice([*CODES, NOBODYS])
    national = chance.choice([None, None, *CODES])
    return record(chance.randint(1, 5), code, chance.choice(("open", "done")), national=national)
