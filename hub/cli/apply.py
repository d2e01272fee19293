"""`hub apply`: connectors and mappings from a folder, all of it or nothing; the same twice changes nothing."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.app import DEFAULT_CONFIG, AuthorOption, ConfigOption, JsonOption, app, opened_register, signed
from hub.cli.exits import Exit
from hub.cli.output import err, out, print_json
from hub.cli.versions import print_diff
from hub.config.apply import Change, Wishes
from hub.config.apply import apply as apply_folder
from hub.config.folder import Folder, read_folder
from hub.config.register import Register
from hub.record.connector_state import Life


@app.command()
def apply(
    folder: Annotated[Path, typer.Argument(help="Holds connectors/*.yaml and mappings/<name>/mapping.yaml.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes and do nothing.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Retire the hub's connectors that are not in it.")] = False,
    activate: Annotated[bool, typer.Option("--activate", help="Let its drafts run.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
    reason: Annotated[str, typer.Option(help="Why; kept in the history, such as the commit.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Make the hub's connectors and mappings say what FOLDER says. With --dry-run exit code 5 tells of changes."""
    with opened_register(config) as register:
        found = read_folder(folder, register)
        signature = signed(author, reason or f"hub apply {folder}")
        changes = apply_folder(register, found, Wishes(prune, activate), signature, dry=dry_run)
        resting = [] if dry_run else _resting(register, found)
    if as_json:
        print_json([{"kind": one.kind, "name": one.name, "action": one.action, "diff": one.diff} for one in changes])
    else:
        _print(changes, dry=dry_run)
        for sentence in resting:
            err.print(sentence, markup=False, soft_wrap=True)
    if dry_run and changes:
        raise typer.Exit(Exit.CHANGES)


def _print(changes: list[Change], *, dry: bool) -> None:
    for one in changes:
        out.print(f"{one.action} {one.kind} {one.name}", markup=False, highlight=False, soft_wrap=True)
        if dry and one.diff:
            print_diff(one.diff)
    if not changes:
        out.print("Nothing to change: the hub says the same already.", highlight=False)


def _resting(register: Register, folder: Folder) -> list[str]:
    """What a person may have forgotten: connectors of the folder that are not run."""
    states = {document.connection.section.name: "" for document in folder.documents}
    for name in states:
        states[name] = register.standing(name).row.state
    drafts = [name for name, state in states.items() if state == Life.DRAFT]
    others = [f"{name} stays {state}." for name, state in states.items() if state in (Life.PAUSED, Life.RETIRED)]
    hint = f"Drafts, which `--activate` or `hub connector activate` lets run: {', '.join(drafts)}."
    return ([hint] if drafts else []) + others
