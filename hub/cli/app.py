"""The command `hub` and what all its commands share: the configuration, and errors in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from connectors.registry import Registry
from hub import logs
from hub.cli.exits import Exit
from hub.cli.output import stop
from hub.config.file import Configuration, load
from hub.store.database import Database, StoreError
from hub.wiring import Hub, open_hub, open_store
from mappings.engine.yaml_source import Invalid

app = typer.Typer(
    name="hub",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def _quietly() -> None:
    """Integration hub: department systems' dossiers become one central record."""
    logs.quiet()  # a command prints its own outcome; only `hub serve` writes a log


ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", envvar="HUB_CONFIG", help="The configuration.", show_default=True)
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]

DEFAULT_CONFIG = Path("config.yaml")


def configuration(path: Path) -> Configuration:
    """The configuration, or the end of the command with every problem in it."""
    try:
        return load(path, Registry())
    except Invalid as invalid:
        stop(str(invalid), Exit.WRONG)


@contextmanager
def opened(path: Path) -> Iterator[Hub]:
    """The hub that a configuration describes, registered; whatever is wrong with it ends the command in a sentence."""
    with told():
        hub = open_hub(configuration(path))
        try:
            yield hub
        finally:
            hub.database.close()


@contextmanager
def opened_store(path: Path) -> Iterator[Database]:
    """The store of a configuration, for commands that look: what is registered stays as it is."""
    with told():
        database = open_store(configuration(path))
        try:
            yield database
        finally:
            database.close()


@contextmanager
def told() -> Iterator[None]:
    """Turn what the operator can mend into a sentence and an exit code."""
    try:
        yield
    except Invalid as invalid:
        stop(str(invalid), Exit.WRONG)
    except StoreError as error:
        stop(str(error), Exit.STORE)
    except KeyboardInterrupt:
        stop("Stopped. Nothing was lost: the next run goes on where this one stopped.", Exit.STOPPED)


def known_connector(hub: Hub, name: str) -> str:
    """The name, or the end of the command with the names that there are."""
    if name not in hub.sources:
        names = ", ".join(sorted(hub.sources)) or "none"
        stop(f"there is no connector {name!r}; configured: {names}", Exit.NOT_FOUND)
    return name


def as_row(row: Any) -> dict[str, Any]:
    """A row of the store as a JSON object."""
    return {name: getattr(row, name) for name in type(row).__slots__}
