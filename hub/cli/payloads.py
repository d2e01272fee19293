"""`hub payloads`: how much of what was received is kept, and removing what no record points at any more."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.progress import Progress

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, as_row, configuration, opened_store
from hub.cli.groups import ListsByItself
from hub.cli.output import err, local, out, print_json, print_table
from hub.store import payloads, retention
from hub.sync.retention import prune as pruned
from hub.sync.retention import would_go

commands = typer.Typer(cls=ListsByItself, help="What was received, as it is kept. `hub payloads` alone lists how much.")


@commands.command("list")
def list_(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List how many answers are kept of each connector, how large they are, and the oldest."""
    with opened_store(config) as database:
        found = payloads.sizes(database)
    if as_json:
        print_json([as_row(each) for each in found])
        return
    columns = ("connector", "payloads", "MB received", "MB kept", "troubled", "unused", "oldest")
    rows = [
        (each.connector, each.payloads, _mb(each.size), _mb(each.kept_bytes), each.troubled, each.unused, _day(each))
        for each in found
    ]
    print_table(columns, rows)


@commands.command()
def prune(
    config: ConfigOption = DEFAULT_CONFIG,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove what no record has pointed at for as long as `payloads:` says; `hub serve` does it by itself, hourly."""
    rule, now = configuration(config).config.payloads.read(), datetime.now(UTC)
    with opened_store(config) as database:
        if not dry_run:
            retention.mark(database, now)
        found = would_go(database, rule, now)
        gone = 0
        if not dry_run and found.payloads:
            with Progress(console=err, disable=not err.is_terminal, transient=True) as progress:
                task = progress.add_task("removing", total=found.payloads)
                for count in pruned(database, rule, now):
                    gone += count
                    progress.update(task, advance=count)
    if as_json:
        print_json({"removable": found.payloads, "kept_bytes": found.kept_bytes, "removed": gone})
        return
    said = f"would remove {found.payloads:,} payloads" if dry_run else f"removed {gone:,} payloads"
    out.print(f"{said}, {_mb(found.kept_bytes):,.1f} MB; what a record points at stays.", highlight=False)


def _mb(size: int) -> float:
    return size / 1_000_000


def _day(kept: payloads.Kept) -> str:
    return local(kept.oldest)[:10]
