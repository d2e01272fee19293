"""How much each client may ask: counted in memory, told to all processes through the store once in a second.

No request waits for the store. So a limit is kept over all processes to within what arrives in one second: each lets
through what it sees, up to the limit, until it has heard of the others. Where the store is away each counts on alone.
"""

import threading
import time
from dataclasses import dataclass
from typing import NamedTuple

import structlog
from flask import Response, current_app, g, request

from hub.api.problems import ApiProblem
from hub.api.viewer import Viewer
from hub.store import windows
from hub.store.clients import Client, Quota
from hub.store.database import Database, StoreError
from hub.store.windows import Window
from hub.web.errors import is_api

log = structlog.get_logger()

_SECONDS = 1.0  # between two times at which processes hear of each other
_MINUTE, _DAY = 60, 86_400
_SPANS = (("minute", _MINUTE), ("day", _DAY))
_NO_LIMIT = 1 << 53  # beyond what anybody can ask
_VIETNAM = 7 * 3600  # seconds ahead of UTC, all year: a day's quota begins anew at its midnight


@dataclass(slots=True)
class _Count:
    """Requests in one window: of all processes when it was heard last, and of this one since."""

    known: int = 0
    fresh: int = 0

    @property
    def used(self) -> int:
        """All that is known of."""
        return self.known + self.fresh


class Left(NamedTuple):
    """What one window has left for a client."""

    name: str
    limit: int
    seconds: int  # how long the window is
    remaining: int
    reset: int  # seconds until the next one begins


class Standing(NamedTuple):
    """How a client stands after a request."""

    allowed: bool
    windows: tuple[Left, ...]

    @property
    def nearest(self) -> Left:
        """The window that counts now: the one that is used up, else that of the minute unless the day has less."""
        return min(self.windows, key=lambda left: left.remaining)

    @property
    def wait(self) -> int:
        """Seconds until a refused client may ask again."""
        return max((left.reset for left in self.windows if not left.remaining), default=0)


def _begun(seconds: int, span: int) -> int:
    """When the window began that a time is in, both in seconds since 1970."""
    return seconds - (seconds + _VIETNAM) % span


class Quotas:
    """The counts of one process. Safe for any number of threads."""

    def __init__(self, database: Database, default: Quota) -> None:
        self._database, self._default = database, default
        self._lock = threading.Lock()
        self._counts: dict[Window, _Count] = {}
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._away = False

    def admit(self, client: Client, now: float) -> Standing:
        """Count a request of a client, where it may be made. `now` in seconds since 1970; refused ones do not count."""
        seconds, windows, counts = int(now), [], []
        with self._lock:
            for (name, span), limit in zip(_SPANS, self._limits(client.quota), strict=True):
                begun = _begun(seconds, span)
                count = self._counts.setdefault((f"{name}:{client.id}", begun // _MINUTE), _Count())
                counts.append(count)
                windows.append((name, limit, span, begun + span - seconds))
            allowed = all(count.used < limit for count, (_, limit, _, _) in zip(counts, windows, strict=True))
            for count in counts:
                count.fresh += allowed
            left = [
                Left(name, limit, span, max(limit - count.used, 0), reset)
                for count, (name, limit, span, reset) in zip(counts, windows, strict=True)
            ]
        return Standing(allowed, tuple(left))

    def _limits(self, own: Quota) -> tuple[int, int]:
        default = self._default
        return own.per_minute or default.per_minute or _NO_LIMIT, own.per_day or default.per_day or _NO_LIMIT

    def exchange(self, now: float) -> None:
        """Tell the store what was counted here, and hear what others have counted.

        Raises:
            StoreError: the database does not answer; it is told the next time.
        """
        begun = {f"{name}:": _begun(int(now), span) // _MINUTE for name, span in _SPANS}
        with self._lock:
            self._counts = {
                window: count
                for window, count in self._counts.items()
                if count.fresh or window[1] >= begun[window[0][: window[0].index(":") + 1]]
            }
            told = {window: count.fresh for window, count in self._counts.items() if count.fresh}
            quiet = self._counts.keys() - told.keys()
        # Also of those that nobody asked in here: the others may have let through all that there is.
        heard = windows.add(self._database, told) | windows.totals(self._database, quiet)
        with self._lock:
            for window, total in heard.items():
                count = self._counts[window]
                count.known, count.fresh = total, count.fresh - told.get(window, 0)

    def start(self) -> None:
        """Exchange once in a second, from now on."""
        self._thread = threading.Thread(target=self._exchange_again_and_again, name="quotas", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Tell what was counted, and no more."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _exchange_again_and_again(self) -> None:
        while not self._stopping.wait(_SECONDS):
            self._try_exchange()
        self._try_exchange()

    def _try_exchange(self) -> None:
        try:
            self.exchange(time.time())
            self._away = False
        except StoreError as error:
            if not self._away:
                log.warning("quotas_not_shared", reason=str(error))
            self._away = True
        except Exception:
            log.exception("quotas_stumbled")  # its end would be missed by nobody, and limits be kept by none


def guard() -> None:
    """Refuse who has asked too much; runs before every view of the API, after it is known who asks.

    Raises:
        ApiProblem: 429, with the time to wait.
    """
    who: Viewer | None = g.get("viewer")
    if who is None or not is_api(request.path):
        return
    quotas: Quotas = current_app.extensions["hub.quotas"]
    standing = g.quota = quotas.admit(who.client, time.time())
    if not standing.allowed:
        used = standing.nearest
        raise ApiProblem(
            429,
            "too_many_requests",
            f"{who.client.name} may ask {used.limit} times in a {used.name}; ask again in {standing.wait} s, as "
            "Retry-After says, or ask the hub's keeper for a larger quota.",
        )


def told(response: Response) -> Response:
    """Tell a client with every answer how much is left: in the names that are in use, and in the IETF draft's."""
    standing: Standing | None = g.get("quota")
    if standing is None or not standing.windows:
        return response
    add, near = response.headers.add, standing.nearest  # nobody else sets these
    add("RateLimit-Limit", str(near.limit))
    add("RateLimit-Remaining", str(near.remaining))
    add("RateLimit-Reset", str(near.reset))
    add("RateLimit-Policy", ", ".join([f'"{left.name}";q={left.limit};w={left.seconds}' for left in standing.windows]))
    add("RateLimit", ", ".join([f'"{left.name}";r={left.remaining};t={left.reset}' for left in standing.windows]))
    if not standing.allowed:
        response.headers["Retry-After"] = str(standing.wait)
    return response
