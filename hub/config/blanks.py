"""What of a document is still to be filled in: `FILL_IN` stands where `hub discover` could not guess."""

from collections.abc import Iterator
from typing import Any

from hub.inspection.skeleton_parts import ASK
from mappings.engine.yaml_source import Finding, Loc, Source


def blanks(written: Source) -> tuple[Finding, ...]:
    """Every place that says so, in the order of the lines."""
    return tuple(sorted(_below(written, written.data, ())))


def _below(written: Source, value: Any, loc: Loc) -> Iterator[Finding]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _below(written, below, (*loc, name))
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from _below(written, below, (*loc, at))
    elif isinstance(value, str) and ASK in value:
        place = ".".join(map(str, loc))
        yield written.finding(loc, f"`{place}` still says {ASK}", "write what belongs there")
