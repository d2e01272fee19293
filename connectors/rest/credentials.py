"""What every kind of credentials can do, and those that stay as they are."""

from collections.abc import Iterable, Mapping
from typing import Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

from connectors.answers import Answer
from connectors.digest import Digest
from connectors.errors import Refused


class Credentials(Protocol):
    """What a request needs to be let in."""

    def ready(self) -> str | None:
        """Get whatever must be got first; a sentence on it, None if there is nothing to get."""
        ...

    def auth(self) -> AuthBase | None:
        """What requests puts on the next request."""
        ...

    def words(self) -> Mapping[str, str]:
        """What placeholders of `parameters` and `body` stand for."""
        ...

    def refuses(self, answer: Answer) -> bool:
        """Whether the system did not let this request in."""
        ...

    def renew(self, answer: Answer | None, used: AuthBase | None) -> bool:
        """Replace what was `used` for `answer` (None: we were sent elsewhere) and is no good any more; False if nothing
        better can be had."""
        ...

    def secrets(self) -> Iterable[str]:
        """What was got, and must not be shown any more than what the settings hold."""
        ...


class Header(AuthBase):
    """Headers with a secret in them."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = {name: value.encode() for name, value in headers.items()}

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.prepare_headers({**request.headers, **self._headers})
        return request


class Parameter(AuthBase):
    """A secret in the address."""

    def __init__(self, name: str, value: str) -> None:
        self._name, self._query = name, urlencode({name: value})

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        url = request.url or ""
        if self._name not in parse_qs(urlsplit(url).query):  # a next link may repeat it
            request.url = f"{url}{'&' if '?' in url else '?'}{self._query}"
        return request


class Fixed:
    """Credentials that stay as they are."""

    def __init__(self, auth: AuthBase | None, secret: str = "") -> None:
        self._auth, self._secret = auth, secret

    def ready(self) -> str | None:
        return None

    def auth(self) -> AuthBase | None:
        return self._auth

    def words(self) -> Mapping[str, str]:
        return {}

    def refuses(self, answer: Answer) -> bool:
        return answer.status == 401

    def renew(self, answer: Answer | None, used: AuthBase | None) -> bool:  # noqa: ARG002  (what others need)
        return False

    def secrets(self) -> Iterable[str]:
        return [self._secret] if self._secret else []


class Challenged(Fixed):
    """HTTP Digest: the first answer says how to ask again."""

    def __init__(self, digest: Digest) -> None:
        super().__init__(digest)
        self._digest = digest

    def renew(self, answer: Answer | None, used: AuthBase | None) -> bool:  # noqa: ARG002  (what others need)
        return answer is not None and self._digest.challenged(answer)


def not_let_in(address: str, why: str, hint: str) -> Refused:
    """Credentials that get nothing; trying again would only lock an account."""
    return Refused(f"{address} {why}", code="refused", hint=hint)
