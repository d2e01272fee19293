"""What the commands that look at one connector share: finding it by name, and errors of departments in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connectors.errors import ConnectorError
from hub.cli.app import configuration, told
from hub.cli.exits import Exit
from hub.cli.output import err, stop
from hub.config.file import Configuration
from hub.config.in_use import Registered
from hub.inspection.line import Line, line_to
from hub.wiring import registered
from mappings.engine.reading import Mapping


def connector_named(path: Path, name: str) -> Registered:
    """A connector of the configuration or of the store, or the end of the command with the names that there are."""
    with told():
        return registered(configuration(path), name)


def line_of(found: Registered) -> Line:
    """How it is asked."""
    return line_to(found.section, found.connection)


def mapping_if_any(found: Registered) -> Mapping | None:
    """The connector's mapping; None, and a word on it, where there is none yet that could be used."""
    if found.unmapped:
        err.print(f"No mapping {found.section.mapping} yet: only what was received is shown.", soft_wrap=True)
    elif found.mapping is None:
        for problem in found.problems:
            err.print(str(problem), markup=False, soft_wrap=True)
        err.print("Only what was received is shown.", soft_wrap=True)
    return found.mapping


@contextmanager
def department_told(name: str) -> Iterator[None]:
    """Turn what went wrong at the department into a sentence, a hint and exit code 1."""
    with told():
        try:
            yield
        except ConnectorError as error:
            stop(f"{name}: {error}", Exit.FAILED, error.hint)


def folder_of(found: Configuration) -> Path | None:
    """Where a mapping of one's own belongs: the first folder of the configuration."""
    folders = found.config.mappings.folders
    return found.root / folders[0] if folders else None
