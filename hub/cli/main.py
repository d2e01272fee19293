"""Every command, put together."""

import signal

from hub.cli import (
    alerts,
    apply,
    calendar,
    catalogue,
    check,
    client,
    completeness,
    config,
    connector,
    connector_change,
    db,
    demo,
    discover,
    explain,
    export,
    feed,
    fetch,
    gone,
    health,
    keys,
    mapping,
    mapping_diff,
    mapping_new,
    mapping_versions,
    new,
    part,
    payloads,
    people,
    preview,
    quarantine,
    reads,
    received,
    replay,
    roles,
    run,
    secret,
    serve,
    show,
    sync,
    term,
    trace,
    webhook,
)
from hub.cli.app import app

app.add_typer(alerts.commands, name="alerts")
app.add_typer(calendar.commands, name="calendar")
app.add_typer(catalogue.commands, name="catalogue")
app.add_typer(client.commands, name="client")
app.add_typer(config.commands, name="config")
app.add_typer(connector.commands, name="connector")
app.add_typer(db.commands, name="db")
app.add_typer(export.commands, name="export")
app.add_typer(feed.commands, name="feed")
app.add_typer(gone.commands, name="gone")
app.add_typer(keys.commands, name="key")
app.add_typer(mapping.commands, name="mapping")
app.add_typer(new.commands, name="new")
app.add_typer(payloads.commands, name="payloads")
app.add_typer(people.commands, name="people")
app.add_typer(quarantine.commands, name="quarantine")
app.add_typer(reads.commands, name="reads")
app.add_typer(run.commands, name="run")
app.add_typer(secret.commands, name="secret")
app.add_typer(webhook.commands, name="webhook")

# `hub demo`, `serve`, `sync`, `check` … stand on `app` itself: importing their modules registers them.
REGISTERED = (
    demo,
    serve,
    roles,
    sync,
    check,
    completeness,
    discover,
    preview,
    explain,
    fetch,
    health,
    part,
    received,
    replay,
    show,
    apply,
    connector_change,
    mapping_diff,
    mapping_new,
    mapping_versions,
    term,
    trace,
)


def main() -> None:
    """Run the command line. SIGTERM ends it as Ctrl-C does: a run says how it ended and gives its lease back."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app()
