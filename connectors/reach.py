"""How far a department system can be reached, step by step, before anything is asked of it."""

import http.client
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from connectors.broken import TRY_LATER, error_of_tls
from connectors.errors import Changed, ConnectorError, Unavailable
from connectors.expiry import certificate_of, subject, until
from connectors.fence import keep_inside
from connectors.scrub import plain_address
from connectors.settings import HttpSettings
from connectors.turns import turn
from connectors.wording import quoted

_PORTS = {"http": 80, "https": 443}
_MOST_ADDRESSES = 4

Place: TypeAlias = tuple[str, int]


def reach(settings: HttpSettings, url: str) -> Iterator[str]:
    """A sentence for each step that passed: name resolved, connected, TLS agreed. Sends no request.

    Raises:
        ConnectorError: of the step that did not; the sentences before it say how far it went.
    """
    target = urlsplit(url)
    if target.hostname is None:
        return
    keep_inside(url)
    proxy = None if settings.proxy is None else urlsplit(settings.proxy.get_secret_value())
    first = target if proxy is None or proxy.hostname is None else proxy
    where = "the proxy " if first is proxy else ""
    with turn(), ExitStack() as open_:
        place = _place(first)
        found = _resolved(place, plain_address(first.geturl()))
        if place[0] not in found:
            yield f"resolved: {where}{place[0]} is {_some(found)}"
        line = open_.enter_context(_connected(place, settings, plain_address(first.geturl())))
        yield f"connected: {where}{place[0]}, port {place[1]}"
        if target.scheme != "https":
            return
        if proxy is not None and first is proxy:
            _tunnel(line, proxy, _place(target), plain_address(url))
            yield f"passed on: the proxy reaches {_place(target)[0]}, port {_place(target)[1]}"
        secure = open_.enter_context(_agreed(line, settings, target.hostname, plain_address(url)))
        yield _said_of(secure)


def _place(parts: SplitResult) -> Place:
    try:
        port = parts.port
    except ValueError:
        port = None
    return parts.hostname or "", port or _PORTS.get(parts.scheme, 80)


def _resolved(place: Place, address: str) -> list[str]:
    try:
        answers = socket.getaddrinfo(*place, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unavailable(f"the host name of {address} is not known", code="unknown_host", hint=TRY_LATER) from None
    return sorted({str(answer[4][0]) for answer in answers})


def _connected(place: Place, settings: HttpSettings, address: str) -> socket.socket:
    try:
        line = socket.create_connection(place, settings.connect_timeout_seconds)
    except TimeoutError:
        sentence = f"no connection to {address} within {settings.connect_timeout_seconds:g} s"
        raise Unavailable(sentence, code="timeout", hint=TRY_LATER) from None
    except OSError:
        sentence = f"no connection to {address}: it is not reachable"
        raise Unavailable(sentence, code="no_connection", hint=TRY_LATER) from None
    line.settimeout(settings.timeout_seconds)
    return line


def _tunnel(line: socket.socket, proxy: SplitResult, place: Place, address: str) -> None:
    """Ask the proxy for a line to the department's system."""
    ask = f"CONNECT {place[0]}:{place[1]} HTTP/1.1\r\nHost: {place[0]}:{place[1]}\r\n"
    if proxy.username:
        who = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
        ask += f"Proxy-Authorization: Basic {b64encode(who).decode()}\r\n"
    try:
        line.sendall(f"{ask}\r\n".encode())
        with closing(http.client.HTTPResponse(line, method="CONNECT")) as answer:
            answer.begin()
            status = answer.status
    except (OSError, http.client.HTTPException):
        status = 0
    if status != 200:
        said = f": it answered {status}" if status else ""
        raise Unavailable(f"the proxy did not pass on a request to {address}{said}", code="proxy", hint=TRY_LATER)


def _agreed(line: socket.socket, settings: HttpSettings, host: str, address: str) -> ssl.SSLSocket:
    try:
        context = ssl.create_default_context(cafile=str(settings.ca_file or DEFAULT_CA_BUNDLE_PATH))
        if settings.client_certificate is not None:
            # With a password, though an empty one: else OpenSSL would ask whoever sits at the terminal.
            context.load_cert_chain(settings.client_certificate, settings.client_key, password="")
    except (OSError, ValueError) as error:
        raise _unusable(address, error) from None
    try:
        return context.wrap_socket(line, server_hostname=host)
    except ssl.SSLError as error:
        raise error_of_tls(error, address) from None
    except OSError as error:
        raise _cut(error, address, settings) from None


def _unusable(address: str, error: Exception) -> ConnectorError:
    return Changed(
        f"no connection to {address} was tried: {error}",
        code="local_settings",
        hint="Check `ca_file`, `client_certificate`, `client_key` and `proxy` in the settings.",
    )


def _cut(error: OSError, address: str, settings: HttpSettings) -> ConnectorError:
    if isinstance(error, TimeoutError):
        return Unavailable(
            f"no answer from {address} within {settings.timeout_seconds:g} s", code="timeout", hint=TRY_LATER
        )
    return Unavailable(f"the connection to {address} was cut before an answer", code="cut", hint=TRY_LATER)


def _said_of(line: ssl.SSLSocket) -> str:
    shown = line.getpeercert(binary_form=True)
    if not shown:
        return f"secure: {line.version()}"
    certificate = certificate_of(shown)
    days = (certificate.not_valid_after_utc - datetime.now(UTC)).days
    return (
        f"secure: {line.version()}, the certificate of {quoted(subject(certificate))} is valid until "
        f"{until(certificate)} ({days} days)"
    )


def _some(addresses: list[str]) -> str:
    more = f" and {len(addresses) - _MOST_ADDRESSES} more" if len(addresses) > _MOST_ADDRESSES else ""
    return ", ".join(addresses[:_MOST_ADDRESSES]) + more
