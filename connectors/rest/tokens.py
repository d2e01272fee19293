"""OAuth2 tokens: got when first needed, kept, renewed before they end and on a 401."""

from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any, cast

from authlib.oauth2.client import DEFAULT_HEADERS, OAuth2Client
from requests import PreparedRequest
from requests.auth import AuthBase

from connectors import json
from connectors.answers import Answer, data_of
from connectors.errors import Changed, ConnectorError, Unavailable
from connectors.http import Client
from connectors.rest.assertion import Assertion
from connectors.rest.auth_settings import ClientCredentialsAuth, LgspAuth, PasswordAuth
from connectors.rest.credentials import Header, not_let_in
from connectors.rest.signing import platform_header
from connectors.scrub import plain_address
from connectors.wording import quoted

_LEEWAY_SECONDS = 10  # a token is renewed this long before it ends, so that it does not end on the way
_PASSING = ("server_error", "temporarily_unavailable", "slow_down")  # errors that are not about the credentials


class Token:
    """A token of one client, whoever asks for it and however often."""

    def __init__(
        self, url: str, oauth: OAuth2Client, grant: Mapping[str, Any], beside: Mapping[str, str] | None = None
    ) -> None:
        self._url, self._oauth, self._grant, self._beside = url, oauth, grant, beside or {}
        self._address = plain_address(url)
        self._refused: str | None = None  # the token that a 401 has shown to be no good
        self._lock = Lock()

    def ready(self) -> str | None:
        self._present()
        return f"authenticated: {self._address} gave a token"

    def auth(self) -> AuthBase:
        return Bearer(self._present(), self._beside)

    def words(self) -> Mapping[str, str]:
        return {}

    def refuses(self, answer: Answer) -> bool:
        return answer.status == 401

    def renew(self, answer: Answer | None, used: AuthBase | None) -> bool:  # noqa: ARG002  (what others need)
        with self._lock:
            self._refused = used.token if isinstance(used, Bearer) else None
        return True

    def secrets(self) -> Iterable[str]:
        token = self._oauth.token or {}
        return [
            *self._beside.values(),
            *(str(token[name]) for name in ("access_token", "refresh_token") if name in token),
        ]

    def _present(self) -> str:
        """The token, a new one where there is none yet or no good one any more."""
        with self._lock:
            token = self._oauth.token
            if token is None or token.is_expired(leeway=_LEEWAY_SECONDS) or token["access_token"] == self._refused:
                self._get(token)
                self._refused = None
            return str(self._oauth.token["access_token"])

    def _get(self, old: Mapping[str, Any] | None) -> None:
        self._oauth.token = None
        try:
            if not self._refreshed((old or {}).get("refresh_token")):
                self._oauth.fetch_token(self._url, **self._grant)
        except _Refusal as error:
            raise self._refused_by(error) from None
        except (ValueError, TypeError) as error:
            raise _no_token(self._address) from error
        if not isinstance(self._oauth.token.get("access_token"), str):
            self._oauth.token = None
            raise _no_token(self._address)

    def _refreshed(self, refresh_token: str | None) -> bool:
        """Whether a refresh token that came with the last token got a new one; it may have ended as well."""
        if not refresh_token:
            return False
        how = {name: self._grant[name] for name in ("headers", "auth") if name in self._grant}
        self._oauth.token = {"refresh_token": refresh_token}
        try:
            self._oauth.refresh_token(self._url, refresh_token=refresh_token, **how)
        except _Refusal:
            return False
        return True

    def _refused_by(self, error: "_Refusal") -> ConnectorError:
        said = quoted(f"{error.code} {error.words}")
        if error.code in _PASSING:
            return Unavailable(
                f"{self._address} gave no token: {said}",
                code="server_error",
                hint="The department's token server is in trouble; the hub tries again later.",
            )
        return not_let_in(
            self._address,
            f"gave no token: {said}",
            "Check `client_id`, its secret or key, the user and `scope`; the hub does not try again by itself.",
        )


class Bearer(Header):
    """A token on a request."""

    def __init__(self, token: str, beside: Mapping[str, str]) -> None:
        super().__init__({"Authorization": f"Bearer {token}", **beside})
        self.token = token


def token_of_client(settings: ClientCredentialsAuth | PasswordAuth, client: Client) -> Token:
    """A token for the client, or for a user of it."""
    oauth = OAuth2Client(
        session=_TokenDoor(client),
        client_id=settings.client_id,
        client_secret=settings.client_secret.get_secret_value() if settings.client_secret else None,
        token_endpoint_auth_method=_METHODS.get(settings.client_auth, settings.client_auth),
    )
    oauth.register_client_auth_method(("private_key_jwt", Assertion(settings)))
    grant: dict[str, Any] = {**settings.token_parameters, "grant_type": "client_credentials"}
    if isinstance(settings, PasswordAuth):
        user, password = settings.username, settings.password.get_secret_value()
        grant |= {"grant_type": "password", "username": user, "password": password}
    grant |= {"scope": settings.scope} if settings.scope else {}
    return Token(settings.token_url, oauth, grant)


def token_of_platform(settings: LgspAuth, url: str, client: Client) -> Token:
    """A token that the platform's own header gets, and that goes with it."""
    beside = {settings.header: platform_header(settings)}
    grant = {"grant_type": "client_credentials", "headers": {**DEFAULT_HEADERS, **beside}, "auth": _NoClient()}
    return Token(url, OAuth2Client(session=_TokenDoor(client)), grant, beside)


_METHODS = {"basic": "client_secret_basic", "post": "client_secret_post"}


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
    """Lets authlib put the client's proof into the request."""

    def __init__(self, auth: Any) -> None:
        self._sign = cast(Callable[..., tuple[str, Any, Any]], auth.prepare)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        url, headers, body = self._sign(request.method, request.url, request.headers, body)
        request.url, request.headers = url, headers
        request.prepare_body(data=body, files=None)
        return request


class _NoClient:
    """Where a header says already who we are."""

    def prepare(self, method: str, url: str, headers: Any, body: Any) -> tuple[str, Any, Any]:  # noqa: ARG002
        return url, headers, body


class _Refusal(Exception):
    """What a token server says in JSON against us; authlib itself would refuse Vietnamese words in it."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code, self.words = code, words


class _TokenAnswer:
    """An answer as authlib reads it."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.status_code = answer.status

    def json(self) -> Any:
        value = json.parse(self._answer.body, self._answer.address)
        if isinstance(value, dict) and value.get("error"):
            raise _Refusal(str(value["error"]), str(value.get("error_description") or ""))
        return value

    def raise_for_status(self) -> None:
        data_of(self._answer)
