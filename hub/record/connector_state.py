"""The states of a connector's life and the moves between them; every other move is refused."""

from enum import StrEnum


class Life(StrEnum):
    """Where a connector stands."""

    DRAFT = "draft"  # registered; checked, previewed and changed, but not run
    ACTIVE = "active"
    PAUSED = "paused"  # keeps its bookmark; goes on there when it is resumed
    RETIRED = "retired"  # what it brought stays; not listed unless asked for


class Move(StrEnum):
    """What a person can do with a connector."""

    ACTIVATE = "activate"
    PAUSE = "pause"
    RESUME = "resume"
    RETIRE = "retire"


MOVES: dict[Move, dict[Life, Life]] = {
    Move.ACTIVATE: {Life.DRAFT: Life.ACTIVE, Life.RETIRED: Life.ACTIVE},
    Move.PAUSE: {Life.ACTIVE: Life.PAUSED},
    Move.RESUME: {Life.PAUSED: Life.ACTIVE},
    Move.RETIRE: {Life.DRAFT: Life.RETIRED, Life.ACTIVE: Life.RETIRED, Life.PAUSED: Life.RETIRED},
}


class NotThatMove(Exception):
    """A connector in this state cannot be moved so; the sentence says what can be done."""


def moved(name: str, state: Life, move: Move) -> Life:
    """Where `move` takes the connector `name`; where it is there already it stays: asking twice does no harm.

    Raises:
        NotThatMove: that is no move of this state.
    """
    after = MOVES[move].get(state)
    if after is not None:
        return after
    if state in MOVES[move].values():
        return state
    possible = " or ".join(each for each in Move if state in MOVES[each])
    raise NotThatMove(f"{name} is {_ARTICLE.get(state, '')}{state}, so there is nothing to {move}; it can: {possible}")


_ARTICLE = {Life.DRAFT: "a "}
