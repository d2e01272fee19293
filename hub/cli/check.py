"""`hub check`: would a sync work? Speaks to the departments, reads no dossier, stores nothing."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from connectors.errors import ConnectorError
from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, app, known_connector, opened
from hub.cli.exits import Exit
from hub.cli.output import out, print_json
from hub.sync.run import Source

T = TypeVar("T")


@app.command()
def check(
    connector: Annotated[str | None, typer.Argument(help="Only this one; otherwise all.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Prove that each connector could be read now. Exit code 1 when one could not."""
    with opened(config) as hub:
        names = [known_connector(hub, connector)] if connector else sorted(hub.sources)
        reports = [_check(hub.sources[name]) for name in names]
    if as_json:
        print_json(reports)
    else:
        for report in reports:
            _print(report)
    if not all(report["ok"] for report in reports):
        raise typer.Exit(Exit.FAILED)


def _check(source: Source) -> dict[str, object]:
    """What one connector says of itself: every step that passed, and the one that did not."""
    try:
        with source.open(_once) as connector:
            return {"connector": source.name, "ok": True, "steps": list(connector.check())}
    except ConnectorError as error:
        return {"connector": source.name, "ok": False, "code": error.code, "error": str(error), "hint": error.hint}


def _print(report: dict[str, object]) -> None:
    sign = "✓" if report["ok"] else "✗"
    out.print(f"{sign} {report['connector']}", markup=False, highlight=False)
    steps = report.get("steps")
    lines = steps if isinstance(steps, list) else [report["error"], report["hint"]]
    for line in lines:
        out.print(f"    {line}", markup=False, highlight=False, soft_wrap=True)


def _once(exchange: Callable[[], T]) -> T:
    """A check is there to see what is wrong now, so nothing is tried again."""
    return exchange()
