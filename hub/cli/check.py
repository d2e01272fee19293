"""`hub check` and `hub preview`: would a sync work, and what would it read? Both store nothing and need no store."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer

from connectors.contract import Record
from connectors.errors import ConnectorError
from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, app, configuration
from hub.cli.exits import Exit
from hub.cli.output import err, out, print_json, stop
from hub.config.file import Configuration, Connection
from hub.wiring import dossier_target, library
from mappings.engine.library import UnknownMapping
from mappings.engine.reading import Mapping
from mappings.engine.yaml_source import Invalid

T = TypeVar("T")


@app.command()
def check(
    connector: Annotated[str | None, typer.Argument(help="Only this one; otherwise all.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Prove that each connector could be read now. Exit code 1 when one could not."""
    found = configuration(config)
    chosen = [_named(found, connector)] if connector else found.connections
    reports = [_check(connection) for connection in chosen]
    if as_json:
        print_json(reports)
    else:
        for report in reports:
            _print_report(report)
    if not all(report["ok"] for report in reports):
        raise typer.Exit(Exit.FAILED)


@app.command()
def preview(
    connector: str,
    records: Annotated[int, typer.Option("--records", "-n", min=1, max=100, help="How many.")] = 1,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show the first records of CONNECTOR as received, and what its mapping makes of each, with every problem."""
    connection = _named(configuration(config), connector)
    mapping = _mapping(configuration(config), connection)
    try:
        shown = [_read(record, mapping) for record in _first(connection, records)]
    except ConnectorError as error:
        stop(f"{connector}: {error}", Exit.FAILED, error.hint)
    if as_json:
        print_json(shown)
        return
    for one in shown:
        _print_preview(one)
    if not shown:
        out.print(f"{connector} has no record to show.", highlight=False)


def _named(found: Configuration, name: str) -> Connection:
    connections = {connection.section.name: connection for connection in found.connections}
    if name not in connections:
        stop(f"there is no connector {name!r}; configured: {', '.join(sorted(connections)) or 'none'}", Exit.NOT_FOUND)
    return connections[name]


def _check(connection: Connection) -> dict[str, Any]:
    """What one connector says of itself: every step that passed, or the one that did not."""
    name = connection.section.name
    try:
        with connection.type.open(connection.settings, _once) as line:
            return {"connector": name, "ok": True, "steps": list(line.check())}
    except ConnectorError as error:
        return {"connector": name, "ok": False, "code": error.code, "error": str(error), "hint": error.hint}


def _first(connection: Connection, wanted: int) -> list[Record]:
    found: list[Record] = []
    with connection.type.open(connection.settings, _once) as line:
        for page in line.pull(None):
            found += page.records
            if len(found) >= wanted:
                break
    return found[:wanted]


def _mapping(found: Configuration, connection: Connection) -> Mapping | None:
    """The connector's mapping; None, and a word on it, where there is none yet that could be used."""
    try:
        return library(found).mapping(connection.section.mapping, dossier_target())
    except UnknownMapping as error:
        err.print(f"{error} yet: only what was received is shown", markup=False, soft_wrap=True)
    except Invalid as invalid:
        err.print(str(invalid), markup=False, soft_wrap=True)
    return None


def _read(record: Record, mapping: Mapping | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "key": record.key,
        "changed_at": record.changed_at,
        "received": record.raw.decode("utf-8", "replace"),
    }
    if mapping is not None:
        draft = mapping.read(record.value)
        problems = [str(problem) for problem in draft.problems]
        shown |= {"read": draft.values, "problems": problems, "quarantined": draft.rejected}
    return shown


def _print_report(report: dict[str, Any]) -> None:
    out.print(f"{'✓' if report['ok'] else '✗'} {report['connector']}", markup=False, highlight=False)
    for line in report.get("steps") or (report["error"], report["hint"]):
        out.print(f"    {line}", markup=False, highlight=False, soft_wrap=True)


def _print_preview(shown: dict[str, Any]) -> None:
    out.rule(f"record {shown['key']}", align="left")
    out.print(shown["received"], markup=False, highlight=False, soft_wrap=True)
    if "read" not in shown:
        return
    out.rule("is quarantined" if shown["quarantined"] else "becomes", align="left")
    out.print_json(data=shown["read"])
    for problem in shown["problems"]:
        out.print(f"problem: {problem}", markup=False, highlight=False, soft_wrap=True)


def _once(exchange: Callable[[], T]) -> T:
    """A check is there to see what is wrong now, so nothing is tried again."""
    return exchange()
