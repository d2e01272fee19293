"""Shows what passes between the hub and a department, for whoever previews a connector; secrets are blanked.

with witnessed() as exchanges:
    ...  # ask the connector
exchanges[0].answer
"""

import base64
import codecs
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import quote, quote_plus

import requests
from pydantic import BaseModel

from connectors.body import Body
from connectors.errors import ConnectorError
from connectors.scrub import BLANK, SHORTEST, secrets_in

_KEPT = 64 * 1024  # of each body
_MARGIN = 4 * 1024  # read beyond that, so that no secret is cut in half before it is looked for

_exchanges: ContextVar["list[Exchange] | None"] = ContextVar("exchanges", default=None)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back, fit to be shown."""

    method: str
    address: str
    headers: Mapping[str, str]
    body: str
    status: int | None  # None: there was no answer
    answer_headers: Mapping[str, str]
    answer: str  # its beginning, as text
    answer_bytes: int  # how long it is in truth
    seconds: float
    error: str | None = None  # what broke


@contextmanager
def witnessed() -> Iterator[list[Exchange]]:
    """The exchanges that every connector makes in this block, in their order."""
    seen: list[Exchange] = []
    before = _exchanges.set(seen)
    try:
        yield seen
    finally:
        _exchanges.reset(before)


@dataclass(slots=True)
class Testimony:
    """What one exchange has shown so far."""

    request: requests.PreparedRequest | None = None
    response: requests.Response | None = None
    body: Body = field(default_factory=Body)
    error: str | None = None


@contextmanager
def testifying(settings: BaseModel, got: Callable[[], Iterable[str]]) -> Iterator[Testimony]:
    """To be filled in while one exchange is made; costs nothing where nobody looks. `got` are secrets besides those of
    the settings, such as a token."""
    testimony, began, seen = Testimony(), monotonic(), _exchanges.get()
    try:
        yield testimony
    except ConnectorError as error:
        testimony.error = str(error)
        raise
    finally:
        response = testimony.response
        request = testimony.request if response is None else response.request
        if seen is not None and request is not None:
            seen.append(_exchange(testimony, request, monotonic() - began, Blanks(settings, got())))


def _exchange(testimony: Testimony, request: requests.PreparedRequest, seconds: float, blanks: "Blanks") -> Exchange:
    response, answer = testimony.response, testimony.body
    return Exchange(
        request.method or "",
        blanks.text(request.url or ""),
        blanks.headers(request.headers),
        blanks.text(_text(_bytes(request.body), request.headers)),
        None if response is None else response.status_code,
        {} if response is None else blanks.headers(response.headers),
        "" if response is None else blanks.text(_text(answer.head(_KEPT + _MARGIN), response.headers)),
        answer.size,
        seconds,
        None if testimony.error is None else blanks.text(testimony.error),
    )


class Blanks:
    """Blanks the secrets of some settings, in every form that they travel in, and whatever is named like a secret."""

    def __init__(self, settings: BaseModel, got: Iterable[str] = ()) -> None:
        found = {form for secret in (*secrets_in(settings), *got) if len(secret) >= SHORTEST for form in _forms(secret)}
        # Longest first, or a secret that begins with another would be blanked only in part.
        self._known = re.compile("|".join(re.escape(form) for form in sorted(found, key=len, reverse=True)))
        self._any = bool(found)

    def text(self, text: str) -> str:
        """An address or a body."""
        text = self._known.sub(BLANK, text) if self._any else text
        for pattern in _NAMED:
            text = pattern.sub(_blanked, text)
        return text[:_KEPT]

    def headers(self, headers: Mapping[str, Any]) -> dict[str, str]:
        """Headers by name."""
        shown = {}
        for name, value in headers.items():
            said = value.decode("latin-1") if isinstance(value, bytes) else str(value)
            shown[name] = BLANK if _is_secret(name) else self.text(said)
        return shown


# A value after a name: <MatKhau>…</MatKhau>, password="…", "password": "…", password=…&
_NAMED = (
    re.compile(
        r"(?P<before><(?:[\w.-]+:)?(?P<name>[\w.-]+)(?:\s[^<>]*)?>)(?P<value>\s*<!\[CDATA\[.*?(?:\]\]>|\Z)|[^<]+)", re.S
    ),
    re.compile(r"(?P<before>(?<![\w.-])(?P<name>[\w.-]+)\s*=\s*(?P<quote>[\"']))(?P<value>.*?)(?=(?P=quote)|\Z)", re.S),
    re.compile(r"(?P<before>(?<!\\)\"(?P<name>[\w.-]+)\"\s*:\s*\")(?P<value>(?:[^\"\\]|\\.)*)"),
    re.compile(r"(?P<before>\\\"(?P<name>[\w.-]+)\\\"\s*:\s*\\\")(?P<value>(?:[^\"\\]|\\[^\"])*)"),
    re.compile(r"(?P<before>\"(?P<name>[\w.-]+)\"\s*:\s*)(?P<value>-?\d[\d.]*)"),
    re.compile(r"(?P<before>(?:^|[?&])(?P<name>[\w.%-]+)=)(?P<value>[^&#\s]*)"),
    re.compile(r"(?P<before>&lt;(?:[\w.-]+:)?(?P<name>[\w.-]+)(?:\s[^<>]*?)?&gt;)(?P<value>.*?)(?=&lt;|\Z)", re.S),
)
_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase|code)?$|pwd$|^pwd|matkhau|secret|(api|access|private|security|license)key"
    r"|(?<!next)(?<!page)(?<!skip)(?<!continuation)token$|session(id|key)?$|cookie|credential|^jwt$|^otp$|^pin$"
    r"|^sig$|signature(value)?$|assertion$|authorization$|^auth$"
)


def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(re.sub(r"[^a-z]", "", name.lower())) is not None


def _blanked(match: re.Match[str]) -> str:
    return match["before"] + (BLANK if match["value"].strip() and _is_secret(match["name"]) else match["value"])


def _forms(secret: str) -> Iterator[str]:
    """A secret as it is, escaped for XML, JSON and addresses, and inside of base64."""
    yield secret
    yield html.escape(secret, quote=False)
    yield html.escape(secret)
    yield (
        secret.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&apos;")
    )
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    for encoded in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield encoded
        yield re.sub("%..", lambda found: found[0].lower(), encoded)
    yield from _in_base64(secret.encode())


def _in_base64(secret: bytes) -> Iterator[str]:
    """What the secret becomes in base64 of a longer text, wherever in it: the letters that hold nothing else."""
    for ahead in range(3):
        coded = base64.b64encode(bytes(ahead) + secret)
        core = coded[-(-ahead * 8 // 6) : (ahead + len(secret)) * 8 // 6].decode()
        if len(core) >= SHORTEST:
            yield core
            yield quote(core, safe="")
            yield core.replace("+", "-").replace("/", "_")


def _bytes(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, bytes | bytearray) else b""


def _text(body: bytes, headers: Mapping[str, Any]) -> str:
    """The bytes as text: as they say of themselves by a mark or in the header, else UTF-8."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            return body.decode(name, "replace")
    told = re.search(r"charset=[\"']?([\w-]+)", str(headers.get("Content-Type", "")))
    try:
        return body.decode(told[1] if told else "utf-8-sig", "replace")
    except LookupError:
        return body.decode("utf-8-sig", "replace")
