"""The kinds of run, and which of those that wait goes first."""

from enum import StrEnum


class RunKind(StrEnum):
    """What a run does."""

    INCREMENTAL = "incremental"  # what changed since the bookmark
    FULL = "full"  # everything; what its source does not hold any more is marked as gone
    BACKFILL = "backfill"  # what changed within a period, whatever the bookmark is
    ONE = "one"  # one record, now
    COUNT = "count"  # what its source and the hub hold of some days, counted against each other
    REPAIR = "repair"  # the records that a count by day found missing
    PUSH = "push"  # what a department pushed within an hour
    REPLAY = "replay"  # kept payloads, read again: nobody is asked


# A person who waits goes first, and what can wait gives way: `PRIORITY[kind]`, the lowest first.
PRIORITY: dict[RunKind, int] = {
    RunKind.ONE: 0,
    RunKind.PUSH: 0,
    RunKind.INCREMENTAL: 10,
    RunKind.REPLAY: 20,
    RunKind.REPAIR: 20,
    RunKind.FULL: 30,
    RunKind.COUNT: 30,
    RunKind.BACKFILL: 40,
}

SOON = 10  # runs of this priority or a lower number are never kept from a worker by those that can wait
