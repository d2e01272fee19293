"""Requests to one department system with the HTTP credentials of the settings; a file or folder is read likewise."""

from typing import Any

from requests.auth import AuthBase

from connectors.answers import Answer, data_of
from connectors.digest import Digest
from connectors.http import Client, basic
from connectors.settings import BasicAuth, DigestAuth, HttpSettings
from connectors.soap.auth_settings import Auth


class Line:
    """Who asks, over which client."""

    def __init__(self, client: Client, auth: Auth) -> None:
        self._client = client
        self._digest = Digest(auth.username, auth.password) if isinstance(auth, DigestAuth) else None
        basic_auth = basic(auth.username, auth.password) if isinstance(auth, BasicAuth) else None
        self._auth: AuthBase | None = self._digest or basic_auth

    def send(self, method: str, url: str, **request: Any) -> Answer:
        """The answer, whatever its status; where it challenges us to a digest, that to the second try."""
        answer = self._client.send(method, url, auth=self._auth, **request)
        if answer.status == 401 and self._digest is not None and self._digest.challenged(answer):
            answer = self._client.send(method, url, auth=self._auth, **request)
        return answer

    def document(self, url: str) -> bytes:
        """A document of the WSDL."""
        return data_of(self.send("GET", url)).body


def without_credentials(settings: HttpSettings, url: str) -> bytes:
    """A document of another host, which gets to see neither a password nor a certificate of the hub."""
    plain = settings.model_copy(update={"client_certificate": None, "client_key": None})
    with Client(plain) as client:
        return client.ask("GET", url).body
