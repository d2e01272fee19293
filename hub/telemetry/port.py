"""A small port for processes that answer nobody else: `/metrics` and `/health` of `hub worker` and `hub scheduler`."""

import json
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

from hub.telemetry.parts import Parts

Networks = Sequence[IPv4Network | IPv6Network]
_LONGEST_SECONDS = 15.0  # that one request may take to come


class PortTaken(Exception):
    """The address cannot be had; the sentence says why."""


def may_read(address: str, networks: Networks) -> bool:
    """Whether that machine may read metrics without a key."""
    try:
        asked = ip_address(address)
    except ValueError:
        return False
    plain = getattr(asked, "ipv4_mapped", None) or asked
    return any(plain in network for network in networks if network.version == plain.version)


class Port:
    """Answers until it is stopped; who is on this machine may read metrics, and who is in one of the networks."""

    def __init__(
        self,
        host: str,
        port: int,
        parts: Parts,
        ready: Callable[[], str | None],
        metrics: Callable[[], tuple[bytes, str]] | None,
        networks: Networks = (),
    ) -> None:
        self._parts, self._ready, self._metrics, self._networks = parts, ready, metrics, networks
        answers = self._answer

        class Handler(BaseHTTPRequestHandler):
            timeout = _LONGEST_SECONDS

            def do_GET(self) -> None:  # the library's name
                status, body, media_type = answers(self.path, str(self.client_address[0]))
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing: whoever watches asks every few seconds."""

        try:
            self._server = ThreadingHTTPServer((host, port), Handler)
        except OSError as error:
            raise PortTaken(
                f"cannot answer at {host}:{port}: {error.strerror}; choose another `telemetry.port`"
            ) from error
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="telemetry", daemon=True)

    @property
    def number(self) -> int:
        """The port itself."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()

    def _answer(self, path: str, address: str) -> tuple[int, bytes, str]:
        match path.partition("?")[0]:
            case "/health/live":
                return 200, b'{"status": "ok"}', "application/json"
            case "/health/ready":
                status, told = readiness(self._parts, self._ready())
                return status, json.dumps(told, ensure_ascii=False).encode(), "application/json"
            case "/metrics" if self._metrics is not None:
                if not (may_read(address, self._networks) or ip_address(address).is_loopback):
                    return 403, b"This network may not read metrics (telemetry.metrics.open_to).\n", "text/plain"
                return 200, *self._metrics()
        return 404, b"There are /health/live, /health/ready and, where they are on, /metrics.\n", "text/plain"


def readiness(parts: Parts, store: str | None) -> tuple[int, dict[str, Any]]:
    """Whether this process does all that it is for, and what does not; `store`: what is wrong with the database."""
    troubles = ({} if store is None else {"database": store}) | parts.troubles()
    told: dict[str, Any] = {"status": "not_ready" if troubles else "ok", "parts": ["database", *parts.names()]}
    return (503, told | {"troubles": troubles}) if troubles else (200, told)
