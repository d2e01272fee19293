"""One exchange, with receivers that do everything wrong."""

import itertools
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.outbox.webhooks.address import Allowed, NotAllowed
from hub.outbox.webhooks.line import Exchange, Line, trusted
from tests.connectors.certificates import authority
from tests.hub.outbox.webhooks.receiver import Got, Reply, hangs, misbehaving, receiving

ALLOWED = Allowed(("127.0.0.1", "localhost"), plain_http=True)
SECONDS = 1.0


def post(url: str, body: bytes = b"{}", seconds: float = SECONDS, allowed: Allowed = ALLOWED) -> Exchange:
    with Line(allowed.place(url), allowed, seconds, trusted()) as line:
        return line.post(body, {"Content-Type": "application/json"})


def heard(connection: socket.socket) -> None:
    """The whole request: closed with a part of it unread, the connection would break instead of ending."""
    said = b""
    while not said.endswith(b"{}") and (more := connection.recv(65536)):
        said += more


def drips(connection: socket.socket) -> None:
    heard(connection)
    for letter in itertools.cycle(b"HTTP/1.1 200 OK\r\nX: "):
        connection.sendall(bytes([letter]))
        time.sleep(0.02)


def endless_headers(connection: socket.socket) -> None:
    heard(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Again: and again\r\n")


def continues_for_ever(connection: socket.socket) -> None:
    heard(connection)
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.01)


def drips_its_body(connection: socket.socket) -> None:
    heard(connection)
    connection.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 1000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def closes_early(connection: socket.socket) -> None:
    connection.recv(1)


