"""Log lines: one event a line on standard error, for people on a terminal, as JSON everywhere else."""

import logging
import sys

import structlog


def configure() -> None:
    """Set up once, by the command that serves; a command that prints its own outcome stays quiet."""
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    on_terminal = sys.stderr.isatty()
    rendering: list[structlog.typing.Processor] = (
        [_for_people()] if on_terminal else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
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


def _for_people() -> structlog.dev.ConsoleRenderer:
    # Its own traces show the variables of every function, and so what citizens' records say.
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
