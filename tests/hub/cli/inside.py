"""Runs `hub` inside this process: for tests of many commands, which would take minutes in processes of their own."""

from pathlib import Path

from typer.testing import CliRunner

from hub.cli import output
from hub.cli.main import app
from tests.hub.cli.command import Outcome


def hub(*arguments: str | Path, columns: int = 200, stdin: str = "", **environment: str) -> Outcome:
    """Run `hub` to its end; what no command may do, raise, this does too. `stdin` is what is typed or piped."""
    for console in (output.out, output.err):
        console.width = columns
    done = CliRunner().invoke(app, [*map(str, arguments)], input=stdin, env=environment)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Outcome(done.exit_code, done.stdout, done.stderr)
