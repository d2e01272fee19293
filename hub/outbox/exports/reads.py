"""Noting who was shown which dossiers by a file, page by page, before anybody can have it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hub.outbox.exports.job import NoteRead
from hub.outbox.exports.walking import Asked
from hub.record.grant import Grant
from hub.record.personal import shown_groups
from hub.store.exports import Export
from hub.store.reads import Action, Read
from hub.sync.reading_log import ReadLog

AT_THE_MACHINE = "hub export"  # who reads where no client does: a person at the machine


def noting(log: ReadLog) -> NoteRead:
    """What tells `log` of every page; of one that goes on after its process was killed some are told twice."""

    def note(export: Export, asked: Asked, ids: Sequence[int]) -> None:
        groups = shown_groups(asked.grant, export.fields)
        if groups:
            what = {"export": str(export.id), "filter": export.filter, "fields": export.fields, "groups": groups}
            told = (export.person, export.address, export.purpose, f"export {export.id}")
            log.note(Read(datetime.now(UTC), export.client, Action.EXPORT, tuple(ids), len(ids), what, *told))

    return note


@dataclass(frozen=True, slots=True)
class Straight:
    """Tells the log of what a person at this machine reads."""

    log: ReadLog
    grant: Grant
    what: dict[str, Any]  # {filter, fields …}
    person: str

    def __call__(self, ids: Sequence[int], records: int | None = None) -> None:
        """These dossiers are about to be shown, or so many.

        Raises:
            NotLogged: it cannot be noted, so they must not be.
        """
        groups = shown_groups(self.grant, self.what.get("fields"))
        if groups:
            many = len(ids) if records is None else records
            what = self.what | {"groups": groups}
            self.log.note(Read(datetime.now(UTC), AT_THE_MACHINE, Action.EXPORT, tuple(ids), many, what, self.person))
