"""Providers of identities for tests, each over a real socket: one that is a package of its own, and one of authlib's
authorization server, whose keys can be changed and which can be late, away or wrong."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientCredentialsGrant, ClientMixin
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from flask import Flask, Response, request
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey
from werkzeug.serving import make_server

HUB = "https://hub.example"  # what tokens for the hub are for
_BACK = "http://127.0.0.1/back"


@dataclass(frozen=True)
class OpenIdProvider:
    """`oidc-provider-mock` in a process of its own."""

    address: str

    def id_token(self, client: str, person: str) -> str:
        """What a client gets for a person who signed in (authorization code)."""
        told = requests.get(f"{self.address}/.well-known/openid-configuration", timeout=5).json()
        asked = {"client_id": client, "redirect_uri": _BACK, "response_type": "code", "scope": "openid profile"}
        gone = requests.post(
            told["authorization_endpoint"], params=asked, data={"sub": person}, allow_redirects=False, timeout=5
        )
        code = parse_qs(urlsplit(gone.headers["Location"]).query)["code"][0]
        wanted = {"grant_type": "authorization_code", "code": code, "redirect_uri": _BACK}
        answer = requests.post(told["token_endpoint"], data=wanted, auth=(client, "any"), timeout=5)
        return str(answer.json()["id_token"])


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def open_id_provider(port: int, **claims: Any) -> Iterator[OpenIdProvider]:
    """Running until the block ends; people have these claims."""
    people = [f"--user-claims={json.dumps({'sub': 'an'} | claims)}"]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *people]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ)
    assert process.stdout is not None
    try:
        while b"running on" not in (line := process.stdout.readline()):
            assert line, "the provider ended"
        reading = threading.Thread(target=process.stdout.read, daemon=True)  # so that it never waits for a reader
        reading.start()
        yield OpenIdProvider(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)
        reading.join(10)
        process.stdout.close()


def made_key(kind: str = "RSA", kid: str = "one") -> Key:
    """A private key."""
    named = {"kid": kid, "use": "sig"}
    match kind:
        case "EC":
            return ECKey.generate_key("P-256", named)
        case "OKP":
            return OKPKey.generate_key("Ed25519", named)
    return RSAKey.generate_key(2048, named)


@dataclass
class Authority:
    """authlib's authorization server: tokens for programs (client credentials, RFC 9068)."""

    keys: list[Key]
    alg: str = "RS256"
    address: str = ""
    asked: list[str] = field(default_factory=list)  # paths, in their order
    late: threading.Event | None = None  # answers wait until it is set
    instead: Response | None = None  # answers with this
    extra: dict[str, Any] = field(default_factory=dict)  # claims
    lifetime: int = 300

    def token(self, client: str = "portal", scope: str = "hub") -> str:
        """A token for a program."""
        form = {"grant_type": "client_credentials", "scope": scope}
        answer = requests.post(f"{self.address}/token", data=form, auth=(client, "secret"), timeout=5)
        return str(answer.json()["access_token"])


class _AnyClient(ClientMixin):
    def __init__(self, name: str) -> None:
        self.name = name

    def get_client_id(self) -> str:
        return self.name

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == "secret"

    def check_endpoint_auth_method(self, *_: str) -> bool:
        return True

    def check_grant_type(self, _: str) -> bool:
        return True


def _application(authority: Authority) -> Flask:
    app = Flask("authority")

    class Tokens(JWTBearerTokenGenerator):
        def get_jwks(self) -> Any:
            return KeySet(authority.keys[:1])  # so that tokens name their key

        def get_audiences(self, *_: Any) -> list[str]:
            return [HUB]

        def get_extra_claims(self, *_: Any) -> dict[str, Any]:
            return authority.extra

    server = AuthorizationServer(app, query_client=_AnyClient, save_token=lambda *_: None)
    server.register_grant(ClientCredentialsGrant)
    tokens = Tokens(authority.address, authority.alg, expires_generator=lambda *_: authority.lifetime)
    server.register_token_generator("default", tokens)

    @app.before_request
    def hindered() -> Response | None:
        if request.path == "/token":
            return None
        authority.asked.append(request.path)
        if authority.late is not None:
            authority.late.wait(60)
        return authority.instead

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.get("/.well-known/openid-configuration")
    def description() -> dict[str, str]:
        return {"issuer": authority.address, "jwks_uri": f"{authority.address}/keys"}

    @app.get("/keys")
    def keys() -> Any:
        return KeySet(authority.keys).as_dict(private=False)

    return app


@contextmanager
def authority(*keys: Key, alg: str = "RS256") -> Iterator[Authority]:
    """Running until the block ends."""
    found = Authority(list(keys) or [made_key()], alg)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        found.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = make_server("127.0.0.1", 0, _application(found), threaded=True, fd=listener.fileno())
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        serving.start()
        try:
            yield found
        finally:
            if found.late is not None:
                found.late.set()
            server.shutdown()
            server.server_close()
            serving.join(10)


def now() -> float:
    """What providers and hub go by."""
    return time.time()
