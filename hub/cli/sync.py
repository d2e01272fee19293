"""`hub sync`: one run now, in this process, with a progress bar."""

import threading
import time
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, active_connector, app, opened
from hub.cli.exits import Exit
from hub.cli.output import err, out, stop
from hub.cli.summary import Synced, print_summary
from hub.record.moments import today
from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.store import connectors, dossiers, replays, runs, waiting
from hub.sync import orders
from hub.sync import run as sync_run
from hub.sync.backfill import NoPeriod, period
from hub.sync.circuit import local_time
from hub.wiring import Hub

_LOOK_AGAIN_SECONDS = 0.5
_DAYS = ["%Y-%m-%d", "%d/%m/%Y"]


@app.command()
def sync(
    connector: str,
    config: ConfigOption = DEFAULT_CONFIG,
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only what changed.")] = False,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=_DAYS, help="With --to: read this period again, from this day.")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=_DAYS, help="The period's last day.")] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also inside a blackout window, and however much cannot be read.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read CONNECTOR now. Exit code 1 when the run did not succeed; the output says why and what to do.

    With --from and --to what changed in these days is read again; where the next run goes on stays as it is.
    """
    kind, wanted = _kind(first, last, full=full)
    with opened(config) as hub:
        active_connector(hub, connector)
        if not anyway:
            _keep_out_of_windows(hub, connector)
        began = datetime.now(UTC)
        with progress_bars() as bars:
            trigger = runs.ANYWAY if anyway else "hand"
            synced = do_now(hub, connector, _queue(hub, connector, kind, trigger, wanted), bars)
        if not as_json:
            _tell_replays(hub, connector, began)
        print_summary([synced], dossiers.totals(hub.database), as_json=as_json)
    if tell_failure(synced):
        raise typer.Exit(Exit.FAILED)


def progress_bars() -> Progress:
    """Bars on standard error: standard output is for what scripts read."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[note]}"),
        console=err,
    )


def sync_now(hub: Hub, name: str, bars: Progress) -> Synced:
    """Read what changed of a connector; waits while another worker has it."""
    return do_now(hub, name, _queue(hub, name, RunKind.INCREMENTAL, "hand"), bars)


def do_now(hub: Hub, name: str, run_id: int, bars: Progress) -> Synced:
    """Do a queued run of a connector; waits while another worker has it."""
    bar = bars.add_task(name, total=None, note="")

    def show(progress: orders.Progress) -> None:
        counts = progress.counts
        note = f"{counts.created:,} new, {counts.updated:,} updated, {counts.quarantined:,} quarantined"
        bars.update(bar, completed=counts.fetched, total=progress.total, note=note)

    started = time.monotonic()
    source = hub.source(name)
    pause = threading.Event()
    while True:
        sync_run.execute(hub.database, source, run_id, hub.owner, pause, show)
        run = runs.get(hub.database, run_id)
        if run is None:
            raise LookupError(f"run {run_id} is gone")
        if run.finished_at is not None:
            break
        # Somebody reads this connector, perhaps this very run: should they be gone, it is taken over here.
        bars.update(bar, note="another worker has this connector; waiting")
        pause.wait(_LOOK_AGAIN_SECONDS)
    bars.update(bar, completed=run.fetched, total=run.fetched, note=run.state)
    return Synced(run, time.monotonic() - started)


def tell_failure(synced: Synced) -> bool:
    """Say how a run that did not succeed ended, and what to do; False when it did."""
    run = synced.run
    if run.state == RunState.SUCCEEDED:
        return False
    err.print(run.sentence or run.state, markup=False, soft_wrap=True, style="red")
    if run.hint:
        err.print(run.hint, markup=False, soft_wrap=True)
    return True


def _tell_replays(hub: Hub, name: str, began: datetime) -> None:
    """A run with another mapping begins with what stands in quarantine: that is a run of its own, to be told of too."""
    for run in reversed(runs.listed(hub.database, connector=name, limit=10)):
        if run.kind == replays.REPLAY and run.started_at is not None and run.started_at >= began:
            said = f"{name}: first, what stood in quarantine, with the mapping in use now: {run.sentence or run.state}"
            out.print(said, markup=False, highlight=False, soft_wrap=True)


def _keep_out_of_windows(hub: Hub, name: str) -> None:
    now = datetime.now(UTC)
    until = hub.source(name).closed_until(now)
    if until is not None:
        sentence = f"{name} is not to be asked until {local_time(until, now)} (`blackout`). Nothing was read."
        stop(sentence, Exit.FAILED, f"`hub sync {name} --anyway` asks it nevertheless.")


def _kind(first: datetime | None, last: datetime | None, *, full: bool) -> tuple[RunKind, dict[str, str] | None]:
    """What kind of run the options ask for, and for which period."""
    if first is None and last is None:
        return (RunKind.FULL if full else RunKind.INCREMENTAL), None
    if full or first is None or last is None:
        stop("give --from and --to together, and not with --full", Exit.WRONG)
    try:
        return RunKind.BACKFILL, period(first.date(), last.date(), today())
    except NoPeriod as error:
        stop(str(error), Exit.WRONG)


def _queue(hub: Hub, name: str, kind: str, trigger: str, wanted: dict[str, str] | None = None) -> int:
    row = connectors.named(hub.database, name)
    if row is None:
        raise LookupError(f"{name} is configured but not registered")
    with hub.database.write() as transaction:
        # One like it may wait already, as whoever asked was killed: then that is done, or it would wait for ever.
        left = waiting.alike(transaction, row.id, kind, trigger, wanted)
        return left or runs.enqueue(transaction, row.id, kind, trigger, datetime.now(UTC), wanted=wanted)
