"""Secure lines: their certificate is verified, ours is shown, and each trouble has its own sentence."""

from pathlib import Path
from typing import Any

import pytest

from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.http import Client
from connectors.settings import HttpSettings
from tests.connectors.desk import raw_desk
from tests.connectors.secure import make_certificate, secure


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate with its key in one file: the server's, the client's and the authority's at once."""
    return make_certificate(tmp_path_factory.mktemp("tls") / "both.pem")


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
