"""`hub run`: one run, with all that it did; and stopping it."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from hub.cli.app import DEFAULT_CONFIG, AuthorOption, ConfigOption, JsonOption, as_row, opened_store, signed
from hub.cli.exits import Exit
from hub.cli.output import local, out, print_json, print_table, stop
from hub.store import run_lines, runs
from hub.store.run_lines import Line
from hub.store.runs import RunRow
from hub.sync import cancelling
from hub.sync.cancelling import CannotCancel

commands = typer.Typer(help="One run: what it did, and stopping it.", no_args_is_help=True)

RunArgument = Annotated[int, typer.Argument(help="Its number; `hub runs` lists them.")]


@commands.command()
def show(
    run_id: RunArgument,
    config: ConfigOption = DEFAULT_CONFIG,
    log: Annotated[bool, typer.Option("--log", help="Also what it did, step by step.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show a run: its state and counts, where its time went, and every exchange that failed."""
    with opened_store(config) as database:
        run = runs.get(database, run_id)
        lines = [line for _number, line in run_lines.listed(database, run_id)] if log else []
    if run is None:
        stop(f"there is no run {run_id}; `hub runs` lists them", Exit.NOT_FOUND)
    if as_json:
        print_json(as_row(run) | ({"log": [as_row(line) for line in lines]} if log else {}))
        return
    now = datetime.now(UTC)
    print_table(("run", str(run.id)), _said(run, now))
    if run.attempts:
        failed = [(local(one["at"]), one["code"], one["sentence"]) for one in run.attempts]
        print_table(("when", "code", "what"), failed)
    if log:
        print_table(("when", "level", "event", "data"), [_cells(line) for line in lines])
    for note in run.notes:
        out.print(note["sentence"], markup=False, highlight=False, soft_wrap=True)
    for sentence in (run.sentence, run.hint):
        if sentence:
            out.print(sentence, markup=False, highlight=False, soft_wrap=True)


@commands.command()
def cancel(
    run_id: RunArgument,
    reason: Annotated[str, typer.Option(help="Why; kept with the run.")],
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
) -> None:
    """Stop a run: at once where it waits, else within a second or two. What it stored stays."""
    signature = signed(author, reason)
    if not signature.reason:
        stop("--reason is empty; say why, it is kept with the run", Exit.WRONG)
    with opened_store(config) as database:
        try:
            run = cancelling.cancel(database, run_id, signature.author, signature.reason, signature.at)
        except LookupError:
            stop(f"there is no run {run_id}; `hub runs` lists them", Exit.NOT_FOUND)
        except CannotCancel as error:
            stop(str(error), Exit.WRONG)
    said = "it stops within a second or two" if run.finished_at is None else run.sentence or run.state
    out.print(f"run {run_id} of {run.connector}: {said}", markup=False, highlight=False, soft_wrap=True)


def _said(run: RunRow, now: datetime) -> list[tuple[str, Any]]:
    asked = {"stopped by": run.stop_author, "why": run.stop_reason} if run.stop_wanted else {}
    counts = ("fetched", "created", "updated", "unchanged", "quarantined", "gone")
    facts = {
        "connector": run.connector,
        "kind": f"{run.kind}, {run.trigger}",
        "state": run.state,
        **asked,
        "queued": local(run.queued_at),
        "started": local(run.started_at),
        "finished": local(run.finished_at),
        "seconds": run.seconds(now),
        "where they went": ", ".join(f"{stage} {seconds:g}" for stage, seconds in run.timings.items()),
        "pages": run.pages,
        "bytes": f"{run.bytes:,}",
        "records": ", ".join(f"{getattr(run, name):,} {name}" for name in counts),
        "worker": run.owner,
        "taken over": run.taken_over or None,
        "mapping": run.mapping,
        "bookmark before": run.bookmark_before,
        "bookmark after": run.bookmark_after,
        "code": run.error_code,
    }
    return [(name, value) for name, value in facts.items() if value not in (None, "")]


def _cells(line: Line) -> tuple[str, str, str, str]:
    return local(line.at), line.level, line.event, ", ".join(f"{name} {value}" for name, value in line.data.items())
