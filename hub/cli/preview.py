"""`hub preview`: what a sync would read, step by step, side by side. Nothing is stored."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from connectors.witness import Exchange
from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, app
from hub.cli.exits import Exit
from hub.cli.looking import connector_named, department_told, line_of, mapping_if_any
from hub.cli.output import local, out, print_json, stop
from hub.inspection import answers
from hub.inspection.preview import Preview, Shown, preview_file
from hub.inspection.preview import preview as looked_at

_HEAD = 1500  # characters of an answer that are shown; `--json` has 64 KiB
_COMMON = {"user-agent", "accept", "accept-encoding", "connection", "content-length", "server", "date"}  # say nothing
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_SIDE_BY_SIDE = 100  # columns from which on a record and its dossier stand beside each other


@app.command()
def preview(
    connector: str,
    records: Annotated[int, typer.Option("--records", "-n", min=1, max=100, help="How many.")] = 1,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Read this file with an answer, and ask nobody.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show the first records of CONNECTOR: what was asked, what came, and what its mapping makes of each."""
    found = connector_named(config, connector)
    mapping, settings = mapping_if_any(found), found.connection.settings
    with department_told(connector):
        if source is None:
            shown = looked_at(line_of(found), mapping, records)
        else:
            where = getattr(settings, "records", None)
            shown = preview_file(source, mapping, records, where)
    if as_json:
        print_json(answers.preview(shown))
    else:
        _print(connector, shown, getattr(settings, "records", None))
    if shown.trouble:
        stop(f"{connector}: {shown.trouble.sentence}", Exit.FAILED, shown.trouble.hint)


def _print(name: str, shown: Preview, where: str | None) -> None:
    for at, exchange in enumerate(shown.exchanges):
        _print_exchange(at + 1, exchange, whole=at in shown.telling)
    for record in shown.records:
        _print_record(record)
    if not shown.records and not shown.trouble:
        waiting = f" {shown.waiting}." if shown.waiting else ""
        _plain(f"{name} has no record to show.{waiting}{_perhaps_elsewhere(where)}")


def _perhaps_elsewhere(where: str | None) -> str:
    """Where the settings name the place of records: no error tells a wrong one from a source that has none."""
    if not where:
        return ""
    return f" If the answer above does hold records, `records: {where}` in the settings does not name them: correct it."


def _print_exchange(number: int, exchange: Exchange, *, whole: bool) -> None:
    """A request with its answer; one that only led up to others (a description, a token) on a line of its own."""
    came = f"{exchange.status or 'no answer'}, {exchange.answer_bytes:,} bytes in {exchange.seconds:.2f} s"
    if not whole:
        _plain(f"{number}  {exchange.method} {exchange.address}: {came}", style="dim")
        return
    _rule(f"request {number}: {came}")
    _plain(f"{exchange.method} {exchange.address}", style="bold")
    _headers(exchange.headers)
    if exchange.body:
        _plain(_head(exchange.body))
    if exchange.error:
        _plain(exchange.error, style="red")
    if exchange.status is not None:
        _rule(f"answer {number}")
        _headers(exchange.answer_headers)
        _plain(_head(exchange.answer))


def _headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if name.lower() not in _COMMON:
            _plain(f"{name}: {value}", style="dim")


def _head(text: str) -> str:
    return text if len(text) <= _HEAD else f"{text[:_HEAD]}\n… (--json shows more)"


def _print_record(record: Shown) -> None:
    changed = f", changed {local(record.changed_at)}" if record.changed_at else ""
    _rule(f"record {record.key}{changed}")
    if record.read is None:
        _plain(record.received)
    elif out.width >= _SIDE_BY_SIDE:
        out.print(_beside(record.received, record))
    else:
        _plain(record.received)
        _rule(_becomes(record))
        out.print(_dossier(record.read))
    _problems(record.problems, quarantined=record.quarantined)


def _beside(received: str, record: Shown) -> Table:
    table = Table(show_header=True, header_style="bold", box=None, expand=True, padding=(0, 1))
    table.add_column("received", ratio=1, overflow="fold")
    table.add_column(_becomes(record), ratio=1, overflow="fold")
    table.add_row(Text(received), _dossier(record.read or {}))
    return table


def _becomes(record: Shown) -> str:
    return "is quarantined; what could be read of it" if record.quarantined else "becomes"


def _dossier(values: dict[str, Any]) -> Table:
    """A line for each value, a line for each row of a list."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in _lines(values, ""):
        grid.add_row(name, Text(value))
    return grid


def _lines(values: dict[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _lines(value, f"{above}{name}.")
        elif isinstance(value, list):
            for number, row in enumerate(value, start=1):
                yield f"{name} {number}", " · ".join(map(_shown, row.values()))
        else:
            yield above + name, _shown(value)


def _shown(value: Any) -> str:
    """A value as people read it: times in Vietnam's."""
    return local(value) if isinstance(value, str) and _TIME.fullmatch(value) else str(value)


def _problems(problems: Sequence[str], *, quarantined: bool) -> None:
    style = "red" if quarantined else "yellow"
    lines = [Text(f"problem: {problem}", style=style) for problem in problems]
    if lines:
        out.print(Padding(Group(*lines), (0, 1)))


def _rule(title: str) -> None:
    out.rule(Text(title), align="left")


def _plain(text: str, style: str = "") -> None:
    out.print(Text(text, style=style, overflow="fold"))
