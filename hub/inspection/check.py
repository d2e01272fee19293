"""Whether a connector could be read now: each step as it passes, and the one that does not."""

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.errors import ConnectorError
from hub.inspection.line import Line


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a check."""

    passed: bool
    sentence: str
    code: str | None = None  # of what went wrong
    hint: str | None = None


def check(line: Line) -> Iterator[Step]:
    """Every step as it happens; the first that does not pass is the last."""
    try:
        with line.opened() as connector:
            for sentence in connector.check():
                yield Step(passed=True, sentence=sentence)
    except ConnectorError as error:
        yield Step(passed=False, sentence=str(error), code=error.code, hint=error.hint)
