"""`hub serve`: API, console, scheduler and worker, until it is stopped."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import typer

from hub import logs
from hub.cli import telling
from hub.cli.app import DEFAULT_CONFIG, ConfigOption, app, opened
from hub.cli.exits import Exit
from hub.cli.output import err, stop
from hub.config.file import Configuration
from hub.engine import Engine
from hub.store import people
from hub.wiring import keyring, open_hub, register, session_key


@app.command()
def serve(
    config: ConfigOption = DEFAULT_CONFIG,
    host: Annotated[str | None, typer.Option(help="Instead of web.host.")] = None,
    port: Annotated[int | None, typer.Option(help="Instead of web.port.")] = None,
) -> None:
    """Serve API and console, and run the connectors on their schedules. Ctrl-C or SIGTERM ends it."""
    logs.configure()
    with opened(config) as hub:  # whatever is wrong with configuration or store is said before anything is started
        found, nobody = hub.configuration, not people.any_there(hub.database)
    telling.write_log(found)
    telling.check_tracing(found)
    web = found.config.web
    serve_until_stopped(found, host or web.host, web.port if port is None else port, partial(_announce, nobody=nobody))


def serve_until_stopped(found: Configuration, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve; everything that holds a connection or a thread is made in the serving process, after its fork."""
    from hub.cli.web_settings import web_settings  # noqa: PLC0415
    from hub.web import server  # noqa: PLC0415  (40 MiB and half of the time to start, which other commands do not need)
    from hub.web.app import create_app  # noqa: PLC0415

    engines: list[Engine] = []
    quotas: list[Any] = []

    def make_app() -> Any:
        telling.begin(found, "serve")
        hub = open_hub(found)
        engine = Engine(hub)
        engines.append(engine)
        changes = register(found, hub.database)
        keys = keyring(found, hub.database)
        made = create_app(hub.database, session_key(found), changes, web_settings(found), hub.reads, keys)
        made.extensions["hub.parts"].add(engine.parts())
        quotas.extend(made.extensions[name] for name in ("hub.quotas", "hub.key_uses"))
        return made

    def start() -> None:
        for part in (*engines, *quotas):
            part.start()

    def end() -> None:
        for part in (*quotas, *engines):
            part.stop()
        telling.end()

    try:
        server.serve(make_app, host, port, on_start=start, on_stop=end, announce=lambda url: announce(url.rstrip("/")))
    except server.ServeError as error:
        stop(str(error), Exit.WRONG)


def _announce(url: str, *, nobody: bool) -> None:
    err.print(f"Console {url}/  API {url}/api/v1/docs", highlight=False)
    if nobody:
        first = "`hub people add NAME --role administrator` makes an account and prints its password."
        err.print(f"Nobody can sign in yet: {first}", highlight=False, markup=False, soft_wrap=True)
