"""`hub check`: could each connector be read now? Each step is shown as it passes; nothing is stored."""

from collections.abc import Iterator
from typing import Annotated

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, app, configuration, told
from hub.cli.exits import Exit
from hub.cli.looking import line_of
from hub.cli.output import err, out, print_json
from hub.config.file import Configuration
from hub.inspection import answers
from hub.inspection import check as inspection
from hub.inspection.check import Step
from hub.store import connectors
from hub.store.database import StoreError
from hub.wiring import open_store, registered
from mappings.engine.yaml_source import Invalid


@app.command()
def check(
    connector: Annotated[str | None, typer.Argument(help="Only this one; otherwise all.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Prove that each connector could be read now. Exit code 1 when one could not."""
    found = configuration(config)
    reports = []
    for name in [connector] if connector else _names(found):
        if not as_json:
            out.print(name, style="bold", markup=False, highlight=False)
        steps = []
        for step in _steps(found, name):
            steps.append(step)
            if not as_json:
                _print(step)
        reports.append(answers.check(name, steps))
    if as_json:
        print_json(reports)
    if not all(report["ok"] for report in reports):
        raise typer.Exit(Exit.FAILED)


def _names(found: Configuration) -> list[str]:
    """The connectors of the configuration, then those that were registered at run time, where there is a store."""
    names = [connection.section.name for connection in found.connections]
    file = found.config.database.url.removeprefix("sqlite:///")
    if file != found.config.database.url and not (found.root / file).exists():
        return names
    try:
        database = open_store(found)
    except StoreError as error:
        err.print(f"{error}. Only the connectors of the configuration are checked.", markup=False, soft_wrap=True)
        return names
    try:
        return names + [row.name for row in connectors.listed(database) if row.name not in names]
    finally:
        database.close()


def _steps(found: Configuration, name: str) -> Iterator[Step]:
    with told():
        try:
            yield from inspection.check(line_of(registered(found, name)))
        except Invalid as invalid:
            hint = "Correct its document: `hub config check` or `hub connector put` shows every mistake."
            yield Step(passed=False, sentence=str(invalid), code="not_usable", hint=hint)


def _print(step: Step) -> None:
    mark, style = ("✓", "green") if step.passed else ("✗", "red")
    out.print(f"  [{style}]{mark}[/{style}] ", end="", highlight=False)
    out.print(step.sentence, markup=False, highlight=False, soft_wrap=True)
    if step.hint:
        out.print(f"    {step.hint}", markup=False, highlight=False, soft_wrap=True)
