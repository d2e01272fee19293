"""One exchange with a subscriber, bounded in time and memory whatever it does: hang, drip, lie, never close.

It goes straight to the address that was checked. No redirect is followed, no proxy is asked and no cookie is kept, so
nobody is sent a notice whom the hub's keeper has not named.
"""

import io
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import Any, Self

from hub.outbox.webhooks.address import Allowed, NotAllowed, Place, resolved
from hub.outbox.webhooks.moment import moment
from hub.outbox.webhooks.schedule import Answered

_MOST_READ = 64 * 1024  # bytes of an answer: what comes after them is not waited for
_REST_SECONDS = 0.2
_SHOWN = 300  # letters of what a subscriber says when it refuses
_TAKEN = range(200, 300)


@dataclass(frozen=True, slots=True)
class Exchange:
    """How an exchange went."""

    answered: Answered
    seconds: float


class Line:
    """To one subscriber; a connection that it keeps open is used again. Of one thread."""

    def __init__(self, place: Place, allowed: Allowed, seconds: float, context: ssl.SSLContext) -> None:
        self._place, self._allowed, self._seconds, self._context = place, allowed, seconds, context
        self._open: _Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def post(self, body: bytes, headers: Mapping[str, str], by: float | None = None) -> Exchange:
        """Send a body, unless it is later than `by` (of `moment`); what can go wrong is in the answer."""
        began = moment()
        end = began + self._seconds
        answered = self._answered(body, headers, end if by is None else min(end, by))
        return Exchange(answered, round(moment() - began, 3))

    def _answered(self, body: bytes, headers: Mapping[str, str], end: float) -> Answered:
        again = self._open is not None  # the subscriber may have closed it meanwhile: that says nothing of now
        try:
            return self._exchange(body, headers, end)
        except NotAllowed as error:
            return Answered(None, str(error))
        except (HTTPException, OSError) as error:
            self._close()
            if again and isinstance(error, ConnectionError | HTTPException):
                return self._answered(body, headers, end)
            return Answered(None, self._sentence(error))

    def _exchange(self, body: bytes, headers: Mapping[str, str], end: float) -> Answered:
        if self._open is None:
            self._open = _Connection(self._place, self._allowed, self._context)
        line = self._open
        line.until(end)
        line.request("POST", self._place.target, body=body, headers=dict(headers))
        response = line.getresponse()
        if response.status in _TAKEN:
            # That is all that counts: the rest is read so that the connection can be used again, if it comes soon.
            response.ends_by(min(end, moment() + _REST_SECONDS))
            with suppress(HTTPException, OSError):
                response.read(_MOST_READ)
            said = b""
        else:
            said = response.read(_MOST_READ)
        if response.will_close or not response.isclosed():
            self._close()  # what else it says nobody waits for
        return _answer(response.status, response.headers, said, self._place)

    def _close(self) -> None:
        if self._open is not None:
            with suppress(OSError):
                self._open.close()
        self._open = None

    def _sentence(self, error: Exception) -> str:
        where = self._place.shown
        if isinstance(error, TimeoutError):
            return f"{where} did not answer completely within {self._seconds:g} s"
        if isinstance(error, HTTPException) and not isinstance(error, ConnectionError):
            return f"{where} answered something that is not HTTP ({type(error).__name__})"
        return f"{_BROKEN.get(type(error), 'the connection broke')} ({_reason(error)}): {where}"


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return str(error.verify_message)
    if isinstance(error, ssl.SSLError):
        return error.reason or "it speaks something else"
    return str(getattr(error, "strerror", None) or type(error).__name__)


_BROKEN: dict[type[Exception], str] = {
    ssl.SSLCertVerificationError: "the certificate is not trusted",
    ssl.SSLError: "no TLS",
    socket.gaierror: "the host is not known",
    ConnectionRefusedError: "nothing listens there",
}


def trusted(besides: Path | None = None) -> ssl.SSLContext:
    """What certificates are checked with: the authorities that this machine trusts, and those in a file.

    Raises:
        OSError: the file cannot be read, or holds none.
    """
    context = ssl.create_default_context()
    if besides is not None:
        context.load_verify_locations(besides)
    return context


def _answer(status: int, headers: HTTPMessage, said: bytes, place: Place) -> Answered:
    if status in _TAKEN:
        return Answered(status, None)
    words = " ".join(said.decode("utf-8", "replace").split())[:_SHOWN]
    shown = "".join(letter for letter in words if letter.isprintable())
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    error = f"{place.shown} answered {status} {phrase}".rstrip()
    if status in range(300, 400):
        error += ", which leads elsewhere: notices follow no redirect, so give the subscription the final address"
    return Answered(status, f"{error}: {shown}" if shown else error, _retry_after(str(headers.get("Retry-After", ""))))


def _retry_after(text: str) -> float | None:
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max((at - datetime.now(UTC)).total_seconds(), 0.0)


class _Connection(HTTPConnection):
    """Ends at one moment, whatever it is about; connects only where it may."""

    def __init__(self, place: Place, allowed: Allowed, context: ssl.SSLContext) -> None:
        super().__init__(place.host, place.port)
        self._place, self._allowed, self._context = place, allowed, context
        self._end = 0.0

    def until(self, end: float) -> None:
        """When it ends, of `moment`."""
        self._end = end
        if self.sock is not None:
            self.sock.settimeout(_left(end))
        # http.client calls it with the socket for every answer.
        self.response_class = partial(_Response, end=end)  # type: ignore[assignment]

    def getresponse(self) -> "_Response":
        """The answer, its head read."""
        response = super().getresponse()
        assert isinstance(response, _Response)  # noqa: S101  (as above)
        return response

    def connect(self) -> None:
        """To one of the addresses of the host, each checked right before it is used."""
        last: OSError | None = None
        for address in resolved(self._place.host, self._place.port, _left(self._end)):
            self._allowed.address(self._place.host, address)
            try:
                self.sock = socket.create_connection((address, self._place.port), timeout=_left(self._end))
                break
            except OSError as error:
                last = error
        else:
            raise last or OSError(f"{self._place.host} has no address")
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._place.scheme == "https":
            self.sock.settimeout(_left(self._end))
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self._place.host)
        self.sock.settimeout(_left(self._end))


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, end: float, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()  # the library's own way of reading gives every byte the whole time
        self._reading = _Until(sock, end)
        self.fp = io.BufferedReader(self._reading)

    def ends_by(self, end: float) -> None:
        """Another moment."""
        self._reading.end = end


class _Until(io.RawIOBase):
    """What comes through a socket before a moment."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock, self._file, self.end = sock, sock.makefile("rb", buffering=0), end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_left(self.end))
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


def _left(end: float) -> float:
    left = end - moment()
    if left <= 0:
        raise TimeoutError("timed out")
    return left
