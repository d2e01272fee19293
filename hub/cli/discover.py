"""`hub discover`: what a system offers, by its own description or by a first answer."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from connectors.contract import Field, Operation
from connectors.registry import Registry
from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, app, configuration, opened_register
from hub.cli.exits import Exit
from hub.cli.looking import department_told, line_of
from hub.cli.output import err, out, print_json, stop
from hub.config.file import Configuration
from hub.config.references import secrets_in
from hub.inspection import answers
from hub.inspection.discovery import CannotDescribe, Discovery, described, discovered, shown_place
from hub.inspection.skeleton import NoSuchOperation, operation_of, skeleton
from hub.wiring import registered
from mappings.engine.yaml_source import parse

_MOST_SHOWN = 12  # operations whose fields are all shown at once; of more, only the list


@app.command()
def discover(
    what: Annotated[
        str, typer.Argument(metavar="NAME|FILE|FOLDER|URL", help="A connector, or where a description stands.")
    ],
    operation: Annotated[str | None, typer.Option(help="Show this one only, with all its fields.")] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Read one record too (its words blanked where they may be personal).")
    ] = False,
    as_connector: Annotated[
        str | None,
        typer.Option("--as-connector", metavar="NAME", help="Print a connector's document for the operation instead."),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show what a system offers: operations, their parameters, the fields of their answers. Stores nothing."""
    with department_told(shown_place(what)):
        try:
            found = _found(what, config, sample=sample)
            if as_connector is not None:
                written = _written(what, config)
                text = skeleton(found, _one(found, operation), as_connector, written)
                typer.echo(text, nl=False)
                _print_secrets(text, written, config)
                return
            chosen = [operation_of(found, operation)] if operation else found.description.operations
        except (CannotDescribe, NoSuchOperation) as error:
            stop(str(error), Exit.FAILED if isinstance(error, CannotDescribe) else Exit.NOT_FOUND)
    if as_json:
        print_json(answers.discovery(found, chosen))
        return
    _print(found, chosen)


def _known(what: str, config: Path) -> Configuration | None:
    """The configuration, where `what` names a connector and not a place."""
    known = configuration(config) if "://" not in what and config.exists() else None
    return None if known is None or (known.place(what) is None and Path(what).exists()) else known


def _written(what: str, config: Path) -> dict[str, Any] | None:
    """The document of a connector that there is already, its references as they stand."""
    known = _known(what, config)
    if known is None:
        return None
    at = known.place(what)
    if at is not None:
        return dict(known.section(at).data)
    with opened_register(config) as register:
        return dict(parse(register.standing(what).version.text, what).data)


def _print_secrets(text: str, written: dict[str, Any] | None, config: Path) -> None:
    """On standard error, as the document may be redirected into a file: the commands that make its references good."""
    new = dict.fromkeys(secrets_in(parse(text, "document").data))
    new = {name: None for name in new if name not in set(secrets_in(written or {}))}
    where = "" if config == DEFAULT_CONFIG or not config.exists() else f" -c {config}"
    if new:
        err.print("Give the hub what the document refers to, it is kept encrypted. Each asks for one:", soft_wrap=True)
    for name in new:
        err.print(f"    hub secret set {name}{where}", markup=False, soft_wrap=True)


def _found(what: str, config: Path, *, sample: bool) -> Discovery:
    """A connector of the configuration comes first, then whatever stands at this place, then the store's connectors."""
    known = _known(what, config)
    if known is None:
        return described(what, Registry())
    return discovered(line_of(registered(known, what)), sample=sample)


def _one(found: Discovery, operation: str | None) -> Operation:
    operations = found.description.operations
    if operation is None and len(operations) == 1:
        return operations[0]
    if operation is None:
        names = ", ".join(dict.fromkeys(one.name for one in operations)) or "none"
        stop(f"name the operation that lists records: --operation X. There are: {names}", Exit.WRONG)
    return operation_of(found, operation)


def _print(found: Discovery, operations: Sequence[Operation]) -> None:
    whole = len(operations) <= _MOST_SHOWN
    for one in operations:
        _say(one.name, style="bold")
        _say(f"  {' · '.join(filter(None, (one.place, one.style)))}", style="dim")
        if one.about:
            _say(f"  {' '.join(one.about.split())}")
        if whole:
            _print_fields("asked with", one.parameters)
            _print_fields("answers", one.answer)
    if not whole:
        _say(f"{len(operations)} operations; --operation NAME shows what one of them takes and answers.")
    if found.sample:
        _print_fields("one record (letters are x and digits 9 where they may be personal)", found.sample)
    for problem in found.description.problems:
        err.print(f"problem: {problem}", markup=False, soft_wrap=True)


def _print_fields(title: str, fields: Sequence[Field]) -> None:
    _say(f"  {title}{'' if fields else ': nothing'}", style="italic")
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=False, overflow="fold")
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold")
    for row in _rows(fields):
        grid.add_row(*row)
    if fields:
        out.print(grid, markup=False, highlight=False)


def _rows(fields: Sequence[Field]) -> Iterator[tuple[str, str, str]]:
    """The fields as a tree: each below the one that holds it."""
    for field in fields:
        depth, name = field.path.count("."), field.path.rpartition(".")[2]
        held = any(other.path and field.path.startswith(f"{other.path}.") for other in fields)
        shown = f"{'  ' * depth}{name}" if held or not depth else field.path
        marks = [field.type, "list" if field.repeated else "", "required" if field.required else ""]
        said = [" ".join(field.about.split()), f"e.g. {field.sample}" if field.sample else ""]
        yield f"    {shown or '(the answer itself)'}", " ".join(filter(None, marks)), " · ".join(filter(None, said))


def _say(line: str, style: str = "") -> None:
    out.print(line, style=style, markup=False, highlight=False, soft_wrap=True)
