"""`hub feed`: where the change feed is, and to begin it anew after a restore."""

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
from hub.cli.output import local, out, print_json, stop
from hub.store import feed, renewing

commands = typer.Typer(help="The change feed, which copies of the record follow.", no_args_is_help=True)


@commands.command()
def show(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show its last position, and each time that it began anew."""
    with opened_store(config) as database:
        latest, renewals = feed.latest(database), renewing.listed(database)
    if as_json:
        print_json({"position": latest, "renewals": [as_row(one) for one in renewals]})
        return
    _say(f"The last change is at {latest}.")
    for one in renewals:
        _say(f"{local(one.at)} {one.author}: began anew after {one.since}; it was at {one.upto}. {one.reason}")


@commands.command()
def renew(reason: ReasonOption, config: ConfigOption = DEFAULT_CONFIG, author: AuthorOption = "") -> None:
    """After the database was restored to an earlier moment: let whoever follows the record begin again.

    Run it once after each restore, before anything of the hub is started. Every position moves above all that were
    ever given; positions that clients keep are refused with unknown_position, and webhooks tell everything again.
    """
    if not reason.strip():
        stop("say why, with --reason", Exit.WRONG)
    with opened_store(config) as database:
        made = renewing.renew(database, signed(author, reason))
    _say(f"The change feed was at {made.upto}; it goes on after {made.since}. Whoever follows it begins again.")


def _say(sentence: str) -> None:
    out.print(sentence, markup=False, highlight=False, soft_wrap=True)
