"""Who comes with a key or a token, looked up once in two seconds; and when keys were last used.

Both are asked by every request, so neither may cost a request more than the first look-up does.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Generic, TypeVar

import structlog
from flask import current_app

from hub.store import clients, keys
from hub.store.clients import Client, Subject
from hub.store.database import Database, StoreError
from hub.store.keys import Holder

log = structlog.get_logger()

T = TypeVar("T")
Name = TypeVar("Name")
Found = TypeVar("Found")

SECONDS = 2.0  # so long a key that was revoked may still open something
_MOST = 10_000  # keys and subjects that are remembered
_LAST_SECONDS = 5.0  # that the last notes may take
_LONGEST = 200  # letters of a key; ours have 36


class Known:
    """Clients by their keys and by their tokens' names."""

    def __init__(self, database: Database, seconds: float = SECONDS) -> None:
        self._database = database
        self._keys: _Remembered[bytes, Holder] = _Remembered(seconds)
        self._subjects: _Remembered[Subject, Client] = _Remembered(seconds)

    def by_key(self, text: str) -> Holder | None:
        """Whose key this is; None where it is nobody's, or has expired."""
        if not text.startswith(keys.PREFIX) or len(text) > _LONGEST:
            return None
        found = self._keys.get(keys.digest(text), lambda digest: keys.with_digest(self._database, digest))
        return found if found is not None and found.works(datetime.now(UTC)) else None

    def by_subject(self, subject: Subject) -> Client | None:
        """Who comes with tokens of this issuer under this name."""
        return self._subjects.get(subject, lambda one: clients.with_subject(self._database, one))


class _Remembered(Generic[Name, Found]):
    """What was found lately. What was not found is not kept: guessing must not push out what is asked for."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: dict[Name, tuple[float, Found]] = {}

    def get(self, name: Name, look_up: Callable[[Name], Found | None]) -> Found | None:
        kept = self._kept.get(name)
        asked = monotonic()  # before the look-up: from then on what it says may be out of date
        if kept is not None and asked < kept[0]:
            return kept[1]
        found = look_up(name)
        with self._lock:
            if found is None:
                self._kept.pop(name, None)
            else:
                if len(self._kept) >= _MOST and name not in self._kept:
                    del self._kept[next(iter(self._kept))]
                self._kept[name] = (asked + self._seconds, found)
        return found


class Uses:
    """Notes to the minute when keys were last used: at most once a minute for each, by a thread of its own.

    A request only leaves word; however slow the database is, one thread waits for it, with one time for each key. What
    a killed process had not written yet is lost, and the next use says it again. Nothing is written before `start`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: dict[int, datetime] = {}  # the minute that was last left word of
        self._waiting: dict[int, datetime] = {}
        self._news = threading.Condition()
        self._ending = False
        self._thread: threading.Thread | None = None

    def note(self, key_id: int, now: datetime) -> None:
        """This key was used."""
        minute = now.replace(second=0, microsecond=0)
        if self._noted.get(key_id) == minute:
            return
        with self._news:
            if len(self._noted) >= _MOST:
                self._noted.clear()
                self._waiting.clear()
            self._noted[key_id] = self._waiting[key_id] = minute
            self._news.notify()

    def start(self) -> None:
        """Write what is noted, from now on."""
        self._thread = threading.Thread(target=self._write_again_and_again, name="key uses", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what was noted, unless the database lets wait too long, and no more."""
        with self._news:
            self._ending = True
            self._news.notify()
        if self._thread is not None:
            self._thread.join(_LAST_SECONDS)

    def _write_again_and_again(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting or self._ending)
                uses, self._waiting = self._waiting, {}
            if uses:
                self._write(uses)
            elif self._ending:
                return

    def _write(self, uses: dict[int, datetime]) -> None:
        try:
            keys.note_uses(self._database, uses)
        except StoreError as error:  # only what a keeper looks at now and then is lost
            log.warning("key_uses_lost", keys=len(uses), reason=str(error))
        except Exception:
            log.exception("key_uses_stumbled")  # its end would be missed by nobody, and uses be noted by none


def known() -> Known:
    """Who comes to this application."""
    return part("hub.known", lambda: Known(current_app.extensions["hub.database"]))


def note_use(key_id: int) -> None:
    """A key was used just now."""
    uses: Uses = current_app.extensions["hub.key_uses"]
    uses.note(key_id, datetime.now(UTC))


def part(name: str, make: Callable[[], T]) -> T:
    """A part of this application that is made when it is first needed: in the process that uses it, after any fork."""
    parts: dict[str, Any] = current_app.extensions
    found: T = parts.get(name) or parts.setdefault(name, make())
    return found
