"""What goes along with every request to a department: headers that whoever runs a connector wants it to carry."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_headers: ContextVar[Callable[[], Mapping[str, str]] | None] = ContextVar("headers_along", default=None)


@contextmanager
def carrying(headers: Callable[[], Mapping[str, str]]) -> Iterator[None]:
    """Let every request that is made inside carry these; they are asked for anew each time."""
    before = _headers.set(headers)
    try:
        yield
    finally:
        _headers.reset(before)


def carried(request: dict[str, Any]) -> dict[str, Any]:
    """A request with what goes along; its own headers are stronger."""
    along = _headers.get()
    more = {} if along is None else along()
    return request if not more else request | {"headers": {**more, **(request.get("headers") or {})}}
