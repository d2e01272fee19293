"""gzip for answers of the API, where the client takes it.

Compression can betray a secret that stands beside a text which a stranger chose (BREACH). That takes a browser that is
made to send requests with somebody's rights: here a request brings its key itself, which no browser adds by itself,
and no answer of the API holds a key or a token. Pages (with their forms' tokens, in sessions) are never compressed.
"""

import zlib

from flask import Response, request

_LEAST = 1024  # bytes: below, the head is most of what is sent
_LEVEL = 1
_TYPES = frozenset({"application/json", "application/problem+json"})
_GZIP = 16 + zlib.MAX_WBITS


def compressed(response: Response) -> Response:
    """The answer, smaller where that is worth it; its ETag then names the compressed form."""
    if not request.path.startswith("/api/") or not _is_text(response):
        return response
    vary = response.headers.get("Vary")
    response.headers["Vary"] = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
    if response.status_code == 304:
        _mark(response)
        return response
    if response.is_streamed or response.direct_passthrough or "Content-Encoding" in response.headers:
        return response
    data = response.get_data()
    if len(data) < _LEAST or not _takes_gzip():
        return response
    squeezed = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    response.set_data(squeezed.compress(data) + squeezed.flush())
    response.headers["Content-Encoding"] = "gzip"
    _mark(response)
    return response


def _is_text(response: Response) -> bool:
    kind = response.mimetype or ""
    return kind in _TYPES or kind.endswith("+json") or response.status_code == 304


def _takes_gzip() -> bool:
    return "HTTP_ACCEPT_ENCODING" in request.environ and request.accept_encodings["gzip"] > 0


def _mark(response: Response) -> None:
    """A strong tag stands for bytes, and the compressed ones are others. 304 repeats the tag that was asked for."""
    tag, weak = response.get_etag()
    if tag is None or weak:
        return
    if response.status_code != 304 or request.if_none_match.contains(f"{tag}-gzip"):
        response.set_etag(f"{tag}-gzip")
