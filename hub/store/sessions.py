"""What a PostgreSQL session is told, so that a process that froze or was cut off holds others up for seconds only.

A frozen process keeps its connection, and with it every lock of the transaction that it was in. The server ends such
a transaction; the process, should it wake, begins the page again and finds that its lease is lost.
"""

from typing import Any

# libpq's own: what we notice of a server that is gone without a word. An address may say otherwise.
CLIENT: dict[str, str | int] = {
    "application_name": "hub",
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}

# What the server notices of us: a machine that lost its power or its line. They mean nothing on a Unix socket.
_SERVER = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10s",
}

_SILENT_SECONDS, _STATEMENT_SECONDS = 10, 60

# A writing transaction; for the transaction only, so that a reader may take its time, and poolers may stand between.
_WRITING = {
    "idle_in_transaction_session_timeout": f"{_SILENT_SECONDS}s",  # between two statements: frozen, or cut off
    "lock_timeout": "30s",  # longer than that, so that who waits for a frozen one gets the lock and no error
    "statement_timeout": f"{_STATEMENT_SECONDS}s",
}


def _settings(wanted: dict[str, str], *, local: bool) -> str:
    scope = "true" if local else "false"
    return "SELECT " + ", ".join(f"set_config('{name}', '{value}', {scope})" for name, value in wanted.items())


WRITING = _settings(_WRITING, local=True)
_AT_EASE = 5_000  # records of one transaction: far more than the usual page


def for_many(records: int) -> str | None:
    """What a writing transaction is told besides where it stores so many records; None: nothing.

    Python computes between two statements, and a page of 100,000 records is allowed: it gets more time in proportion.
    A process that freezes in the middle of one holds others up for as long.
    """
    times = records / _AT_EASE
    if times <= 1:
        return None
    silent, one = round(_SILENT_SECONDS * times), round(_STATEMENT_SECONDS * times)
    wanted = {"idle_in_transaction_session_timeout": f"{silent}s", "statement_timeout": f"{one}s"}
    return _settings(wanted, local=True)


SHORTLY = _settings({"lock_timeout": "500ms"}, local=True)  # for who can come again, instead of waiting
_BEGIN = _settings(_SERVER | {"TimeZone": "UTC"}, local=False)  # so that times come as they are meant


def begin(connection: Any, _: object) -> None:
    """Tell a new session what holds for all of it."""
    from psycopg.types.string import BytesBinaryDumper  # noqa: PLC0415  # an embedded hub never loads it

    # COPY writes three of these for every record, and the driver's own way asks of each whether it is wrapped.
    connection.adapters.register_dumper(bytes, BytesBinaryDumper)
    connection.execute(_BEGIN)
    connection.commit()
