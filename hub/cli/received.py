"""`hub received`: a record, or the whole answer it came in, as it was received."""

from collections.abc import Iterator
from typing import Annotated

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, app, configuration, told
from hub.cli.exits import Exit
from hub.cli.output import err, harmless, local, out, stop
from hub.config.file import Configuration
from hub.inspection.received import Received
from hub.inspection.received import received as found_as_received
from hub.store import payloads
from hub.store.database import Database
from hub.store.dossiers import with_code
from hub.wiring import open_store, rereads


@app.command()
def received(
    code: Annotated[str | None, typer.Argument(help="Any code of a dossier: all its records are shown.")] = None,
    connector: Annotated[str | None, typer.Option(help="The connector of one record, with --key.")] = None,
    key: Annotated[str | None, typer.Option(help="The key of one record, with --connector.")] = None,
    whole: Annotated[bool, typer.Option("--whole", help="The whole answer that it came in.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write a record to standard output byte for byte as it was received; standard error says from where and when.

    On a terminal it is shown as text, without what a terminal would obey.
    """
    if (code is None) == (connector is None or key is None):
        stop("give the CODE of a dossier, or --connector NAME and --key KEY", Exit.WRONG)
    found = configuration(config)
    with told():
        database = open_store(found)
        try:
            shown = list(_found(found, database, code, connector or "", key or ""))
        finally:
            database.close()
    for one in shown:
        _write(one, whole=whole)
    if any(not one.raw for one in shown) and not whole:
        raise typer.Exit(Exit.FAILED)


def _found(
    configuration: Configuration, database: Database, code: str | None, connector: str, key: str
) -> Iterator[Received]:
    wanted = [(connector, key)]
    if code is not None:
        rows = with_code(database, code)
        if not rows:
            stop(f"no dossier has the code {code!r}", Exit.NOT_FOUND)
        wanted = [each for row in rows for each in payloads.pointers(database, row.id)]
    reads = rereads(configuration, database)
    for name, own in wanted:
        one = found_as_received(database, name, own, reads)
        if one is None:
            stop(f"the hub has no record {own!r} of a connector {name!r}", Exit.NOT_FOUND)
        yield one


def _write(one: Received, *, whole: bool) -> None:
    payload = one.payload
    said = f"{one.connector} {one.key}: payload {payload.id}, {len(payload.body):,} bytes of {payload.media_type}, "
    err.print(f"{said}received {local(payload.received_at)}", markup=False, soft_wrap=True)
    if one.trouble and not whole:
        err.print(f"{one.trouble}; --whole shows the answer", markup=False, soft_wrap=True)
        return
    shown = payload.body if whole else one.raw
    if out.is_terminal:
        out.print(harmless(one.text(whole=whole)), markup=False, highlight=False, soft_wrap=True)
    else:
        typer.echo(shown, nl=not shown.endswith(b"\n"))
