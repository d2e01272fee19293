"""The states of a run and the moves between them; every other move is refused."""

from enum import StrEnum


class RunState(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"  # also while its worker is gone and no other one has taken it over yet
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    INTERRUPTED = "interrupted"  # stopped half-way by no fault of anybody; the next run goes on at the bookmark
    CANCELLED = "cancelled"  # a person stopped it


MOVES: dict[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.INTERRUPTED, RunState.CANCELLED}),
    RunState.RUNNING: frozenset(set(RunState) - {RunState.RUNNING}),  # to the queue: it gives way, or its worker does
    RunState.SUCCEEDED: frozenset(),
    RunState.FAILED: frozenset(),
    RunState.INTERRUPTED: frozenset(),
    RunState.CANCELLED: frozenset(),
}


def sources_of(state: RunState) -> tuple[RunState, ...]:
    """The states from which a run may come to `state`."""
    return tuple(before for before, after in MOVES.items() if state in after)
