"""Which charset an answer or a file is really in: by the setting, its byte-order mark, its bytes, or its declaration.

Declarations are believed last, because so many are wrong: what is valid UTF-8 and more than ASCII is UTF-8.
"""

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from connectors.body import Body
from connectors.errors import Changed, ConnectorError, Unavailable
from connectors.wording import quoted

_MARKS = (  # UTF-32 first: its little-endian mark begins like that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_XML_SAYS = re.compile(rb"""\A\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.:-]*)""")
_LOOK_AT = 512  # bytes in which UTF-16 and UTF-32 show: no other charset has many zeros
_LETTERS = 3  # letters of several bytes, which are no accident
_CUT = ("unexpected end of data", "truncated data", "incomplete multibyte sequence")


def as_utf8(body: bytes, source: str, setting: str | None = None, told: str | None = None) -> bytes:
    """`body`, which came from `source`, in UTF-8 and without a byte-order mark.

    `setting` is the charset to read it in; `told` is what came beside it, tried where UTF-8 does not fit.
    """
    charset = charset_of(body, source, setting, told)
    return body if charset == "utf-8" else decoded(body, charset, source).encode()


def transcoded(body: Body, charset: str, source: str) -> Body:
    """A body in UTF-8, made of one in `charset` a piece at a time."""
    found = Body()
    for text in texts(body, charset, source):
        found.write(text.encode())
    return found


def texts(body: Body, charset: str, source: str) -> Iterator[str]:
    """The text of a body, a piece at a time."""
    decoder = codecs.getincrementaldecoder(charset)()
    try:
        for chunk in body.chunks():
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise undecodable(error, charset, source) from None


def lines(body: Body, charset: str, source: str) -> Iterator[str]:
    """The lines of a body with their ends, one at a time."""
    with io.TextIOWrapper(body.open(), encoding=charset, newline="") as text:
        try:
            yield from text
        except UnicodeError as error:
            raise undecodable(error, charset, source) from None


def charset_of(data: Body | bytes, source: str, setting: str | None = None, told: str | None = None) -> str:
    """The charset of a body, or of its beginning, as Python calls it; decoding leaves a byte-order mark out."""
    chunks = iter((data,)) if isinstance(data, bytes) else data.chunks()
    first = next(chunks, b"")
    head = first[:_LOOK_AT]
    shown = _marked(head) or (_wide(head) if setting is None or setting.startswith("utf") else None)
    if shown:
        return shown
    more = _utf8_more(chain((first,), chunks))
    if setting is not None and setting != "utf-8":
        if more is not None and more >= _LETTERS:
            raise _is_utf8(source, setting)
        return setting
    if more is not None:
        return "utf-8"
    said = _XML_SAYS.match(head)
    named = setting or (said[1].decode() if said else None) or told or "utf-8"
    if _known(named, source) == "utf-8":
        raise wrong_charset(source, "utf-8")
    return named


def decoded(data: bytes, charset: str, source: str) -> str:
    """`data` as text; `Changed`, naming the setting, where it is not in this charset."""
    try:
        return data.decode(charset)
    except UnicodeError as error:
        raise undecodable(error, charset, source) from None


def wrong_charset(source: str, charset: str) -> Changed:
    """What to say of data that is not in this charset."""
    return Changed(
        f"the answer of {source} is not written in {charset}",
        code="charset",
        hint="Name its real charset in `charset`, such as windows-1258 or utf-16; the hub never guesses one.",
    )


def undecodable(error: UnicodeError, charset: str, source: str) -> ConnectorError:
    """It was cut off, or the charset is another."""
    if isinstance(error, UnicodeDecodeError) and error.reason in _CUT and error.end >= len(error.object):
        return Unavailable(
            f"the answer of {source} is half a document: it ends inside a letter",
            code="truncated",
            hint="Nothing is lost; the hub asks again later. If it lasts, lower `page_size`.",
        )
    return wrong_charset(source, charset)


def _marked(head: bytes) -> str | None:
    return next((charset for mark, charset in _MARKS if head.startswith(mark)), None)


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, by the zeros that plain letters have in them."""
    if head.count(0) * 5 < len(head) or len(head) < 2:
        return None
    first, second, third, fourth = (any(head[place::4]) for place in range(4))
    if not (first or second):
        return "utf-32-be"
    if not (third or fourth) and len(head) > 3:
        return "utf-32-le"
    return "utf-16-be" if head[0::2].count(0) > head[1::2].count(0) else "utf-16-le"


def _utf8_more(chunks: Iterable[bytes]) -> int | None:
    """How many bytes letters take beyond their first, which in ASCII is none; None: this is not UTF-8."""
    decoder, more = codecs.getincrementaldecoder("utf-8")(), 0
    try:
        for chunk in chunks:
            within = decoder.getstate()[0]
            more += 0 if chunk.isascii() and not within else len(within) + len(chunk) - len(decoder.decode(chunk))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return more if error.reason == "unexpected end of data" else None
    return more


def _known(charset: str, source: str) -> str:
    try:
        " ".encode(charset)  # codecs that are no charsets (zip, rot13) refuse
        return codecs.lookup(charset).name
    except (LookupError, ValueError):
        raise Changed(
            f"the answer of {source} says that its charset is {quoted(charset)}, which does not exist",
            code="charset",
            hint="Name its real charset in `charset`, such as utf-8 or windows-1258.",
        ) from None


def _is_utf8(source: str, setting: str) -> Changed:
    return Changed(
        f"the answer of {source} is written in UTF-8, not in {setting} as `charset` says",
        code="charset",
        hint="Leave `charset` out: read as it says, every Vietnamese letter would be wrong.",
    )
