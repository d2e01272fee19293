"""How many alerts wait for somebody: shown beside the menu, so asked once in some seconds for all who see the same."""

from datetime import UTC, datetime
from threading import Lock
from time import monotonic
from weakref import WeakKeyDictionary

from hub.console.alerts.shown import waits
from hub.console.database import database
from hub.console.visitor import own_names, visitor
from hub.store import alerts, silences
from hub.store.database import Database

_SECONDS = 5.0
_MOST = 100  # more are told as that
_ROOM = 1000  # of who sees what

_Known = dict[frozenset[str] | None, tuple[float, int]]
_known: WeakKeyDictionary[Database, _Known] = WeakKeyDictionary()
_lock = Lock()


def waiting() -> int:
    """How many that this visitor sees, 100 at most."""
    store, who = database(), visitor().scope.agencies
    with _lock:
        kept = _known.setdefault(store, {})
        until, count = kept.get(who, (0.0, 0))
    if until > monotonic():
        return count
    now, open_ones = datetime.now(UTC), alerts.unanswered(store, own_names(), _MOST)
    quiet = silences.holding(store, now) if open_ones else []
    count = sum(waits(row, quiet, now) for row in open_ones)
    with _lock:
        if len(kept) >= _ROOM:
            kept.clear()
        kept[who] = (monotonic() + _SECONDS, count)
    return count


def forget() -> None:
    """Somebody has answered one: the next page counts anew."""
    with _lock:
        _known.pop(database(), None)
