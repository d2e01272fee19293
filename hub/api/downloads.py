"""Sending large files in as many pieces as it takes, without letting slow readers take every thread of the process."""

import base64
import io
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from hub.api.answers import VARY
from hub.api.problems import ApiProblem, answer

_AT_ONCE, _OF_ONE_CLIENT = 3, 2  # of the process's eight threads
_SECONDS = 60.0  # a reader that takes nothing for so long is left
_PIECE = 1 << 16  # bytes, of which each is to be taken within those seconds
_RETRY_AFTER = 5


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it is sent."""

    place: Path
    name: str  # that it is saved under
    media_type: str
    digest: bytes  # SHA-256


class Downloads:
    """The files that this process is sending."""

    def __init__(self, at_once: int = _AT_ONCE, of_one_client: int = _OF_ONE_CLIENT) -> None:
        self._at_once, self._of_one_client = at_once, of_one_client
        self._lock, self._held = threading.Lock(), Counter[int]()

    def take(self, client_id: int) -> bool:
        """Whether one more may be sent to a client now; then it is to be left again."""
        with self._lock:
            if self._held.total() >= self._at_once or self._held[client_id] >= self._of_one_client:
                return False
            self._held[client_id] += 1
            return True

    def leave(self, client_id: int) -> None:
        """It was sent, or nobody reads it any more."""
        with self._lock:
            self._held[client_id] -= 1


def sending(downloads: Downloads, client_id: int, sent: Sent) -> Response:
    """The answer that is a file, or the piece of it that was asked for (`Range`, `If-Range`).

    Raises:
        ApiProblem: 503 too many are being sent.
        FileNotFoundError: it is gone.
    """
    if not downloads.take(client_id):
        detail = f"The hub sends {_AT_ONCE} files at a time, {_OF_ONE_CLIENT} of them to one client; try again soon."
        raise ApiProblem(503, "too_many_downloads", detail, retry_after_seconds=_RETRY_AFTER)
    try:
        file = _Held(sent.place, lambda: downloads.leave(client_id))
    except BaseException:
        downloads.leave(client_id)
        raise
    try:
        return _answer(file, sent)
    except BaseException:
        file.close()
        raise


def _answer(file: "_Held", sent: Sent) -> Response:
    _give_up_on_silence()
    size = sent.place.stat().st_size
    response = Response(wrap_file(request.environ, file, _PIECE), mimetype=None, direct_passthrough=True)
    response.headers["Content-Type"] = sent.media_type
    response.headers.set("Content-Disposition", "attachment", filename=sent.name)
    response.content_length = size
    response.set_etag(sent.digest.hex())
    text = base64.b64encode(sent.digest).decode()
    response.headers["Repr-Digest"] = f"sha-256=:{text}:"
    response.headers["Digest"] = f"SHA-256={text}"  # RFC 3230: what older programs look for
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers.update(VARY)
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        file.close()
        detail = f"The file has {size} bytes, and none of those that `Range` asks for."
        refused = answer(ApiProblem(416, "no_such_range", detail))
        refused.headers["Content-Range"] = f"bytes */{size}"
        return refused
    if response.status_code == 304:
        del response.headers["Content-Disposition"]
    return response


def _give_up_on_silence() -> None:
    """A reader that stops reading would hold a thread for ever; gunicorn shows the connection."""
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(_SECONDS)


class _Held(io.FileIO):
    """A file that tells when it is closed, however that comes."""

    def __init__(self, place: Path, closed: Callable[[], None]) -> None:
        super().__init__(place)
        self._told = closed

    def close(self) -> None:
        """Close it, and tell so once."""
        if not self.closed:
            super().close()
            self._told()
