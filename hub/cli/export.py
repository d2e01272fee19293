"""`hub export`: files of many dossiers, queued for a client or written straight away."""

import hashlib
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl

import orjson
import typer

from hub.cli.app import DEFAULT_CONFIG, AuthorOption, ConfigOption, JsonOption, configuration, opened_store, signed
from hub.cli.exits import Exit
from hub.cli.groups import ListsByItself
from hub.cli.output import err, local, out, print_json, print_table, stop
from hub.config.file import Configuration
from hub.outbox.exports import folders
from hub.outbox.exports.options import Dialect, Format, Options, is_installed
from hub.outbox.exports.reads import Straight
from hub.outbox.exports.straight import write_straight
from hub.outbox.exports.walking import Asked, asked
from hub.record.grant import EVERYTHING, Grant
from hub.store import clients, exports
from hub.store.clients import Client, Role
from hub.store.counting import count
from hub.store.database import Database
from hub.store.exports import Export, ExportState, TooManyUnfinished
from hub.sync.reading_log import NotLogged
from hub.view.fields import NotSeen
from hub.wiring import reading_log

commands = typer.Typer(cls=ListsByItself, help="Files of many dossiers: NDJSON, CSV, XLSX, Parquet.")
NumberArgument = Annotated[int, typer.Argument(help="The number that `hub export list` shows.")]
FilterArgument = Annotated[
    str, typer.Argument(help="Which dossiers, as the API's parameters: 'agency=000.00.15.H29&status=processing'.")
]
FieldsOption = Annotated[str | None, typer.Option(help="Dotted names with commas; left out, everything.")]
PlainOption = Annotated[bool, typer.Option("--plain", help="CSV for programs (RFC 4180), not for spreadsheets.")]
_MOST_UNFINISHED = 3  # of one client


