"""`hub gone`: records that a full listing did not hold, and a person's word on whether they are gone."""

from typing import Annotated

import typer

from hub.cli.app import (
    DEFAULT_CONFIG,
    AuthorOption,
    ConfigOption,
    JsonOption,
    ReasonOption,
    as_row,
    opened_store,
    signed,
)
from hub.cli.exits import Exit
from hub.cli.groups import ListsByItself
from hub.cli.output import local, out, print_json, print_table, stop
from hub.cli.quarantine import known
from hub.record.signature import Signature
from hub.store import removals
from hub.store.database import Database
from hub.store.removals import RemovalRow, RemovalState
from hub.sync import removing
from hub.sync.removing import NotWaiting

commands = typer.Typer(
    cls=ListsByItself, help="Records that a full listing did not hold: gone, or missing by mistake? A person says."
)
NumberArgument = Annotated[int, typer.Argument(help="The number that `hub gone list` shows.")]


@commands.command("list")
def list_(
    name: Annotated[str | None, typer.Argument(help="Of this connector only.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    every: Annotated[bool, typer.Option("--all", help="Those that were decided, too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List what waits for a person, newest first."""
    with opened_store(config) as database:
        if name is not None:
            known(database, name)
        found = removals.listed(database, connector=name, state=None if every else RemovalState.WAITING)
    if as_json:
        print_json([as_row(row) for row in found])
        return
    if not found:
        out.print("Nothing waits for a person.", highlight=False)
        return
    print_table(("number", "connector", "run", "missing", "of", "since", "state"), [_cells(row) for row in found])


@commands.command()
def show(
    number: NumberArgument,
    config: ConfigOption = DEFAULT_CONFIG,
    limit: Annotated[int, typer.Option(min=1, help="No more keys than this.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Show one of them with the records' keys; `hub explain NAME KEY` shows what is known of a record."""
    with opened_store(config) as database:
        row = _the_one(database, number)
        keys = removals.keys_of(database, number)
    if as_json:
        print_json(as_row(row) | {"keys": keys})
        return
    said = f"{row.records:,} of the {row.held:,} records of {row.connector} were not listed by run {row.run_id}."
    decided = f" by {row.author}: {row.reason}" if row.author else ""
    out.print(
        f"{said} Since {local(row.asked_at)}: {row.state}{decided}.", markup=False, highlight=False, soft_wrap=True
    )
    for key in keys[:limit]:
        out.print(key, markup=False, highlight=False, soft_wrap=True)
    if len(keys) > limit:
        out.print(f"{len(keys) - limit:,} more; --limit {len(keys)} shows them.", highlight=False)


@commands.command()
def approve(
    number: NumberArgument, reason: ReasonOption, config: ConfigOption = DEFAULT_CONFIG, author: AuthorOption = ""
) -> None:
    """The records are gone: they leave lists and counts, and nothing is deleted. Those seen again since are spared."""
    signature = _signed(author, reason)
    with opened_store(config) as database:
        row = _the_one(database, number)
        try:
            marked = removing.approve(database, number, signature)
        except NotWaiting as error:
            stop(str(error), Exit.WRONG)
    spared = f"; {row.records - marked:,} were seen again or marked before" if marked < row.records else ""
    out.print(f"Marked as gone: {marked:,} of {row.connector}{spared}.", highlight=False, soft_wrap=True)


@commands.command()
def refuse(
    number: NumberArgument, reason: ReasonOption, config: ConfigOption = DEFAULT_CONFIG, author: AuthorOption = ""
) -> None:
    """The records are not gone, whatever the listing did not hold; nothing of them changes."""
    signature = _signed(author, reason)
    with opened_store(config) as database:
        row = _the_one(database, number)
        try:
            removing.refuse(database, number, signature)
        except NotWaiting as error:
            stop(str(error), Exit.WRONG)
    out.print(f"Kept as they are: {row.records:,} of {row.connector}.", highlight=False, soft_wrap=True)


def _the_one(database: Database, number: int) -> RemovalRow:
    row = removals.get(database, number) if 0 < number < 2**63 else None
    if row is None:
        stop(f"there is no removal {number}; `hub gone list --all` shows those that there are", Exit.NOT_FOUND)
    return row


def _signed(author: str, reason: str) -> Signature:
    if not reason.strip():
        stop("say why, with --reason", Exit.WRONG)
    return signed(author, reason)


def _cells(row: RemovalRow) -> tuple[object, ...]:
    return row.id, row.connector, row.run_id, row.records, row.held, local(row.asked_at), row.state
