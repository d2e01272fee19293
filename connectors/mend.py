"""Characters that XML forbids and some old systems write all the same: one of them must not cost a whole answer."""

import re

REPLACED = "\N{REPLACEMENT CHARACTER}"  # shows people where something could not be read
_UNFIT = re.compile(
    rb"&#(?:x[0-9A-Fa-f]{1,8}|[0-9]{1,10});"
    rb"|\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]"  # a pair of surrogates, each written as a letter
    rb"|\xed[\xa0-\xbf][\x80-\xbf]|\xef\xbf[\xbe\xbf]|[\x00-\x08\x0b\x0c\x0e-\x1f]"
)
_PAIR = re.compile(rb"&#(x[0-9A-Fa-f]{4}|[0-9]{5});&#(x[0-9A-Fa-f]{4}|[0-9]{5});")


def mend(text: bytes) -> bytes:
    """`text` (UTF-8) with two surrogates joined to the character that they mean, and the replacement character in place
    of what XML cannot carry at all."""
    return _UNFIT.sub(_fit, _PAIR.sub(_joined, text))


def _joined(pair: re.Match[bytes]) -> bytes:
    high, low = _number(pair[1]), _number(pair[2])
    if 0xD800 <= high < 0xDC00 <= low < 0xE000:
        return b"&#%d;" % (0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
    return pair[0]


def _fit(found: re.Match[bytes]) -> bytes:
    text = found[0]
    if text.startswith(b"&#"):
        return text if _is_allowed(_number(text[2:-1])) else b"&#xFFFD;"
    if len(text) == 6:
        return text.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16").encode()
    return REPLACED.encode()


def _number(written: bytes) -> int:
    return int(written[1:], 16) if written.startswith(b"x") else int(written)


def _is_allowed(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
