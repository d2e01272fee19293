"""One database, SQLite or PostgreSQL: its connections, and the two kinds of transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, IntegrityError, OperationalError

T = TypeVar("T")
Transaction: TypeAlias = Connection  # what the rooms above hand back to the store, unopened

_TRIES = 5
# PostgreSQL: serialization failure, deadlock, unique violation (two writers met the same new dossier).
_RETRYABLE = {"40001", "40P01", "23505"}
# What is wrong with the database as a whole; any other error is the hub's own fault and must not be told as this.
_AWAY = ("08", "53", "57P")  # PostgreSQL: connection, resources, shutdown
_AWAY_EMBEDDED = (
    *("unable to open", "disk I/O", "disk is full", "is locked", "readonly database"),
    *("is not a database", "is malformed"),
)
_WRITE_IT_SO = "write sqlite:///FILE or postgresql://user:password@host/database"


class StoreError(Exception):
    """The store cannot be used; the sentence says why and what to do."""


class Database:
    """Where everything is kept. Safe to share between threads; not across a fork."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded default."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose statements see one state (SQLite) or the newest (PostgreSQL)."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except DatabaseError as error:
            _tell_if_away(self.engine, error)
            raise

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, committed at the end. SQLite takes its one write lock at once: upgrading
        a read lock later loses updates or dies with "database is locked"."""
        try:
            with self.engine.connect().execution_options(hub_write=True) as connection, connection.begin():
                yield connection
        except DatabaseError as error:
            _tell_if_away(self.engine, error)
            raise

    def write_again(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction, again from its start when another writer was in the way."""
        for tries_left in reversed(range(_TRIES)):
            try:
                with self.write() as connection:
                    return work(connection)
            except (OperationalError, IntegrityError) as error:
                if not tries_left or _state(error) not in _RETRYABLE:
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


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
            return Database(_postgresql(parsed))
        case other:
            raise StoreError(f"database.url names {other!r}; the hub keeps its record in sqlite or postgresql")


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=8,
        pool_pre_ping=True,
        hide_parameters=True,  # values of citizens must not reach a log
    )


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
    return engine


def _configure(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late: see Database.write
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")  # with WAL: a power cut may lose the last commits, never corrupt
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("hub_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _state(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


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
        raise StoreError(f"the database {shown} does not answer: {reason}") from error
