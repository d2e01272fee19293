"""Trouble that rules found: one row from when it was first seen until it is over."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, update

from hub.store.database import Database
from hub.store.engine_tables import ticks
from hub.store.sets import insert_into
from hub.store.watching_tables import alerts

OPEN, ACKNOWLEDGED, OVER = "open", "acknowledged", "over"
_TURN = 4_711_077  # PostgreSQL: whoever judges, one at a time
_JUDGED = "alerts_judged"  # of the table of ticks; its time is when rules were last looked through to the end
_PRUNED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert as it stands."""

    id: int
    rule: str
    connector: str | None  # None: of the hub as a whole
    subject: str
    severity: str
    state: str
    data: dict[str, Any]
    opened_at: datetime
    seen_at: datetime
    times: int
    level: int
    escalates_at: datetime | None
    answered_by: str | None
    answered_at: datetime | None
    answer: str
    over_at: datetime | None
    fine_since: datetime | None
    told_at: datetime | None
    cause: int | None

    @property
    def key(self) -> str:
        """What tells it from every other one that is not over."""
        return key_of(self.rule, self.connector, self.subject)


def key_of(rule: str, connector: str | None, subject: str) -> str:
    """What tells an alert from others while it is not over."""
    return f"{rule}|{connector or ''}|{subject}"


_COLUMNS = tuple(alerts.c[name] for name in AlertRow.__slots__)


def hold(transaction: Connection) -> None:
    """Until the end of the transaction nobody else judges: what is open is not found twice."""
    if transaction.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        transaction.execute(select(func.pg_advisory_xact_lock(_TURN)))


def not_over(connection: Connection) -> list[AlertRow]:
    """Whatever goes on, answered or not, the oldest first."""
    return _found(connection, alerts.c.state.in_((OPEN, ACKNOWLEDGED)))


def ended_since(connection: Connection, since: datetime) -> list[AlertRow]:
    """What was over at that time or later, the oldest first."""
    return _found(connection, alerts.c.over_at >= since)


def put(transaction: Connection, **values: Any) -> int:
    """A new alert, open; its number."""
    key = key_of(values["rule"], values["connector"], values["subject"])
    made = insert(alerts).values(state=OPEN, key=key, **values).returning(alerts.c.id)
    number: int = transaction.execute(made).scalar_one()
    return number


def change(transaction: Connection, alert_id: int, **values: Any) -> None:
    """Put other values into an alert."""
    transaction.execute(update(alerts).where(alerts.c.id == alert_id).values(**values))


def end(transaction: Connection, row: AlertRow, now: datetime) -> None:
    """It is over."""
    change(transaction, row.id, state=OVER, over_at=now, key=None, escalates_at=None, cause=None)


def reopen(transaction: Connection, row: AlertRow, now: datetime, **values: Any) -> None:
    """It is back soon after it was over: the same alert, once more."""
    said: dict[str, Any] = {"state": OPEN, "over_at": None, "key": row.key, "fine_since": None, "told_at": None}
    said |= {"times": row.times + 1, "level": 0, "seen_at": now, "opened_at": now}
    change(transaction, row.id, **said | values)


def answer(transaction: Connection, alert_id: int, author: str, note: str, now: datetime) -> bool:
    """Somebody looks after it: nobody is told again, nor is it escalated. False where it is over, or was answered."""
    mine = and_(alerts.c.id == alert_id, alerts.c.state == OPEN)
    said = {"state": ACKNOWLEDGED, "answered_by": author, "answered_at": now, "answer": note, "escalates_at": None}
    return transaction.execute(update(alerts).where(mine).values(**said)).rowcount == 1


def get(database: Database, alert_id: int) -> AlertRow | None:
    """One alert."""
    with database.read() as connection:
        return next(iter(_found(connection, alerts.c.id == alert_id)), None)


def several(database: Database, ids: Sequence[int]) -> list[AlertRow]:
    """These alerts, the oldest first."""
    with database.read() as connection:
        return _found(connection, alerts.c.id.in_(ids)) if ids else []


def going_on(database: Database, names: Collection[str] | None = None, most: int | None = None) -> list[AlertRow]:
    """What is not over, the oldest first; `names`: of these connectors only; the newest `most` of it."""
    wanted = [alerts.c.state.in_((OPEN, ACKNOWLEDGED)), *_of(names)]
    query = select(*_COLUMNS).where(*wanted).order_by(alerts.c.id.desc()).limit(most)
    with database.read() as connection:
        return [AlertRow(**row) for row in connection.execute(query).mappings()][::-1]


def history(
    database: Database, names: Collection[str] | None = None, before: int | None = None, limit: int = 50
) -> list[AlertRow]:
    """What is over, newest first; `before` is the id of the last one of the page before."""
    wanted = [alerts.c.state == OVER, *_of(names)]
    if before is not None:
        wanted.append(alerts.c.id < before)
    query = select(*_COLUMNS).where(*wanted).order_by(alerts.c.id.desc()).limit(limit)
    with database.read() as connection:
        return [AlertRow(**row) for row in connection.execute(query).mappings()]


def unanswered(database: Database, names: Collection[str] | None, most: int) -> list[AlertRow]:
    """What waits for somebody, those explained by another one left out; `most` of them at most."""
    wanted = [alerts.c.state == OPEN, alerts.c.cause.is_(None), *_of(names)]
    query = select(*_COLUMNS).where(*wanted).order_by(alerts.c.id).limit(most)
    with database.read() as connection:
        return [AlertRow(**row) for row in connection.execute(query).mappings()]


def note_judged(transaction: Connection, at: datetime) -> None:
    """All rules were looked through."""
    made = insert_into(transaction, ticks).values(name=_JUDGED, due_at=at)
    transaction.execute(made.on_conflict_do_update(index_elements=["name"], set_={"due_at": at}))


def judged_at(database: Database) -> datetime | None:
    """When all rules were last looked through; None: never."""
    with database.read() as connection:
        return connection.scalar(select(ticks.c.due_at).where(ticks.c.name == _JUDGED))


def prune(database: Database, now: datetime, keep: timedelta) -> int:
    """Forget what was over long ago, a thousand at a time; how many."""
    old = select(alerts.c.id).where(alerts.c.over_at < now - keep).limit(_PRUNED_AT_ONCE)
    with database.write() as transaction:
        return transaction.execute(delete(alerts).where(alerts.c.id.in_(old))).rowcount


def _of(names: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if names is None else [alerts.c.connector.in_(sorted(names))]


def _found(connection: Connection, *wanted: ColumnElement[bool]) -> list[AlertRow]:
    rows = connection.execute(select(*_COLUMNS).where(*wanted).order_by(alerts.c.id)).mappings()
    return [AlertRow(**row) for row in rows]
