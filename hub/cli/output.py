"""What commands print: tables for people, one JSON document for scripts, everything else on standard error."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import orjson
import typer
from rich.console import Console
from rich.table import Table

from hub.cli.exits import Exit

out = Console()
err = Console(stderr=True, highlight=False)

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def print_json(document: Any) -> None:
    """One document, and nothing else, on standard output."""
    typer.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str | None = None) -> None:
    """Numbers stand to the right."""
    table = Table(title=title, title_justify="left", header_style="bold")
    filled = [list(row) for row in rows]
    for at, column in enumerate(columns):
        numeric = bool(filled) and all(isinstance(row[at], int | float) for row in filled)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in filled:
        table.add_row(*(_cell(value) for value in row))
    out.print(table)


def local(at: datetime | str | None) -> str:
    """A time as people read it in Ho Chi Minh City."""
    if not at:
        return ""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.astimezone(_ZONE).strftime("%d/%m/%Y %H:%M:%S")


def readable(value: Any) -> str:
    """A value of the record as people read it: a time in Vietnam's, yes and no in words."""
    if isinstance(value, str) and _TIME.fullmatch(value):
        return local(value)
    return str(value).lower() if isinstance(value, bool) else harmless(str(value))


def harmless(text: str) -> str:
    """A foreign text without what a terminal would obey; lines and tabs stay."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for letter in text.replace("\r\n", "\n")
    )


def stop(sentence: str, code: Exit, hint: str | None = None) -> NoReturn:
    """End the command with a sentence on standard error."""
    err.print(sentence, markup=False, soft_wrap=True)
    if hint:
        err.print(hint, markup=False, soft_wrap=True, style="dim")
    raise typer.Exit(code)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
