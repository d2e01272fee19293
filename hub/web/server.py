"""Serving the application with gunicorn: worker processes of eight threads each, and a quick end.

The master only holds the port. Everything else (the database, the clock, the sync worker) lives in the
worker processes, because connections and threads do not survive a fork.
"""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.http.errors import InvalidResponseHeader, InvalidResponseHeaderName, ParseException
from gunicorn.workers.gthread import TConn, ThreadWorker

from hub.telemetry import counted
from hub.web import connection

_DRAIN_SECONDS = 1  # for answers that are under way
_STOP_SECONDS = 20  # for `on_stop`; then the worker is killed, which loses nothing


class ServeError(Exception):
    """The address cannot be served; the sentence says why and what to do."""


def serve(
    make_app: Callable[[], Flask],
    host: str,
    port: int,
    on_start: Callable[[], None],
    on_stop: Callable[[], None],
    announce: Callable[[str], None],
    processes: int = 1,
) -> None:
    """Serve until SIGTERM, SIGINT or SIGHUP; then return. Port 0 takes a free one.

    `make_app`, `on_start` and `on_stop` run in each worker process, in this order; a worker that died is
    replaced, and the new one begins with `make_app` again. `announce` is told the address by the master.

    Raises:
        ServeError: the address is taken or is none of this machine, or the worker could not start.
    """
    listener = _bind(host, port)
    url = _url(host, listener.getsockname()[1])
    application = _Application(make_app, on_start, on_stop, lambda: announce(url), listener.detach(), processes)
    master = os.getpid()
    with _signals_as_before():
        try:
            _Master(application).run()
        except SystemExit as ended:
            if os.getpid() != master:
                _leave(ended.code)  # a worker that broke: what follows `serve` is the master's business
            if ended.code:
                raise ServeError("the worker process of the web part could not start; its log says why") from None


class _Application(BaseApplication):  # type: ignore[misc]
    """gunicorn's view of what is served."""

    def __init__(
        self,
        make_app: Callable[[], Flask],
        on_start: Callable[[], None],
        on_stop: Callable[[], None],
        announce: Callable[[], None],
        listener: int,
        processes: int,
    ) -> None:
        self.on_start = on_start
        self.on_stop = on_stop
        self._make_app = make_app
        self._announce = announce
        self._listener = listener
        self._processes = processes
        super().__init__()

    def load_config(self) -> None:
        """Nothing is read from files or the environment."""
        settings: dict[str, Any] = {
            "bind": [f"fd://{self._listener}"],
            "workers": self._processes,
            "threads": 8,
            "worker_class": _Worker,
            "graceful_timeout": _STOP_SECONDS,
            "limit_request_line": 8190,  # a search of 500 letters of Vietnamese has 4500 as an address writes them
            "forwarder_headers": "",  # a SCRIPT_NAME that a client sends through a proxy would move every address
            "control_socket_disable": True,  # gunicorn 27 would open one in the home folder
            "accesslog": None,  # addresses hold codes and names: personal data
            "loglevel": "warning",
            "when_ready": lambda _: self._announce(),
            "post_fork": _drain_quickly,
            "child_exit": lambda _, worker: counted.process_ended(worker.pid),
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called in the worker process."""
        return self._make_app()


class _Master(Arbiter):  # type: ignore[misc]
    """Ends with its terminal, instead of starting its workers again and living on unseen."""

    def init_signals(self) -> None:
        ignores_hangup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # nohup
        super().init_signals()
        if ignores_hangup:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def handle_hup(self) -> None:
        raise StopIteration


class _Worker(ThreadWorker):  # type: ignore[misc]
    """Starts and stops what the hub does beside answering."""

    wsgi: Flask | None = None  # until it is loaded

    def init_signals(self) -> None:
        super().init_signals()
        # Ctrl-C reaches master and worker; then the master's own signal would cut `on_stop` short.
        for each in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
            signal.signal(each, self.handle_exit)

    def handle_exit(self, sig: int, frame: object) -> None:
        super().handle_exit(sig, frame)
        # Whoever waits for a change is answered now: there is a second for answers that are under way.
        if self.wsgi is not None:  # it may be told to end before it has begun
            self.wsgi.extensions["hub.waiters"].close()

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: BaseException) -> None:
        """Who asks the API reads problems, not pages."""
        if isinstance(exc, ParseException) and not isinstance(exc, (InvalidResponseHeader, InvalidResponseHeaderName)):
            connection.refuse(client, exc)
            return
        super().handle_error(req, client, addr, exc)

    def enqueue_req(self, conn: TConn) -> None:
        connection.watch(conn)
        super().enqueue_req(conn)

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self.app.on_start()

    def run(self) -> None:
        try:
            super().run()
        finally:
            self.app.on_stop()
        # A browser's spare connection, still silent, would hold a thread and with it the process.
        _leave(0)


def _drain_quickly(_: Arbiter, worker: _Worker) -> None:
    """The worker's copy of the settings: the master goes on waiting longer, for `on_stop`."""
    worker.cfg.set("graceful_timeout", _DRAIN_SECONDS)


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(socket.SOMAXCONN)  # only now is the port ours
    except OSError as error:
        raise ServeError(
            f"cannot serve at {host}:{port}: {error.strerror}; choose another `web.port` or `web.host`"
        ) from error
    return listener


def _url(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("", "0.0.0.0", "::") else host  # noqa: S104  # compared, not bound
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def _leave(code: str | int | None) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


@contextmanager
def _signals_as_before() -> Iterator[None]:
    """gunicorn takes the signals and keeps them; whoever called wants Ctrl-C back for its own ending."""
    before = {each: signal.getsignal(each) for each in (*Arbiter.SIGNALS, signal.SIGCHLD)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
