"""What will end one day: certificates on the wire and in files, and tokens that say so themselves."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field, SecretStr

from connectors.contract import Warning  # noqa: A004  (the operators' word)
from connectors.expiry import ends
from connectors.http import Client
from connectors.settings import HttpSettings, Settings
from tests.connectors.secure import make_certificate, passing_proxy, secure

END = datetime(2031, 1, 1, 17, 0, tzinfo=UTC)  # midnight in Vietnam


def token(claims: Any) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (*parts, b"signature"))


class Inner(Settings):
    token: SecretStr = SecretStr("")
    certificate: Path | None = None


class Example(Settings):
    auth: Inner = Inner()
    secret_headers: dict[str, SecretStr] = Field(default_factory=dict)


def asked(url: str, **settings: Any) -> list[Warning]:
    with Client(HttpSettings.model_validate(settings)) as client:
        assert client.warnings() == ends(
            HttpSettings.model_validate(settings)
        )  # none of the server's before it is asked
        client.ask("GET", url)
        client.ask("GET", url)
        return client.warnings()


def test_the_certificate_that_the_server_shows_is_told_with_its_end(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path / "server.pem", END)
    with secure(certificate) as url:
        (found,) = asked(url, ca_file=certificate)
    assert (found.code, found.until) == ("server_certificate_ends", END)
    assert found.sentence == (
        "the certificate of the department's server (“so-tu-phap.example”) is valid until 00:00 on 02/01/2031"
    )


def test_so_is_the_one_behind_a_proxy(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path / "server.pem", END)
    with secure(certificate) as url, passing_proxy() as (proxy, _):
        (found,) = asked(url, ca_file=certificate, proxy=proxy)
    assert found.until == END


def test_our_own_certificates_are_told_by_the_name_of_their_setting(tmp_path: Path) -> None:
    ours = make_certificate(tmp_path / "ours.pem", END)
    (client,) = ends(HttpSettings(client_certificate=ours, ca_file=ours))
    assert (client.code, client.until) == ("our_certificate_ends", END)
    assert "our certificate in `client_certificate` (“so-tu-phap.example”)" in client.sentence
    (signing,) = ends(Example(auth=Inner(certificate=ours)))
    assert "`auth.certificate`" in signing.sentence


@pytest.mark.parametrize("content", [None, b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"])
def test_a_file_that_cannot_be_read_is_for_others_to_complain_of(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ours.pem"
    if content is not None:
        path.write_bytes(content)
    assert ends(HttpSettings(client_certificate=path)) == []


def test_a_token_that_says_when_it_ends_is_told_and_never_shown() -> None:
    secret = token({"exp": END.timestamp(), "sub": "hub"})
    (found,) = ends(Example(auth=Inner(token=SecretStr(secret))))
    assert (found.code, found.until) == ("token_ends", END)
    assert found.sentence == "the token in `auth.token` is valid until 00:00 on 02/01/2031"
    (header,) = ends(Example(secret_headers={"X-Token": SecretStr(f"Bearer {secret}")}))
    assert "`secret_headers.X-Token`" in header.sentence


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "password",
        "a.b.c",
        "..",
        "đ.đ.đ",
        token({}),
        token([]),
        token("exp"),
        token({"exp": "tomorrow"}),
        token({"exp": None}),
        token({"exp": 1e300}),
        token({"exp": float("inf")}),
        f"a.{base64.urlsafe_b64encode(b'[' * 100_000).decode()}.c",
    ],
)
def test_what_says_no_end_has_none(secret: str) -> None:
    assert ends(Example(auth=Inner(token=SecretStr(secret)))) == []


def test_a_certificate_that_cannot_be_read_is_passed_over() -> None:
    assert ends(Example(), [b"nonsense"]) == []


def test_what_has_ended_is_still_told(tmp_path: Path) -> None:
    yesterday = datetime.now(UTC) - timedelta(hours=12)
    ours = make_certificate(tmp_path / "ours.pem", yesterday)
    (found,) = ends(HttpSettings(client_certificate=ours))
    assert found.until is not None
    assert found.until < datetime.now(UTC)
