"""`hub db`: the store's own affairs."""

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, configuration, told
from hub.cli.output import out
from hub.store.database import connect
from hub.store.schema import upgrade as upgrade_schema

commands = typer.Typer(help="The database.", no_args_is_help=True)


@commands.command()
def upgrade(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Bring the database to this version of the hub; safe to repeat, all or nothing."""
    found = configuration(config)
    with told():
        database = connect(found.config.database.url, found.root)
        try:
            upgrade_schema(database)
        finally:
            database.close()
    out.print("The database is at this version of the hub.", highlight=False)
