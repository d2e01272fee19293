"""How a client proves who it is with a signature instead of a secret (`private_key_jwt`, RFC 7523)."""

from typing import Any

from authlib.common.urls import add_params_to_qs
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from connectors.errors import Changed
from connectors.rest.auth_settings import ClientCredentialsAuth, PasswordAuth

_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Assertion:
    """What authlib calls to sign a request for a token; the key is read when it is needed."""

    def __init__(self, settings: ClientCredentialsAuth | PasswordAuth) -> None:
        self._settings = settings

    def __call__(self, auth: Any, method: str, url: str, headers: Any, body: str) -> tuple[str, Any, str]:  # noqa: ARG002
        settings = self._settings
        try:
            signed = private_key_jwt_sign(
                self._key(),
                client_id=settings.client_id,
                token_endpoint=settings.audience or settings.token_url,
                alg=settings.algorithm,
                header={"kid": settings.key_id} if settings.key_id else {},
            )
        except (OSError, ValueError, TypeError, JoseError) as error:
            raise self._unusable(error) from None
        proof = [("client_assertion_type", _TYPE), ("client_assertion", signed), ("client_id", settings.client_id)]
        return url, headers, add_params_to_qs(body, proof)

    def _key(self) -> ECKey | RSAKey:
        settings = self._settings
        text = settings.private_key_file.read_bytes() if settings.private_key_file else _text(settings)
        return (ECKey if settings.algorithm.startswith("ES") else RSAKey).import_key(text)

    def _unusable(self, error: Exception) -> Changed:
        """Without the error's own words, which may repeat the key, unless they are about the file."""
        why = f": {error.strerror}" if isinstance(error, OSError) else ""
        place = "private_key_file" if self._settings.private_key_file else "private_key"
        return Changed(
            f"the key of `{place}` cannot sign {self._settings.algorithm}{why}",
            code="local_settings",
            hint="It must be an unencrypted private key in PEM: of RSA for RS and PS, elliptic for ES algorithms.",
        )


def _text(settings: ClientCredentialsAuth | PasswordAuth) -> bytes:
    return settings.private_key.get_secret_value().encode() if settings.private_key else b""
