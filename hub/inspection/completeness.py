"""Whether the hub holds what a department says that it has for a period: counts, and keys that only one side knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from connectors.contract import Lists
from connectors.errors import Changed
from hub.inspection.line import Line
from hub.record.moments import as_version
from hub.store import held, pages
from hub.store.connectors import ConnectorRow
from hub.store.database import Database


class CannotList(Exception):
    """This connector has no way to say what changed in a period; the sentence says what would give it one."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """What both sides say of one period. The lists are empty where the source tells no keys."""

    there: int | None  # None: it tells keys only, and they were counted as listed
    listed: int | None  # None: it tells no keys
    here: int
    missing_here: list[str]  # it lists them, and the hub has never seen them
    quarantined: list[str]  # it lists them, and the hub could not read them
    changed_otherwise: list[str]  # it lists them; the hub holds them with a change of another time
    missing_there: list[str]  # the hub holds them, and it does not list them

    @property
    def complete(self) -> bool:
        """Whether nothing is known to be missing."""
        same = self.there is None or self.listed is not None or self.there == self.here
        return same and not (self.missing_here or self.quarantined)


def compare(database: Database, row: ConnectorRow, line: Line, start: datetime, end: datetime) -> Completeness:
    """Ask the source for a period from `start` up to, not including, `end`, and hold it against the store.

    Raises:
        CannotList: the connector has no such ability.
        ConnectorError: the system does not answer as it should.
    """
    here = held.keys_changed(database, row.id, as_version(start), as_version(end))
    with line.opened() as connector:
        if not isinstance(connector, Lists):
            raise CannotList(
                f"{line.name} cannot say what changed in a period: its settings do not say how. "
                "`count` in its settings does, if the department offers it; its type's README shows how."
            )
        there = connector.count(start, end)
        keys = _keys(connector.keys(start, end), told=there is not None)
    if keys is None:
        return Completeness(there, None, len(here), [], [], [], [])
    known = pages.known_records(database, row.id, sorted(keys - here))
    quarantined = sorted(key for key, one in known.items() if one.quarantined)
    return Completeness(
        there,
        len(keys),
        len(here),
        missing_here=sorted(keys - here - known.keys()),
        quarantined=quarantined,
        changed_otherwise=sorted(known.keys() - set(quarantined)),
        missing_there=sorted(here - keys),
    )


def _keys(listed: Iterator[str], *, told: bool) -> set[str] | None:
    """The keys; None where only their number is told."""
    try:
        return set(listed)
    except Changed as error:
        if told and error.code == "local_settings":
            return None
        raise
