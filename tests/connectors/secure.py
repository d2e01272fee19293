"""Secure lines in a test: certificates of our own making, a server that shows one, and a proxy before it."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

SUBJECT = "so-tu-phap.example"


def make_certificate(path: Path, ends: datetime | None = None) -> Path:
    """A certificate with its key in one file: the server's, the client's and the authority's at once."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SUBJECT)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(ends or now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    unencrypted = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, unencrypted)
    path.write_bytes(private + made.public_bytes(pem))
    return path


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        pass

    def log_error(self, *_: Any) -> None:
        pass


@Request.application
def _list(request: Request) -> Response:
    return Response(b"[1]")


@contextmanager
def secure(certificate: Path, *, wants_client: bool = False) -> Iterator[str]:
    """The address of a server that shows this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if wants_client:
        # In TLS 1.3 the refusal comes after the handshake, and may be lost when the server hangs up behind it.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificate)
    server = make_server("127.0.0.1", 0, _list, ssl_context=context, request_handler=_Quiet, threaded=True)
    server.log = lambda *_: None  # type: ignore[method-assign]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}/list"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def passing_proxy(status: int = 200) -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that passes lines on (CONNECT), or answers `status` instead; its address, and what it was asked."""
    asked: list[bytes] = []
    threads: list[threading.Thread] = []

    def pump(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)

    def serve(line: socket.socket) -> None:
        with closing(line), suppress(OSError):
            request = line.recv(65536)
            if not request:
                return
            asked.append(request)
            host, _, port = asked[-1].split()[1].decode().rpartition(":")
            line.sendall(f"HTTP/1.1 {status} said\r\n\r\n".encode())
            if status == 200:
                with closing(socket.create_connection((host, int(port)))) as there:
                    back = threading.Thread(target=pump, args=(there, line), daemon=True)
                    back.start()
                    pump(line, there)
                    back.join()

    def accept(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                line, _ = listener.accept()
                threads.append(threading.Thread(target=serve, args=(line,), daemon=True))
                threads[-1].start()

    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=accept, args=(listener,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for each in (thread, *threads):
            each.join(10)
