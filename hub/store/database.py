"""One database, SQLite or PostgreSQL: its connections, and the two kinds of transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError

T = TypeVar("T")
Transaction: TypeAlias = Connection  # what the rooms above hand back to the store, unopened

_TRIES = 5
# PostgreSQL: serialization failure, deadlock, unique violation (two writers met the same new dossier).
_RETRYABLE = {"40001", "40P01", "23505"}


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
        except OperationalError as error:
            raise _unreachable(self.engine, error) from error

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, committed at the end. SQLite takes its one write lock at once: upgrading
        a read lock later loses updates or dies with "database is locked"."""
        try:
            with self.engine.connect().execution_options(hub_write=True) as connection, connection.begin():
                yield connection
        except OperationalError as error:
            if _state(error) in _RETRYABLE:
                raise
            raise _unreachable(self.engine, error) from error

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
    except ArgumentError as error:
        raise StoreError(f"database.url cannot be read: {url!r}; write sqlite:///FILE or postgresql://…") from error
    match parsed.get_backend_name():
        case "sqlite":
            return Database(_sqlite(parsed.database, root or Path.cwd()))
        case "postgresql":
            return Database(create_engine(parsed.set(drivername="postgresql+psycopg"), pool_size=8, pool_pre_ping=True))
        case other:
            raise StoreError(f"database.url names {other!r}; the hub keeps its record in sqlite or postgresql")


def _sqlite(file: str | None, root: Path) -> Engine:
    if not file or file == ":memory:":
        raise StoreError("database.url must name a file, as in sqlite:///var/hub.db: threads and runs share it")
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 60})
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


def _unreachable(engine: Engine, error: OperationalError) -> StoreError:
    reason = str(error.orig).strip().splitlines()[0]
    return StoreError(f"the database {engine.url.render_as_string(hide_password=True)} does not answer: {reason}")
