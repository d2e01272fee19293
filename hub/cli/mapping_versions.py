"""`hub mapping put`, `history`, `rollback`: the mappings that the hub itself keeps, version by version."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.app import (
    DEFAULT_CONFIG,
    AuthorOption,
    ConfigOption,
    JsonOption,
    ReasonOption,
    as_row,
    opened_register,
    signed,
)
from hub.cli.exits import Exit
from hub.cli.mapping import commands
from hub.cli.output import local, print_json, print_table, stop
from hub.cli.versions import print_put, text_given
from hub.config.mapping import fingerprint_of, text_of
from hub.store import versions
from hub.store.versions import CONFIG, HUB, Kind


@commands.command()
def put(
    file: Annotated[str, typer.Argument(help="A mapping.yaml (its tables.yaml is taken along); - is standard input.")],
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Put a mapping into use for the connectors that the hub manages, from their next run on."""
    with opened_register(config) as register:
        text, name = text_given(file) if file == "-" else (text_of(Path(file)), file)
        done = register.put_mapping(text, name, signed(author, reason))
    print_put(Kind.MAPPING, done, as_json=as_json)


@commands.command()
def history(name: str, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Every version of a mapping, newest first, and which is in use. A run names the fingerprint that it read with."""
    with opened_register(config) as register:
        found = versions.listed(register.database, Kind.MAPPING, name)
        targets = register.in_use.targets
        used = {by: register.in_use.version(Kind.MAPPING, name, by) for by in (HUB, CONFIG)}
    if not found:
        stop(f"there is no mapping {name!r} in the hub", Exit.NOT_FOUND)
    prints = [fingerprint_of(row.text, targets) for row in found]
    users = [[by for by, version in used.items() if version and version.version == row.version] for row in found]
    if as_json:
        lines = zip(found, prints, users, strict=True)
        print_json([as_row(row) | {"fingerprint": print_, "in_use": by} for row, print_, by in lines])
        return
    rows = [
        (row.version, _in_use(by), local(row.created_at), row.author, row.reason, print_[:8])
        for row, print_, by in zip(found, prints, users, strict=True)
    ]
    print_table(("version", "in use", "when", "who", "why", "fingerprint"), rows)


def _in_use(by: list[str]) -> str:
    """For whose connectors: those of the hub go by its own version before the file, those of config.yaml never."""
    whose = {HUB: "for connectors of the hub", CONFIG: "for connectors of config.yaml"}
    return "yes" if len(by) == len(whose) else ", ".join(whose[each] for each in by)


@commands.command()
def rollback(
    name: str,
    version: int,
    reason: Annotated[str, typer.Option(help="Why; kept in the history.")],
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Put an old version of a mapping into use again, as a new version."""
    with opened_register(config) as register:
        done = register.rollback(Kind.MAPPING, name, version, signed(author, reason))
    print_put(Kind.MAPPING, done, as_json=as_json)
