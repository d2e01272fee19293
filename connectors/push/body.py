"""A pushed body as plain bytes: counted, decompressed within limits, and its signature checked."""

import base64
import binascii
import hmac
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from connectors.push.refusal import NotTaken, unreadable
from connectors.push.settings import PushSettings, Signature

Header: TypeAlias = Callable[[str], str]  # the value of a header, empty where there is none

_GZIP, _ZLIB, _RAW = 31, 15, -15  # what zlib calls them
_STEP = 64 * 1024


def whole(chunks: Iterable[bytes], header: Header, settings: PushSettings) -> bytes:
    """Everything that was sent, as it was before it was compressed.

    Raises:
        NotTaken: it is too large, not whole, compressed in another way, or its signature is wrong.
    """
    limit, encoding = settings.max_body_bytes, header("Content-Encoding").strip().lower()
    if encoding in ("gzip", "x-gzip", "deflate"):
        sent = _counted(chunks, limit)
        _check_signature(sent, header, settings.signature)
        return b"".join(_counted_pieces(_unpacked(sent, encoding), limit))
    if encoding not in ("", "identity"):
        sentence = f"The body is compressed as `{encoding[:40]}`; send it plain, or with gzip or deflate."
        raise NotTaken(415, "unknown_encoding", sentence)
    sent = _counted(chunks, limit)
    _check_signature(sent, header, settings.signature)
    return sent


def _counted(chunks: Iterable[bytes], limit: int) -> bytes:
    return b"".join(_counted_pieces(chunks, limit))


def _counted_pieces(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        yield chunk


def too_large(limit: int) -> NotTaken:
    """What to say of a body that is larger than may be."""
    return NotTaken(413, "body_too_large", f"The body is larger than {limit:,} bytes; send fewer records at a time.")


def _unpacked(sent: bytes, encoding: str) -> Iterator[bytes]:
    """A little at a time, so that a bomb is noticed before it goes off."""
    left = sent
    while left:  # gzip may be several pieces, one after the other
        unpacker = zlib.decompressobj(_bits(left, encoding))
        try:
            while not unpacker.eof:
                piece = unpacker.decompress(left, _STEP)
                left = unpacker.unconsumed_tail
                if piece:
                    yield piece
                elif not left and not unpacker.eof:
                    raise unreadable(f"The body ends before its {encoding} data does: only a part of it arrived")
        except zlib.error:
            raise unreadable(f"The body is not the {encoding} data that its Content-Encoding says") from None
        left = unpacker.unused_data if encoding != "deflate" else b""


def _bits(sent: bytes, encoding: str) -> int:
    """`deflate` should be zlib's form, but many send it bare."""
    if encoding != "deflate":
        return _GZIP
    return _ZLIB if len(sent) > 1 and sent[0] & 15 == 8 and int.from_bytes(sent[:2]) % 31 == 0 else _RAW


def _check_signature(sent: bytes, header: Header, wanted: Signature | None) -> None:
    """Of the bytes as they were sent: a proxy that unpacks them would break it, and that must be noticed."""
    if wanted is None:
        return
    written = header(wanted.header).strip().removeprefix(f"{wanted.algorithm}=")
    expected = hmac.new(wanted.secret.get_secret_value().encode(), sent, wanted.algorithm).digest()
    if not hmac.compare_digest(expected, _decoded(written, wanted)):
        sentence = (
            f"The header `{wanted.header}` is not the HMAC-{wanted.algorithm.upper()} of the body as it was sent."
        )
        raise NotTaken(401, "wrong_signature", f"{sentence} Nothing was stored.")


def _decoded(written: str, wanted: Signature) -> bytes:
    try:
        return bytes.fromhex(written) if wanted.written == "hex" else base64.b64decode(written, validate=True)
    except (ValueError, binascii.Error):
        return b""
