"""Reads the change feed while everything is disturbed, as the portal would, and keeps what it was told."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from sqlalchemy import Connection, func, select

from hub.store.changes import changes_after
from hub.store.database import Database, StoreError
from hub.store.scope import ALL
from hub.store.sets import slices
from hub.store.tables import connectors, dossier_codes, dossiers, events, runs, source_records

_EVERY_SECONDS = 0.2
State = tuple[int, bytes]  # a dossier's position, and all that there is of it


class Follower:
    """Follows until it is stopped; notes when anything was stored, and what must not be."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="follower", daemon=True)
        self._epochs: dict[int, int] = {}
        self._pages: dict[str, int] = {}
        self.known: dict[int, State] = {}
        self.position = 0
        self.wrong: list[str] = []
        self.moved: list[tuple[float, str]] = []  # when (time.monotonic()) a look found more pages, of which connector

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Read what there is still to be read, and end."""
        self._ended.set()
        self._thread.join()
        self.look()

    def look(self) -> None:
        """Read on from the last position that was given, to the end of the feed."""
        self._look_at_leases()
        while changes := changes_after(self._database, self.position, 500, ALL, content=False).items:
            positions = [self.position, *(change.position for change in changes)]
            if sorted(set(positions)) != positions:
                self.wrong.append(f"positions do not increase: {positions}")
            states = self._states([change.dossier_id for change in changes])
            for change in changes:
                self.known[change.dossier_id] = (change.position, states[change.dossier_id])
            self.position = changes[-1].position

    def differences(self) -> Iterator[str]:
        """What it knows and what there is, at the end; both have to be the same."""
        with self._database.read() as connection:
            there = {row.id: row.position for row in connection.execute(select(dossiers.c.id, dossiers.c.position))}
        if len(set(there.values())) != len(there):
            yield "two dossiers have one position"
        if lost := [one for one in there if one not in self.known]:
            yield f"{len(lost)} dossiers appeared behind the follower, such as {lost[:5]}"
        if behind := [one for one, (position, _) in self.known.items() if there.get(one) != position]:
            yield f"{len(behind)} dossiers changed behind the follower, such as {behind[:5]}"
        ids = [one for one in there if one in self.known]
        states = self._states(ids)
        if silent := [one for one in ids if self.known[one][1] != states[one]]:
            yield f"{len(silent)} dossiers changed without a new position, such as {silent[:5]}"

    def _follow(self) -> None:
        while not self._ended.wait(_EVERY_SECONDS):
            try:
                self.look()
            except StoreError:
                continue  # the database is away: that is what this is about
            except Exception as error:
                self.wrong.append(f"the follower could not go on: {error!r}")
                raise

    def _look_at_leases(self) -> None:
        pages = (
            select(connectors.c.name, func.sum(runs.c.pages)).join_from(runs, connectors).group_by(connectors.c.name)
        )
        with self._database.read() as connection:
            found = connection.execute(select(connectors.c.id, connectors.c.lease_epoch)).all()
            stored = {row[0]: row[1] for row in connection.execute(pages.group_by(connectors.c.name))}
        for connector, epoch in found:
            if epoch < self._epochs.get(connector, 0):
                self.wrong.append(f"the epoch of connector {connector} fell from {self._epochs[connector]} to {epoch}")
            self._epochs[connector] = epoch
        now = time.monotonic()
        self.moved += [(now, name) for name, count in stored.items() if count != self._pages.get(name, 0)]
        self._pages = stored

    def _states(self, ids: Sequence[int]) -> dict[int, bytes]:
        found: dict[int, list[str]] = {one: [] for one in ids}
        with self._database.read() as connection:
            for some in slices(list(ids)):
                for dossier_id, said in _said(connection, some):
                    found[dossier_id].append(said)
        return {one: blake2b("\n".join(sorted(said)).encode(), digest_size=8).digest() for one, said in found.items()}


def _said(connection: Connection, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Everything of these dossiers: a change of any of it is a change of the dossier."""
    d, c, e, s = dossiers.c, dossier_codes.c, events.c, source_records.c
    looks = (
        (d.id, select(d.id, d.code, d.status, d["values"], d.merged_into, d.gone_at)),
        (c.dossier_id, select(c.dossier_id, c.scope, c.value, c.connector_id, c.key)),
        (e.dossier_id, select(e.dossier_id, e.at, e.fingerprint, e.connector_id, e.key)),
        (s.dossier_id, select(s.dossier_id, s.connector_id, s.key, s["values"])),
    )
    for number, (owner, query) in enumerate(looks):
        for row in connection.execute(query.where(owner.in_(ids))):
            yield row[0], f"{number} {json.dumps([*row][1:], default=str)}"
