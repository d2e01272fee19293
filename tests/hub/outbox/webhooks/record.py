"""Dossiers that change, clients that may see them, and what notices are sent by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from hub.outbox.webhooks.address import Allowed
from hub.outbox.webhooks.register import Made, Webhooks
from hub.outbox.webhooks.rules import Rules
from hub.outbox.webhooks.state import Content
from hub.record.grant import Grant, Group, Sight
from hub.record.identity import Code
from hub.record.shown import place, shown
from hub.store import clients, feed, keys, subscriptions
from hub.store.access_tables import reads
from hub.store.clients import Client, Role, Wanted
from hub.store.database import Database
from hub.store.engine_tables import departures
from hub.store.outbox_tables import notices
from hub.store.reads import SealKeys
from hub.store.secrets import Keyring
from hub.store.tables import dossiers
from hub.sync.reading_log import ReadLog

AGENCY = "000.00.15.H29"
EVERYTHING_OF_NAMES = Grant(sights={Group.NAME: Sight.FULL})
_KEY = bytes(range(32))


class OneKey:
    """Keys of the hub's secrets that never change."""

    def keyring(self, *, make: bool = False) -> Keyring:  # noqa: ARG002  (there is one always)
        return Keyring([_KEY])


def rules(hosts: Sequence[str] = ("127.0.0.1",), seconds: float = 5.0, senders: int = 4) -> Rules:
    """Notices go to this machine, without TLS."""
    return Rules(Allowed(hosts, plain_http=True), OneKey(), seconds, senders)


def reading(database: Database) -> ReadLog:
    """Notes reads in the database at once."""
    return ReadLog(database, lambda: SealKeys.derived([_KEY]))


def put(database: Database, code: str, status: str = "processing", agency: str = AGENCY, **more: Any) -> int:
    """Make a dossier, or change the one of this code; its id."""
    now = datetime.now(UTC)
    values: dict[str, Any] = {"code": code, "status": status, "agency": {"code": agency, "name": "Sở Tư pháp"}}
    values |= {"applicant": {"name": "Đặng Thùy Dương", "id_number": "000190000001"}} | more
    found_by = shown(values, [Code("", code)])._asdict()
    with database.write() as transaction:
        (position,) = feed.take_positions(transaction, 1)
        columns = found_by | {"values": values, "changed_at": now, "position": position}
        old = transaction.execute(select(dossiers.c.id, dossiers.c["values"]).where(dossiers.c.code == code)).first()
        if old is not None:
            known: int = old.id
            before = place(old[1])
            if before != place(values):
                left = before._asdict() | {"position": position, "dossier_id": known, "code": code}
                transaction.execute(insert(departures).values(left))
            transaction.execute(update(dossiers).where(dossiers.c.id == known).values(**columns))
            return known
        made = insert(dossiers).values(**columns, first_seen_at=now).returning(dossiers.c.id)
        number: int = transaction.execute(made).scalar_one()
        return number


def gone(database: Database, dossier_id: int) -> None:
    """None of its sources holds it any more."""
    with database.write() as transaction:
        (position,) = feed.take_positions(transaction, 1)
        mine = update(dossiers).where(dossiers.c.id == dossier_id)
        transaction.execute(mine.values(gone_at=datetime.now(UTC), position=position))


def client(
    database: Database, name: str = "cong-dvc", role: Role = Role.QUERY, grant: Grant | None = EVERYTHING_OF_NAMES
) -> Client:
    """A client with a key."""
    now = datetime.now(UTC)
    with database.write() as transaction:
        clients.put(transaction, Wanted(name, role, grant=grant, purpose="tra cứu"), now)
    keys.add(database, name, now, None, None)
    found = clients.named(database, name)
    assert found is not None
    return found


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub whose subscriptions are looked after."""

    database: Database
    webhooks: Webhooks
    client: Client

    def subscribe(
        self,
        url: str,
        filter_: Mapping[str, Any] | None = None,
        content: Content = Content.DOSSIER,
        whose: Client | None = None,
    ) -> Made:
        return self.webhooks.add(whose or self.client, "thử", url, filter_ or {}, content, "test", after=0)


def hub(database: Database, **wanted: Any) -> Hub:
    """With one client."""
    return Hub(database, Webhooks(database, rules(**wanted)), client(database))


def hurry(database: Database) -> None:
    """As if everything had waited as long as it has to."""
    with database.write() as transaction:
        transaction.execute(update(notices).values(next_try_at=None))
        transaction.execute(update(subscriptions.subscriptions).values(open_until=None))


def how_many_reads(database: Database) -> int:
    with database.read() as connection:
        found: int = connection.execute(select(func.count()).select_from(reads)).scalar_one()
        return found
