"""What a connection brings that is no request: said in the words of the API, and not waited for without end."""

import re
import socket
from contextlib import suppress

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import SocketUnreader
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import TConn

from hub.api.problems import MEDIA_TYPE, problem_bytes

_SILENCE = 15.0  # seconds; who sends nothing for so long in the middle of a request is taken to have left
_PHRASES = {400: "Bad Request", 414: "URI Too Long", 431: "Request Header Fields Too Large"}


class _Patient(SocketUnreader):  # type: ignore[misc]
    """Reads as gunicorn does, but waits for a silent sender no longer than that: each holds one of few threads."""

    def chunk(self, size_hint: int | None = None) -> bytes:
        """What came; nothing where the sender has left."""
        waits = self.sock.gettimeout()
        self.sock.settimeout(_SILENCE if waits is None else waits)
        try:
            came: bytes = super().chunk(size_hint)
        except TimeoutError:
            return b""
        finally:
            self.sock.settimeout(waits)
        return came


def watch(connection: TConn) -> None:
    """Have a new connection read so, before gunicorn chooses how."""
    if connection.parser is None:
        connection.parser = RequestParser(connection.cfg, connection.sock, connection.client)
        connection.parser.unreader = _Patient(connection.sock)


def refuse(client: socket.socket, error: ParseException) -> None:
    """Answer what cannot be read as a request."""
    status, code, detail = _told(error)
    body = problem_bytes(status, code, detail)
    head = f"HTTP/1.1 {status} {_PHRASES[status]}\r\nConnection: close\r\nContent-Type: {MEDIA_TYPE}\r\n"
    with suppress(OSError):  # it does not listen any more
        write_nonblock(client, f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


def _told(error: ParseException) -> tuple[int, str, str]:
    if isinstance(error, LimitRequestLine):
        return 414, "address_too_long", "Address and parameters have more than 8190 bytes; ask for less at once."
    if isinstance(error, LimitRequestHeaders):
        return 431, "headers_too_long", "A header has more than 8190 bytes, or there are more than 100; send less."
    what = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
    return 400, "bad_request", f"This is no HTTP/1.1 request that the hub can read ({what})."
