"""PostgreSQL asked one statement at a time, outside of any transaction."""

from collections import deque
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.pool import PoolProxiedConnection

Row = tuple[Any, ...]


class Alone:
    """Connections of which each asks one statement, and is back. As many as threads ever asked at the same moment.

    A pool that counts its connections, lends them and rolls each back takes as long as the look-up of a dossier does.
    """

    def __init__(self, engine: Engine) -> None:
        """`engine` has no pool of its own, and commits by itself."""
        self._engine = engine
        self._idle: deque[PoolProxiedConnection] = deque()
        self._closed = False

    def ask(self, statement: str, values: Mapping[str, Any]) -> list[Row]:
        """The driver's rows.

        Nobody looks first whether a connection is still there: where it was cut, the statement is asked again on
        another one. All idle ones may have been cut, but not one that is made anew.
        """
        cut = True
        while cut:
            connection, is_new = self._take()
            driver: Any = connection.dbapi_connection
            try:
                found: list[Row] = driver.execute(statement, values).fetchall()
            except self._engine.dialect.loaded_dbapi.Error:
                cut = bool(driver.closed)
                if is_new or not cut:
                    raise
            else:
                return found
            finally:
                self._put_back(connection)
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Give back what is idle, and what is used now as soon as it is idle."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> tuple[PoolProxiedConnection, bool]:
        try:
            return self._idle.pop(), False
        except IndexError:
            return self._engine.raw_connection(), True

    def _put_back(self, connection: PoolProxiedConnection) -> None:
        driver: Any = connection.dbapi_connection
        if driver.closed:
            connection.invalidate()
        elif driver.pgconn.transaction_status or self._closed:  # not IDLE: it was left in the middle of something
            connection.close()
        else:
            self._idle.append(connection)
            if self._closed:
                self.close()
