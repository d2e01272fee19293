"""Whether the log of reads is what was written: the chain of seals walked from row to row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub.store.access_tables import reads
from hub.store.database import Database
from hub.store.reads import Action, Head, SealKeys, read_head, sealed

_AT_ONCE = 2000
_COLUMNS = tuple(reads.c)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the chain found."""

    rows: int  # that were looked at
    first: int  # of them; 0: none
    last: int  # where the chain ends
    seal: bytes  # there
    wrong: int | None = None  # the first row that is not as it was written
    sentence: str = ""  # what is wrong with it


class _Broken(Exception):
    """The first thing that is wrong."""

    def __init__(self, number: int, sentence: str) -> None:
        super().__init__(sentence)
        self.number = number


def verify(
    database: Database, keys: SealKeys, since: datetime | None = None, anchors: Mapping[int, bytes] | None = None
) -> Verdict:
    """Walk the chain in one state of the database, from the row that is first `since` then; in constant memory.

    `anchors`: seals of rows that were kept outside of the database, by their numbers. They alone tell of somebody who
    cut the end off and wrote the head anew.
    """
    with database.read() as connection:
        if not database.is_sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
        head = read_head(connection)
        walk = _Walk(connection, keys, head, dict(anchors or {}))
        try:
            walk.whole() if since is None else walk.part(since)
        except _Broken as broken:
            return Verdict(walk.rows, walk.first, head.last, head.seal, broken.number, str(broken))
        return Verdict(walk.rows, walk.first, head.last, head.seal)


class _Walk:
    """One walk along the chain."""

    def __init__(self, connection: Connection, keys: SealKeys, head: Head, anchors: dict[int, bytes]) -> None:
        self._connection, self._keys, self._head, self._anchors = connection, list(keys.seals), head, anchors
        self.rows = self.first = 0
        self._cut: tuple[int, str] | None = None  # what the newest note on retention says

    def whole(self) -> None:
        head = self._head
        self._begin_at_first()
        self._along(head.first, head.first_seal)
        self._check_beginning()

    def _check_beginning(self) -> None:
        head = self._head
        if head.first and self._cut != (head.first, head.first_seal.hex()):
            sentence = f"the rows up to {head.first} are gone, and no sealed note says that they were kept long enough"
            raise _Broken(head.first, sentence)

    def part(self, since: datetime) -> None:
        """From the first row of that time, or from an anchor or the newest note on retention before it."""
        query = select(reads.c.id).where(reads.c.at >= since, reads.c.id > self._head.first).order_by(reads.c.id)
        start = self._connection.scalar(query.limit(1)) or self._head.last
        noted = select(reads.c.id).where(reads.c.action == Action.RETENTION).order_by(reads.c.id.desc()).limit(1)
        note = self._connection.scalar(noted) if self._head.first else None
        known = [*self._anchors, *([] if note is None else [note])]
        start = min([start, *(number for number in known if number > self._head.first)])
        before = self._connection.scalar(select(reads.c.seal).where(reads.c.id == start - 1))
        if before is None or start - 1 <= self._head.first:
            self.whole()
        else:
            self._begin_at_first()
            self._along(start - 1, bytes(before))
            self._check_beginning()

    def _begin_at_first(self) -> None:
        for number, seal in self._anchors.items():
            if number == self._head.first and seal != self._head.first_seal:
                raise _Broken(number, f"row {number} had another seal when its anchor was written down")
            if number > self._head.last:
                ends = self._head.last
                raise _Broken(ends + 1, f"an anchor knows row {number}, the chain ends at {ends}: its end was cut off")

    def _along(self, last: int, seal: bytes) -> None:
        for row in _rows(self._connection, last):
            number = row["id"]
            if number > self._head.last:
                raise _Broken(number, f"row {number} stands behind the head ({self._head.last}): it was inserted")
            if number != last + 1:
                missing = f"row {last + 1} was" if number == last + 2 else f"rows {last + 1} to {number - 1} were"
                raise _Broken(last + 1, f"{missing} removed")
            self._check(row, seal)
            last, seal = number, bytes(row["seal"])
            self.first = self.first or number
            self.rows += 1
        if last != self._head.last:
            raise _Broken(last + 1, f"the rows from {last + 1} to {self._head.last} were removed from the end")
        if seal != self._head.seal:
            raise _Broken(last, "the head has another seal than the last row: one of them was changed")

    def _check(self, row: Mapping[str, Any], before: bytes) -> None:
        number, seal = row["id"], bytes(row["seal"])
        if self._anchors.get(number, seal) != seal:
            raise _Broken(number, f"row {number} had another seal when its anchor was written down")
        try:
            fitting = next((key for key in self._keys if sealed(key, before, dict(row)) == seal), None)
        except (TypeError, ValueError, AttributeError) as error:  # a value of another kind than the hub writes
            raise _Broken(number, f"row {number} holds what the hub never wrote ({error})") from error
        if fitting is None:
            sentence = f"row {number} does not fit its seal: it was changed, inserted or moved"
            raise _Broken(number, f"{sentence}, or the key that sealed it is not among the keys of the hub's secrets")
        if fitting != self._keys[0]:  # the one that fitted last is tried first
            self._keys.remove(fitting)
            self._keys.insert(0, fitting)
        if row["action"] == Action.RETENTION:
            self._cut = row["what"].get("upto"), row["what"].get("seal")


def _rows(connection: Connection, last: int) -> Iterator[Mapping[str, Any]]:
    many = _AT_ONCE
    while True:
        query = select(*_COLUMNS).where(reads.c.id > last).order_by(reads.c.id).limit(many)
        try:
            found = [dict(row) for row in connection.execute(query).mappings()]
        except (ValueError, TypeError) as error:
            if many == 1:
                sentence = f"row {last + 1}, or the one after it, holds what the hub never wrote ({error})"
                raise _Broken(last + 1, sentence) from error
            many = 1  # to find which of them it is
            continue
        if not found:
            return
        yield from found
        last = found[-1]["id"]