@commands.command()
def run(
    which: FilterArgument = "",
    to: Annotated[Path, typer.Option("--out", "-o", help="dossiers.csv, .ndjson, .xlsx, .parquet; .csv.gz …")] = Path(),
    fields: FieldsOption = None,
    plain: PlainOption = False,
    as_client: Annotated[str | None, typer.Option("--as", help="As this client sees them; left out, all.")] = None,
    author: AuthorOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write the dossiers that there are now into a file, without the server. That you read them is noted."""
    options, found = _options(_form(to), plain), configuration(config)
    if to.is_dir() or not to.absolute().parent.is_dir():
        stop(f"{to} cannot be written: name a file in a folder that is there (--out dossiers.csv)", Exit.WRONG)
    with opened_store(config) as database:
        grant = EVERYTHING if as_client is None else _client(database, as_client).grant
        what = _asked(found, which, fields, grant)
        told = {"filter": _filter(which), "fields": _names(fields)}
        note = Straight(reading_log(found, database), grant, told, signed(author, "").author)
        try:
            count = write_straight(database, what, options, to, note)
        except NotLogged as error:
            stop(str(error), Exit.FAILED)
        except OSError as error:
            stop(f"{to} cannot be written: {error.strerror or error}; nothing of it is left", Exit.FAILED)
    err.print(f"{count:,} dossiers, {to.stat().st_size:,} bytes in {to}", markup=False, soft_wrap=True)


@commands.command()
def new(
    form: Annotated[Format, typer.Argument(help="Of the file.", metavar="FORMAT")],
    client: Annotated[str, typer.Option(help="Who may fetch it; its grant says what is in it.")],
    which: FilterArgument = "",
    fields: FieldsOption = None,
    plain: PlainOption = False,
    compress: Annotated[bool, typer.Option("--compress", help="With gzip: NDJSON and CSV.")] = False,
    author: AuthorOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Queue an export for a client; `hub serve` or `hub worker` writes it."""
    options, found = _options((form, compress), plain), configuration(config)
    with opened_store(config) as database:
        whose = _client(database, client)
        what = _asked(found, which, fields, whose.grant)
        many = count(database, what.wanted, what.scope(database), exact=False).number
        wanted = exports.Wanted(
            client_id=whose.id,
            format=options.format,
            filter=_filter(which),
            fields=_names(fields),
            options=options.document(),
            grant=whose.grant,
            purpose=whose.purpose,
            person=signed(author, "").author,
            estimate=many,
        )
        try:
            number = exports.ask(database, wanted, datetime.now(UTC), _MOST_UNFINISHED)
        except TooManyUnfinished:
            stop(f"{client} waits for {_MOST_UNFINISHED} exports already; `hub export list` shows them", Exit.FAILED)
    out.print(f"Export {number} is queued: about {many:,} dossiers.", highlight=False)


@commands.command("list")
def list_(
    client: Annotated[str | None, typer.Option(help="Of this client only.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List exports, newest first; 50 at most."""
    with opened_store(config) as database:
        found = exports.listed(database, None if client is None else _client(database, client).id)
    if as_json:
        print_json([_told(one) for one in found])
    elif found:
        columns = ("number", "client", "format", "state", "dossiers", "of about", "bytes", "asked for")
        print_table(columns, [_cells(one) for one in found])
    else:
        out.print("There is no export.", highlight=False)


@commands.command()
def show(number: NumberArgument, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show where an export stands."""
    with opened_store(config) as database:
        told = _told(_the_one(database, number))
    if as_json:
        print_json(told)
        return
    for name, value in told.items():
        shown = local(value) if isinstance(value, datetime) else value
        if shown is not None:
            out.print(f"{name:12} {shown}", markup=False, highlight=False, soft_wrap=True)


@commands.command()
def fetch(
    number: NumberArgument,
    to: Annotated[Path, typer.Option("--out", "-o", help="The file to write.")],
    author: AuthorOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Copy the file of an export that is done, and check it. That you read it is noted."""
    found = configuration(config)
    with opened_store(config) as database:
        export = _the_one(database, number)
        if export.state is not ExportState.DONE:
            stop(f"export {number} is {export.state}; {export.sentence or 'there is no file to fetch'}", Exit.FAILED)
        told = {"export": str(number), "filter": export.filter, "fields": export.fields}
        note = Straight(reading_log(found, database), Grant.read(export.grant), told, signed(author, "").author)
        try:
            note((), export.records)
            shutil.copyfile(folders.file_of(found.root / found.config.exports.folder, export), to)
        except NotLogged as error:
            stop(str(error), Exit.FAILED)
        except OSError as error:
            stop(f"the file cannot be copied to {to}: {error.strerror or error}", Exit.FAILED)
    with to.open("rb") as file:
        if hashlib.file_digest(file, "sha256").digest() != export.digest:
            stop(f"{to} is not what was written (its SHA-256 is another): ask for a new export", Exit.FAILED)
    err.print(f"{export.records:,} dossiers in {to}", markup=False, soft_wrap=True)


@commands.command()
def cancel(number: NumberArgument, author: AuthorOption = "", config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Cancel an export that is not finished, or remove one that is, with its file."""
    found = configuration(config)
    with opened_store(config) as database:
        export, who = _the_one(database, number), signed(author, "")
        if exports.cancel(database, number, f"Cancelled by {who.author}.", who.at, who):
            out.print(f"Export {number} is cancelled.", highlight=False)
            return
        exports.remove(database, number, who)
        folders.remove(found.root / found.config.exports.folder, export)
    out.print(f"Export {number} is removed.", highlight=False)


def _form(to: Path) -> tuple[Format, bool]:
    """The format that a file's name says, and whether it is compressed."""
    compress = to.suffix == ".gz"
    suffix = (to.with_suffix("") if compress else to).suffix.removeprefix(".")
    if suffix not in list(Format):
        stop(f"--out must end in .{', .'.join(Format)}; the first two also with .gz", Exit.WRONG)
    return Format(suffix), compress


def _options(form: tuple[Format, bool], plain: bool) -> Options:
    try:
        options = Options(*form, Dialect.PLAIN if plain else Dialect.EXCEL)
    except ValueError as error:
        stop(str(error), Exit.WRONG)
    if not is_installed(options.format):
        stop(f"{options.format} cannot be written here: pip install 'mot-cua-hub[{options.format}]'", Exit.WRONG)
    return options


def _asked(found: Configuration, which: str, fields: str | None, grant: Grant) -> Asked:
    try:
        return asked(_filter(which), _names(fields), grant, datetime.now(UTC), found.config.due.near)
    except (NotSeen, ValueError) as error:
        stop(str(error), Exit.WRONG)


def _filter(which: str) -> dict[str, Any]:
    """The parameters of a list as they stand in an address, or as a JSON object."""
    if which.lstrip().startswith("{"):
        try:
            document: dict[str, Any] = orjson.loads(which)
        except ValueError as error:
            stop(f"the filter is no JSON: {error}", Exit.WRONG)
        return document
    try:
        pairs = parse_qsl(which, keep_blank_values=True, strict_parsing=bool(which))
    except ValueError:
        stop(f"the filter {which!r} is not as in 'status=processing&agency=000.00.15.H29'", Exit.WRONG)
    names = [name for name, _value in pairs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        stop(f"the filter names {', '.join(twice)} twice; once, with commas where it takes several", Exit.WRONG)
    return dict(pairs)


def _names(fields: str | None) -> list[str] | None:
    return None if fields is None else [name.strip() for name in fields.split(",")]


def _client(database: Database, name: str) -> Client:
    found = clients.named(database, name)
    if found is None or found.role is Role.PUSH:
        stop(f"no client called {name!r} reads dossiers; `hub client list` shows them", Exit.NOT_FOUND)
    return found


def _the_one(database: Database, number: int) -> Export:
    found = exports.get(database, number)
    if found is None:
        stop(f"there is no export {number}; `hub export list` shows them", Exit.NOT_FOUND)
    return found


def _told(one: Export) -> dict[str, Any]:
    names = ("id", "client", "format", "filter", "fields", "options", "state", "sentence", "records", "estimate")
    more = ("size", "position", "made_at", "started_at", "finished_at", "expires_at")
    told = {name: getattr(one, name) for name in (*names, *more)}
    return told | {"digest": None if one.digest is None else one.digest.hex()}


def _cells(one: Export) -> tuple[Any, ...]:
    numbers = (one.records, one.estimate, one.size)
    return (one.id, one.client, one.format, one.state, *numbers, local(one.made_at))
