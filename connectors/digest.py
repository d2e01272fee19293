"""HTTP Digest credentials: only a digest of the password is sent, made from what the system challenges us with."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from hashlib import md5, new
from threading import Lock
from urllib.parse import urlsplit
from urllib.request import parse_http_list, parse_keqv_list

from pydantic import SecretStr
from requests import PreparedRequest
from requests.auth import AuthBase

from connectors.answers import Answer

_HASHES = {"SHA-512-256": "sha512_256", "SHA-256": "sha256", "MD5": "md5"}  # the strongest first
_SESSION = "-SESS"


class Digest(AuthBase):
    """Puts an answer to the latest challenge on every request; without one yet, the request goes as it is."""

    def __init__(self, username: str, password: SecretStr) -> None:
        self._username, self._password = username, password
        self._lock = Lock()
        self._challenge: Mapping[str, str] | None = None
        self._count = 0

    def challenged(self, answer: Answer) -> bool:
        """Take the challenge of an answer with status 401; False where trying again cannot help."""
        known = [each for each in _challenges(_as_written(answer.headers.get("WWW-Authenticate", ""))) if _hash(each)]
        if not known:
            return False
        best = min(known, key=lambda each: list(_HASHES).index(_algorithm(each)))
        with self._lock:
            answered = self._challenge is not None and self._challenge.get("nonce") == best.get("nonce")
            self._challenge, self._count = best, 0
        return not answered

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        with self._lock:
            self._count += 1
            challenge, count = self._challenge, self._count
        if challenge is not None:
            header = self._answer(challenge, request.method or "GET", _target(request.url or ""), count)
            request.headers["Authorization"] = header.encode()  # type: ignore[assignment]  # requests takes bytes
        return request

    def _answer(self, challenge: Mapping[str, str], method: str, target: str, count: int) -> str:
        digest, nonce, realm = _hash(challenge) or _md5, challenge.get("nonce", ""), challenge.get("realm", "")
        ours, number = secrets.token_hex(8), f"{count:08x}"
        who = digest(f"{self._username}:{realm}:{self._password.get_secret_value()}")
        if challenge.get("algorithm", "").upper().endswith(_SESSION):
            who = digest(f"{who}:{nonce}:{ours}")
        what = digest(f"{method}:{target}")
        counted = _offers_auth(challenge)
        response = digest(f"{who}:{nonce}:{number}:{ours}:auth:{what}" if counted else f"{who}:{nonce}:{what}")
        said = {"username": self._username, "realm": realm, "nonce": nonce, "uri": target, "response": response}
        said |= {"opaque": challenge["opaque"]} if "opaque" in challenge else {}
        plain = {"algorithm": challenge["algorithm"]} if "algorithm" in challenge else {}
        if counted:
            said["cnonce"] = ours
            plain |= {"qop": "auth", "nc": number}
        parts = [f'{name}="{_escaped(value)}"' for name, value in said.items()]
        return "Digest " + ", ".join([*parts, *(f"{name}={value}" for name, value in plain.items())])


def _challenges(header: str) -> Iterator[Mapping[str, str]]:
    """Each Digest challenge of a header that may hold several, of other kinds too."""
    found: dict[str, list[str]] = {}
    kind = ""
    for number, part in enumerate(parse_http_list(header)):
        word, _, rest = part.partition(" ")
        if "=" not in word:  # a new challenge begins
            kind = f"{word.lower()} {number}"
        found.setdefault(kind, []).append(rest.strip() if "=" not in word else part)
    for kind, parts in found.items():
        if kind.startswith("digest "):
            yield parse_keqv_list([part for part in parts if "=" in part])


def _as_written(header: str) -> str:
    """HTTP's library reads every header as Latin-1; a realm in Vietnamese comes in UTF-8."""
    data = header.encode("latin-1", "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return header


def _algorithm(challenge: Mapping[str, str]) -> str:
    return challenge.get("algorithm", "MD5").upper().removesuffix(_SESSION)


def _hash(challenge: Mapping[str, str]) -> Callable[[str], str] | None:
    """The hash that a challenge wants; None where we cannot answer it."""
    name = _HASHES.get(_algorithm(challenge))
    if name is None or not challenge.get("nonce") or ("qop" in challenge and not _offers_auth(challenge)):
        return None
    return _md5 if name == "md5" else lambda text: new(name, text.encode()).hexdigest()


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _offers_auth(challenge: Mapping[str, str]) -> bool:
    return "auth" in [word.strip() for word in challenge.get("qop", "").lower().split(",")]


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
