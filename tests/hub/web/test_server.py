"""The real server: begins, answers, is respawned, ends at once and quietly, and says plainly what it cannot do."""

import os
import signal
import socket
import time
from pathlib import Path

import orjson
import pytest
import requests
from gunicorn.config import Config
from gunicorn.http.errors import NoMoreData
from gunicorn.workers.gthread import TConn

from hub.web import connection
from tests.hub.web.filling import Store
from tests.hub.web.serving import Server, serving

READY = "/health/ready"


def child_of(process: int) -> int:
    """The worker process."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return int(children[0])


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_ends_everything_at_once_and_quietly(store: Store, name: str) -> None:
    with serving(store.folder) as server:
        assert server.line() == "started"
        assert requests.get(server.url + READY, timeout=10).status_code == 200
        begun = time.monotonic()
        server.process.send_signal(signal.Signals[name])
        out, err = server.process.communicate(timeout=30)
        assert out.split() == ["stopped", "ended"]
        assert err == ""
        assert server.process.returncode == 0
        assert time.monotonic() - begun < 5


def test_ctrl_c_reaches_master_and_worker_and_still_stops_in_order(store: Store) -> None:
    with serving(store.folder) as server:
        assert server.line() == "started"
        os.kill(child_of(server.process.pid), signal.SIGINT)
        server.process.send_signal(signal.SIGINT)
        out, err = server.process.communicate(timeout=30)
        assert out.split().count("stopped") >= 1
        assert out.split()[-1] == "ended"
        assert err == ""


def test_a_silent_connection_does_not_hold_up_the_end(store: Store) -> None:
    with serving(store.folder) as server:
        assert server.line() == "started"
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))), requests.Session() as session:
            session.get(server.url + READY, timeout=10)
            begun = time.monotonic()
            server.process.terminate()
            server.process.communicate(timeout=30)
        assert time.monotonic() - begun < 4


def test_a_worker_that_was_killed_is_replaced(store: Store) -> None:
    with serving(store.folder) as server:
        assert server.line() == "started"
        os.kill(child_of(server.process.pid), signal.SIGKILL)
        assert server.line() == "started"
        assert requests.get(server.url + READY, timeout=10).status_code == 200


def test_a_taken_port_is_said_in_one_sentence(store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(store.folder, port) as server:
            server.process.wait(timeout=30)
            assert server.url == (
                f"error: cannot serve at 127.0.0.1:{port}: Address already in use; "
                "choose another `web.port` or `web.host`"
            )
            assert server.process.returncode == 1


def test_a_worker_that_cannot_start_ends_the_server(store: Store) -> None:
    with serving(store.folder, 0, "broken") as server:
        assert server.line().startswith("error: the worker process of the web part could not start")
        server.process.wait(timeout=30)
        assert server.process.returncode == 1


def test_seven_callers_that_never_finish_do_not_stop_the_eighth(server: Server) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    slow = [socket.create_connection((host, int(port))) for _ in range(7)]
    for each in slow:
        each.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n")
    assert requests.get(server.url + READY, timeout=10).status_code == 200
    for each in slow:
        each.close()


def test_a_caller_cannot_move_addresses_past_a_proxy_on_the_same_machine(server: Server) -> None:
    address, moved = f"{server.url}/tra-cuu/api/v1/me", {"SCRIPT_NAME": "/tra-cuu"}
    answer = requests.get(address, headers=moved, timeout=10, allow_redirects=False)
    assert "/sign-in" in answer.headers["Location"]  # it is no address of the API, whatever the caller says
    assert requests.get(server.url + READY, headers={"SCRIPT_NAME": "/x"}, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"\x00\x01\r\n\r\n", 400, "bad_request"),
        (b"GET /health/live HTTP/9.9\r\n\r\n", 400, "bad_request"),
        (b"GET /health/live HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400, "bad_request"),
        (b"GET /health/live HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n", 431, "headers_too_long"),
        (b"POST /health/live HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "bad_request"),
        (b"POST /health/live HTTP/1.1\r\nTransfer-Encoding: tea\r\n\r\n", 400, "bad_request"),
    ],
)
def test_what_is_no_request_is_refused_as_a_problem(server: Server, sent: bytes, status: int, code: str) -> None:
    head, body = raw(server, sent)
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"Content-Type: application/problem+json\r\n" in head
    assert orjson.loads(body)["code"] == code


@pytest.mark.parametrize(
    "body",
    [
        b'Content-Length: 99\r\n\r\n{"codes": ["1"]}',  # whole, as far as JSON goes
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    ],
)
def test_half_a_body_is_no_body(server: Server, store: Store, body: bytes) -> None:
    head = b"POST /api/v1/dossiers/lookup HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
    _, said = raw(server, head + b"X-API-Key: " + store.key.encode() + b"\r\n" + body)
    assert orjson.loads(said)["code"] == "half_a_body"


def test_an_address_with_a_slash_too_many_is_none(server: Server, store: Store) -> None:
    answer = requests.get(
        f"{server.url}/api/v1//me", headers={"X-API-Key": store.key}, timeout=10, allow_redirects=False
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_who_falls_silent_in_the_middle_of_a_request_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_SILENCE", 0.05)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        watched = TConn(Config(), ours, ("", 0), ("", 0))
        connection.watch(watched)
        watched.init()
        theirs.sendall(b"GET /health/live HTTP/1.1\r\n")
        with pytest.raises(NoMoreData):
            next(watched.parser)


def raw(server: Server, sent: bytes) -> tuple[bytes, bytes]:
    """The head and the body of what comes back for these bytes, and for no more."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        head, _, body = b"".join(iter(lambda: line.recv(1 << 16), b"")).partition(b"\r\n\r\n")
    return head, body


def test_nothing_is_written_to_the_home_folder(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with serving(store.folder) as server:
        assert server.line() == "started"
        requests.get(server.url + READY, timeout=10)
    assert list(home.iterdir()) == []


def test_the_process_is_gone_afterwards(store: Store) -> None:
    with serving(store.folder) as server:
        assert server.line() == "started"
        worker = child_of(server.process.pid)
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
