"""Keeps a copy of every dossier that this client may see in an SQLite file: `HUB_URL=… HUB_KEY=… follow.py mirror.db`.

It begins with everything there is and then goes on with what changes, for ever. End it as you like (Ctrl-C, kill -9,
a power cut), and start it again: it goes on where it was. Dossiers and position are written in one transaction, so
there is never one without the other.
"""

import argparse
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from hub_client import BeginAgain, Change, ChangePage, Hub, HubError

_TABLES = """
CREATE TABLE IF NOT EXISTS dossiers (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    round INTEGER NOT NULL,  -- in which it was last told
    document TEXT NOT NULL   -- as the hub shows it, JSON
);
CREATE TABLE IF NOT EXISTS codes (
    code TEXT NOT NULL,
    id TEXT NOT NULL REFERENCES dossiers (id) ON DELETE CASCADE,
    PRIMARY KEY (code, id)
);
CREATE INDEX IF NOT EXISTS codes_id ON codes (id);
CREATE TABLE IF NOT EXISTS place (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL,
    view TEXT,               -- empty: nothing was read in this round yet
    round INTEGER NOT NULL,  -- how often everything was read from its beginning
    complete INTEGER NOT NULL  -- whether this round has come to what was then the end
);
INSERT OR IGNORE INTO place VALUES (1, 0, NULL, 1, 0);
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the copy stands."""

    position: int
    view: str | None
    round: int
    complete: bool


class Mirror:
    """The copy."""

    def __init__(self, file: str) -> None:
        self._store = sqlite3.connect(file, timeout=60, isolation_level=None)
        self._store.execute("PRAGMA journal_mode = WAL")
        self._store.execute("PRAGMA synchronous = FULL")  # what was committed outlives a power cut
        self._store.execute("PRAGMA foreign_keys = ON")
        self._store.executescript(_TABLES)

    def close(self) -> None:
        """Nothing is lost by not calling this."""
        self._store.close()

    @property
    def place(self) -> Place:
        """Where it stands."""
        position, view, number, complete = self._store.execute(
            "SELECT position, view, round, complete FROM place"
        ).fetchone()
        return Place(position, view, number, bool(complete))

    def keep(self, page: ChangePage) -> None:
        """A page and the position after it: both, or neither."""
        with self._transaction():
            place = self.place
            if place.position != page.after:
                raise SystemExit("another process follows into the same file; let one of them do it")
            for change in page.items:
                self._keep_one(change, place.round)
            complete = place.complete or not page.more
            if complete and not place.complete:
                # What was kept in a round before and not told in this one is not there for this client any more.
                self._store.execute("DELETE FROM dossiers WHERE round < ?", (place.round,))
            self._store.execute(
                "UPDATE place SET position = ?, view = ?, complete = ?", (page.next, page.view, complete)
            )

    def begin_again(self) -> None:
        """Read everything once more; meanwhile what is here stays readable."""
        with self._transaction():
            self._store.execute("UPDATE place SET position = 0, view = NULL, round = round + 1, complete = 0")

    def _keep_one(self, change: Change, number: int) -> None:
        self._store.execute("DELETE FROM dossiers WHERE id = ?", (change.id,))
        if change.kind != "changed":
            return  # gone, left, or part of the dossier `change.into`, which is told by itself
        document = json.dumps(change.dossier, ensure_ascii=False)
        row = (change.id, change.code, change.position, number, document)
        self._store.execute("INSERT INTO dossiers VALUES (?, ?, ?, ?, ?)", row)
        self._store.executemany("INSERT INTO codes VALUES (?, ?)", [(code, change.id) for code in change.codes])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._store.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._store.execute("ROLLBACK")
            raise
        self._store.execute("COMMIT")


def follow(hub: Hub, mirror: Mirror, **chosen: Any) -> None:
    """Until the hub refuses, or somebody ends it."""
    while not hub.stop.is_set():
        place = mirror.place
        try:
            for page in hub.follow(place.position, place.view, **chosen):
                mirror.keep(page)
        except BeginAgain as why:
            print(f"beginning again: {why}", file=sys.stderr)
            mirror.begin_again()


def main() -> int:
    """Read the command line."""
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("file", help="the SQLite file of the copy")
    parser.add_argument("--agency", help="only dossiers of this agency and of those below it")
    parser.add_argument("--limit", type=int, default=500, help="how many changes are read at a time")
    asked = parser.parse_args()
    if not {"HUB_URL", "HUB_KEY"} <= os.environ.keys():
        parser.error("set HUB_URL (as http://127.0.0.1:8700) and HUB_KEY")
    hub = Hub(os.environ["HUB_URL"], os.environ["HUB_KEY"])
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C
    chosen = {"limit": asked.limit} | ({"agency": asked.agency} if asked.agency else {})
    with closing(Mirror(asked.file)) as mirror:
        try:
            follow(hub, mirror, **chosen)
        except KeyboardInterrupt:
            print(f"stopped at position {mirror.place.position}; start it again to go on", file=sys.stderr)
        except HubError as refused:
            print(f"the hub refuses: {refused}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
