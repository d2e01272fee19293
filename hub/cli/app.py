"""The command `hub` and what all its commands share: the configuration, and errors in one sentence."""

import getpass
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from connectors.registry import Registry
from hub import logs
from hub.cli.exits import Exit
from hub.cli.output import stop
from hub.config.apply import WouldRetireAll
from hub.config.file import Configuration, load
from hub.config.register import Register
from hub.record.connector_state import Life, NotThatMove
from hub.record.signature import Signature
from hub.store import connectors
from hub.store.connectors import ConnectorRow
from hub.store.database import Database, StoreError
from hub.store.registrations import ManagedElsewhere, Unregistered
from hub.store.secrets import SecretsLocked, StillUsed
from hub.store.versions import NoSuchVersion, Outdated
from hub.wiring import Hub, open_hub, open_store, register
from mappings.engine.library import UnknownMapping
from mappings.engine.yaml_source import Invalid

_NOT_UTF_8 = re.compile("[\udc80-\udcff]")  # how Python keeps bytes of a command line that are no text

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
AuthorOption = Annotated[str, typer.Option(help="Who does this; left out, the user of this machine.")]
ReasonOption = Annotated[str, typer.Option(help="Why; kept in the history.")]
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
def opened_register(path: Path) -> Iterator[Register]:
    """The register, for commands that change it: what config.yaml says is recorded at start, not here."""
    found = configuration(path)
    with told():
        database = open_store(found)
        try:
            yield register(found, database)
        finally:
            database.close()


@contextmanager
def told() -> Iterator[None]:
    """Turn what the operator can mend into a sentence and an exit code."""
    try:
        yield
    except Invalid as invalid:
        stop(str(invalid), Exit.WRONG)
    except (Unregistered, UnknownMapping, NoSuchVersion) as error:
        stop(str(error), Exit.NOT_FOUND)
    except (ManagedElsewhere, NotThatMove, Outdated, SecretsLocked, StillUsed, WouldRetireAll) as error:
        stop(str(error), Exit.WRONG)
    except StoreError as error:
        stop(str(error), Exit.STORE)
    except UnicodeEncodeError as error:
        if _NOT_UTF_8.search(error.object) is None:
            raise
        given = error.object.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        stop(f"“{given}” holds bytes that are no text in UTF-8, so nothing is called that", Exit.WRONG)
    except KeyboardInterrupt:
        stop("Stopped. Nothing was lost: the next run goes on where this one stopped.", Exit.STOPPED)


def active_connector(hub: Hub, name: str) -> ConnectorRow:
    """The connector, or the end of the command: there is none of this name, or it is not run now."""
    row = connectors.named(hub.database, name)
    if row is None:
        raise Unregistered(name, [each.name for each in connectors.listed(hub.database)])
    if row.state != Life.ACTIVE:
        wanted = "resume" if row.state == Life.PAUSED else "activate"
        state = "a draft" if row.state == Life.DRAFT else row.state
        stop(f"{name} is {state}, so it is not run; `hub connector {wanted} {name}` changes that", Exit.WRONG)
    return row


def signed(author: str, reason: str) -> Signature:
    """Who does this, and why."""
    return Signature((author.strip() or _user())[:80], reason.strip(), datetime.now(UTC))


def _user() -> str:
    """Who sits at this machine, also behind sudo."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (OSError, KeyError):
        return f"user {os.getuid()}"  # a container whose user has no name


def as_row(row: Any) -> dict[str, Any]:
    """A row of the store as a JSON object."""
    return {name: getattr(row, name) for name in type(row).__slots__}
