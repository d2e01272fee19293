"""`hub new`: the beginning of something that a developer writes."""

from pathlib import Path
from typing import Annotated

import typer

from connectors.new_type import CannotWrite, write
from connectors.registry import Registry
from hub.cli.app import JsonOption
from hub.cli.exits import Exit
from hub.cli.output import out, print_json, stop

commands = typer.Typer(help="Packages of your own.", no_args_is_help=True)


@commands.callback()
def _group() -> None:
    """Packages of your own."""


@commands.command("connector-type")
def connector_type(
    name: Annotated[str, typer.Argument(help="What `type:` says in a configuration, such as so-cai.")],
    into: Annotated[Path, typer.Option("--into", help="The folder that the new one is made in.")] = Path(),
    as_json: JsonOption = False,
) -> None:
    """Write a package with a connector type that works as it stands: put your protocol in place of the made-up one."""
    try:
        folder = write(name, into, Registry())
    except CannotWrite as error:
        stop(str(error), Exit.WRONG)
    if as_json:
        print_json({"folder": str(folder), "files": sorted(str(path) for path in folder.rglob("*") if path.is_file())})
        return
    out.print(f"{folder} is written: a connector type `{name}` that works as it stands.", markup=False, soft_wrap=True)
    out.print(f"    pytest {folder}            its tests, which must stay green", markup=False, soft_wrap=True)
    out.print(f"    pip install {folder}       the hub then knows the type", markup=False, soft_wrap=True)
    out.print("What each part does, and what the hub demands: docs/connector-types.md", markup=False, soft_wrap=True)
