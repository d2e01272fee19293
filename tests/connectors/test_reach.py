"""How far a system can be reached, step by step: each step a sentence, each trouble the same one as of a request."""

import socket
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.reach import reach
from connectors.settings import HttpSettings
from tests.connectors.desk import dead_address, raw_desk
from tests.connectors.secure import make_certificate, passing_proxy, secure


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that ends in ten days and a bit."""
    return make_certificate(
        tmp_path_factory.mktemp("tls") / "both.pem", datetime.now(UTC) + timedelta(days=10, minutes=30)
    )


def steps(url: str, **settings: Any) -> list[str]:
    return list(reach(HttpSettings.model_validate(settings), url))


def fails(kind: type[ConnectorError], url: str, **settings: Any) -> tuple[list[str], ConnectorError]:
    """The steps that passed, and the error of the one that did not."""
    passed: list[str] = []
    with pytest.raises(kind) as caught:
        passed.extend(reach(HttpSettings.model_validate(settings), url))
    assert caught.value.hint
    return passed, caught.value


def test_a_secure_system_is_connected_to_and_its_certificate_told_with_its_end(certificate: Path) -> None:
    with secure(certificate) as url:
        connected, agreed = steps(url, ca_file=certificate)
        assert steps(url, ca_file=certificate) == [connected, agreed]
    assert connected.startswith("connected: 127.0.0.1, port ")
    assert agreed.startswith("secure: TLSv1.3, the certificate of “so-tu-phap.example” is valid until ")
    assert agreed.endswith("(10 days)")


def test_a_name_is_resolved_first(certificate: Path) -> None:
    with raw_desk(b"") as url:
        resolved, connected = steps(url.replace("127.0.0.1", "localhost"))
    assert resolved.startswith("resolved: localhost is ")
    assert "127.0.0.1" in resolved
    assert connected.startswith("connected: localhost, port ")


def test_nothing_is_asked_of_the_system() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        assert len(steps(f"http://127.0.0.1:{listener.getsockname()[1]}/list")) == 1
        with closing(listener.accept()[0]) as line:
            assert line.recv(1) == b""


def test_a_name_that_is_not_known_a_dead_system_and_a_wrong_port_are_told_apart() -> None:
    assert fails(Unavailable, "http://so-tu-phap.invalid/list")[1].code == "unknown_host"
    assert fails(Unavailable, dead_address())[1].code == "no_connection"


def test_a_certificate_that_is_not_trusted_is_told_after_the_connection(certificate: Path) -> None:
    with secure(certificate) as url:
        passed, error = fails(Changed, url)
        assert (len(passed), error.code) == (1, "certificate")
        assert fails(Changed, url.replace("127.0.0.1", "localhost"), ca_file=certificate)[1].code == "certificate"


def test_our_certificate_is_shown_and_missed(certificate: Path) -> None:
    with secure(certificate, wants_client=True) as url:
        assert len(steps(url, ca_file=certificate, client_certificate=certificate)) == 2
        assert fails(Refused, url, ca_file=certificate)[1].code == "client_certificate"


def test_files_that_cannot_be_used_are_ours_to_mend(certificate: Path, tmp_path: Path) -> None:
    with secure(certificate) as url:
        assert fails(Changed, url, ca_file=tmp_path / "none.pem")[1].code == "local_settings"
        nonsense = tmp_path / "nonsense.pem"
        nonsense.write_text("nonsense", encoding="utf-8")
        wrong = {"ca_file": certificate, "client_certificate": nonsense}
        assert fails(Changed, url, **wrong)[1].code == "local_settings"


def test_a_server_without_tls_and_one_that_hangs_up_are_unavailable() -> None:
    with raw_desk(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
        assert fails(Unavailable, url.replace("http:", "https:"))[1].code == "tls"


def test_one_that_stays_silent_is_waited_for_no_longer_than_the_settings_say() -> None:
    with raw_desk(b"", hold=True) as url:
        error = fails(Unavailable, url.replace("http:", "https:"), timeout_seconds=0.2)[1]
    assert (error.code, "0.2 s" in str(error)) == ("timeout", True)


def test_through_a_proxy_each_step_is_told(certificate: Path) -> None:
    with secure(certificate) as url, passing_proxy() as (proxy, asked):
        told = steps(url, ca_file=certificate, proxy=proxy.replace("http://", "http://hub:s3cr%C4%90t@"))
    assert [sentence.partition(":")[0] for sentence in told] == ["connected", "passed on", "secure"]
    assert told[0].startswith("connected: the proxy 127.0.0.1, port ")
    assert told[1].startswith("passed on: the proxy reaches 127.0.0.1, port ")
    assert b"Proxy-Authorization: Basic aHViOnMzY3LEkHQ=" in asked[0]
    assert not any("s3cr" in sentence for sentence in told)


def test_a_proxy_that_passes_nothing_on_is_told_with_what_it_answered() -> None:
    with passing_proxy(status=403) as (proxy, _):
        error = fails(Unavailable, "https://so-tu-phap.invalid/list", proxy=proxy)[1]
    assert error.code == "proxy"
    assert "it answered 403" in str(error)


def test_a_plain_address_behind_a_proxy_ends_at_the_proxy() -> None:
    with passing_proxy() as (proxy, _):
        assert len(steps("http://so-tu-phap.invalid/list", proxy=proxy)) == 1
    assert fails(Unavailable, "http://so-tu-phap.invalid/list", proxy=dead_address())[1].code == "no_connection"
