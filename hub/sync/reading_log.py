"""Every read of personal data is noted before its answer leaves: on disk at once, in the database within a second.

A line in a file of this process costs microseconds and survives the process; a thread seals the lines into the table
`reads`. Files of processes that died are taken in by whoever comes next. Nothing is taken in twice.
"""

import threading
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from secrets import token_hex
from time import monotonic
from typing import Any

import structlog

from hub.record.personal import without_values
from hub.store import reads
from hub.store.database import Database, StoreError
from hub.store.reads import Keys, Read, SealKeys
from hub.store.secrets import SecretsLocked
from hub.sync.reads_spool import Spool

log = structlog.get_logger()

SECONDS = 1.0  # between two times at which lines are taken in
_LOOK_SECONDS = 30.0  # between two looks for files of dead processes
_FULL_BYTES, _OLD_SECONDS = 8 << 20, 3600.0  # then another file is begun
_AT_ONCE = 256 << 10  # bytes of one transaction: some hundred reads
_MANY_BYTES, _TELL_SECONDS = 100 << 20, 60.0


class NotLogged(Exception):
    """A read cannot be noted, so nothing may be shown; the sentence says why and what to do."""


class ReadLog:
    """Where a process notes reads. Safe for any number of threads; made after a fork, not before."""

    def __init__(
        self, database: Database, keys: Keys, folder: Path | None = None, keep: timedelta = timedelta.max
    ) -> None:
        """Without a `folder` each read is written to the database at once: for tests and commands. `keep`: how long
        rows are kept there.
        """
        self._database, self._make_keys, self._folder, self._keep = database, keys, folder, keep
        self._lock, self._taking = threading.Lock(), threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._spools: list[Spool] = []  # of this process or left by others; the last one may be open
        self._open: Spool | None = None
        self._opened_at = self._looked_at = self._told_at = float("-inf")
        self._trouble = ""  # that was told and is not over
        self._direct, self._number = f"direct-{token_hex(8)}", 0

    def note(self, read: Read) -> None:
        """Note a read; not where nothing was found and nobody was looked for. Values in its filter that may name a
        person are replaced by traces here, whoever calls.

        Raises:
            NotLogged: it cannot be written.
            StoreError: there is no folder, and the database does not answer.
        """
        what, asked = read.what, read.what.get("filter")
        if asked:
            what = {**what, "filter": without_values(asked, self._trace_key())}
        if not read.records and not read.dossiers and not (asked and _looks_for_somebody(what["filter"])):
            return
        found = reads.lines(read, what)
        if self._folder is None:
            self._note_directly(found)
        else:
            self._append(self._folder, b"".join(found))

    @cached_property
    def keys(self) -> SealKeys:
        """What seals are made with.

        Raises:
            SecretsLocked: the keys of the hub's secrets cannot be read.
        """
        return self._make_keys()

    def start(self) -> None:
        """Take in what is noted, from now on; what dead processes left first."""
        if self._folder is not None:
            self._thread = threading.Thread(target=self._ship, name="reads", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Take in what is there, and no more. What cannot be taken in now waits for the next process."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def take_in(self) -> int:
        """Take in every whole line that is there; how many.

        Raises:
            StoreError: the database does not answer.
            SecretsLocked: there is nothing to seal with.
            OSError: a file cannot be read.
        """
        with self._taking:
            self._find_left_behind()
            self._close_old()
            count, trouble = 0, None
            for spool in list(self._spools):
                try:
                    is_open = spool is self._open  # asked first: what is shut grows no more
                    count += self._drained(spool)
                    if not is_open:
                        self._done_with(spool)
                except OSError as error:  # of this file: the others can be taken in
                    trouble = error
            if trouble is not None:
                raise trouble
            return count

    def waiting(self) -> int:
        """Bytes that are not in the database yet."""
        return sum(spool.size - spool.taken for spool in list(self._spools))

    def _append(self, folder: Path, lines: bytes) -> None:
        try:
            with self._lock:
                self._spool(folder).append(lines)
        except OSError as error:
            raise NotLogged(
                f"reads cannot be noted in {folder} ({error.strerror}), so nothing is shown: make room on that disk, "
                "or give the hub the right to write there (setting reads.folder)"
            ) from error

    def _spool(self, folder: Path) -> Spool:
        if self._open is None or self._open.broken or self._open.size >= _FULL_BYTES:
            self._open = Spool.made(folder)
            self._opened_at = monotonic()
            self._spools.append(self._open)
        return self._open

    def _note_directly(self, found: list[bytes]) -> None:
        with self._lock:
            numbered = [(self._number + at, reads.read_line(line)) for at, line in enumerate(found, 1)]
            self._number += len(found)
            try:
                reads.take_in(self._database, self.keys, self._direct, numbered)
            except SecretsLocked as error:
                raise NotLogged(str(error)) from error

    def _trace_key(self) -> bytes:
        try:
            return self.keys.traces[0]
        except SecretsLocked as error:
            raise NotLogged(str(error)) from error

    def _ship(self) -> None:
        self._take_in_and_tell()
        while not self._stopping.wait(SECONDS):
            self._take_in_and_tell()
        with self._lock:
            self._open = None  # who notes a read now begins another file, for the next process
        self._take_in_and_tell()

    def _take_in_and_tell(self) -> None:
        try:
            self.take_in()
            self._trouble = ""
        except (StoreError, SecretsLocked, OSError) as error:
            self._tell("reads_not_taken_in", error)
        except Exception as error:  # noqa: BLE001  # told and tried again: else reads would pile up unseen
            self._tell("reads_stumbled", error)
        self._tell_of_many()

    def _find_left_behind(self) -> None:
        if self._folder is not None and monotonic() - self._looked_at >= _LOOK_SECONDS:
            found = Spool.left_behind(self._folder) if self._folder.exists() else []
            for spool in found:
                log.info("reads_left_behind", spool=spool.name, bytes=spool.size)
            self._spools[:0] = found
            self._looked_at = monotonic()

    def _close_old(self) -> None:
        """Begin another file where somebody removed this one, and every hour: a file must be gone long before its rows
        are, by which the database knows what it has taken in."""
        with self._lock:
            spool = self._open
            if spool is not None and (monotonic() - self._opened_at > _OLD_SECONDS or spool.is_gone):
                self._open = None

    def _drained(self, spool: Spool) -> int:
        count = 0
        while found := spool.lines(_AT_ONCE):
            whole = [(at, read) for at, line in found if (read := self._read(spool, line)) is not None]
            if whole:
                count += reads.take_in(self._database, self.keys, spool.name, whole)
            at, line = found[-1]
            spool.taken = at + len(line)
        return count

    def _done_with(self, spool: Spool) -> None:
        if rest := spool.rest():
            kept = spool.keep_aside(rest)
            log.warning("read_torn", file=str(kept), hint="its process was killed as it wrote, and gave no answer")
        spool.remove()
        self._spools.remove(spool)

    def _read(self, spool: Spool, line: bytes) -> Read | None:
        try:
            found = reads.read_line(line)
        except ValueError as error:
            self._aside(spool, line, str(error))
            return None
        if spool.was_left and datetime.now(UTC) - found.at > self._keep:
            # Whether it was taken in already, only its row could tell, and that would be gone by now.
            old = f"it is of {found.at:%Y-%m-%d}, and reads are kept for {self._keep.days} days"
            self._aside(spool, line, old)
            return None
        return found

    def _aside(self, spool: Spool, line: bytes, reason: str) -> None:
        log.error("read_unreadable", file=str(spool.keep_aside(line)), reason=reason)

    def _tell(self, event: str, error: Exception) -> None:
        if self._trouble != repr(error):
            log.warning(event, reason=str(error), waiting_bytes=self.waiting(), exc_info=event == "reads_stumbled")
        self._trouble = repr(error)

    def _tell_of_many(self) -> None:
        if self.waiting() > _MANY_BYTES and monotonic() - self._told_at > _TELL_SECONDS:
            log.warning("reads_waiting", bytes=self.waiting(), folder=str(self._folder))
            self._told_at = monotonic()


def _looks_for_somebody(asked: dict[str, Any]) -> bool:
    return any(isinstance(value, dict) for value in asked.values())  # of which traces alone are kept
