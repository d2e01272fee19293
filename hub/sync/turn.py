"""Whose turn it is: the runs that a worker can do now."""

from typing import NamedTuple

from hub.store import changing_hands
from hub.store.database import Database
from hub.sync.owner import certainly_dead


class ToDo(NamedTuple):
    """A run that can be done now."""

    run_id: int
    connector: str
    kind: str
    priority: int
    abandoned: bool  # it is under way, and its worker is gone


def to_do(database: Database) -> list[ToDo]:
    """At most one run for each connector that no living worker has, in the order in which they are to be done: what
    cannot wait first, among equals the connector that was served longest ago."""
    found: dict[str, ToDo] = {}
    for waiting in changing_hands.can_be_done(database):
        if waiting.is_free or certainly_dead(waiting.lease_owner):
            one = ToDo(waiting.run_id, waiting.connector, waiting.kind, waiting.priority, waiting.abandoned)
            found.setdefault(one.connector, one)
    return sorted(found.values(), key=lambda one: one.priority)  # stable: equals stay as they are
