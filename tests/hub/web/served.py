"""Serves a database as the hub does, for the tests: `python -m tests.hub.web.served FOLDER PORT`."""

import sys
from pathlib import Path

from flask import Flask

from hub.store.database import connect
from hub.web.app import create_app
from hub.web.server import ServeError, serve

FILE = "sqlite:///hub.db"
SECRET = b"only-for-the-tests-of-the-console"


def _say(word: str) -> None:
    print(word, flush=True)


def _main(folder: str, port: str, broken: str = "") -> None:
    def make_app() -> Flask:
        return create_app(connect(FILE, Path(folder)), SECRET)

    def start() -> None:
        if broken:
            raise RuntimeError("this worker never starts")
        _say("started")

    try:
        serve(make_app, "127.0.0.1", int(port), start, lambda: _say("stopped"), _say)
    except ServeError as error:
        _say(f"error: {error}")
        sys.exit(1)
    _say("ended")


if __name__ == "__main__":
    _main(*sys.argv[1:])
