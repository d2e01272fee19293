"""An HTTP answer in its time: a byte now and then would keep the library's own reading going for ever."""

import io
import socket
from http.client import HTTPResponse
from time import monotonic
from typing import Any, ClassVar

_FOREVER = 1e9  # seconds
_LATER = 0.1  # so that who reads the body, and has the words for it, is first to see that the time is over


def in_time(whole_seconds: float) -> type[HTTPResponse]:
    """Answers whose head is there before the connection's time-out is over, and whose body may take this long."""

    class InTime(_ResponseInTime):
        seconds = whole_seconds

    return InTime


class _ResponseInTime(HTTPResponse):
    seconds: ClassVar[float]

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()  # the library's own way of reading
        self._reading = _Reading(sock)
        self.fp = io.BufferedReader(self._reading)

    def begin(self) -> None:
        """Read the head."""
        super().begin()
        self._reading.ends_in(self.seconds + _LATER)


class _Reading(io.RawIOBase):
    """What comes through a socket: no silence longer than its time-out, and all of it before an end."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._file = sock, sock.makefile("rb", buffering=0)
        self._silence = sock.gettimeout() or _FOREVER
        self.ends_in(self._silence)

    def ends_in(self, seconds: float) -> None:
        """From now on."""
        self._end = monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(min(left, self._silence))
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()
