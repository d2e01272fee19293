"""Serves a department over a real loopback socket: inside a test (`serve`) or as a program of its own (`run`)."""

import signal
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.types import WSGIApplication

from werkzeug.serving import WSGIRequestHandler, make_server

HOST = "127.0.0.1"


class _QuietHandler(WSGIRequestHandler):
    """Writes no line per request, and hangs up for good when the application has cut the connection."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def send_response(self, code: int, message: str | None = None) -> None:
        """Without a `Date` yet: a department may tell one of its own, whose clock is wrong."""
        self.send_response_only(code, message)
        self.send_header("Server", "department")

    def end_headers(self) -> None:
        """With the time, where the department did not tell it."""
        if not any(line.lower().startswith(b"date:") for line in self._headers_buffer):
            self.send_header("Date", self.date_time_string())
        super().end_headers()

    def connection_dropped(self, *_: Any) -> None:
        self.close_connection = True


@contextmanager
def serve(app: WSGIApplication, port: int = 0, certificate: Path | None = None) -> Iterator[str]:
    """The address of `app` while the block lasts; a given port lets a department go down and come back.

    With a certificate (and its key, in one file) it speaks TLS.
    """
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    server = make_server(HOST, port, app, threaded=True, request_handler=_QuietHandler, ssl_context=context)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if context else 'http'}://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def run(app: WSGIApplication, port: int) -> None:
    """Serve until standard input ends or a signal comes: a killed parent leaves nothing behind."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with serve(app, port) as url:
        print(f"ready {url}", flush=True)
        while sys.stdin.buffer.read(65536):
            pass
