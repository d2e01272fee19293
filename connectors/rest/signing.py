"""Requests that carry a signature (HMAC), and the header of a city's data-sharing platform."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import orjson
from requests import PreparedRequest
from requests.auth import AuthBase

from connectors.errors import Changed
from connectors.rest.auth_settings import HmacAuth, LgspAuth


class Signature(AuthBase):
    """Signs every request as it is about to be sent."""

    def __init__(self, settings: HmacAuth) -> None:
        self._settings = settings

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        settings = self._settings
        words = {**_words(request), "timestamp": _timestamp(settings.timestamp), "key_id": settings.key_id}
        # `{body}` may have any bytes, so templates are filled in as Latin-1, in which each byte is a letter.
        signed = settings.signed.encode().decode("latin-1").format_map(words)
        words["signature"] = self._sign(signed.encode("latin-1"))
        headers = {name: _filled(template, words) for name, template in settings.headers.items()}
        request.prepare_headers({**request.headers, **headers})
        return request

    def _sign(self, text: bytes) -> str:
        digest = hmac.new(_key(self._settings), text, self._settings.algorithm).digest()
        return digest.hex() if self._settings.signature_as == "hex" else b64encode(digest).decode()


def _filled(template: str, words: Mapping[str, str]) -> bytes:
    return template.encode().decode("latin-1").format_map(words).encode("latin-1")


def _words(request: PreparedRequest) -> dict[str, str]:
    parts = urlsplit(request.url or "")
    body = request.body or b""
    body = body if isinstance(body, bytes) else str(body).encode()
    return {
        "method": request.method or "",
        "host": parts.netloc.rpartition("@")[2],
        "path": parts.path or "/",
        "query": parts.query,
        "sorted_query": "&".join(sorted(parts.query.split("&"))),
        "nonce": secrets.token_hex(16),
        "body": body.decode("latin-1"),
        "body_sha256": hashlib.sha256(body).hexdigest(),
    }


def _timestamp(form: str) -> str:
    now = datetime.now(UTC)
    if form == "iso":
        return now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(int(now.timestamp() * (1000 if form == "milliseconds" else 1)))


def _key(settings: HmacAuth) -> bytes:
    try:
        return _KEYS[settings.secret_as](settings.secret.get_secret_value())
    except ValueError:
        raise Changed(
            f"`secret` is not written in {settings.secret_as}, so no request can be signed",
            code="local_settings",
            hint="Correct `secret_as`, or get the secret from the department again.",
        ) from None


_KEYS: Mapping[str, Callable[[str], bytes]] = {
    "text": str.encode,
    "hex": bytes.fromhex,
    "base64": lambda secret: b64decode(secret, validate=True),
}


def platform_header(settings: LgspAuth) -> str:
    """Who we are, as the platform wants it in one header."""
    said = {
        "AccessKey": settings.access_key.get_secret_value(),
        "SecretKey": settings.secret_key.get_secret_value(),
        "AppName": settings.app_name,
        "PartnerCode": settings.partner_code,
        "PartnerCodeCus": settings.partner_code_cus,
    }
    return b64encode(orjson.dumps({name: value for name, value in said.items() if value is not None})).decode()
