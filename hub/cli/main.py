"""Every command, put together."""

import signal

from hub.cli import (
    apply,
    check,
    config,
    connector,
    connector_change,
    db,
    demo,
    discover,
    fetch,
    keys,
    mapping,
    mapping_versions,
    new,
    preview,
    scaffold,
    secret,
    serve,
    show,
    sync,
)
from hub.cli.app import app

app.add_typer(config.commands, name="config")
app.add_typer(connector.commands, name="connector")
app.add_typer(db.commands, name="db")
app.add_typer(keys.commands, name="key")
app.add_typer(mapping.commands, name="mapping")
app.add_typer(new.commands, name="new")
app.add_typer(secret.commands, name="secret")

# `hub demo`, `serve`, `sync`, `check` … stand on `app` itself: importing their modules registers them.
REGISTERED = (
    demo,
    serve,
    sync,
    check,
    discover,
    scaffold,
    preview,
    fetch,
    show,
    apply,
    connector_change,
    mapping_versions,
)


def main() -> None:
    """Run the command line. SIGTERM ends it as Ctrl-C does: a run says how it ended and gives its lease back."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app()
