"""The departments of a chaos run as one program: three systems behind faults, and a door for the harness.

    python -m tests.chaos.department --port 0 --seed 1 --records 3000

`POST /-/phase?number=1`, `POST /-/arm?system=mot-cua&kind=truncated&times=2&after=3`, `POST /-/disarm`.
"""

import argparse
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import orjson
from flask import Flask, Response, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from tests.chaos.inputs import Held, phases
from tests.departments.dossier import Dossier
from tests.departments.faults import Faults
from tests.departments.mot_cua_json import write_dossier
from tests.departments.server import run
from tests.departments.so_tu_phap import SoTuPhap

SYSTEMS = {"so-tu-phap": "/stp", "mot-cua": "/mc", "cong-xa": "/cx"}  # and where each one stands


class Listing:
    """Dossiers by time of change in numbered slices of what changed `since` (epoch milliseconds)."""

    def __init__(self) -> None:
        self._rows: Sequence[Dossier] = ()
        self._times: Sequence[int] = ()
        self._written = cache(_written)

    def hold(self, rows: Iterable[Dossier]) -> None:
        """Hold these from now on."""
        self._rows = sorted(rows, key=lambda dossier: (dossier.updated_at, dossier.code))
        self._times = [_millis(dossier.updated_at) for dossier in self._rows]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked = dict(part.split("=") for part in environ["QUERY_STRING"].split("&"))
        begin = bisect_left(self._times, int(asked.get("since", "-9999999999999")))
        page, size = int(asked["page"]), int(asked["size"])
        start = begin + page * size
        rows = b",".join(map(self._written, self._rows[start : start + size]))
        last, total = start + size >= len(self._rows), len(self._rows) - begin
        body = b'{"content":[%s],"last":%s,"total":%d}' % (rows, b"true" if last else b"false", total)
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]


def _written(dossier: Dossier) -> bytes:
    return orjson.dumps(write_dossier(dossier))


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


class Departments:
    """The three systems, each behind faults; `app` has them all, and the harness's door."""

    def __init__(self, held: Sequence[Held]) -> None:
        self._held = held
        self._judicial = SoTuPhap()
        self._gateway, self._commune = Listing(), Listing()
        apps: dict[str, WSGIApplication] = {
            "so-tu-phap": self._judicial.app,
            "mot-cua": self._gateway,
            "cong-xa": self._commune,
        }
        self._faults = {system: Faults(app) for system, app in apps.items()}
        self.app = DispatcherMiddleware(
            self._door(), {place: self._faults[system] for system, place in SYSTEMS.items()}
        )
        self.phase(0)

    def phase(self, number: int) -> None:
        """Hold what this phase holds."""
        held = self._held[number]
        self._judicial.hold(held.judicial)
        self._gateway.hold(held.gateway)
        self._commune.hold(held.commune)

    def _door(self) -> Flask:
        door = Flask(__name__)
        said: dict[str, Callable[[], Any]] = {
            "phase": lambda: self.phase(int(request.args["number"])),
            "arm": self._arm,
            "disarm": self._disarm,
        }

        @door.post("/-/<what>")
        def turn(what: str) -> Response:
            said[what]()
            return Response("done", mimetype="text/plain")

        return door

    def _disarm(self) -> None:
        for faults in self._faults.values():
            faults.disarm()

    def _arm(self) -> None:
        args = request.args
        kind: Any = args["kind"]
        self._faults[args["system"]].arm(kind, int(args.get("times", "1")), after=int(args.get("after", "0")))


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.department", description=__doc__)
    parser.add_argument("--port", type=int, default=8714, help="0: any free port (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=int, default=3000)
    arguments = parser.parse_args()
    run(Departments(phases(arguments.seed, arguments.records)).app, arguments.port)


if __name__ == "__main__":
    main()
