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
from http import HTTPStatus
from time import monotonic
from typing import Any, Protocol
from urllib.parse import quote, quote_plus

import requests
from pydantic import BaseModel

from connectors.body import Body
from connectors.errors import ConnectorError
from connectors.scrub import BLANK, SHORTEST, secrets_in

_KEPT = 64 * 1024  # of each body
_MARGIN = 4 * 1024  # read beyond that, so that no secret is cut in half before it is looked for

_witness: ContextVar["Witness | None"] = ContextVar("witness", default=None)


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


class Witness(Protocol):
    """Whoever looks on."""

    def saw(self, sight: "Sight") -> None:
        """An exchange is over; called in the thread that made it."""
        ...


@contextmanager
def witnessed() -> Iterator[list[Exchange]]:
    """The exchanges that every connector makes in this block, in their order."""
    seen: list[Exchange] = []
    with watched_by(_Everything(seen)):
        yield seen


@contextmanager
def watched_by(witness: Witness) -> Iterator[None]:
    """Let this witness see the exchanges that every connector makes in this block."""
    before = _witness.set(witness)
    try:
        yield
    finally:
        _witness.reset(before)


@dataclass(slots=True)
class Testimony:
    """What one exchange has shown so far."""

    request: requests.PreparedRequest | None = None
    response: requests.Response | None = None
    body: Body = field(default_factory=Body)
    error: str | None = None

    @property
    def asked(self) -> requests.PreparedRequest | None:
        """The request, where one was made."""
        return self.request if self.response is None else self.response.request


@contextmanager
def testifying(settings: BaseModel, got: Callable[[], Iterable[str]]) -> Iterator[Testimony]:
    """To be filled in while one exchange is made; costs nothing where nobody looks. `got` are secrets besides those of
    the settings, such as a token."""
    testimony, began, witness = Testimony(), monotonic(), _witness.get()
    try:
        yield testimony
    except ConnectorError as error:
        testimony.error = str(error)
        raise
    finally:
        if witness is not None and (request := testimony.asked) is not None:
            witness.saw(Sight(testimony, request, monotonic() - began, settings, tuple(got())))


@dataclass(frozen=True, slots=True)
class Sight:
    """An exchange as it was seen; made fit to be shown only for who wants that, as it takes time."""

    testimony: Testimony
    request: requests.PreparedRequest
    seconds: float
    settings: BaseModel
    got: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Whether it did not bring what is asked for: no answer, a bad status, or a web page in place of data."""
        response = self.testimony.response
        if self.testimony.error is not None or response is None or response.status_code >= HTTPStatus.BAD_REQUEST:
            return True
        return str(response.headers.get("Content-Type", "")).lower().startswith("text/html")

    @property
    def body(self) -> Body:
        """What came back, whole."""
        return self.testimony.body

    def exchange(self, kept: int = _KEPT) -> Exchange:
        """Without secrets; the first so many letters of each body."""
        response, request, blanks = self.testimony.response, self.request, Blanks(self.settings, self.got)
        error = self.testimony.error
        most = kept + _MARGIN
        return Exchange(
            request.method or "",
            blanks.text(request.url or ""),
            blanks.headers(request.headers),
            blanks.text(_text(_bytes(request.body)[: most if kept < _KEPT else None], request.headers))[:kept],
            None if response is None else response.status_code,
            {} if response is None else blanks.headers(response.headers),
            "" if response is None else blanks.text(_text(self.body.head(most), response.headers))[:kept],
            self.body.size,
            self.seconds,
            None if error is None else blanks.text(error),
        )


class _Everything:
    """A witness who keeps all."""

    def __init__(self, seen: list[Exchange]) -> None:
        self._seen = seen

    def saw(self, sight: Sight) -> None:
        self._seen.append(sight.exchange())


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
