"""Each request counted by the template of its address: what was asked never becomes a label."""

from collections.abc import Callable
from time import perf_counter

from flask import Response, g, has_request_context, request

from hub.telemetry import counted, tracing


def measured(answer: Callable[[], Response]) -> Response:
    """Answer the request that is under way, and count it; where nothing is counted this costs nothing."""
    if tracing.is_on():
        return _traced(answer)
    return answer() if counted.counted() is None else _counted(answer)


def ids() -> dict[str, str]:
    """The number of the request that is under way, for the lines of the log that tell of it."""
    number = g.get("request_number") if has_request_context() else None
    return {} if number is None else {"request": number}


def _counted(answer: Callable[[], Response]) -> Response:
    began, status = perf_counter(), 500
    try:
        response = answer()
        status = response.status_code
        return response
    finally:
        rule = request.url_rule
        counted.answered(None if rule is None else rule.rule, request.method, status, perf_counter() - began)


def _traced(answer: Callable[[], Response]) -> Response:
    parent = {name: value for name in ("traceparent",) if (value := request.headers.get(name)) is not None}
    with tracing.request_span(request.method, parent) as told:
        response = _counted(answer)
        told(counted.OTHER if request.url_rule is None else request.url_rule.rule, response.status_code)
        return response
