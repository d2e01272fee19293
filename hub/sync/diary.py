"""What a run tells of itself, step by step, and samples of what it asked: kept with what is committed anyway."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.sampled import LETTERS, Sample, Samples
from hub.record.run_state import RunState
from hub.store import exchanges, run_lines
from hub.store.database import Transaction
from hub.store.exchanges import ExchangeRow
from hub.store.run_lines import Line
from hub.store.runs import Counts, Ending, RunRow

MOST_LINES = 300  # of one run, whoever does it
_ROOM_TO_END = 10  # lines that are left for how it ends
_MOST_WAITS, _MOST_TROUBLED = 40, 60  # lines of one kind, so that they leave room for others
_LONG_WAIT = 1.0  # seconds
_FULLY = 20  # pages that are told one by one
_LEVELS = {RunState.FAILED: "error", RunState.INTERRUPTED: "warning", RunState.CANCELLED: "warning"}


@dataclass(slots=True)
class Diary:
    """That of one run in one worker; told from every thread of it."""

    run: RunRow
    now: Callable[[], datetime]
    samples: Samples = field(default_factory=Samples)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _untold: list[Line] = field(default_factory=list)
    _room: int | None = None
    _waits: int = 0
    _troubled: int = 0

    def begin(self, worker: str) -> None:
        """It is ours now."""
        run = self.run
        came = bool(run.pages or run.attempts or run.taken_over)
        self._room = None if came else MOST_LINES - _ROOM_TO_END
        since = run.bookmark_after if came else run.bookmark_before
        told = {"worker": worker, "mapping": run.mapping, "since": since}
        self.say("went_on" if came else "begun", "info", page=run.pages + 1, **told)

    def say(self, event: str, level: str = "info", **data: Any) -> None:
        """Note something."""
        told = {name: value for name, value in data.items() if value is not None}
        with self._lock:
            self._untold.append(Line(self.now(), level, event, told))

    def page(self, number: int, added: Counts, size: int, total: int | None) -> None:
        """A page is stored: told of the first ones, then more and more seldom; also where something was set aside."""
        troubled = added.quarantined > 0 and self._troubled < _MOST_TROUBLED
        self._troubled += troubled
        if troubled or _is_told(number):
            counts = {name: getattr(added, name) for name in Counts.__slots__}
            self.say("page", "warning" if added.quarantined else "info", page=number, bytes=size, total=total, **counts)

    def waited(self, seconds: float) -> None:
        """It waited for its turn at the department."""
        if seconds >= _LONG_WAIT and self._waits < _MOST_WAITS:
            self._waits += 1
            self.say("waited", seconds=round(seconds, 1))

    def pen(self) -> "Pen":
        """To write it down with, for one thread."""
        return Pen(self)

    def take(self, transaction: Transaction) -> list[Line]:
        """What nobody has written yet, as far as there is room."""
        with self._lock:
            lines, self._untold = self._untold, []
        if self._room is None and lines:
            self._room = MOST_LINES - _ROOM_TO_END - run_lines.number(transaction, self.run.id)
        kept = lines[: max(0, self._room or 0)]
        self._room = (self._room or 0) - len(kept)
        return kept


class Pen:
    """Writes a diary within transactions of others; what one of them did not commit is written with the next."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._lines: list[Line] = []
        self._samples: list[Sample] = []

    def write(self, transaction: Transaction, *last: Line) -> None:
        """Write what is new, and these lines; again, where the transaction before came to nothing."""
        self._lines += self._diary.take(transaction)
        self._samples += self._diary.samples.take()
        run_id = self._diary.run.id
        run_lines.add(transaction, run_id, [*self._lines, *last])
        exchanges.add(transaction, run_id, [_row(one) for one in self._samples])

    def done(self) -> None:
        """It is committed."""
        self._lines, self._samples = [], []


def ended(ending: Ending, now: datetime) -> Line:
    """The last line of a run."""
    data = {"state": ending.state, "code": ending.error_code, "sentence": ending.sentence, "hint": ending.hint}
    told = {name: value for name, value in data.items() if value is not None}
    return Line(now, _LEVELS.get(ending.state, "info"), "ended", told)


def put_back(code: str, sentence: str, not_before: datetime | None, now: datetime) -> Line:
    """It waits for a worker again."""
    until = {} if not_before is None else {"until": not_before.isoformat(timespec="seconds")}
    return Line(now, "info", "put_back", {"code": code, "sentence": sentence, **until})


def _is_told(number: int) -> bool:
    step = 1
    while number > _FULLY * step:
        step *= 10
    return number % step == 0


def _row(one: Sample) -> ExchangeRow:
    seen = one.exchange
    said = seen.answer if one.failed else ""
    return ExchangeRow(
        one.at,
        round(seen.seconds * 1000),
        seen.method[:10],
        _plain(seen.address)[:LETTERS],
        seen.status,
        _text(seen.headers, seen.body),
        _text(seen.answer_headers, "\n".join(filter(None, (seen.error, said)))),
        seen.answer_bytes,
        None if one.digest is None else one.digest.hex(),
        one.failed,
    )


def _text(headers: Any, body: str) -> str:
    head = "".join(f"{name}: {value}\n" for name, value in headers.items())
    return _plain(head + (f"\n{body}" if body else ""))[:LETTERS]


def _plain(text: str) -> str:
    """PostgreSQL keeps no NUL, and no half of a letter."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
