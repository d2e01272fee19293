"""A connector's life: every state against every move."""

import itertools

import pytest

from hub.record.connector_state import Life, Move, NotThatMove, moved

ALLOWED = {
    (Life.DRAFT, Move.ACTIVATE): Life.ACTIVE,
    (Life.DRAFT, Move.RETIRE): Life.RETIRED,
    (Life.ACTIVE, Move.PAUSE): Life.PAUSED,
    (Life.ACTIVE, Move.RETIRE): Life.RETIRED,
    (Life.PAUSED, Move.RESUME): Life.ACTIVE,
    (Life.PAUSED, Move.RETIRE): Life.RETIRED,
    (Life.RETIRED, Move.ACTIVATE): Life.ACTIVE,
}
ASKED_TWICE = {
    (Life.ACTIVE, Move.ACTIVATE),
    (Life.ACTIVE, Move.RESUME),
    (Life.PAUSED, Move.PAUSE),
    (Life.RETIRED, Move.RETIRE),
}


@pytest.mark.parametrize(("state", "move"), list(itertools.product(Life, Move)))
def test_every_move_of_every_state_is_allowed_idle_or_refused_with_what_can_be_done(state: Life, move: Move) -> None:
    if (state, move) in ALLOWED:
        assert moved("a", state, move) is ALLOWED[state, move]
    elif (state, move) in ASKED_TWICE:
        assert moved("a", state, move) is state
    else:
        with pytest.raises(NotThatMove, match=f"nothing to {move}") as caught:
            moved("a", state, move)
        possible = str(caught.value).rpartition("it can: ")[2].split(" or ")
        assert possible == [each for each in Move if (state, each) in ALLOWED]
