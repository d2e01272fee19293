"""`hub replay`: kept payloads are read again with the mapping in use; the department is not asked."""

import dataclasses
from datetime import UTC, datetime
from typing import Annotated

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, active_connector, app, opened
from hub.cli.exits import Exit
from hub.cli.output import out, print_json, stop
from hub.cli.quarantine import GroupOption, group_of, one_of
from hub.cli.summary import Synced, print_summary
from hub.cli.sync import do_now, progress_bars, tell_failure
from hub.record.run_state import RunState
from hub.store import dossiers, replays, runs
from hub.store.replays import Wanted
from hub.wiring import Hub


@app.command()
def replay(
    connector: str,
    config: ConfigOption = DEFAULT_CONFIG,
    key: Annotated[str | None, typer.Option(help="The record with this key.")] = None,
    group: GroupOption = None,
    everything_aside: Annotated[bool, typer.Option("--all", help="All that stand in quarantine.")] = False,
    everything: Annotated[
        bool, typer.Option("--everything", help="Every current record, in quarantine or not.")
    ] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="However much cannot be read (`stop_when`).")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read records of CONNECTOR in quarantine again, from what was kept of them, without asking the department.

    What the mapping in use can read now leaves quarantine. Safe to repeat: nothing is doubled.
    """
    one_of({"--key": key, "--group": group, "--all": everything_aside, "--everything": everything})
    wanted = Wanted(key=key, group=group, everything=everything)
    with opened(config) as hub:
        run_id = _queue(hub, connector, wanted, runs.ANYWAY if anyway else "hand")
        with progress_bars() as bars:
            done = do_now(hub, connector, run_id, bars)
        _tell(hub, done, as_json=as_json)
    if tell_failure(done):
        raise typer.Exit(Exit.FAILED)


def _queue(hub: Hub, name: str, wanted: Wanted, trigger: str) -> int:
    row = active_connector(hub, name)
    wanted = dataclasses.replace(wanted, group=group_of(hub.database, wanted.group, name))
    if not replays.count(hub.database, row.id, wanted):
        stop(f"{name} has nothing like that to read again; `hub quarantine {name}` lists what it has", Exit.NOT_FOUND)
    with hub.database.write() as transaction:
        return replays.ask_for(transaction, row.id, wanted, trigger, datetime.now(UTC))


def _tell(hub: Hub, done: Synced, *, as_json: bool) -> None:
    number, some = replays.let_out(hub.database, done.run.id)
    if as_json:
        counts = ("fetched", "created", "updated", "unchanged", "quarantined")
        document = {"run": done.run.id, "sentence": done.run.sentence, "left_quarantine": number}
        print_json(document | {name: getattr(done.run, name) for name in counts} | {"notes": done.run.notes})
        return
    print_summary([done], dossiers.totals(hub.database), as_json=False)
    if done.run.state == RunState.SUCCEEDED:
        out.print(done.run.sentence or "", markup=False, highlight=False, soft_wrap=True)
    found = sorted({str(each.found_by) for each in some if each.found_by is not None})
    if found:
        out.print(f"They had been set aside by run {', '.join(found)}.", highlight=False, soft_wrap=True)
