"""`hub connector list`, `show`, `history`, `diff`, `export`: how a connector stands, and every version of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, app, as_row, opened_register, opened_store
from hub.cli.exits import Exit
from hub.cli.output import local, out, print_json, print_table, stop
from hub.cli.versions import print_difference
from hub.config.register import Register
from hub.store import registrations, versions
from hub.store.connectors import ConnectorRow, listed
from hub.store.registrations import Standing
from hub.store.versions import HUB, Kind
from hub.sync.fleet import states
from hub.sync.freshness import kept_week
from hub.sync.health import ConnectorState
from mappings.engine.library import UnknownMapping
from mappings.engine.yaml_source import Invalid

commands = typer.Typer(help="Department systems: register, change, pause, retire.", no_args_is_help=True)

_WIDE = 140  # columns from which on the whole table stands in one line a connector

AllOption = Annotated[bool, typer.Option("--all", help="The retired ones too.")]


@commands.command("list")
def list_(config: ConfigOption = DEFAULT_CONFIG, all_: AllOption = False, as_json: JsonOption = False) -> None:
    """List the connectors, the worst first: how each stands and fares, how fresh it is, when it runs next."""
    now = datetime.now(UTC)
    with opened_store(config) as database:
        found = states(database, listed(database, retired=all_), now)
    if as_json:
        print_json([_state(one, now) for one in found])
        return
    if out.width < _WIDE:
        print_table(("connector", "stands", "fares", "read", "next run", "aside"), map(_short, found))
    else:
        columns = ("connector", "title", "stands", "fares", "last run", "read to its end", "next run", "quarantined")
        print_table(columns, map(_long, found))
    for one in found:
        for line in _trouble(one, now):
            out.print(f"{one.connector.name}: {line}", markup=False, highlight=False, soft_wrap=True)


@app.command("connectors")
def connectors(config: ConfigOption = DEFAULT_CONFIG, all_: AllOption = False, as_json: JsonOption = False) -> None:
    """The same as `hub connector list`."""
    list_(config, all_, as_json)


@commands.command()
def show(name: str, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show a connector: its document, how it stands and fares, who changed it last and why."""
    now = datetime.now(UTC)
    with opened_register(config) as register:
        standing = register.standing(name)
        (fares,) = states(register.database, [standing.row], now)
        kept = kept_week(register.database, fares.connector, now)
        mapping = _mapping(register, standing.row)
    if as_json:
        more = {"mapping_in_use": mapping, "fresh_share_of_week": round(kept, 4)}
        print_json(_state(fares, now) | _document(standing) | more)
    else:
        _print(standing, fares, mapping, kept)


