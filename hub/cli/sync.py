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
from hub.record.run_state import RunState
from hub.store import connectors, dossiers, replays, runs
from hub.sync import run as sync_run
from hub.sync.circuit import local_time
from hub.wiring import Hub

_LOOK_AGAIN_SECONDS = 0.5


@app.command()
def sync(
    connector: str,
    config: ConfigOption = DEFAULT_CONFIG,
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only what changed.")] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also inside a blackout window, and however much cannot be read.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read CONNECTOR now. Exit code 1 when the run did not succeed; the output says why and what to do."""
    with opened(config) as hub:
        active_connector(hub, connector)
        if not anyway:
            _keep_out_of_windows(hub, connector)
        began = datetime.now(UTC)
        with progress_bars() as bars:
            synced = sync_now(hub, connector, bars, full=full, trigger=runs.ANYWAY if anyway else "hand")
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


def sync_now(hub: Hub, name: str, bars: Progress, *, full: bool = False, trigger: str = "hand") -> Synced:
    """Do one run of a connector; waits while another worker has it."""
    return do_now(hub, name, _queue(hub, name, "full" if full else "incremental", trigger), bars)


def do_now(hub: Hub, name: str, run_id: int, bars: Progress) -> Synced:
    """Do a queued run of a connector; waits while another worker has it."""
    bar = bars.add_task(name, total=None, note="")

    def show(progress: sync_run.Progress) -> None:
        counts = progress.counts
        note = f"{counts.created:,} new, {counts.updated:,} updated, {counts.quarantined:,} quarantined"
        bars.update(bar, completed=counts.fetched, total=progress.total, note=note)

    started = time.monotonic()
    source = hub.source(name)
    pause = threading.Event()
    while not sync_run.execute(hub.database, source, run_id, hub.owner, pause, show):
        bars.update(bar, note="another worker has this connector; waiting")
        pause.wait(_LOOK_AGAIN_SECONDS)
        if (waiting := runs.get(hub.database, run_id)) and waiting.state != RunState.QUEUED:
            break  # a running hub took the run from the queue; its outcome is ours to show
    run = _ended(hub, run_id, pause)
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


def _queue(hub: Hub, name: str, kind: str, trigger: str) -> int:
    row = connectors.named(hub.database, name)
    if row is None:
        raise LookupError(f"{name} is configured but not registered")
    with hub.database.write() as transaction:
        return runs.enqueue(transaction, row.id, kind, trigger, datetime.now(UTC))


def _ended(hub: Hub, run_id: int, pause: threading.Event) -> runs.RunRow:
    while True:
        run = runs.get(hub.database, run_id)
        if run is None:
            raise LookupError(f"run {run_id} is gone")
        if run.finished_at is not None:
            return run
        pause.wait(_LOOK_AGAIN_SECONDS)
