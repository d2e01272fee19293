"""The credentials that the settings of a `rest` connector describe."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.digest import Digest
from connectors.http import Client, basic
from connectors.rest.auth_settings import (
    ApiKeyAuth,
    Auth,
    BearerAuth,
    ClientCredentialsAuth,
    LgspAuth,
    PasswordAuth,
)
from connectors.rest.credentials import Challenged, Credentials, Fixed, Header, Parameter
from connectors.rest.session import Session
from connectors.rest.signing import Signature, platform_header


def credentials(settings: Auth, client: Client) -> Credentials:
    """What puts these credentials on requests that `client` sends."""
    return _KINDS[settings.type](settings, client)


def _bearer(settings: BearerAuth, _: Client) -> Credentials:
    return Fixed(Header({"Authorization": f"Bearer {settings.token.get_secret_value()}"}))


def _key(settings: ApiKeyAuth, _: Client) -> Credentials:
    key = settings.key.get_secret_value()
    return Fixed(Parameter(settings.parameter, key) if settings.parameter else Header({settings.header: key}))


def _token(settings: ClientCredentialsAuth | PasswordAuth, client: Client) -> Credentials:
    from connectors.rest.tokens import token_of_client  # noqa: PLC0415  (10 MiB, which most connectors do not need)

    return token_of_client(settings, client)


def _platform(settings: LgspAuth, client: Client) -> Credentials:
    if settings.token_url is not None:
        from connectors.rest.tokens import token_of_platform  # noqa: PLC0415  (as above)

        return token_of_platform(settings, settings.token_url, client)
    header = platform_header(settings)
    return Fixed(Header({settings.header: header}), secret=header)


_KINDS: Mapping[str, Callable[[Any, Client], Credentials]] = {
    "none": lambda _settings, _client: Fixed(None),
    "basic": lambda settings, _: Fixed(basic(settings.username, settings.password)),
    "digest": lambda settings, _: Challenged(Digest(settings.username, settings.password)),
    "bearer": _bearer,
    "api_key": _key,
    "oauth2_client_credentials": _token,
    "oauth2_password": _token,
    "session": Session,
    "hmac": lambda settings, _: Fixed(Signature(settings)),
    "lgsp": _platform,
}
