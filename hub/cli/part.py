"""`hub part`, `hub rejoin`: a person undoes a wrong join of records, or takes that back."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from hub.cli.app import DEFAULT_CONFIG, AuthorOption, ConfigOption, JsonOption, app, as_row, opened_store, signed
from hub.cli.exits import Exit
from hub.cli.output import err, out, print_json, stop
from hub.record.dossier import Name
from hub.record.signature import Signature
from hub.store.database import Database
from hub.sync import parting
from hub.sync.parting import AlreadyParted, NotThatCode, Parted

CodeArgument = Annotated[str, typer.Argument(help="The code that the record gives wrongly.")]
ConnectorOption = Annotated[str, typer.Option(help="Whose record it is.")]
KeyOption = Annotated[str, typer.Option(help="The record's key at its source; `hub dossier CODE` shows it.")]
WhyOption = Annotated[str, typer.Option("--reason", help="Why; kept in the history.")]
_Decide: TypeAlias = Callable[[Database, Name, str, Signature], Parted]


@app.command()
def part(
    code: CodeArgument,
    connector: ConnectorOption,
    key: KeyOption,
    reason: WhyOption,
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Undo a wrong join: this code joins the record to nothing from now on, however often it is brought again."""
    _decided(parting.part, config, (connector, key), code, signed(author, reason), as_json=as_json)


@app.command()
def rejoin(
    code: CodeArgument,
    connector: ConnectorOption,
    key: KeyOption,
    reason: WhyOption,
    config: ConfigOption = DEFAULT_CONFIG,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take a `hub part` back: the record's code joins again."""
    _decided(parting.rejoin, config, (connector, key), code, signed(author, reason), as_json=as_json)


def _decided(decide: _Decide, config: Path, name: Name, code: str, signature: Signature, *, as_json: bool) -> None:
    if not signature.reason:
        stop("--reason is empty; say why, it is kept in the history", Exit.WRONG)
    with opened_store(config) as database:
        try:
            done = decide(database, name, code, signature)
        except AlreadyParted as error:
            err.print(str(error), markup=False, highlight=False, soft_wrap=True)
            return
        except NotThatCode as error:
            stop(str(error), Exit.NOT_FOUND)
    if as_json:
        print_json(as_row(done))
        return
    others = f"; also changed: {', '.join(done.others)}" if done.others else ""
    said = f"{name[0]} {name[1]} is now part of the dossier {done.code}{others}"
    out.print(said, markup=False, highlight=False, soft_wrap=True)
