"""`hub mapping`: is a mapping right, and does it read its cases as expected."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, configuration, told
from hub.cli.exits import Exit
from hub.cli.output import err, out, print_json, stop
from hub.wiring import dossier_target, library
from mappings.engine.cases import CaseResult, run_cases
from mappings.engine.library import Library, UnknownMapping

commands = typer.Typer(help="Mappings.", no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(help="Mappings by name; left out, all of them.")]


@commands.command()
def lint(names: Names = None, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Say everything that is wrong with mappings, with line and column. Exit code 2 when anything is."""
    shelves = _library(config)
    target = dossier_target()
    chosen = _chosen(shelves, names)
    with told():
        findings = [finding for name in chosen for finding in shelves.lint(name, target)]
    if as_json:
        print_json(
            [{"file": f.file, "line": f.line, "column": f.column, "what": f.what, "right": f.right} for f in findings]
        )
    elif findings:
        err.print("\n".join(map(str, findings)), markup=False, soft_wrap=True)
    else:
        out.print(f"{len(chosen)} mappings: right.", highlight=False)
    if findings:
        raise typer.Exit(Exit.WRONG)


@commands.command("test")
def run(names: Names = None, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Run the cases beside mappings. Exit code 1 when one does not come out as expected."""
    shelves = _library(config)
    target = dossier_target()
    with told():
        results = {
            name: run_cases(shelves.path(name).parent, shelves.mapping(name, target))
            for name in _chosen(shelves, names)
        }
    if as_json:
        print_json({name: [_as_json(result) for result in found] for name, found in results.items()})
    else:
        for name, found in results.items():
            _print(name, found)
    if not all(result.passed for found in results.values() for result in found):
        raise typer.Exit(Exit.FAILED)


def _library(config: Path) -> Library:
    """The configured folders too, where there is a configuration: a mapping can be worked on before that."""
    return library(configuration(config)) if config.exists() else Library()


def _chosen(shelves: Library, names: Sequence[str] | None) -> Sequence[str]:
    try:
        for name in names or ():
            shelves.path(name)
    except UnknownMapping as error:
        stop(f"{error}; {error.hint}", Exit.NOT_FOUND)
    return names or sorted(shelves.documents())


def _as_json(result: CaseResult) -> dict[str, object]:
    return {"case": result.name, "passed": result.passed, "differences": result.differences}


def _print(name: str, results: Sequence[CaseResult]) -> None:
    passed = sum(result.passed for result in results)
    out.print(f"{name}: {passed} of {len(results)} cases as expected", markup=False, highlight=False)
    for result in results:
        for line in result.differences:
            out.print(f"  {result.name}: {line}", markup=False, highlight=False, soft_wrap=True)
