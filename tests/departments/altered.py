"""What an answer may turn into before it is sent: each takes a right one and gives a wrong one."""

import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from tests.departments.wire import Answered

Alter: TypeAlias = Callable[[Answered], Answered]


def labelled(media_type: str) -> Alter:
    """The same under another Content-Type."""
    return lambda answered: answered.with_header("Content-Type", media_type)


def encoded(encoding: str, encode: Callable[[bytes], bytes]) -> Alter:
    """The body as `encode` makes it, said to be in this Content-Encoding."""
    return lambda answered: replace(answered, body=encode(answered.body)).with_header("Content-Encoding", encoding)


def _broken(packed: bytes) -> bytes:
    """Its middle is another one."""
    middle = len(packed) // 2
    return packed[:middle] + bytes(byte ^ 0xFF for byte in packed[middle : middle + 20]) + packed[middle + 20 :]


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


ALTERED: dict[str, Alter] = {
    "gzip": encoded("gzip", gzip.compress),
    "corrupt_gzip": encoded("gzip", lambda body: _broken(gzip.compress(body))),
    "half_a_gzip": encoded("gzip", lambda body: gzip.compress(body)[: len(gzip.compress(body)) // 2]),
    "not_gzip": encoded("gzip", lambda body: body),
    "deflate": encoded("deflate", zlib.compress),
    "raw_deflate": encoded("deflate", _raw_deflate),
    "deflate_called_gzip": encoded("gzip", zlib.compress),
    "unknown_encoding": encoded("x-none-knows", lambda body: body),
    "called_octets": labelled("application/octet-stream"),
    "called_html": labelled("text/html"),
    "called_image": labelled("image/png"),
    "without_type": lambda answered: replace(
        answered, headers=tuple(each for each in answered.headers if each[0] != "Content-Type")
    ),
    "with_mark": lambda answered: replace(answered, body=b"\xef\xbb\xbf" + answered.body),
    "utf_16": lambda answered: replace(answered, body=_in_utf_16(answered.body)).with_header(
        "Content-Type", "text/plain"
    ),
}


def _in_utf_16(body: bytes) -> bytes:
    return re.sub(r"encoding=(['\"]).*?\1", 'encoding="utf-16"', body.decode(), count=1).encode("utf-16")


def saying(element: str, text: bytes, name: str, value: bytes) -> Alter:
    """Something else at the first place of its kind: of XML in this element, of JSON at this name."""
    in_xml = re.compile(rb"(<%s>)[^<]*(</%s>)" % (element.encode(), element.encode()))
    in_json = re.compile(rb'("%s":)("[^"]*"|\w+)' % name.encode())

    def alter(answered: Answered) -> Answered:
        body, times = in_xml.subn(lambda found: found[1] + text + found[2], answered.body, count=1)
        if not times:
            body, times = in_json.subn(lambda found: found[1] + value, answered.body, count=1)
        if not times:
            raise ValueError(f"the answer has neither {element} nor {name}")
        return replace(answered, body=body)

    return alter
