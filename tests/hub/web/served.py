"""Serves a database as the hub does, for the tests: `python -m tests.hub.web.served FOLDER PORT`."""

import sys
from pathlib import Path

from flask import Flask

from connectors.registry import Registry
from hub.api.settings import Public, Settings
from hub.config.register import Register
from hub.store.clients import Quota
from hub.store.database import Database, connect
from hub.web.app import create_app
from hub.web.server import ServeError, serve
from tests.hub.config.registering import register

FILE = "sqlite:///hub.db"
SECRET = b"only-for-the-tests-of-the-console"


def _say(word: str) -> None:
    print(word, flush=True)


def _whole(database: Database, folder: Path) -> tuple[Register, Settings]:
    """What a hub has beside its database: connectors that can be asked, and clients that may ask much."""
    settings = Settings(
        quota=Quota(1_000_000, 100_000_000),
        public=Public(per_minute=1_000_000, wrong_per_hour=1_000_000),
        webhook_hosts=("127.0.0.1",),
        webhook_plain_http=True,
        webhook_seconds=1.0,
        exports=folder / "exports",
    )
    return register(database, folder, registry=Registry()), settings


def _main(folder: str, port: str, broken: str = "", url: str = FILE, whole: str = "") -> None:
    quotas = []

    def make_app() -> Flask:
        database = connect(url, Path(folder))
        made = create_app(database, SECRET, *(_whole(database, Path(folder)) if whole else ()))
        quotas.append(made.extensions["hub.quotas"])
        return made

    def start() -> None:
        if broken:
            raise RuntimeError("this worker never starts")
        for each in quotas:
            each.start()
        _say("started")

    try:
        serve(make_app, "127.0.0.1", int(port), start, lambda: _say("stopped"), _say)
    except ServeError as error:
        _say(f"error: {error}")
        sys.exit(1)
    _say("ended")


if __name__ == "__main__":
    _main(*sys.argv[1:])
