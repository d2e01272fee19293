"""One way to speak HTTP with a department: time-outs always, a limit on answers, no redirect to strangers."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import requests
from pydantic import SecretStr
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3 import exceptions as wire

from connectors.along import carried
from connectors.answers import Answer, data_of
from connectors.body import Body
from connectors.broken import TRY_LATER, error_of_exchange
from connectors.contract import Warning  # noqa: A004  (the operators' word)
from connectors.errors import Changed, ConnectorError, Unavailable
from connectors.expiry import ends
from connectors.fence import keep_inside
from connectors.peers import PeerAdapter
from connectors.scrub import plain_address
from connectors.settings import HttpSettings
from connectors.turns import turn
from connectors.witness import Testimony, testifying

_CHUNK = 64 * 1024
_MOST_REDIRECTS = 5
_PORTS = {"http": 80, "https": 443}


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses are of the same scheme, host and port, so that credentials may go to both."""
    return _origin(one) == _origin(other)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def basic(username: str, password: SecretStr) -> AuthBase:
    """HTTP Basic credentials, in UTF-8: requests on its own knows only Western European letters."""
    return HTTPBasicAuth(username.encode(), password.get_secret_value().encode())


class Client:
    """A line to one department system; opens no connection until it is used."""

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings
        self.got: Callable[[], Iterable[str]] = tuple  # secrets that are not in the settings, such as a token
        self._session = session = requests.Session()
        session.trust_env = False  # proxies, .netrc and certificate bundles come from the settings only
        session.headers["User-Agent"] = "mot-cua-hub"
        self._peers = PeerAdapter(settings.answer_timeout_seconds)
        session.mount("https://", self._peers)
        session.mount("http://", self._peers)
        if settings.ca_file is not None:
            session.verify = str(settings.ca_file)
        if settings.client_certificate is not None:
            certificate = str(settings.client_certificate)
            session.cert = (certificate, str(settings.client_key)) if settings.client_key else certificate
        if settings.proxy is not None:
            session.proxies = dict.fromkeys(("http", "https"), settings.proxy.get_secret_value())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def ask(self, method: str, url: str, **request: Any) -> Answer:
        """Send a request and return its data; everything else is an error of the table in `answers`."""
        return data_of(self.send(method, url, **request))

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str | bytes] | None = None,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | bytes | None = None,
        auth: AuthBase | None = None,
        follow: bool = True,
    ) -> Answer:
        """Send a request and return the answer whatever its status, for who reads faults in it; with `follow=False`
        an answer that redirects is one, too."""
        for _ in range(_MOST_REDIRECTS + 1):
            got = self._exchange(method, url, follow=follow, headers=headers, params=params, data=data, auth=auth)
            if isinstance(got, Answer):
                return got
            if isinstance(got, ConnectorError):
                raise got
            url, params = got.address, None
        raise Changed(
            f"{plain_address(url)} redirects more than {_MOST_REDIRECTS} times",
            code="redirected",
            hint="Ask the department for the address that answers by itself.",
        )

    def warnings(self) -> list[Warning]:
        """When the certificates and tokens of the settings end, and the certificates of the servers asked so far."""
        return ends(self._settings, self._peers.certificates)

    def forget_cookies(self) -> None:
        """As if the system had never set one."""
        self._session.cookies.clear()

    def _exchange(
        self, method: str, url: str, *, follow: bool, **request: Any
    ) -> "Answer | _Redirect | ConnectorError":
        """One request and its answer, when it is our turn."""
        with turn(), testifying(self._settings, self.got) as seen:
            got = self._asked(method, url, seen, follow=follow, **request)
            if isinstance(got, ConnectorError):
                seen.error = str(got)
            return got

    def _asked(
        self, method: str, url: str, seen: Testimony, *, follow: bool, **request: Any
    ) -> "Answer | _Redirect | ConnectorError":
        """One request and its answer. What broke is returned, not raised: the library's errors, which would hang on
        to ours as their context, repeat the address with its secrets and keep the connection open."""
        keep_inside(url)
        waits = (self._settings.connect_timeout_seconds, self._settings.timeout_seconds)
        try:
            with closing(
                self._session.request(
                    method, url, **carried(request), timeout=waits, allow_redirects=False, stream=True
                )
            ) as response:
                seen.response = response
                if response.is_redirect and follow:
                    return _redirect(method, response)
                self._read(response, seen.body)
                return Answer(response.url, response.status_code, response.headers, seen.body)
        except (requests.RequestException, wire.HTTPError) as error:
            seen.request = getattr(error, "request", None)
            return error_of_exchange(error, plain_address(url), self._settings)
        except (OSError, ValueError) as error:
            # requests looks for certificate files only now, and urllib3 reads them.
            return Changed(
                f"no connection to {plain_address(url)} was tried: {error}",
                code="local_settings",
                hint="Check `ca_file`, `client_certificate`, `client_key` and `proxy` in the settings.",
            )

    def _read(self, response: requests.Response, body: Body) -> None:
        """Everything that the answer holds, taken as it comes: a trickle must not outlast the time-out."""
        limit = self._settings.max_answer_bytes
        deadline = monotonic() + self._settings.answer_timeout_seconds
        try:
            while monotonic() < deadline and (chunk := response.raw.read1(_CHUNK, decode_content=True)):
                _keep(chunk, body, response.url)
                if body.size > limit:
                    raise _too_large(response.url, limit)
        except wire.ReadTimeoutError:
            if monotonic() < deadline:
                raise
        if monotonic() >= deadline:
            raise _too_slow(response.url, self._settings.answer_timeout_seconds)


@dataclass(frozen=True, slots=True)
class _Redirect:
    """Where the system sends us instead of answering; a place that we may go to."""

    address: str


def _redirect(method: str, response: requests.Response) -> _Redirect:
    url = urljoin(response.url, response.headers["Location"])
    if not same_origin(url, response.url):
        raise Changed(
            f"{plain_address(response.url)} redirects to another place, {plain_address(url)}",
            code="redirected",
            hint="The hub takes no credentials to another host. If that is the right one, put it into the settings.",
        )
    if method != "GET" and response.status_code not in (307, 308):
        raise Changed(
            f"{plain_address(response.url)} redirects a {method} to {plain_address(url)}, which loses its content",
            code="redirected",
            hint="Put the address that it redirects to into the settings, or check whether it asks for a login.",
        )
    return _Redirect(url)


def _too_slow(url: str, seconds: float) -> Unavailable:
    return Unavailable(
        f"the answer of {plain_address(url)} was not complete after {seconds:g} s",
        code="timeout",
        hint=f"{TRY_LATER} A smaller `page_size` helps a slow system.",
    )


def _keep(chunk: bytes, body: Body, url: str) -> None:
    try:
        body.write(chunk)
    except OSError as error:  # a large answer goes into a temporary file
        raise Changed(
            f"the answer of {plain_address(url)} could not be kept on this machine: {error.strerror}",
            code="local_settings",
            hint="Make room where temporary files go (the environment's TMPDIR), or ask for fewer records at a time.",
        ) from None


def _too_large(url: str, limit: int) -> Changed:
    return Changed(
        f"the answer of {plain_address(url)} is larger than {limit:,} bytes",
        code="too_large",
        hint="Ask for fewer records at a time (`page_size`), or raise `max_answer_bytes` if that size is right.",
    )
