"""Both departments of the demo behind faults, and a hub that syncs them as it is configured."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.test import run_wsgi_app

from connectors.registry import Registry
from hub.config.file import understand
from hub.store import connectors, runs
from hub.store.runs import RunRow
from hub.sync.run import execute
from hub.wiring import Hub, open_hub
from mappings.engine.yaml_source import parse
from tests.departments.faults import Faults
from tests.departments.generator import City
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.departments.so_tu_phap import SoTuPhap

ROOT = Path(__file__).parents[3]
BUDGET = "    retry: {attempts: 3, first_wait: 0s, longest_wait: 1s}\n    fresh_within"
LIMITS = "    settings:\n      timeout_seconds: 2\n      max_answer_bytes: 2000000\n"


class Rewritten:
    """Answers as the department does, with some words replaced: a new version of its software."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self.words: dict[bytes, bytes] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        parts, status, headers = run_wsgi_app(self._app, environ, buffered=True)
        body = b"".join(parts)
        for old, new in self.words.items():
            body = body.replace(old, new)
        named = [(name, value) for name, value in headers.items() if name.lower() != "content-length"]
        start_response(status, [*named, ("Content-Length", str(len(body)))])
        return [body]


class Departments:
    """Both departments, each behind faults that a test can arm, and a hub that syncs them."""

    def __init__(self, city: City) -> None:
        self.judicial, self.one_stop = SoTuPhap(city.judicial), MotCua(city.one_stop)
        self.rewritten = {"so-tu-phap": Rewritten(self.judicial.app), "mot-cua": Rewritten(self.one_stop.app)}
        self.faults = {name: Faults(app) for name, app in self.rewritten.items()}
        self.matching = {"so-tu-phap": "POST", "mot-cua": "/pa/"}

    @contextmanager
    def hub(self, database_url: str, tmp_path: Path, section: str = "") -> Iterator[Hub]:
        """The demo's configuration at these departments; `section` is one more line for each connector."""
        with serve(self.faults["so-tu-phap"]) as judicial, serve(self.faults["mot-cua"]) as one_stop:
            text = (ROOT / "config.yaml").read_text(encoding="utf-8")
            text = text.replace("    fresh_within", f"    {section}\n{BUDGET}").replace("    settings:\n", LIMITS)
            text = text.replace("page_size: 100", "page_size: 20")
            written = parse(text, "config.yaml")
            addresses = {"SO_TU_PHAP_URL": judicial, "MOT_CUA_URL": one_stop, "HUB_DATABASE_URL": database_url}
            hub = open_hub(understand(written, tmp_path, Registry(), addresses))
            yield hub
            hub.database.close()

    def arm(self, connector: str, kind: str, times: int, after: int = 0) -> None:
        self.faults[connector].arm(kind, times, after=after, matching=self.matching[connector])


def sync(hub: Hub, connector: str, stop: threading.Event | None = None, kind: str = "incremental") -> RunRow:
    row = connectors.named(hub.database, connector)
    assert row is not None
    with hub.database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, kind, "hand", datetime.now(UTC))
    assert execute(hub.database, hub.source(connector), run_id, "test", stop or threading.Event())
    run = runs.get(hub.database, run_id)
    assert run is not None
    return run
