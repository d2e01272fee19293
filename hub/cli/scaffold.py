"""`hub scaffold`: a first mapping, guessed from what a system sends."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, app, configuration
from hub.cli.exits import Exit
from hub.cli.looking import connector_named, department_told, folder_of, line_of
from hub.cli.output import err, print_json, stop
from hub.config.in_use import Registered
from hub.inspection import answers
from hub.inspection.scaffolding import NothingToGuessFrom, from_connector, from_file
from hub.wiring import dossier_target
from mappings.engine.library import FILE
from mappings.scaffold.document import Scaffold


@app.command()
def scaffold(
    name: Annotated[str, typer.Argument(help="A connector; with --from also the name of a mapping, as so-x/ho-so.")],
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Guess from this file with an answer, and ask nobody.")
    ] = None,
    records: Annotated[
        str | None, typer.Option(help="Where the records stand in the file, as `records` of a connector says it.")
    ] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=1000, help="How many records to look at.")] = 50,
    write: Annotated[
        bool, typer.Option("--write", help="Write it where the connector looks for it, unless something is there.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Print a first mapping, guessed from names, forms and values; every guess says how sure it is."""
    found = None if source is not None and "/" in name else connector_named(config, name)
    mapping = found.section.mapping if found else name
    with department_told(name):
        try:
            made = _made(found, mapping, source, records, count)
        except NothingToGuessFrom as nothing:
            stop(str(nothing), Exit.FAILED)
    if write:
        _write(config, mapping, made.text)
    if as_json:
        print_json(answers.scaffold(mapping, made))
    elif not write:
        typer.echo(made.text, nl=False)


def _made(found: Registered | None, mapping: str, source: Path | None, records: str | None, count: int) -> Scaffold:
    where = getattr(found.connection.settings, "records", None) if found and records is None else records
    if source is not None:
        return from_file(source, mapping, dossier_target(), records=count, where=where)
    if found is None:
        raise NothingToGuessFrom(f"{mapping} is no connector; --from FILE takes a sample answer")
    return from_connector(line_of(found), mapping, dossier_target(), records=count, where=where)


def _write(config: Path, mapping: str, text: str) -> None:
    folder = folder_of(configuration(config))
    if folder is None:
        stop(f"{config} names no folder for mappings: add `mappings: {{folders: [mine]}}`", Exit.WRONG)
    path = folder / mapping / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        stop(f"{path} is there already and stays as it is; without --write the guess is printed", Exit.WRONG)
    except OSError as error:
        stop(f"{path} cannot be written: {error.strerror}", Exit.WRONG)
    err.print(f"{path} is written: go through it line by line.", markup=False, soft_wrap=True)
