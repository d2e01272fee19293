"""Moves files away that are done with: read ones to one folder, unreadable ones with a note to another."""

from datetime import UTC, datetime
from pathlib import PurePath

from connectors.errors import Unavailable
from connectors.files.folder import HERE, Entry, Folder
from connectors.files.progress import Failed
from connectors.files.settings import FilesSettings

NOTE = ".vi-sao.txt"  # “why”: what a note is called after its file
_PROBE = ".mot-cua-hub"


class Archive:
    """The two folders inside of a folder."""

    def __init__(self, folder: Folder, settings: FilesSettings) -> None:
        self._folder, self._settings = folder, settings

    def keep(self, entry: Entry) -> None:
        """Move a file that was read; nothing happens where it has gone, or is a new one of that name."""
        self._move(entry, self._settings.processed)

    def set_aside(self, failed: Failed) -> None:
        """Move a file that cannot be read, with a note on why."""
        name = self._move(failed.entry, self._settings.failed)
        if name is not None:
            self._folder.write(self._settings.failed, name + NOTE, _note(failed))

    def count_set_aside(self) -> int:
        """How many files that cannot be read lie there."""
        try:
            listed = self._folder.entries(self._settings.failed)
        except Unavailable as error:
            if error.code == "no_folder":  # nothing was set aside yet
                return 0
            raise
        return sum(not entry.name.endswith(NOTE) for entry in listed)

    def prove(self) -> None:
        """Make both folders and move something of our own, as only that shows that files can be moved."""
        for inside in (self._settings.processed, self._settings.failed):
            self._folder.make(inside)
            self._folder.remove(inside, _PROBE)
            self._folder.write(HERE, _PROBE, "")
            self._folder.rename((HERE, _PROBE), (inside, _PROBE))
            self._folder.remove(inside, _PROBE)

    def _move(self, entry: Entry, into: str) -> str | None:
        """Where it went. The marker goes first: left behind, it would make a half-written successor look complete."""
        if not entry.is_same(self._folder.entry(HERE, entry.name)):
            return None
        self._folder.make(into)
        name = self._free_name(entry, into)
        marker = self._settings.marker
        if marker and self._folder.entry(HERE, entry.name + marker):
            self._folder.rename((HERE, entry.name + marker), (into, name + marker))
        self._folder.rename((HERE, entry.name), (into, name))
        moved = self._folder.entry(into, name)
        if moved is not None and (moved.size, moved.stamp) != (entry.size, entry.stamp):
            # In that very moment somebody put a new file in its place, which nobody has read yet.
            self._folder.rename((into, name), (HERE, self._free_name(entry, HERE)))
            return None
        return name

    def _free_name(self, entry: Entry, into: str) -> str:
        """Its own name, or with its time where a file of that name was kept before."""
        plain = PurePath(entry.name)
        dated = f"{plain.stem}.{datetime.fromtimestamp(entry.stamp / 10**9, UTC):%Y%m%dT%H%M%S}"
        for name in (
            entry.name,
            *(f"{dated}{more}{plain.suffix}" for more in ("", *map("-{}".format, range(2, 1000)))),
        ):
            if self._folder.entry(into, name) is None:
                return name
        raise Unavailable(
            f"{into} in {self._folder.place} has a thousand files called {entry.shown}",
            code="folder",
            hint=f"Empty the folder {into}; the file stays where it is until then.",
        )


def _note(failed: Failed) -> str:
    return f"{failed.entry.shown}\n\n{failed.advice}\n\n({failed.sentence})\n"
