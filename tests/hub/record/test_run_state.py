"""The moves of a run, every one of them."""

from itertools import product

from hub.record.run_state import MOVES, RunState, sources_of

ENDED = {RunState.SUCCEEDED, RunState.FAILED, RunState.INTERRUPTED, RunState.CANCELLED}


def test_every_move_is_either_allowed_or_not_and_no_other_exists() -> None:
    allowed = {
        (RunState.QUEUED, RunState.RUNNING),
        (RunState.QUEUED, RunState.INTERRUPTED),
        (RunState.QUEUED, RunState.CANCELLED),
        (RunState.RUNNING, RunState.QUEUED),
        *((RunState.RUNNING, ended) for ended in ENDED),
    }
    assert {(a, b) for a, b in product(RunState, RunState) if b in MOVES[a]} == allowed


def test_an_ended_run_stays_as_it_ended() -> None:
    assert all(not MOVES[state] for state in ENDED)


def test_the_states_before_a_state_are_those_that_may_move_to_it() -> None:
    for state in RunState:
        assert set(sources_of(state)) == {before for before in RunState if state in MOVES[before]}
