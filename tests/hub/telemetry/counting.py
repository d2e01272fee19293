"""Two processes that answer and count together, as in `hub web`: `python -m tests.hub.telemetry.counting FOLDER`."""

import sys
from ipaddress import ip_network
from pathlib import Path

from flask import Flask

from hub.api.settings import Settings
from hub.store.database import connect
from hub.telemetry import counted
from hub.web.app import create_app
from hub.web.server import serve
from tests.hub.web.served import FILE, SECRET


def _main(folder: Path) -> None:
    counted.share(folder / "metrics")

    def make_app() -> Flask:
        counted.begin()
        settings = Settings(metrics_open_to=(ip_network("127.0.0.0/8"),))
        return create_app(connect(FILE, folder), SECRET, settings=settings)

    def announce(url: str) -> None:
        print(url.rstrip("/"), flush=True)

    serve(make_app, "127.0.0.1", 0, lambda: None, lambda: None, announce, processes=2)


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
