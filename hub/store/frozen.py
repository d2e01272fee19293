"""Sessions of processes that froze while they sent rows: no timeout of PostgreSQL's ends a COPY whose client is silent.

Measured on PostgreSQL 18: neither `statement_timeout` nor `transaction_timeout` is looked at while it waits for the
next row, so the locks of such a transaction stay for as long as the process is frozen. Another process ends it.
"""

from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeAlias

from sqlalchemy import text

from hub.store.database import Database

_SILENT_SECONDS = 15.0  # a process that lives sends some rows of the largest page in far less

_WAITS = (
    "application_name = current_setting('application_name') AND usename = current_user AND pid <> pg_backend_pid() "
    "AND state = 'active' AND wait_event = 'ClientRead'"
)
_WAITING = text(
    "SELECT a.pid, a.query_start, p.bytes_processed "  # noqa: S608  # a constant of this module
    "FROM pg_stat_activity a LEFT JOIN pg_stat_progress_copy p "
    f"USING (pid) WHERE a.datname = current_database() AND {_WAITS}"
)
_END = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "  # noqa: S608  # likewise
    f"WHERE pid = :pid AND query_start = :query_start AND {_WAITS}"
)

_Seen: TypeAlias = tuple[Any, ...]  # process, when its statement began, bytes that have come until now


@dataclass(slots=True)
class Frozen:
    """Looks at the hub's own sessions that wait for rows, again and again, and ends those that get none.

    How long a COPY takes says nothing, for a page may be large: whether more of it came since the last look does.
    """

    database: Database
    silent_seconds: float = _SILENT_SECONDS
    _since: dict[_Seen, float] = field(default_factory=dict)

    def end(self) -> int:
        """End the sessions that were silent for so long; how many. What they did is undone."""
        if self.database.is_sqlite:
            return 0
        with self.database.read() as connection:
            found: list[_Seen] = [tuple(row) for row in connection.execute(_WAITING)]
        now = monotonic()
        self._since = {one: self._since.get(one, now) for one in found}
        silent = [one for one, since in self._since.items() if now - since > self.silent_seconds]
        return sum(self._ended(one) for one in silent)

    def _ended(self, one: _Seen) -> int:
        pid, query_start, _ = one
        with self.database.write() as transaction:
            return int(transaction.execute(_END, {"pid": pid, "query_start": query_start}).scalar_one())
