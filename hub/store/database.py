"""One database, SQLite or PostgreSQL: its connections, and the two kinds of transaction."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.pool import NullPool

from hub.store import sessions
from hub.store.alone import Alone
from hub.telemetry import counted

T = TypeVar("T")
Transaction: TypeAlias = Connection  # what the rooms above hand back to the store, unopened
Queued: TypeAlias = Callable[[Connection, int, int, int], None]  # transaction, run, its connector, its priority

_TRIES = 5
_POOLED, _MORE = 8, 10
# PostgreSQL: serialization failure, deadlock, unique violation (two writers met the same new dossier); waited too long
# for a lock, took too long, was idle for too long (`sessions`).
_RETRYABLE = {"40001", "40P01", "23505", "55P03", "57014", "25P03"}
# What is wrong with the database as a whole; any other error is the hub's own fault and must not be told as this.
_LOCKED = "55P03"
_AWAY = ("08", "53", "57P", "55P03", "25P03")  # PostgreSQL: connection, resources, shutdown, locked, ended
_AWAY_EMBEDDED = (
    *("unable to open", "disk I/O", "disk is full", "is locked", "readonly database"),
    *("is not a database", "is malformed"),
)
_NONE_FREE = (
    "no connection to the database came free in time: whatever holds all of this process's waits for a lock or a slow "
    "disk; look at what the database is busy with"
)
_WRITE_IT_SO = "write sqlite:///FILE or postgresql://user:password@host/database"


class StoreError(Exception):
    """The store cannot be used; the sentence says why and what to do."""


class StoreLocked(StoreError):
    """What is wanted is locked by another transaction, for longer than this one may wait."""


class Database:
    """Where everything is kept. Safe to share between threads; not across a fork."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.on_queued: Queued | None = None  # told of every run that is queued, in the transaction that queues it
        self._alone: Alone | None = None
        if not self.is_sqlite:
            self._alone = Alone(_postgresql(engine.url, isolation_level="AUTOCOMMIT", poolclass=NullPool))

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded default."""
        return self.engine.dialect.name == "sqlite"

    @property
    def address(self) -> str:
        """PostgreSQL's address, its password too, for whoever keeps sessions of its own."""
        url = self.engine.url.set(drivername="postgresql")
        told = {name: str(value) for name, value in sessions.CLIENT.items() if name not in url.query}
        return url.update_query_dict(told).render_as_string(hide_password=False)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose statements see one state (SQLite) or the newest (PostgreSQL)."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except NoneFree as error:
            raise StoreError(_NONE_FREE) from error
        except DatabaseError as error:
            _tell_if_away(self.engine, error)
            raise

    def ask(self, statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The driver's rows of one statement for PostgreSQL that only reads: one round trip, outside a transaction.

        A connection of `read` takes three more and a tenth of a millisecond, as long as fifty rows do.
        """
        if self._alone is None:
            raise TypeError("SQLite is asked by `read`: it has no round trips to save")
        failed = self.engine.dialect.loaded_dbapi.Error
        try:
            return self._alone.ask(statement, values)
        except failed as error:
            told = DBAPIError.instance(statement, None, error, failed, hide_parameters=True)
            if isinstance(told, DatabaseError):
                _tell_if_away(self.engine, told)
            raise told from error

    @contextmanager
    def write(self, *, patient: bool = False) -> Iterator[Connection]:
        """One transaction, committed at the end. SQLite takes its one write lock at once: upgrading
        a read lock later loses updates or dies with "database is locked".

        On PostgreSQL it is ended when its process is silent, or its statements wait, for too long (`sessions`);
        a `patient` one is not: migrations and upkeep may take as long as they take.
        """
        options = {"hub_write": True, "hub_queued": self.on_queued}
        try:
            with self.engine.connect().execution_options(**options) as connection, connection.begin():
                if not patient and not self.is_sqlite:
                    connection.exec_driver_sql(sessions.WRITING)
                yield connection
        except NoneFree as error:
            raise StoreError(_NONE_FREE) from error
        except DatabaseError as error:
            _tell_if_away(self.engine, error)
            raise

    def wait_shortly(self, connection: Connection) -> None:
        """Let a transaction on PostgreSQL end with `StoreLocked` soon where it would have to wait for a lock."""
        if not self.is_sqlite:
            connection.exec_driver_sql(sessions.SHORTLY)

    def take_time(self, connection: Connection, records: int) -> None:
        """Give a transaction on PostgreSQL that stores so many records the time that this takes (`sessions`)."""
        if not self.is_sqlite and (told := sessions.for_many(records)) is not None:
            connection.exec_driver_sql(told)

    def write_again(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction, again from its start when another writer was in the way."""
        for tries_left in reversed(range(_TRIES)):
            try:
                with self.write() as connection:
                    return work(connection)
            except DBAPIError as error:
                if not tries_left or _state(error) not in _RETRYABLE:
                    raise
            except StoreError as error:
                if not tries_left or _state(error.__cause__) not in _RETRYABLE:
                    raise
        raise AssertionError("unreachable")

    def now(self) -> datetime:
        """What time it is for all who share this store: by PostgreSQL's clock; with SQLite they are on one machine."""
        if self.is_sqlite:
            return datetime.now(UTC)
        with self.read() as connection:
            at: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return at.astimezone(UTC)

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        if self._alone is not None:
            self._alone.close()


def tell_queued(connection: Connection, run_id: int, connector_id: int, priority: int) -> None:
    """Let whoever hands runs to workers know of a new one, in the transaction that queues it."""
    told: Queued | None = connection.get_execution_options().get("hub_queued")
    if told is not None:
        told(connection, run_id, connector_id, priority)


def connect(url: str, root: Path | None = None) -> Database:
    """Open `sqlite:///file` (relative to `root`) or `postgresql://…`; asks nothing of the database yet."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # Neither the address nor what was said of it: it may hold a password.
        raise StoreError(f"database.url cannot be read; {_WRITE_IT_SO}") from None
    match parsed.get_backend_name():
        case "sqlite":
            return Database(_sqlite(parsed.database, root or Path.cwd()))
        case "postgresql":
            # A connection that a restart of the database cut is replaced before it is used.
            return Database(_postgresql(parsed, pool_size=_POOLED, max_overflow=_MORE, pool_pre_ping=True))
        case other:
            raise StoreError(f"database.url names {other!r}; the hub keeps its record in sqlite or postgresql")


def _postgresql(url: URL, **options: Any) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        **options,
        hide_parameters=True,  # values of citizens must not reach a log
        connect_args={name: value for name, value in sessions.CLIENT.items() if name not in url.query},
    )
    event.listen(engine, "connect", sessions.begin)
    return _counted(engine)


def _sqlite(file: str | None, root: Path) -> Engine:
    if not file or file == ":memory:":
        raise StoreError("database.url must name a file, as in sqlite:///var/hub.db: threads and runs share it")
    path = root / file
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)  # SQLite gives the files beside it (-wal, -shm) the same rights
    except OSError as error:
        raise StoreError(
            f"the database {path} cannot be made: {error.strerror}; name a file in database.url"
        ) from error
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 60}, hide_parameters=True)
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return _counted(engine)


def _counted(engine: Engine) -> Engine:
    event.listen(engine, "checkout", lambda *_: counted.connections(1))
    event.listen(engine, "checkin", lambda *_: counted.connections(-1))
    return engine


def _configure(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late: see Database.write
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")  # with WAL: a power cut may lose the last commits, never corrupt
    connection.execute("PRAGMA foreign_keys=ON")
    # KiB, of every connection. Eight times as much saved no time (20,000 dossiers), for the system keeps the file's
    # pages anyway; each of a handful of connections would hold that much by itself.
    connection.execute("PRAGMA cache_size=-8192")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("hub_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _state(error: BaseException | None) -> str | None:
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None


def _tell_if_away(engine: Engine, error: DatabaseError) -> None:
    """Raise a sentence where the database itself is away, full or locked."""
    reason = (str(error.orig).strip().splitlines() or [""])[0]
    state = _state(error)
    embedded = engine.dialect.name == "sqlite"
    away = (
        any(word in reason for word in _AWAY_EMBEDDED)
        if embedded
        else (state is None and isinstance(error, OperationalError)) or (state or "").startswith(_AWAY)
    )
    if away:
        shown = engine.url.set(query={}).render_as_string(hide_password=True)  # a query may hold a password too
        kind = StoreLocked if state == _LOCKED else StoreError
        raise kind(f"the database {shown} does not answer: {reason}") from error
