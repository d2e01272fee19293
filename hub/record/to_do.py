"""A run that a worker should do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToDo:
    """Which run, and how much it matters."""

    run_id: int
    connector_id: int
    priority: int  # the lowest is done first
    soon: bool  # whether a person or a schedule waits for it
