"""Secure lines: their certificate is verified, ours is shown, and each trouble has its own sentence."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.http import Client
from connectors.settings import HttpSettings
from tests.connectors.desk import raw_desk


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate with its key in one file: the server's, the client's and the authority's at once."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "so-tu-phap.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
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


def ask(url: str, **settings: Any) -> bytes:
    with Client(HttpSettings.model_validate(settings)) as client:
        return client.ask("GET", url).body


def fails(kind: type[ConnectorError], url: str, **settings: Any) -> str:
    with pytest.raises(kind) as caught:
        ask(url, **settings)
    return caught.value.code


def test_an_authority_of_the_departments_own_is_trusted_when_named(certificate: Path) -> None:
    with secure(certificate) as url:
        assert ask(url, ca_file=certificate) == b"[1]"


def test_an_unknown_authority_is_not_trusted(certificate: Path) -> None:
    with secure(certificate) as url:
        assert fails(Changed, url) == "certificate"


def test_a_certificate_of_another_host_is_not_trusted(certificate: Path) -> None:
    with secure(certificate) as url:
        assert fails(Changed, url.replace("127.0.0.1", "localhost"), ca_file=certificate) == "certificate"


def test_the_hub_shows_its_certificate(certificate: Path) -> None:
    with secure(certificate, wants_client=True) as url:
        assert ask(url, ca_file=certificate, client_certificate=certificate) == b"[1]"
        assert ask(url, ca_file=certificate, client_certificate=certificate, client_key=certificate) == b"[1]"


def test_without_our_certificate_we_are_refused(certificate: Path) -> None:
    with secure(certificate, wants_client=True) as url:
        assert fails(Refused, url, ca_file=certificate) == "client_certificate"


def test_a_server_without_tls_is_unavailable_over_https() -> None:
    with raw_desk(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
        assert fails(Unavailable, url.replace("http:", "https:")) == "tls"
