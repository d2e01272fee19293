"""`hub config`: is the configuration right, and what may it say."""

from pathlib import Path
from typing import Any

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, configuration, told
from hub.cli.output import out, print_json
from hub.config.schema import json_schema
from hub.wiring import mappings

commands = typer.Typer(help="The configuration.", no_args_is_help=True)


@commands.command()
def check(path: ConfigOption = DEFAULT_CONFIG, file: str = typer.Argument("", help="Instead of --config.")) -> None:
    """Check the configuration and the mappings that it names; asks neither network nor database."""
    chosen = Path(file) if file else path
    found = configuration(chosen)
    with told():
        mappings(found)
    out.print(f"{chosen}: right; {len(found.connections)} connectors.", highlight=False)


@commands.command()
def schema() -> None:
    """Print the JSON Schema of the configuration, for editors."""
    document: dict[str, Any] = json_schema()
    print_json(document)
