"""`hub key`: the keys of programs that ask the API, and of departments that push."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from hub.cli.app import DEFAULT_CONFIG, AuthorOption, ConfigOption, JsonOption, as_row, opened_store, signed
from hub.cli.exits import Exit
from hub.cli.output import err, harmless, local, out, print_json, print_table, stop
from hub.store import clients, connectors, keys
from hub.store.database import Database
from hub.store.keys import ApiKey, Role
from hub.store.registrations import Unregistered
from schedules.cadence import parse_duration

commands = typer.Typer(help="API keys.", no_args_is_help=True)

ExpiresOption = Annotated[str, typer.Option(help="How long it works, as 365d or 12h; left out, until it is revoked.")]


@commands.command()
def new(
    name: str,
    role: Annotated[
        Role | None,
        typer.Option(
            help="query sees what its document says; read looks; manage also changes; push only pushes. "
            "Left out: as it was, and read for a new name."
        ),
    ] = None,
    connector: Annotated[str | None, typer.Option(help="With push: the connector that it may push to.")] = None,
    expires: ExpiresOption = "",
    author: AuthorOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Make a key for NAME and show it, this once; all older keys of that name stop working (`add` spares them)."""
    if not 1 <= len(name.strip()) <= 80:
        stop("a key needs a name of 1 to 80 characters: who holds it", Exit.WRONG)
    if (role is Role.PUSH) != (connector is not None):
        stop("a key that pushes is for one connector: write --role push --connector NAME", Exit.WRONG)
    now = datetime.now(UTC)
    until = _until(expires, now)
    by = signed(author, "").author
    with opened_store(config) as database:
        if connector is not None and connectors.named(database, connector) is None:
            raise Unregistered(connector, [row.name for row in connectors.listed(database)])
        unknown = role is None and clients.named(database, name) is None
        key = keys.issue(database, name, now, role, connector, expires_at=until, author=by)
        client = clients.named(database, name)
    if unknown:  # a mistyped name of a client that sees a part would see the whole
        err.print(
            f"{harmless(name)} is new: its keys have the role read, which sees every dossier; "
            "`hub client put FILE` gives a client only what it may see.",
            soft_wrap=True,
            markup=False,
        )
    if as_json:
        held = {"role": client.role, "connector": client.connector} if client else {}
        print_json({"name": name, **held, "key": key, "expires_at": until})
    else:
        out.print(key, highlight=False, soft_wrap=True)


@commands.command()
def add(
    name: str,
    expires: ExpiresOption = "",
    old_until: Annotated[
        str, typer.Option(help="The older keys work so long at most, as 24h; left out, as long as they did.")
    ] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Make one more key for NAME and show it, this once. Its older keys go on working, so nothing stands still."""
    now = datetime.now(UTC)
    until, older = _until(expires, now), _until(old_until, now)
    with opened_store(config) as database:
        try:
            made = keys.add(database, name, now, until, older, signed("", ""))
        except LookupError:
            stop(_no_holder(database, name), Exit.NOT_FOUND)
    if as_json:
        print_json({"name": name, "id": made.id, "key": made.key, "expires_at": until})
    else:
        out.print(made.key, highlight=False, soft_wrap=True)


@commands.command("list")
def list_(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Who holds which keys, by how they begin. The keys themselves are not kept."""
    with opened_store(config) as database:
        found = keys.listed(database)
    if as_json:
        print_json([as_row(key) for key in found])
        return
    now = datetime.now(UTC)
    rows = [
        (
            *(key.id, key.name, key.role, key.connector or "", key.hint),
            *(local(key.created_at), _ends(key, now), local(key.used_at)),
        )
        for key in found
    ]
    print_table(("id", "name", "role", "connector", "begins", "since", "expires", "last used"), rows)


@commands.command()
def revoke(
    name: str,
    key_id: Annotated[int | None, typer.Option("--id", help="This one alone (`hub key list`); left out, all.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Stop NAME's keys from working, or one of them: within 2 seconds everywhere."""
    with opened_store(config) as database:
        if not keys.revoke(database, name, key_id, signed("", "")):
            which = "" if key_id is None else f" of the number {key_id}"
            stop(f"{_no_holder(database, name)}{which}", Exit.NOT_FOUND)


def _until(text: str, now: datetime) -> datetime | None:
    try:
        span: timedelta | None = parse_duration(text) if text else None
    except ValueError as error:
        stop(str(error), Exit.WRONG)
    if span is not None and not span:
        stop(f"{text!r} would be over at once; write a longer time, as 24h", Exit.WRONG)
    return None if span is None else now + span


def _no_holder(database: Database, name: str) -> str:
    known = clients.named(database, name) is not None
    return f"{name!r} holds no key" if known else f"nobody called {name!r} holds a key"


def _ends(key: ApiKey, now: datetime) -> str:
    if key.expires_at is None:
        return "never"
    return f"{local(key.expires_at)}{' (expired)' if key.expires_at <= now else ''}"
