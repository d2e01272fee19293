"""`hub fetch`: one record on demand."""

from typing import Annotated

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, active_connector, app, opened
from hub.cli.exits import Exit
from hub.cli.looking import department_told
from hub.cli.output import out, print_json, stop
from hub.inspection import answers
from hub.record.run_state import RunState
from hub.sync.one import Busy, CannotFetch, fetch_one


@app.command()
def fetch(
    connector: str,
    key: Annotated[str, typer.Argument(help="The record's key at the source.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Fetch one record of CONNECTOR now and store it; the bookmark stays where it is."""
    with opened(config) as hub:
        active_connector(hub, connector)
        try:
            with department_told(connector):
                run = fetch_one(hub.database, hub.source(connector), key, hub.owner)
        except (CannotFetch, Busy) as error:
            stop(str(error), Exit.FAILED)
    if as_json:
        print_json(answers.fetched(run))
    elif run.state == RunState.SUCCEEDED and run.fetched:
        out.print(run.sentence, markup=False, highlight=False, soft_wrap=True)
    if run.state != RunState.SUCCEEDED:
        stop(run.sentence or run.state, Exit.FAILED, run.hint)
    if not run.fetched:
        if as_json:
            raise typer.Exit(Exit.NOT_FOUND)
        stop(run.sentence or f"{connector} knows no such record", Exit.NOT_FOUND)