def half_an_answer(connection: socket.socket) -> None:
    heard(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


def no_http(connection: socket.socket) -> None:
    heard(connection)
    connection.sendall(b"220 mail.example ESMTP\r\n")


def taken_and_drips(connection: socket.socket) -> None:
    heard(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def never_reads(connection: socket.socket) -> None:
    time.sleep(SECONDS * 3)


@pytest.mark.parametrize(
    "serve",
    [hangs, drips, endless_headers, continues_for_ever, closes_early, no_http],
)
def test_whatever_a_receiver_does_the_exchange_ends_in_its_time_and_says_why(
    serve: Callable[[socket.socket], None],
) -> None:
    with misbehaving(serve) as url:
        went = post(url)
    assert went.answered.silent
    assert url in (went.answered.error or "")
    assert went.seconds < SECONDS + 1.5


def test_a_receiver_that_never_reads_does_not_hold_a_large_body_up() -> None:
    with misbehaving(never_reads) as url:
        went = post(url, b"x" * (16 << 20))
    assert went.answered.status is None
    assert went.seconds < SECONDS + 1.5


def test_an_endless_body_is_read_to_a_bound_and_a_2xx_is_a_2xx() -> None:
    sent = []

    def endless(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sent.append(connection.send(b"x" * 65536))

    with misbehaving(endless) as url:
        went = post(url)
    assert went.answered.taken
    assert sum(sent) < 32 << 20


@pytest.mark.parametrize("serve", [half_an_answer, taken_and_drips])
def test_a_2xx_is_believed_whatever_becomes_of_its_body(serve: Callable[[socket.socket], None]) -> None:
    with misbehaving(serve) as url:
        went = post(url)
    assert went.answered.taken
    assert went.seconds < SECONDS


def test_a_no_that_drips_ends_in_its_time() -> None:
    with misbehaving(drips_its_body) as url:
        went = post(url)
    assert not went.answered.taken
    assert went.seconds < SECONDS + 1.5


def test_a_lie_in_the_body_changes_nothing() -> None:
    with receiving(lambda _: Reply(200, b'{"error": "failed"}')) as receiver:
        assert post(receiver.url).answered.taken


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with receiving() as elsewhere, receiving(lambda _: Reply(status, headers={"Location": elsewhere.url})) as receiver:
        answered = post(receiver.url).answered
        assert elsewhere.got == []
    assert (answered.status, answered.taken, answered.silent) == (status, False, False)
    assert "final address" in (answered.error or "")


def test_what_a_receiver_says_is_quoted_in_part_and_without_what_a_terminal_would_obey() -> None:
    with receiving(lambda _: Reply(500, b"\x1b[2Jno disk\r\n space " + b"x" * 9999)) as receiver:
        error = post(receiver.url).answered.error or ""
    assert "500 Internal Server Error: [2Jno disk space xxx" in error
    assert len(error) < 500


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("99999999999999", 999999999.0), ("soon", None), ("-1", None), ("", None)]
)
def test_retry_after_is_read_or_ignored(header: str, seconds: float | None) -> None:
    with receiving(lambda _: Reply(429, headers={"Retry-After": header})) as receiver:
        assert post(receiver.url).answered.retry_after == seconds


def test_nobody_listening_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert "nothing listens there" in (post(f"http://127.0.0.1:{port}/").answered.error or "")


def test_a_connection_is_used_again_and_made_anew_where_it_was_closed_meanwhile() -> None:
    connections = []

    def once(connection: socket.socket) -> None:
        connections.append(connection)
        heard(connection)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")  # and closes, though it did not say so

    with misbehaving(once) as url, Line(ALLOWED.place(url), ALLOWED, SECONDS, trusted()) as line:
        assert all(line.post(b"{}", {}).answered.taken for _ in range(3))
    assert len(connections) == 3
    peers: set[str] = set()
    with receiving() as receiver, Line(ALLOWED.place(receiver.url), ALLOWED, SECONDS, trusted()) as line:
        for _ in range(3):
            line.post(b"{}", {})
            assert line._open is not None
            peers.add(str(line._open.sock.getsockname()))
    assert len(peers) == 1


def test_a_name_that_resolves_into_this_machine_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name passes the list; its address is looked at where the connection is made."""
    with receiving() as receiver:
        real = socket.getaddrinfo

        def rebound(host: str, *rest: object, **more: object) -> object:
            return real("127.0.0.1" if host == "portal.example" else host, *rest, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(socket, "getaddrinfo", rebound)
        allowed = Allowed(("portal.example",), plain_http=True)
        answered = post(receiver.url.replace("127.0.0.1", "portal.example"), allowed=allowed).answered
        assert "this machine itself" in (answered.error or "")
        assert receiver.got == []


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert post(receiver.url).answered.taken
        assert (len(receiver.got), len(proxy.got)) == (1, 0)


def test_tls_where_there_is_none_and_a_host_that_is_not_known() -> None:
    with receiving() as receiver:
        assert "no TLS" in (post(receiver.url.replace("http:", "https:")).answered.error or "")
    allowed = Allowed(("nowhere.invalid",))
    assert "not known" in (post("https://nowhere.invalid/", allowed=allowed).answered.error or "")


@contextmanager
def with_tls(certificate: Path) -> Iterator[str]:
    """A receiver that shows a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def taken(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            heard(secured)
            secured.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with misbehaving(taken) as url:
        yield url.replace("http:", "https:")


def test_a_certificate_counts_that_an_authority_of_the_keepers_signed_for_that_host(tmp_path: Path) -> None:
    signs = authority(tmp_path)
    allowed = Allowed(("127.0.0.1", "localhost"))
    for wrong in (
        signs.certificate("other", host="127.0.0.2"),
        signs.certificate("ended", ended=True),
        signs.certificate("itself", itself=True),
    ):
        with with_tls(wrong) as url, Line(allowed.place(url), allowed, SECONDS, trusted(signs.file)) as line:
            assert "certificate is not trusted" in (line.post(b"{}", {}).answered.error or "")
    with with_tls(signs.certificate("right")) as url:
        with Line(allowed.place(url), allowed, SECONDS, trusted(signs.file)) as line:
            assert line.post(b"{}", {}).answered.taken
        with Line(allowed.place(url), allowed, SECONDS, trusted()) as line:
            assert not line.post(b"{}", {}).answered.taken, "this machine does not know that authority"


def test_a_handshake_that_never_ends_ends() -> None:
    allowed = Allowed(("127.0.0.1",))
    with misbehaving(hangs) as url:
        went = post(url.replace("http:", "https:"), allowed=allowed)
    assert went.answered.status is None
    assert went.seconds < SECONDS + 1.5


def test_the_request_is_whole() -> None:
    with receiving() as receiver:
        url = receiver.url + "?token=1"
        post(url, "đ".encode())
        (got,) = receiver.got
    assert isinstance(got, Got)
    assert (got.path, got.body) == ("/hook?token=1", "đ".encode())
    assert got.headers["host"] == url.split("/")[2]


def test_an_address_that_is_not_allowed_any_more_is_not_even_looked_up() -> None:
    with pytest.raises(NotAllowed):
        post("http://other.example/")


def test_a_name_service_that_hangs_is_no_longer_waited_for_than_any_subscriber(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr("hub.outbox.webhooks.address.socket.getaddrinfo", lambda *_, **__: ended.wait(60) and [])
    began = time.monotonic()
    went = post("http://localhost/hook", seconds=0.3)
    ended.set()
    assert time.monotonic() - began < 5
    assert went.answered.silent
    assert "no name service answered" in (went.answered.error or "")
