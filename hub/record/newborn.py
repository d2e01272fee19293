"""A dossier that nobody knew, told of by one record that shares its codes with no other: most of every first load.

There is nothing to join, to weigh or to compare, so all that `Dossier` would make of it is said here in a few lines.
`tests/hub/sync/test_newborn.py` holds the two against each other.
"""

from typing import NamedTuple

from hub.record.event import Event, events_of, inferred
from hub.record.identity import Code
from hub.record.merge import Source, Values, merged_values


class Newborn(NamedTuple):
    """The dossier as its one record makes it."""

    source: Source
    codes: tuple[Code, ...]
    values: Values
    told: dict[bytes, Event]  # its events by fingerprint


def newborn(source: Source, codes: tuple[Code, ...], now: str) -> Newborn:
    """The dossier of a record with these codes; `now` (UTC text) dates a status that the source does not date."""
    told = {event.fingerprint: event for event in events_of(source.values)}
    if guess := inferred(source, None, now):
        told[guess.fingerprint] = guess
    return Newborn(source, codes, merged_values([source]), told)
