"""The dossiers of an export, page by page in the order of their ids, each as it is when its page is read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson

from hub.outbox.exports.columns import Column, columns_of
from hub.record.grant import Grant
from hub.record.moments import today
from hub.store import finding
from hub.store.database import Database
from hub.store.filters import Filter
from hub.store.scope import Scope, scope_of
from hub.view.fields import Fields, parse_fields
from hub.view.gathering import items
from hub.view.item import EVERY
from hub.view.wanted import read_filter

_PAGE = 1_000  # dossiers that are in memory at a time


@dataclass(frozen=True, slots=True)
class Asked:
    """Which dossiers, and what of each."""

    wanted: Filter
    grant: Grant
    fields: Fields | None
    near_due: timedelta

    @property
    def columns(self) -> Sequence[Column]:
        """Of a flat file."""
        return columns_of(self.grant, self.fields)

    def scope(self, database: Database) -> Scope:
        """Which dossiers the grant lets see today."""
        with database.read() as connection:
            return scope_of(connection, self.grant, today())


class Page(NamedTuple):
    """Dossiers as lines of JSON."""

    ids: Sequence[int]
    lines: Sequence[bytes]


def asked(
    document: dict[str, object], fields: Sequence[str] | None, grant: Grant, at: datetime, near_due: timedelta
) -> Asked:
    """What an export asks for; “overdue” means: when it was asked for, on each of its pages.

    Raises:
        NotSeen: for what the grant does not show.
        ValueError: for what there is not; the sentence says so.
    """
    chosen = None if fields is None else parse_fields(",".join(fields), grant)
    return Asked(read_filter(document, grant, at, near_due), grant, chosen, near_due)


def pages(database: Database, what: Asked, scope: Scope, after_id: int, upto_id: int) -> Iterator[Page]:
    """Every dossier of a scope that there is, or was, with an id after one and up to another."""
    while rows := finding.walk(database, what.wanted, scope, after_id, upto_id, _PAGE):
        shown = items(database, rows, what.grant, database.now(), what.near_due, what.fields or EVERY)
        lines = [orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in shown]
        yield Page([row.id for row in rows], lines)
        after_id = rows[-1].id
