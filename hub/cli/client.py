"""`hub client`: who may ask the API, and what each sees."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from connectors.wording import did_you_mean
from hub.cli.app import (
    DEFAULT_CONFIG,
    AuthorOption,
    ConfigOption,
    JsonOption,
    configuration,
    opened_store,
    signed,
)
from hub.cli.exits import Exit
from hub.cli.output import err, harmless, local, out, print_json, print_table, readable, stop
from hub.cli.versions import text_given
from hub.config.client import document_of, doubts, read_client, text_of
from hub.record.grant import Grant, Group, Sight, group_of, parts_of
from hub.record.merge import flatten
from hub.record.moments import today
from hub.store import clients, keys
from hub.store.clients import Client, Role, SubjectTaken
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.dossiers import with_code
from hub.store.grant_codes import unknown_codes
from hub.store.scope import scope_of
from hub.view.masking import HIDDEN, value_seen
from mappings.engine.yaml_source import parse, read

commands = typer.Typer(help="Who may ask the API, and what each sees.", no_args_is_help=True)

FileArgument = Annotated[str, typer.Argument(help="A file with one client's document; - is standard input.")]


@commands.command()
def put(file: FileArgument, author: AuthorOption = "", config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Register the client that FILE describes, or make it what FILE says. Its keys stay as they are."""
    found = configuration(config)
    with opened_store(config) as database:
        wanted = read_client(parse(*text_given(file)) if file == "-" else read(Path(file)))
        by = replace(wanted, author=signed(author, "").author)
        try:
            made = database.write_again(lambda transaction: clients.put(transaction, by, datetime.now(UTC))).made
        except SubjectTaken as taken:
            stop(str(taken), Exit.WRONG)
        with database.read() as connection:
            unknown = unknown_codes(connection, wanted.grant or Grant(), today())
        held = keys.held(database, wanted.name)
    for doubt in doubts(wanted, unknown, [one.issuer for one in found.config.access.issuers]):
        err.print(doubt, markup=False, soft_wrap=True)
    what = f"{wanted.name} is registered." if made else f"{wanted.name} is changed; it counts within 2 seconds."
    hint = "" if held or wanted.subject else f" It has no key yet: `hub key new {wanted.name}`."
    err.print(what + hint, markup=False, soft_wrap=True)


@commands.command("list")
def list_(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the clients, with how many keys each has that work and when it last used one."""
    with opened_store(config) as database:
        found, held = clients.listed(database), keys.listed(database)
    if as_json:
        print_json([_document(client, [key for key in held if key.name == client.name]) for client in found])
        return
    now = datetime.now(UTC)
    rows = []
    for client in found:
        mine = [key for key in held if key.name == client.name]
        working = sum(key.expires_at is None or key.expires_at > now for key in mine)
        used = max((key.used_at for key in mine if key.used_at), default=None)
        rows.append((client.name, client.role, harmless(client.title), working, local(used), client.author))
    print_table(("client", "role", "title", "keys", "last used", "put by"), rows)


@commands.command()
def show(name: str, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show a client's document, as `hub client put` takes it."""
    with opened_store(config) as database:
        client = _named(database, name)
        held = keys.held(database, name)
    if as_json:
        print_json(_document(client, held))
    else:
        typer.echo(text_of(client), nl=False)


@commands.command()
def remove(
    name: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Forget a client with its keys, webhooks and exports. What it read stays in the log of reads."""
    with opened_store(config) as database:
        _named(database, name)
        if not yes:
            typer.confirm(f"Forget {name}, its keys, webhooks and exports? It cannot be undone", abort=True, err=True)
        with database.write() as transaction:
            clients.remove(transaction, name, signed("", ""))


@commands.command()
def sees(
    name: str,
    code: Annotated[str | None, typer.Argument(help="Any code of a dossier: what it sees of that one.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show which dossiers a client sees and what of them; or what it sees of the dossier CODE, field by field."""
    with opened_store(config) as database:
        client = _named(database, name)
        if code is None:
            _print_grant(client, as_json=as_json)
            return
        rows = with_code(database, code)
        if not rows:
            stop(f"no dossier has the code {code!r}", Exit.NOT_FOUND)
        told = [_of_dossier(database, client, row) for row in rows]
    if as_json:
        print_json(told[0] if len(told) == 1 else told)
        return
    for one in told:
        _print_dossier(client, one)


def _named(database: Database, name: str) -> Client:
    client = clients.named(database, name)
    if client is None:
        near = did_you_mean(name, [each.name for each in clients.listed(database)])
        stop(f"there is no client {name!r}. {near}".rstrip(), Exit.NOT_FOUND)
    return client


def _document(client: Client, held: list[keys.ApiKey]) -> dict[str, Any]:
    wanted = ("id", "hint", "created_at", "expires_at", "used_at")
    return document_of(client) | {
        **{name: getattr(client, name) for name in ("connector", "author", "created_at", "changed_at")},
        "keys": [{name: getattr(key, name) for name in wanted} for key in held],
    }


def _print_grant(client: Client, *, as_json: bool) -> None:
    grant = client.grant
    if as_json:
        print_json({"client": client.name, "role": client.role, **grant.document()})
        return
    if client.role is Role.PUSH:
        out.print(f"{client.name} pushes to {client.connector} and sees nothing.", highlight=False, markup=False)
        return
    kinds = (("agencies, with all below them", grant.agencies), ("procedures", grant.procedures))
    for kind, codes in (*kinds, ("fields (lĩnh vực)", grant.fields)):
        out.print(f"{kind}: {'all' if codes is None else ', '.join(codes)}", highlight=False, markup=False)
    out.print(f"confidential: up to {grant.level}", highlight=False, markup=False)
    rows: list[tuple[str, str, str]] = [(group, grant.of(group), ", ".join(parts_of(group))) for group in Group]
    print_table(("group", "shown", "what is in it"), [*rows, ("(none)", "always", ", ".join(parts_of(None)))])


def _of_dossier(database: Database, client: Client, row: DossierRow) -> dict[str, Any]:
    with database.read() as connection:
        scope = scope_of(connection, client.grant, today())
    seen = scope.holds(row.agency, row.procedure, row.field, row.confidentiality)
    fields = {}
    for name, value in flatten(row.values):
        shown = value_seen(name, value, client.grant) if seen else HIDDEN
        how = Sight.HIDDEN if shown is HIDDEN else client.grant.sight(name)
        fields[name] = {"shown": how, "group": group_of(name)} | ({} if shown is HIDDEN else {"value": shown})
    return {"client": client.name, "code": row.code, "seen": seen, "fields": fields}


def _print_dossier(client: Client, told: dict[str, Any]) -> None:
    if not told["seen"]:
        sentence = f"{client.name} does not see {told['code']}: to it there is no such dossier. "
        why = f"`hub client sees {client.name}` shows which agencies, procedures, fields and level it sees."
        out.print(sentence + why, highlight=False, markup=False, soft_wrap=True)
        return
    rows = [
        (name, one["shown"], one["group"] or "", readable(one["value"]) if "value" in one else "")
        for name, one in told["fields"].items()
    ]
    print_table(("field", "shown", "group", "value"), rows, title=f"{told['code']} as {client.name} sees it")
