"""`hub mapping new` and `schema`: a first mapping, guessed from what a system sends; what editors need to know."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, configuration
from hub.cli.exits import Exit
from hub.cli.looking import connector_named, department_told, folder_of, line_of
from hub.cli.mapping import commands
from hub.cli.output import err, print_json, stop
from hub.config.in_use import Registered
from hub.inspection import answers
from hub.inspection.scaffolding import NothingToGuessFrom, from_connector, from_file
from hub.record.entities import DOSSIER
from hub.wiring import record_targets
from mappings.engine.library import FILE
from mappings.engine.schema import json_schema
from mappings.engine.target import Target
from mappings.engine.yaml_model import did_you_mean
from mappings.scaffold.document import Scaffold


@commands.command()
def new(
    name: Annotated[
        str | None, typer.Argument(help="The mapping, as so-x/ho-so; left out, the one of --connector.")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Guess from this answer, or table (CSV, .xlsx), and ask nobody."),
    ] = None,
    connector: Annotated[
        str | None, typer.Option("--connector", metavar="NAME", help="Guess from what this connector brings now.")
    ] = None,
    entity: Annotated[
        str, typer.Option(help="What a record becomes: dossier, event, rating, procedure or agency.")
    ] = DOSSIER,
    records: Annotated[
        str | None, typer.Option(help="Where the records stand in the file, as `records` of a connector says it.")
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(
            "--count", "-n", min=1, max=1000, help="How many records to look at: 50 of a connector, 1000 of a file."
        ),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write it where the connector looks for it, unless something is there.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Print a first mapping, guessed from names, forms and values; every guess says how sure it is."""
    target = _target(entity)
    found = connector_named(config, connector) if connector else None
    mapping = name or (found.section.mapping if found else "")
    if not mapping or (source is None and found is None):
        stop(
            "Say which mapping, and from what: `hub mapping new so-x/ho-so --from FILE`, or --connector NAME.",
            Exit.WRONG,
        )
    with department_told(connector or mapping):
        try:
            made = _made(found, mapping, target, source, records, count or (50 if source is None else 1000))
        except NothingToGuessFrom as nothing:
            stop(str(nothing), Exit.FAILED)
    if write:
        _write(config, mapping, made.text)
    if as_json:
        print_json(answers.scaffold(mapping, made))
    elif not write:
        typer.echo(made.text, nl=False)


@commands.command()
def schema() -> None:
    """Print the JSON Schema of a mapping.yaml: editors complete and check with it as one types."""
    print_json(json_schema(record_targets()))


def _target(entity: str) -> Target:
    targets = record_targets()
    if entity not in targets:
        stop(f'"{entity}" is not something a record can become; {did_you_mean(entity, targets)}', Exit.WRONG)
    return targets[entity]


def _made(
    found: Registered | None, mapping: str, target: Target, source: Path | None, records: str | None, count: int
) -> Scaffold:
    settings = found.connection.settings if found else None
    where = getattr(settings, "records", None) if records is None else records
    if source is not None:
        return from_file(source, mapping, target, records=count, where=where, settings=settings)
    if found is None:
        raise NothingToGuessFrom(f"{mapping}: --from FILE takes a sample, --connector NAME asks the system")
    return from_connector(line_of(found), mapping, target, records=count, where=where)


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
