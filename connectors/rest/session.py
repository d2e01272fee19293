"""A log-in that comes before everything else: got when first needed, repeated when it has ended."""

from collections.abc import Iterable, Mapping
from threading import Lock
from time import monotonic
from typing import Any

import orjson
from requests.auth import AuthBase

from connectors import json
from connectors.answers import Answer, data_of
from connectors.documents import JsonDocument
from connectors.http import Client
from connectors.rest.auth_settings import SessionAuth
from connectors.rest.credentials import Header, not_let_in
from connectors.scrub import plain_address
from connectors.wording import quoted

_HINT = "Check the user, the password and `token` under `auth`; the hub does not try again, to lock no account."


class Session:
    """One log-in, whoever needs it and however often."""

    def __init__(self, settings: SessionAuth, client: Client) -> None:
        self._settings, self._client = settings, client
        self._address = plain_address(settings.url)
        self._token: str | None = None  # "" where a cookie counts
        self._number = 0  # of the log-in
        self._since = 0.0
        self._lock = Lock()

    def ready(self) -> str | None:
        self._present()
        return f"authenticated: logged in at {self._address}"

    def auth(self) -> AuthBase:
        token, number = self._present()
        header = self._settings.header if self._settings.token else None
        return LoggedIn(number, {header: self._settings.value.replace("{token}", token)} if header else {})

    def words(self) -> Mapping[str, str]:
        return {"token": self._token or ""}  # which is there, as `auth` comes before

    def refuses(self, answer: Answer) -> bool:
        """A log-in page instead of data, or the way to it, is how web applications say that a log-in has ended."""
        return answer.status == 401 or answer.page_title is not None

    def renew(self, answer: Answer | None, used: AuthBase | None) -> bool:  # noqa: ARG002  (what others need)
        with self._lock:
            if isinstance(used, LoggedIn) and used.number == self._number:
                self._token = None
        return True

    def secrets(self) -> Iterable[str]:
        return [self._token] if self._token else []

    def _present(self) -> tuple[str, int]:
        """The token of the present log-in and its number, after a new one where there is none or it is too old."""
        with self._lock:
            lasts = self._settings.lasts_seconds
            if self._token is None or (lasts is not None and monotonic() - self._since >= lasts):
                self._token, self._since = self._log_in(), monotonic()
                self._number += 1
            return self._token, self._number

    def _log_in(self) -> str:
        self._client.forget_cookies()
        answer = self._client.send(self._settings.method, self._settings.url, follow=False, **self._request())
        if self._settings.token is None:
            return self._with_cookie(answer)
        document = JsonDocument(json.parse(data_of(answer).body, answer.address), answer.address)
        token = document.text(self._settings.token)
        if not token:
            said = quoted(answer.body.decode(errors="replace"))
            raise not_let_in(self._address, f"gave no token at `{self._settings.token}`: {said}", _HINT)
        return token

    def _request(self) -> dict[str, Any]:
        settings = self._settings
        secret = {name: value.get_secret_value() for name, value in settings.secret_fields.items()}
        fields = {**settings.fields, **secret}
        if settings.send_as == "json":
            return {"data": orjson.dumps(fields), "headers": {"Content-Type": "application/json"}}
        return {"params" if settings.send_as == "query" else "data": fields}

    def _with_cookie(self, answer: Answer) -> str:
        """Web applications answer a log-in with a page or the way to one, whether they let us in or not."""
        if answer.status >= 400:
            data_of(answer)
        if "Set-Cookie" not in answer.headers:
            raise not_let_in(self._address, "set no cookie when the hub logged in", _HINT)
        return ""


class LoggedIn(Header):
    """What a log-in gave, on a request; a cookie goes by itself."""

    def __init__(self, number: int, headers: Mapping[str, str]) -> None:
        super().__init__(headers)
        self.number = number
