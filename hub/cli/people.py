"""`hub people`: who may sign in to the console, and as what."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from connectors.wording import did_you_mean
from hub.cli.app import DEFAULT_CONFIG, AuthorOption, ConfigOption, JsonOption, ReasonOption, opened_store, signed
from hub.cli.exits import Exit
from hub.cli.output import err, harmless, local, out, print_json, print_table, stop
from hub.record.rights import Role
from hub.record.signature import Signature
from hub.store import people, people_sessions, people_tries
from hub.store.database import Database, Transaction
from hub.store.passwords import Passwords, one_time_password
from hub.store.people import LastAdministrator, NameTaken, NoAgency, Person, State, Wanted

commands = typer.Typer(help="People who sign in to the console.", no_args_is_help=True)

AgencyOption = Annotated[
    list[str] | None, typer.Option(help="Code of an agency, for the role department; may be given again.")
]
_LAST = "this is the last administrator; make another one first: `hub people add NAME --role administrator`"
_NO_AGENCY = "a person of the role department needs an agency: write --agency 000.00.15.H29"
_BY_FAR = timedelta(days=365)  # longer than any session may be left alone


@commands.command()
def add(
    name: str,
    role: Annotated[Role, typer.Option(help="What they are here for.")],
    title: Annotated[str, typer.Option(help="What others call them.")] = "",
    email: Annotated[str, typer.Option(help="Their address.")] = "",
    agency: AgencyOption = None,
    personal: Annotated[bool, typer.Option(help="Whether they see personal data as sources tell them.")] = False,
    author: AuthorOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Make an account for NAME and show its one-time password, this once; it is changed at the first sign-in."""
    called = people.normal_name(name)
    if people.NAME.fullmatch(called) is None:
        stop("a name has 1 to 80 of a-z, 0-9, dots, - _ @, and begins with a letter or a digit", Exit.WRONG)
    password, by = one_time_password(), signed(author, reason)
    kept, wanted = Passwords().kept(password), Wanted(role, title, email, tuple(agency or ()), personal)
    with opened_store(config) as database:
        try:
            database.write_again(lambda transaction: people.add(transaction, called, wanted, kept, by))
        except NameTaken:
            stop(f"there is somebody called {called!r} already; `hub people set` changes them", Exit.WRONG)
        except NoAgency:
            stop(_NO_AGENCY, Exit.WRONG)
    _give(called, password, as_json=as_json)


@commands.command("list")
def list_(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List everybody who may sign in."""
    with opened_store(config) as database:
        found = people.listed(database)
    if as_json:
        print_json([_document(person) for person in found])
        return
    rows = [
        (
            *(each.name, harmless(each.title), each.role, ", ".join(each.agencies or ())),
            *("yes" if each.sees_personal else "no", _state(each), local(each.seen_at)),
        )
        for each in found
    ]
    print_table(("name", "title", "role", "agencies", "personal data", "state", "last signed in"), rows)


@commands.command("set")
def set_(
    name: str,
    role: Annotated[Role | None, typer.Option(help="What they are here for.")] = None,
    title: Annotated[str | None, typer.Option(help="What others call them.")] = None,
    email: Annotated[str | None, typer.Option(help="Their address.")] = None,
    agency: AgencyOption = None,
    personal: Annotated[bool | None, typer.Option(help="Whether they see personal data as sources tell them.")] = None,
    author: AuthorOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Change what NAME is and may see; what is left out stays as it is. It counts for their very next page."""
    by = signed(author, reason)

    def change(transaction: Transaction) -> None:
        now = people.locked(transaction, name)
        wanted = Wanted(
            role or now.role,
            now.title if title is None else title,
            now.email if email is None else email,
            tuple(agency) if agency else now.agencies or (),
            now.sees_personal if personal is None else personal,
        )
        people.change(transaction, name, wanted, by)

    with opened_store(config) as database:
        _named(database, name)
        try:
            database.write_again(change)
        except NoAgency:
            stop(_NO_AGENCY, Exit.WRONG)
        except LastAdministrator:
            stop(_LAST, Exit.WRONG)


@commands.command()
def reset(
    name: str,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Forget the app, too, of somebody who lost it and the codes.")
    ] = False,
    author: AuthorOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Give NAME a one-time password and show it, this once. Their sessions end."""
    password, by = one_time_password(), signed(author, reason)
    kept = Passwords().kept(password)

    def change(transaction: Transaction) -> None:
        people.set_password(transaction, called, kept, by, must_change=True)
        if second_factor:
            people_tries.drop_second_factor(transaction, called, by)

    with opened_store(config) as database:
        called = _named(database, name).name
        database.write_again(change)
    _give(called, password, as_json=as_json)


@commands.command()
def block(
    name: str, author: AuthorOption = "", reason: ReasonOption = "", config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """Shut NAME out, now: their sessions end, and they cannot sign in until `unblock`."""
    by = signed(author, reason)
    with opened_store(config) as database:
        _named(database, name)
        try:
            database.write_again(lambda transaction: people.block(transaction, name, by))
        except LastAdministrator:
            stop(_LAST, Exit.WRONG)


@commands.command()
def unblock(
    name: str, author: AuthorOption = "", reason: ReasonOption = "", config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """Let NAME sign in again, also one who has to wait after wrong passwords."""
    by = signed(author, reason)
    with opened_store(config) as database:
        _named(database, name)
        database.write_again(lambda transaction: people.unblock(transaction, name, by))


@commands.command()
def sessions(
    name: str,
    end: Annotated[bool, typer.Option("--end", help="End all of them, now.")] = False,
    author: AuthorOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List where NAME is signed in; or end it."""
    with opened_store(config) as database:
        person = _named(database, name)
        found = people_sessions.of_person(database, person.id, datetime.now(UTC), _BY_FAR)
        if end:
            _end(database, person, signed(author, reason))
            return
    if as_json:
        print_json([{field: getattr(each, field) for field in type(each).__slots__} for each in found])
        return
    rows = [(local(each.begun_at), local(each.seen_at), each.address, each.way, harmless(each.agent)) for each in found]
    print_table(("since", "last used", "address", "by", "browser"), rows)


def _end(database: Database, person: Person, by: Signature) -> None:
    count = database.write_again(
        lambda transaction: people_sessions.end_everyone_of(transaction, person.id, person.name, by, None)
    )
    err.print(f"{count} ended.", markup=False)


def _named(database: Database, name: str) -> Person:
    found = people.named(database, name)
    if found is None:
        near = did_you_mean(name, [each.name for each in people.listed(database)])
        stop(f"there is nobody called {name!r}. {near}".rstrip(), Exit.NOT_FOUND)
    return found


def _give(name: str, password: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"name": name, "password": password})
        return
    out.print(password, highlight=False, markup=False, soft_wrap=True)
    told = f"The one-time password of {name}: it is shown this once, and changed at the first sign-in."
    err.print(told, markup=False, soft_wrap=True)


def _state(person: Person) -> str:
    if person.state is State.BLOCKED:
        return "blocked"
    if person.locked_until is not None and person.locked_until > datetime.now(UTC):
        return f"waits until {local(person.locked_until)}"
    return "has a one-time password" if person.must_change else "active"


def _document(person: Person) -> dict[str, Any]:
    told = ("name", "title", "email", "role", "agencies", "sees_personal", "state", "must_change", "has_second_factor")
    more = ("issuer", "subject", "language", "locked_until", "author", "created_at", "changed_at", "seen_at")
    return {name: getattr(person, name) for name in (*told, *more)}
