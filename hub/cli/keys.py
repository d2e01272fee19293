"""`hub key`: who may ask the API and enter the console."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, as_row, opened_store
from hub.cli.exits import Exit
from hub.cli.output import local, out, print_json, print_table, stop
from hub.store import connectors, keys
from hub.store.keys import Role
from hub.store.registrations import Unregistered

commands = typer.Typer(help="API keys.", no_args_is_help=True)


@commands.command()
def new(
    name: str,
    role: Annotated[Role, typer.Option(help="read looks; manage also changes; push only pushes.")] = Role.READ,
    connector: Annotated[str | None, typer.Option(help="With push: the connector that it may push to.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Make a key for NAME and show it, this once; an older key of that name stops working."""
    if not 1 <= len(name.strip()) <= 80:
        stop("a key needs a name of 1 to 80 characters: who holds it", Exit.WRONG)
    if (role is Role.PUSH) != (connector is not None):
        stop("a key that pushes is for one connector: write --role push --connector NAME", Exit.WRONG)
    with opened_store(config) as database:
        if connector is not None and connectors.named(database, connector) is None:
            raise Unregistered(connector, [row.name for row in connectors.listed(database)])
        key = keys.issue(database, name, datetime.now(UTC), role, connector)
    if as_json:
        print_json({"name": name, "role": role, "connector": connector, "key": key})
    else:
        out.print(key, highlight=False, soft_wrap=True)


@commands.command("list")
def list_(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Who holds a key. The keys themselves are not kept."""
    with opened_store(config) as database:
        found = keys.listed(database)
    if as_json:
        print_json([as_row(key) for key in found])
    else:
        rows = [(key.name, key.role, key.connector or "", local(key.created_at)) for key in found]
        print_table(("name", "role", "connector", "since"), rows)


@commands.command()
def revoke(name: str, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Stop NAME's key from working, at once."""
    with opened_store(config) as database:
        if not keys.revoke(database, name):
            stop(f"nobody called {name!r} holds a key", Exit.NOT_FOUND)
