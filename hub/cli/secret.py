"""`hub secret`: passwords and tokens of department systems, kept encrypted in the hub's store."""

import sys
from datetime import date
from typing import Annotated

import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, as_row, opened_register, signed
from hub.cli.exits import Exit
from hub.cli.output import err, local, out, print_json, print_table, stop
from hub.config.references import is_secret_name
from hub.store.secrets import new_key

commands = typer.Typer(help="Secrets that connectors refer to as ${secret:NAME}.", no_args_is_help=True)


@commands.command("set")
def set_(
    name: str,
    expires: Annotated[str, typer.Option(help="Its last day, as 2027-03-31: operators are warned before.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Keep a secret: asked for, or read from standard input, never from the command line. Runs use it at once.

    Connectors that use it and were left alone after failures are asked again.
    """
    if not is_secret_name(name):
        stop(f"{name!r} is no name of a secret: use a-z, A-Z, 0-9, dots, hyphens and _", Exit.WRONG)
    last_day = _day(expires)
    value = _value(name)
    with opened_register(config) as register:
        register.vault.put(name, value, last_day, signed("", ""))
    err.print(f"The hub keeps {name}. Write ${{secret:{name}}} where a setting needs it.", markup=False, soft_wrap=True)


@commands.command("list")
def list_(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the secrets: names, days, and which connectors use them. No command shows a secret itself."""
    with opened_register(config) as register:
        found = register.vault.listed()
    if as_json:
        print_json([as_row(row) for row in found])
        return
    rows = [(row.name, local(row.updated_at), row.expires_on or "", ", ".join(row.used_by)) for row in found]
    print_table(("secret", "set", "last day", "used by"), rows)


@commands.command()
def remove(name: str, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Forget a secret; refused while connectors use it."""
    with opened_register(config) as register:
        if not register.vault.remove(name, signed("", "")):
            stop(f"the hub keeps no secret {name!r}", Exit.NOT_FOUND)


@commands.command("new-key")
def new_key_() -> None:
    """Print a new key for HUB_SECRETS_KEY; with a comma before the old ones it becomes the one that encrypts."""
    out.print(new_key(), highlight=False, soft_wrap=True)


@commands.command()
def rotate(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Encrypt every secret with the newest key; the older keys may then be thrown away."""
    with opened_register(config) as register:
        count = register.vault.encrypt_again(signed("", ""))
    out.print(f"{count} secrets are encrypted with the newest key.", highlight=False)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        stop(f"{text!r} is no day; write one as 2027-03-31", Exit.WRONG)


def _value(name: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(name, hide_input=True, confirmation_prompt=True, err=True))
    value = typer.get_text_stream("stdin", encoding="utf-8").read().removesuffix("\n").removesuffix("\r")
    if not value:
        stop("standard input held nothing, so there is nothing to keep", Exit.WRONG)
    return value