@commands.command()
def history(name: str, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Everything that was changed of a connector, newest first: by whom, when and why."""
    with opened_register(config) as register:
        register.standing(name)
        changes = versions.listed(register.database, Kind.CONNECTOR, name)
        moves = registrations.moves_of(register.database, name)
    if as_json:
        print_json({"versions": [as_row(row) for row in changes], "moves": [as_row(row) for row in moves]})
        return
    lines = [(row.created_at, f"version {row.version}", row.author, row.reason) for row in changes]
    lines += [(row.at, f"{row.before or 'new'} → {row.after}", row.author, row.reason) for row in moves]
    newest_first = sorted(lines, key=lambda line: line[0], reverse=True)
    print_table(("when", "what", "who", "why"), [(local(at), *rest) for at, *rest in newest_first])


@commands.command()
def diff(
    name: str,
    older: Annotated[int | None, typer.Argument(help="A version; left out, the last but one.")] = None,
    newer: Annotated[int | None, typer.Argument(help="Another one; left out, the one in use.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show what changed from one version of a connector to another, line by line."""
    with opened_register(config) as register:
        print_difference(register, Kind.CONNECTOR, name, older, newer, as_json=as_json)


@commands.command()
def export(
    names: Annotated[list[str], typer.Argument(help="Connectors by name.")],
    into: Annotated[Path | None, typer.Option("--output", "-o", help="Folder to write to; else printed.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Give connectors and their mappings as files, as `hub apply` takes them. They hold no secret."""
    with opened_register(config) as register:
        files = {path: text for name in names for path, text in register.exported(name).items()}
    if into is not None:
        for path, text in files.items():
            _write(into / path, text)
    if as_json:
        print_json(files)
        return
    for path, text in files.items():
        out.print(f"{into / path}" if into else f"# {path}\n{text}", markup=False, highlight=False, soft_wrap=True)


def _long(one: ConnectorState) -> tuple[Any, ...]:
    row, last = one.connector, one.last_run
    times = (local(row.seen_at), local(one.next_run_at))
    return row.name, row.title, row.state, one.health, last.state if last else "", *times, one.quarantined


def _short(one: ConnectorState) -> tuple[Any, ...]:
    """The same where there is less room: without the title and the year."""
    row = one.connector
    return row.name, row.state, one.health, _brief(row.seen_at), _brief(one.next_run_at), one.quarantined


def _brief(at: datetime | None) -> str:
    day, _, time = local(at).partition(" ")
    return f"{day[:5]} {time[:5]}".strip()


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        stop(f"{path} cannot be written: {error.strerror}", Exit.WRONG)


def _state(one: ConnectorState, now: datetime) -> dict[str, Any]:
    more: dict[str, Any] = {"health": one.health, "stale": one.connector.stale(now), "quarantined": one.quarantined}
    more |= {"next_run_at": one.next_run_at, "incomplete_days": one.incomplete_days}
    more |= {"stale_since": one.stale_since, "stale_because": one.stale_because}
    return as_row(one.connector) | more | {"last_run": one.last_run and one.last_run.id}


def _trouble(one: ConnectorState, now: datetime) -> Iterator[str]:
    """What an operator should know of it, a sentence each."""
    row = one.connector
    if late := _late(one):
        yield f"late since {late}"
    elif row.open_until and row.open_until > now:
        yield f"left alone until {local(row.open_until)}, as {row.open_because}"
    if one.incomplete_days:
        yield f"{_incomplete(one)}; `hub completeness {row.name} --known` says what"
    for warning in row.warnings or []:
        yield str(warning["sentence"])


def _late(one: ConnectorState) -> str:
    """Since when it is read later than promised, and why; empty where it is not."""
    if one.stale_since is None or one.stale_because is None:
        return ""
    return f"{local(one.stale_since)}: {one.stale_because['sentence']} {one.stale_because['hint']}".rstrip()


def _incomplete(one: ConnectorState) -> str:
    days = "1 day" if one.incomplete_days == 1 else f"{one.incomplete_days} days"
    return f"records of {days} are missing"


def _document(standing: Standing) -> dict[str, Any]:
    changed = {name: getattr(standing.version, name) for name in ("version", "author", "reason")}
    moved = standing.moved and as_row(standing.moved)
    return changed | {"changed_at": standing.version.created_at, "moved": moved, "document": standing.version.text}


def _mapping(register: Register, row: ConnectorRow) -> str:
    """Its mapping, and where that comes from."""
    try:
        used = register.mapping_in_use(row.mapping, row.managed_by)
        if used.managed_by == HUB:
            return f"{row.mapping}, from the hub, version {used.version}"
        return f"{row.mapping}, from the file {register.in_use.shelves.path(row.mapping)}"
    except UnknownMapping as error:
        return f"{row.mapping}: {error}"
    except Invalid as error:
        return f"{row.mapping}, which cannot be read: {error}"


def _print(standing: Standing, fares: ConnectorState, mapping: str, kept: float) -> None:
    row, version, moved = standing.row, standing.version, standing.moved
    managed = "config.yaml" if row.managed_by == "config" else "the hub"
    out.print(f"{row.name}: {row.title}", markup=False, highlight=False, soft_wrap=True)
    facts = [
        ("stands", f"{row.state}{_by(moved.author, moved.reason, moved.at) if moved else ''}"),
        ("fares", fares.health),
        ("managed by", managed),
        ("mapping", mapping),
        ("version", f"{version.version}{_by(version.author, version.reason, version.created_at)}"),
        ("read to its end", local(row.seen_at)),
        ("read in time", f"{kept:.1%} of the last seven days"),
        ("next run", local(fares.next_run_at) or ("by hand" if not row.cadence else "")),
        ("last run", _last(fares)),
        ("quarantined", str(fares.quarantined)),
    ]
    if late := _late(fares):
        facts.append(("late since", late))
    if fares.incomplete_days:
        facts.append(("incomplete", f"{_incomplete(fares)}; `hub completeness {row.name} --known` says what"))
    if row.open_until:
        facts.append(("left alone until", f"{local(row.open_until)}: {row.open_because or ''}"))
    facts += [("needs a person", str(warning["sentence"])) for warning in row.warnings or []]
    print_table(("", ""), facts)
    out.print(version.text, markup=False, highlight=False, soft_wrap=True)


def _last(fares: ConnectorState) -> str:
    last = fares.last_run
    return f"{last.id}, {last.state}: {last.sentence or ''}" if last else "never"


def _by(author: str, reason: str, at: datetime) -> str:
    return f", by {author} on {local(at)}" + (f": {reason}" if reason else "")
