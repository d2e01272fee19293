"""`hub mapping lint` and `test`: is a mapping right, does it fit real records, does it read its cases as expected."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from connectors.errors import ConnectorError
from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, configuration, told
from hub.cli.exits import Exit
from hub.cli.output import err, out, print_json, stop
from hub.inspection.holding import hold, hold_cases
from hub.wiring import library, record_targets
from mappings.engine.cases import CaseResult, Difference, NoCase, run_cases, write_expected
from mappings.engine.library import Library, UnknownMapping
from mappings.engine.lint import lint as lint_document
from mappings.engine.target import Targets
from mappings.engine.yaml_source import Finding
from mappings.scaffold.against import Held

commands = typer.Typer(help="Mappings.", no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(help="Mappings by name; left out, all of them.")]
LintNames = Annotated[
    list[str] | None, typer.Argument(help="Mappings by name, or documents by their FILE; left out, all mappings.")
]
TestNames = Annotated[
    list[str] | None, typer.Argument(help="Mappings by name; left out, all of them. With --write: NAME CASE.")
]


@commands.command()
def lint(
    names: LintNames = None,
    sample: Annotated[
        list[Path] | None,
        typer.Option("--sample", metavar="FILE", help="Also hold the one mapping against a real answer or table."),
    ] = None,
    cases: Annotated[bool, typer.Option("--cases", help="Also hold them against the sources of their cases.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Say everything that is wrong with mappings, with line and column. Exit code 2 when anything is.

    With a sample also what does not fit it, field by field; exit code 1 when a record of it could not be kept.
    """
    shelves = library_of(config)
    targets = record_targets()
    chosen = _documents(shelves, names)
    if sample and len(chosen) != 1:
        stop("A sample is for one mapping: name it, as `hub mapping lint so-x/ho-so --sample FILE`.", Exit.WRONG)
    with told():
        findings = [finding for name, path in chosen.items() for finding in _lint(shelves, name, path, targets)]
    held: dict[str, Held] = {}
    if not findings:
        try:
            held |= {str(path): hold(only, targets, path) for only in chosen.values() for path in sample or ()}
            held |= {name: hold_cases(path, targets) for name, path in chosen.items() if cases}
        except (ConnectorError, ValueError) as error:
            stop(str(error), Exit.FAILED, getattr(error, "hint", None))
    _tell_findings(findings, held, f"{len(chosen)} mapping{'' if len(chosen) == 1 else 's'}: right.", as_json=as_json)
    if findings:
        raise typer.Exit(Exit.WRONG)
    if any(held[str(path)].kept < held[str(path)].records for path in sample or ()):
        raise typer.Exit(Exit.FAILED)


def _documents(shelves: Library, names: Sequence[str] | None) -> dict[str, Path]:
    """The documents of these names, or all; a name may also be that of a file."""
    files = {name: Path(name) for name in names or () if Path(name).is_file()}
    rest = [name for name in names or () if name not in files]
    return files | {name: shelves.path(name) for name in (chosen_names(shelves, rest) if rest or not files else ())}


def _lint(shelves: Library, name: str, path: Path, targets: Targets) -> list[Finding]:
    """A document in a file of its own may be called anything."""
    return lint_document(path, targets) if path == Path(name) else shelves.lint(name, targets)


def _tell_findings(findings: Sequence[Finding], held: dict[str, Held], right: str, *, as_json: bool) -> None:
    notes = [finding for one in held.values() for finding in one.findings]
    if as_json:
        listed = [_finding(each) for each in findings]
        samples = [
            {"sample": name, "records": one.records, "kept": one.kept, "findings": list(map(_finding, one.findings))}
            for name, one in held.items()
        ]
        print_json(listed if not held else {"findings": listed, "samples": samples})
        return
    if findings:
        err.print("\n".join(map(str, findings)), markup=False, soft_wrap=True)
    else:
        out.print(right, highlight=False)
    if notes:
        err.print("\n".join(map(str, notes)), markup=False, soft_wrap=True)
    for name, one in held.items():
        out.print(f"{name}: {one.kept:,} of {one.records:,} records can be kept", markup=False, highlight=False)


def _finding(one: Finding) -> dict[str, object]:
    return {"file": one.file, "line": one.line, "column": one.column, "what": one.what, "right": one.right}


@commands.command("test")
def run(
    names: TestNames = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write what CASE of NAME is read as now, for you to go through.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="With --write: replace what is expected already.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Run the cases beside mappings. Exit code 1 when one does not come out as expected."""
    shelves = library_of(config)
    targets = record_targets()
    if write:
        _write(shelves, names or (), force=force)
        return
    with told():
        results = {
            name: run_cases(shelves.path(name).parent, shelves.mapping(name, targets))
            for name in chosen_names(shelves, names)
        }
    if as_json:
        print_json({name: [_as_json(result) for result in found] for name, found in results.items()})
    else:
        for name, found in results.items():
            _print(name, shelves.path(name).parent, found)
    if not all(result.passed for found in results.values() for result in found):
        raise typer.Exit(Exit.FAILED)


def _write(shelves: Library, names: Sequence[str], *, force: bool) -> None:
    if len(names) != 2:
        stop("--write takes a mapping and one of its cases: `hub mapping test --write NAME CASE`.", Exit.WRONG)
    name, case = names
    chosen_names(shelves, [name])
    with told():
        mapping = shelves.mapping(name, record_targets())
    try:
        written = write_expected(shelves.path(name).parent / "cases" / case, mapping, force=force)
    except NoCase as no:
        stop(str(no), Exit.WRONG)
    except OSError as error:
        stop(f"{error.filename} cannot be written: {error.strerror}", Exit.WRONG)
    err.print(f"{written} is written: go through it line by line.", markup=False, soft_wrap=True)


def library_of(config: Path) -> Library:
    """The configured folders too, where there is a configuration: a mapping can be worked on before that."""
    return library(configuration(config)) if config.exists() else Library()


def chosen_names(shelves: Library, names: Sequence[str] | None) -> Sequence[str]:
    """These mappings, or all; the end of the command where there is none of a name."""
    try:
        for name in names or ():
            shelves.path(name)
    except UnknownMapping as error:
        stop(f"{error}; {error.hint}", Exit.NOT_FOUND)
    return names or sorted(shelves.documents())


def _as_json(result: CaseResult) -> dict[str, object]:
    differences = [{"path": d.path, "expected": d.expected, "found": d.found} for d in result.differences]
    return {"case": result.name, "passed": result.passed, "differences": differences}


def _print(name: str, folder: Path, results: Sequence[CaseResult]) -> None:
    if not results:
        where = folder / "cases" / "NAME"
        line = f"{name}: no cases; put a record into {where}/source.json (or .xml, .csv), and see `--write`"
        out.print(line, markup=False, highlight=False, soft_wrap=True)
        return
    passed = sum(result.passed for result in results)
    out.print(f"{name}: {passed} of {len(results)} cases as expected", markup=False, highlight=False)
    for result in results:
        if not result.passed:
            out.print(f"  {result.name}", markup=False, highlight=False, style="bold", soft_wrap=True)
            for style, line in _lines(result.differences):
                out.print(line, markup=False, highlight=False, style=style, soft_wrap=True)


def _lines(differences: Sequence[Difference]) -> Iterator[tuple[str, str]]:
    """Each line with its colour: what was expected stands right above what was found."""
    width = max((len(one.path) for one in differences), default=0)
    for one in differences:
        if one.path:
            yield "green", f"    {one.path:<{width}}  expected  {one.expected}"
            yield "red", f"    {'':<{width}}  found     {one.found}"
        else:
            yield "red", f"    {one.found}"
