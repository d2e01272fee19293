"""Log lines: one event a line on standard error, for people on a terminal, as JSON everywhere else.

Each has a stable name, which `hub.telemetry.events` explains, and the ids of what it is about: of the run whose work
this is, and of the request.
"""

import logging
import sys
from collections.abc import Callable, Mapping
from typing import Literal

import structlog

from hub.telemetry import counted

Ids = Callable[[], Mapping[str, str]]

_TROUBLE = frozenset({"warning", "error", "critical"})
_ids: list[Ids] = []


def configure(form: Literal["json", "text"] | None = None) -> None:
    """Set up once, by the command that serves; a command that prints its own outcome stays quiet.

    Unless a `form` is given, a terminal gets text and everything else JSON.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _identified,
        structlog.processors.add_log_level,
        _counted,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    as_text = sys.stderr.isatty() if form is None else form == "text"
    rendering: list[structlog.typing.Processor] = (
        [_for_people()] if as_text else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")


def quiet() -> None:
    """Say nothing but what a person must know: the command prints its own outcome."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, _for_people()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.ERROR)


def identify(ids: Ids) -> None:
    """Let every line carry what this says when it is written: nothing is done for lines that are not."""
    if ids not in _ids:
        _ids.append(ids)


def _identified(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    for ids in _ids:
        for name, value in ids().items():
            event.setdefault(name, value)
    return event


def _counted(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    if event["level"] in _TROUBLE:
        counted.logged(event["level"])
    return event


def _for_people() -> structlog.dev.ConsoleRenderer:
    # Its own traces show the variables of every function, and so what citizens' records say.
    colours = sys.stderr.isatty()
    return structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)
