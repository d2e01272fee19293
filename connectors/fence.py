"""Where requests may go: whoever has a connector asked for somebody may fence it in. What asks through
`connectors.http.Client` keeps to this by itself, also where a description or an answer names the next address."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

Fence: TypeAlias = Callable[[str], None]  # raises a ConnectorError for an address outside

_fence: ContextVar[Fence | None] = ContextVar("fence", default=None)


@contextmanager
def fenced(fence: Fence) -> Iterator[None]:
    """Hold every request that is made inside to this."""
    before = _fence.set(fence)
    try:
        yield
    finally:
        _fence.reset(before)


def keep_inside(url: str) -> None:
    """Before a request to this address; where nobody has set a fence every address is inside."""
    fence = _fence.get()
    if fence is not None:
        fence(url)
