"""Writes exports in threads of this process, and clears away what cannot be fetched any more."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic

import structlog

from hub.outbox.exports import folders
from hub.outbox.exports.beating import LEASE_SECONDS, Stopped, kept
from hub.outbox.exports.job import Job, NotAllowed, Room
from hub.store import export_leases, exports, schedules
from hub.store.database import StoreError
from hub.store.export_leases import ExportLost, Lease
from hub.store.exports import Export
from hub.sync.owner import certainly_dead
from hub.sync.reading_log import NotLogged
from hub.view.fields import NotSeen

log = structlog.get_logger()

_LOOK_AGAIN_SECONDS = 2.0
_LONGEST_WAIT = 10.0  # between two looks that failed
_TIDY_SECONDS = 60.0
_MOST_TRIES = 20  # processes that died with it before there was one more part of it
_LOG_SECONDS = 15.0  # after which it is tried again where it could not be noted who reads
_PATIENCE_SECONDS = 10.0  # for a job to see that the process ends; what it has not stored is written again

_GIVEN_UP = f"Given up: {_MOST_TRIES} processes ended while they wrote it. Tell the hub's keeper."
_FAULT = "The hub met a fault of its own while it wrote the file; its log has the details. Tell its keeper."


class Exporter:
    """Looks for exports that wait, or that a process which is gone has left, until it is stopped."""

    def __init__(self, room: Room, owner: str, at_once: int = 1, lease_seconds: float = LEASE_SECONDS) -> None:
        self._room, self._owner, self._at_once, self._seconds = room, owner, at_once, lease_seconds
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="export")
        self._lock, self._mine = threading.Lock(), set[int]()
        self._left: list[Lease] = []  # of which the database could not be told
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._loop, name="exporter", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def wake(self) -> None:
        """There is a new export."""
        self._wake.set()

    def wind_down(self) -> None:
        """Look no more; what is being written is left to another process at its next page. Waits for nothing."""
        self._stopping.set()
        self._wake.set()

    def stop(self) -> None:
        """Wind down, and wait for that; not for long, since nothing is lost that is on the disk."""
        self.wind_down()
        self._pool.shutdown(wait=False)
        until = monotonic() + _PATIENCE_SECONDS
        while self._mine and monotonic() < until:
            self._wake.wait(0.05)
            self._wake.clear()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE_SECONDS)

    def _loop(self) -> None:
        wait = _LOOK_AGAIN_SECONDS
        while not self._stopping.is_set():
            try:
                self._put_back_what_was_left()
                self._begin_what_waits()
                self._tidy()
                wait = _LOOK_AGAIN_SECONDS
            except StoreError as error:
                log.warning("store_unreachable", tick="exports", reason=str(error))
                wait = min(1.5 * wait, _LONGEST_WAIT)
            except Exception:
                log.exception("exporter_stumbled")  # told, not handled: without this thread exports would wait for ever
                wait = min(1.5 * wait, _LONGEST_WAIT)
            self._wake.wait(wait)
            self._wake.clear()

    def _begin_what_waits(self) -> None:
        if len(self._mine) >= self._at_once:
            return
        database = self._room.database
        for export, is_free in export_leases.takeable(database):
            is_dead = certainly_dead(export.lease_owner)
            if export.id in self._mine or not (is_free or is_dead) or len(self._mine) >= self._at_once:
                continue
            lease = export_leases.take(database, export, self._owner, self._seconds, database.now(), is_dead=is_dead)
            if lease is not None:
                self._begin(export, lease)

    def _begin(self, export: Export, lease: Lease) -> None:
        with self._lock:
            self._mine.add(export.id)
        try:
            self._pool.submit(self._do, export, lease)
        except RuntimeError:  # it was stopped in this very moment
            with self._lock:
                self._mine.discard(export.id)
            export_leases.put_back(self._room.database, lease)

    def _put_back_what_was_left(self) -> None:
        """A database that goes away and comes back counts for no try that failed."""
        while self._left:
            with suppress(ExportLost):  # another process was faster
                export_leases.put_back(self._room.database, self._left[-1])
            self._left.pop()

    def _do(self, export: Export, lease: Lease) -> None:
        try:
            self._write(export, lease)
        except StoreError as error:  # whoever is next goes on at its last part
            log.warning("export_left", export=export.id, reason=str(error))
            self._left.append(lease)
        except ExportLost:
            self._clear_if_ended(export)
        finally:
            with self._lock:
                self._mine.discard(export.id)
            self._wake.set()

    def _write(self, export: Export, lease: Lease) -> None:
        database = self._room.database
        log.info("export_started", export=export.id, client=export.client, after=export.last_id, attempt=lease.epoch)
        if export.tries >= _MOST_TRIES:
            self._fail(export, lease, _GIVEN_UP)
            return
        try:
            with kept(database, lease, self._stopping, self._seconds) as pulse:
                made = Job(self._room, export, lease, pulse).do()
            log.info("export_done", export=export.id, client=export.client, bytes=made.size)
        except Stopped:
            export_leases.put_back(database, lease)
        except NotLogged as error:
            log.warning("export_waits", export=export.id, reason=str(error))
            export_leases.put_back(database, lease, _LOG_SECONDS)
        except NotAllowed as error:
            self._fail(export, lease, str(error))
        except (NotSeen, ValueError) as error:  # another version of the hub wrote what this one cannot read
            self._fail(export, lease, f"What was asked for cannot be read any more: {error}")
        except OSError as error:
            log.warning("export_not_written", export=export.id, folder=str(self._room.root), reason=str(error))
            self._fail(export, lease, folders.trouble(error))
        except (StoreError, ExportLost):
            raise
        except Exception:
            log.exception("export_stumbled", export=export.id)
            self._fail(export, lease, _FAULT)

    def _fail(self, export: Export, lease: Lease, sentence: str) -> None:
        export_leases.fail(self._room.database, lease, sentence, self._room.database.now())
        folders.remove(self._room.root, export)

    def _clear_if_ended(self, export: Export) -> None:
        """Cancelled: its parts go at once. Taken over: they are another's."""
        now = exports.get(self._room.database, export.id)
        if now is None or now.state not in (*exports.UNFINISHED, exports.ExportState.DONE):
            folders.remove(self._room.root, export)

    def _tidy(self) -> None:
        database = self._room.database
        if schedules.take_turn(database, "exports", _TIDY_SECONDS):
            exports.expire(database, database.now())
            if orphans := folders.remove_orphans(self._room.root, database):
                log.info("exports_cleared", folders=orphans)
