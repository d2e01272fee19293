"""`hub connector new`, `put`, `edit`, `activate`, `pause`, `resume`, `retire`, `rollback`: what changes a connector."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.app import (
    DEFAULT_CONFIG,
    AuthorOption,
    ConfigOption,
    JsonOption,
    ReasonOption,
    opened_register,
    signed,
)
from hub.cli.connector import commands
from hub.cli.editor import edited
from hub.cli.exits import Exit
from hub.cli.output import err, out, print_json, stop
from hub.cli.questions import asked
from hub.cli.versions import print_put, text_given
from hub.config.register import Document, Register
from hub.record.connector_state import Move
from hub.store import connectors
from hub.store.versions import Kind
from hub.sync import watch
from mappings.engine.yaml_source import Invalid

WhyOption = Annotated[str, typer.Option("--reason", help="Why; kept in the history.")]
FileArgument = Annotated[str, typer.Argument(help="A file with one connector's section; - is standard input.")]


@commands.command()
def new(
    name: Annotated[str | None, typer.Argument(help="Short name, for ever: a-z, 0-9 and hyphens.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="Ask nothing: a file, or - for standard input.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Register a connector: asks what it needs to know and ends in a draft. Asks nothing of the department."""
    with opened_register(config) as register:
        document = _asked(register, name) if from_ is None else _given(register, from_)
        _refuse_known(register, document.connection.section.name)
        put = register.put_connector(document, signed(author, reason), expected=0)
    print_put(Kind.CONNECTOR, put, as_json=as_json)


@commands.command()
def put(
    file: FileArgument,
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Put a connector's document into use: a new one as a draft, a known one as its next version."""
    with opened_register(config) as register:
        done = register.put_connector(_given(register, file), signed(author, reason))
    print_put(Kind.CONNECTOR, done, as_json=as_json)


@commands.command()
def edit(
    name: str,
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Change a connector's document in your editor ($VISUAL, $EDITOR); it counts from the next run on."""
    with opened_register(config) as register:
        standing = register.standing(name)
        document = _edited(register, name, standing.version.text)
        if document.connection.section.name != name:
            stop(f"the name {name} is for ever; `hub connector new` registers another one", Exit.WRONG)
        done = register.put_connector(document, signed(author, reason), expected=standing.version.version)
    print_put(Kind.CONNECTOR, done, as_json=as_json)


@commands.command()
def activate(
    name: str,
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Let a draft, or a retired connector, run: by its schedule, from now on."""
    _move(config, name, Move.ACTIVATE, author, reason, as_json=as_json)


@commands.command()
def pause(
    name: str,
    reason: WhyOption,
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Stop asking a department system for now. A run under way ends at its next page; the bookmark stays."""
    _move(config, name, Move.PAUSE, author, reason, as_json=as_json)


@commands.command()
def resume(
    name: str,
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Go on where a paused connector stopped; one that is left alone after failures is asked again."""
    _move(config, name, Move.RESUME, author, reason, as_json=as_json)


@commands.command()
def accept(
    name: str,
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take a source as its next run finds it, after one stopped because its fields or description had changed."""
    with opened_register(config) as register:
        register.standing(name)
        with register.database.write() as transaction:
            watch.accept(transaction, name, signed(author, reason))
    if as_json:
        print_json({"name": name, "accepted": True})
        return
    out.print(f"{name}: the next run takes the source as it finds it, and schedules run it again.", highlight=False)


@commands.command()
def retire(
    name: str,
    reason: WhyOption,
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take a connector out of use for good. What it brought stays; `activate` brings it back."""
    _move(config, name, Move.RETIRE, author, reason, as_json=as_json)


@commands.command()
def rollback(
    name: str,
    version: int,
    reason: WhyOption,
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Put an old version of a connector into use again, as a new version."""
    with opened_register(config) as register:
        done = register.rollback(Kind.CONNECTOR, name, version, signed(author, reason))
    print_put(Kind.CONNECTOR, done, as_json=as_json)


def _move(config: Path, name: str, move: Move, author: str, reason: str, *, as_json: bool) -> None:
    with opened_register(config) as register:
        moved = register.move(name, move, signed(author, reason))
    if as_json:
        print_json({"name": name, "changed": moved.before != moved.after, "before": moved.before, "state": moved.after})
        return
    said = f"{moved.before} → {moved.after}" if moved.before != moved.after else f"is {moved.after} already"
    if moved.asked_again:
        said = f"is {moved.after}; the hub asks it again from now on"
    out.print(f"{name}: {said}.", highlight=False)
    if moved.note:
        err.print(moved.note, markup=False, soft_wrap=True)


def _given(register: Register, file: str) -> Document:
    return register.read(*text_given(file)) if file == "-" else register.read_file(Path(file))


def _refuse_known(register: Register, name: str) -> None:
    row = connectors.found(register.database, name)
    if row is not None:
        hint = f"`hub connector put` or `hub connector edit {name}` changes it."
        stop(f"there is a connector {name} already ({row.state})", Exit.WRONG, hint)


def _edited(register: Register, name: str, text: str) -> Document:
    """What a person makes of a document; with mistakes in it the editor opens again, nothing typed is lost."""
    while True:
        changed = edited(text, f"{name}.yaml")
        if changed is None:
            stop("Nothing was changed.", Exit.OK)
        try:
            return register.read(changed, f"{name}.yaml")
        except Invalid as invalid:
            err.print(str(invalid), markup=False, soft_wrap=True)
        text = changed
        if not typer.confirm("Open the editor again?", default=True, err=True):
            stop("Nothing was changed.", Exit.WRONG)


def _asked(register: Register, name: str | None) -> Document:
    """The answers as a document; secrets that were typed go to the hub's store, never into it."""
    if name is not None:
        _refuse_known(register, name)
    try:
        answers = asked(register.in_use.registry, register.in_use.references, name)
    except typer.Abort:
        stop("Stopped: nothing was registered.", Exit.STOPPED, "`hub connector new --from FILE` asks nothing.")
    _refuse_known(register, answers.name)
    for secret, value in answers.secrets.items():
        register.vault.put(secret, value, None, signed("", ""))
    try:
        return register.read(answers.text, f"{answers.name}.yaml")
    except Invalid as invalid:
        kept = Path(f"{answers.name}.yaml")
        kept.write_text(answers.text, encoding="utf-8")
        stop(
            str(invalid),
            Exit.WRONG,
            f"What you answered is in {kept}: correct it, then `hub connector new --from {kept}`.",
        )
