"""The credentials of a `rest` connector, put on every request."""

from collections.abc import Callable
from typing import Any, Protocol, cast

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from requests import PreparedRequest
from requests.auth import AuthBase

from connectors import json
from connectors.answers import Answer, data_of
from connectors.errors import Changed, ConnectorError, Refused
from connectors.http import Client, basic
from connectors.rest.settings import ApiKeyAuth, BearerAuth, ClientCredentialsAuth, RestSettings
from connectors.scrub import plain_address
from connectors.settings import BasicAuth
from connectors.wording import quoted

_LEEWAY_SECONDS = 10  # a token is renewed this long before it ends, so that it does not end on the way


class Credentials(Protocol):
    """What a request needs to be let in."""

    def ready(self) -> str | None:
        """Get whatever must be got first; a sentence on it, None if there is nothing to get."""
        ...

    def auth(self) -> AuthBase | None:
        """What requests puts on the next request."""
        ...

    def renew(self) -> bool:
        """Forget what a 401 has shown to be no good; False if nothing better can be had."""
        ...


def credentials(settings: RestSettings, client: Client) -> Credentials:
    """The credentials that the settings describe."""
    match settings.auth:
        case ClientCredentialsAuth() as auth:
            return Token(auth, client)
        case BasicAuth() as auth:
            return Fixed(basic(auth.username, auth.password))
        case BearerAuth() as auth:
            return Fixed(Header("Authorization", f"Bearer {auth.token.get_secret_value()}"))
        case ApiKeyAuth() as auth:
            return Fixed(Header(auth.header, auth.key.get_secret_value()))
        case _:
            return Fixed(None)


class Header(AuthBase):
    """One header with a secret in it."""

    def __init__(self, name: str, value: str) -> None:
        self._name, self._value = name, value

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.prepare_headers({**request.headers, self._name: self._value.encode()})
        return request


class Fixed:
    """Credentials that stay as they are."""

    def __init__(self, auth: AuthBase | None) -> None:
        self._auth = auth

    def ready(self) -> str | None:
        return None

    def auth(self) -> AuthBase | None:
        return self._auth

    def renew(self) -> bool:
        return False


class Token:
    """An OAuth2 token for client credentials: got when first needed, kept, renewed before it ends and on a 401."""

    def __init__(self, settings: ClientCredentialsAuth, client: Client) -> None:
        self._settings = settings
        self._oauth = OAuth2Client(
            session=_TokenDoor(client),
            client_id=settings.client_id,
            client_secret=settings.client_secret.get_secret_value(),
            token_endpoint_auth_method=f"client_secret_{settings.client_auth}",
            scope=settings.scope,
            leeway=_LEEWAY_SECONDS,
        )

    def ready(self) -> str | None:
        address = plain_address(self._settings.token_url)
        if self._oauth.token is None or self._oauth.token.is_expired(leeway=_LEEWAY_SECONDS):
            self._fetch(address)
        return f"authenticated: {address} gave a token"

    def auth(self) -> AuthBase:
        self.ready()
        return Header("Authorization", f"Bearer {self._oauth.token['access_token']}")

    def renew(self) -> bool:
        self._oauth.token = None
        return True

    def _fetch(self, address: str) -> None:
        try:
            self._oauth.fetch_token(self._settings.token_url, grant_type="client_credentials")
        except OAuth2Error as error:
            said = f"{error.error} {error.description or ''}"
            raise Refused(
                f"{address} gave no token: {quoted(said)}",
                code="refused",
                hint="Check `client_id`, `client_secret` and `scope`; the hub does not try again by itself.",
            ) from None
        except ValueError as error:
            raise _no_token(address) from error
        if not isinstance(self._oauth.token.get("access_token"), str):
            self._oauth.token = None
            raise _no_token(address)


def _no_token(address: str) -> Changed:
    return Changed(
        f"the answer of {address} holds no token",
        code="no_token",
        hint="Check `token_url`; it must be the token address of the department's OAuth2 server.",
    )


class _TokenDoor:
    """What authlib takes for a requests session: the same client as everything else, its limits and its errors."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def post(self, url: str, *, data: Any, headers: Any, auth: Any) -> "_TokenAnswer":
        answer = self._client.send("POST", url, data=data, headers=headers, auth=_Signed(auth))
        # In JSON, authlib reads what is wrong with the credentials; anything else is as good as its status.
        return _TokenAnswer(answer if answer.status in (400, 401) and _is_json(answer) else data_of(answer))


def _is_json(answer: Answer) -> bool:
    try:
        json.parse(answer.body, answer.address)
    except ConnectorError:
        return False
    return True


class _Signed(AuthBase):
    """Lets authlib put the client's secret into the request."""

    def __init__(self, auth: Any) -> None:
        self._sign = cast(Callable[..., tuple[str, Any, Any]], auth.prepare)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        url, headers, body = self._sign(request.method, request.url, request.headers, body)
        request.url, request.headers = url, headers
        request.prepare_body(data=body, files=None)
        return request


class _TokenAnswer:
    """An answer as authlib reads it."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.status_code = answer.status

    def json(self) -> Any:
        return json.parse(self._answer.body, self._answer.address)

    def raise_for_status(self) -> None:
        data_of(self._answer)
