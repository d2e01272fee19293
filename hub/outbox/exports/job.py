"""One export from its first dossier to its file, or from where another process left it."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from hub.outbox.exports import folders
from hub.outbox.exports.allowed import still
from hub.outbox.exports.beating import Pulse
from hub.outbox.exports.options import Format, Options
from hub.outbox.exports.parts import Part, PartBeingWritten, joined, lines_of
from hub.outbox.exports.walking import Asked, asked, pages
from hub.outbox.exports.writers import write
from hub.record.grant import Grant
from hub.store import clients, export_leases
from hub.store.database import Database
from hub.store.export_leases import Lease, Made
from hub.store.exports import Export
from hub.store.scope import Scope

NoteRead: TypeAlias = Callable[[Export, Asked, Sequence[int]], None]

_LOOK_EVERY = 1_000  # lines
_PIECE = 1 << 20

OUTDATED = (
    "The client may see less now than when it asked (its grant, or the agencies below its own); "
    "ask again for what it may."
)


class NotAllowed(Exception):
    """The client may not have this any more."""


@dataclass(frozen=True, slots=True)
class Room:
    """What all jobs of a process share."""

    database: Database
    root: Path  # the folder of exports
    keep: timedelta  # how long a file can be fetched
    near_due: timedelta
    note: NoteRead  # told of every page before its lines are anywhere


class Job:
    """An export that is ours to write, as long as the pulse says so."""

    def __init__(self, room: Room, export: Export, lease: Lease, pulse: Pulse) -> None:
        self._room, self._export, self._lease, self._pulse = room, export, lease, pulse
        then = Grant.read(export.grant)
        self._asked = asked(export.filter, export.fields, then, export.made_at, room.near_due)
        self._options = Options.read(export.format, export.options)
        self._folder = folders.made(room.root, export)
        self._parts = [Part(**part) for part in export.parts]

    def do(self) -> Made:
        """Write what is missing of the parts, then the file, and let it be fetched.

        Raises:
            ExportLost, Stopped: it is not ours to go on with; the parts stay.
            NotAllowed: its client may see less than when it asked.
            NotLogged: it cannot be noted who reads, so nothing more is read.
            OSError: something cannot be written.
            StoreError: the database is away.
        """
        self._walk()
        made = self._built()
        self._check_allowed()
        now = self._room.database.now()
        export_leases.finish(self._room.database, self._lease, made, now, now + self._room.keep)
        folders.keep_only(self._folder, made.file)
        return made

    def _walk(self) -> None:
        self._check_allowed()
        export, part = self._export, None
        try:
            scope = Scope.read(export.scope)
            for page in pages(self._room.database, self._asked, scope, export.last_id, export.upto_id):
                self._pulse.check()
                self._room.note(export, self._asked, page.ids)
                part = part or PartBeingWritten(self._folder, len(self._parts), self._lease.epoch)
                part.add(page)
                if part.is_full():
                    self._take_in(part)
                    part = None
            if part is not None:
                self._take_in(part)
        finally:
            if part is not None:
                part.close()

    def _take_in(self, part: PartBeingWritten) -> None:
        """From here on nobody reads these dossiers again for this export."""
        self._parts.append(part.done())
        with self._room.database.write() as transaction:
            told = [each.document() for each in self._parts]
            export_leases.advance(transaction, self._lease, told, part.last_id)
        self._check_allowed()

    def _built(self) -> Made:
        name = f"export-{self._lease.epoch}.{self._options.suffix}"
        place = self._folder / name
        if self._options.format is Format.NDJSON and self._options.compress:
            joined(self._folder, self._parts, place)
        else:
            write(self._lines(), self._asked.columns, place, self._options)
        folders.settle(self._folder)
        return Made(name, place.stat().st_size, self._digest(place))

    def _lines(self) -> Iterator[bytes]:
        for at, line in enumerate(lines_of(self._folder, self._parts)):
            if at % _LOOK_EVERY == 0:
                self._pulse.check()
            yield line

    def _digest(self, place: Path) -> bytes:
        digest = hashlib.sha256()
        with place.open("rb") as file:
            while piece := file.read(_PIECE):
                self._pulse.check()
                digest.update(piece)
        return digest.digest()

    def _check_allowed(self) -> None:
        database = self._room.database
        if not still(database, clients.numbered(database, self._export.client_id), self._export):
            raise NotAllowed(OUTDATED)
