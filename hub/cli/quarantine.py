"""`hub quarantine`: what could not be read, by reasons; and `hub quarantine drop`, which takes records out unread."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from hub.cli.app import (
    DEFAULT_CONFIG,
    AuthorOption,
    ConfigOption,
    JsonOption,
    ReasonOption,
    as_row,
    opened_store,
    signed,
)
from hub.cli.exits import Exit
from hub.cli.groups import ListsByItself
from hub.cli.output import local, out, print_json, print_table, stop
from hub.cli.show import reason_of
from hub.store import connectors, quarantine
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.quarantine import GroupRow, QuarantineRow
from hub.store.registrations import Unregistered
from hub.store.replays import Wanted

commands = typer.Typer(
    cls=ListsByItself, help="What could not be read, by reasons. `hub quarantine NAME` lists that of a connector."
)
GroupOption = Annotated[
    str | None, typer.Option(help="With this reason only: the short name that the list shows, or its beginning.")
]


@commands.command("list")
def list_(
    name: Annotated[str | None, typer.Argument(help="Of this connector only.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    group: GroupOption = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="No more records than this.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """List the reasons, then the newest records with all of theirs; `--json` has the records' bytes too."""
    with opened_store(config) as database:
        if name is not None:
            known(database, name)
        group = group_of(database, group, name)
        groups = [each for each in quarantine.groups(database, name) if group in (None, each.code)]
        number = quarantine.number(database, connector=name, group=group)
        found = quarantine.listed(database, connector=name, limit=limit, group=group)
    if as_json:
        records = [as_row(row) | {"raw": row.raw.decode("utf-8", "replace")} for row in found]
        print_json({"groups": [_document(each) for each in groups], "records": records})
        return
    if not found:
        out.print("Nothing is in quarantine.", highlight=False)
        return
    _print_groups(groups)
    for row in found:
        _print(row, datetime.now(UTC))
    if number > len(found):
        out.print(f"{number - len(found):,} more; --limit {min(number, 1000)} shows them.", highlight=False)


@commands.command()
def drop(
    name: str,
    reason: ReasonOption,
    config: ConfigOption = DEFAULT_CONFIG,
    key: Annotated[str | None, typer.Option(help="The record with this key.")] = None,
    group: GroupOption = None,
    unseen: Annotated[
        bool, typer.Option("--unseen", help=f"Those that no run has brought for {quarantine.UNSEEN_DAYS} days.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="All of the connector.")] = False,
    author: AuthorOption = "",
) -> None:
    """Take records of NAME out of quarantine unread. Who, when, why and how many are kept: `hub quarantine drops`.

    A record that its source gives again is set aside again.
    """
    one_of({"--key": key, "--group": group, "--unseen": unseen, "--all": everything})
    if not reason.strip():
        stop("say why, with --reason", Exit.WRONG)
    with opened_store(config) as database:
        row = known(database, name)
        wanted = Wanted(key=key, group=group_of(database, group, name))
        number = quarantine.drop(database, row.id, wanted, signed(author, reason), unseen=unseen)
    if not number:
        stop(f"{name} has nothing like that in quarantine; `hub quarantine {name}` lists what it has", Exit.NOT_FOUND)
    out.print(f"{number:,} of {name} taken out of quarantine unread.", highlight=False)


@commands.command()
def drops(
    name: Annotated[str | None, typer.Argument(help="Of this connector only.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List what was taken out unread: who did it, when, why, and how many records."""
    with opened_store(config) as database:
        found = quarantine.dropped(database, name)
    if as_json:
        print_json([as_row(each) for each in found])
        return
    rows = [
        (local(each.at), each.connector, each.records, _asked(each.wanted), each.author, each.reason) for each in found
    ]
    print_table(("when", "connector", "records", "which", "who", "why"), rows)


def one_of(options: dict[str, Any]) -> None:
    """Exactly one of these options must be given."""
    given = [name for name, value in options.items() if value]
    if len(given) != 1:
        stop(f"give one of {', '.join(options)}" + (f"; not {' and '.join(given)}" if given else ""), Exit.WRONG)


def group_of(database: Database, beginning: str | None, name: str | None) -> str | None:
    """The whole name of the group that begins so; the end of the command where there is none, or more than one."""
    if not beginning:
        return None
    codes = quarantine.codes(database, beginning.lower(), name)
    if not codes:
        lists = f"`hub quarantine{f' {name}' if name else ''}`"
        stop(f"There is no group {beginning!r} in quarantine; {lists} shows those that there are.", Exit.NOT_FOUND)
    if len(codes) > 1 and beginning not in codes:
        stop(f"{beginning!r} may be {' or '.join(codes[:3])}: write more of the group's name.", Exit.WRONG)
    return beginning if beginning in codes else codes[0]


def known(database: Database, name: str) -> ConnectorRow:
    """The connector of this name, whatever its state."""
    row = connectors.found(database, name)
    if row is None:
        raise Unregistered(name, [each.name for each in connectors.listed(database)])
    return row


def _print_groups(groups: list[GroupRow]) -> None:
    columns = ("group", "connector", "records", "field", "expected", "example", "since")
    print_table(columns, [_cells(each) for each in groups])


def _cells(each: GroupRow) -> tuple[Any, ...]:
    group = each.group
    place = f"{group.field}: {group.source}".strip(": ")
    return each.code, each.connector, each.records, place, group.expected, each.example, local(each.since)


def _document(each: GroupRow) -> dict[str, Any]:
    return {
        "group": each.code,
        "connector": each.connector,
        "records": each.records,
        "field": each.group.field,
        "source": each.group.source,
        "expected": each.group.expected,
        "hint": each.group.hint,
        "example": each.example,
        "since": each.since,
    }


def _print(row: QuarantineRow, now: datetime) -> None:
    again = f"not seen for {quarantine.UNSEEN_DAYS} days, " if row.unseen(now) else ""
    seen = f"{again}since {local(row.first_seen_at)}, last {local(row.last_seen_at)}, read by {row.mapping}"
    out.print(f"{row.connector} {row.key}  ({seen})", markup=False, highlight=False, soft_wrap=True)
    for reason in row.reasons:
        out.print(f"    {reason_of(reason)}", markup=False, highlight=False, soft_wrap=True)


def _asked(wanted: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" if value is not True else name for name, value in wanted.items()) or "all"
