"""Whose turn it is: whoever runs a connector may hold its requests back. Every type that asks through
`connectors.http.Client` keeps to this by itself."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TypeAlias

Turn: TypeAlias = Callable[[], AbstractContextManager[None]]  # waits, and is held while a request is under way

_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


@contextmanager
def taking(turn: Turn) -> Iterator[None]:
    """Let every request that is made inside wait for its turn."""
    before = _turn.set(turn)
    try:
        yield
    finally:
        _turn.reset(before)


def turn() -> AbstractContextManager[None]:
    """To be held around one request; waits for nothing where nobody counts."""
    found = _turn.get()
    return nullcontext() if found is None else found()
