"""The keys that a provider of identities signs with: fetched in the background, and believed for a while without it.

A provider that is slow, away or hostile costs what comes with its tokens, never a request with a key: one thread
fetches at a time, for seconds at most, and only a few requests may wait for it.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import structlog

from connectors.answers import Answer
from connectors.errors import ConnectorError
from connectors.http import Client
from connectors.settings import HttpSettings
from hub.api.settings import Issuer

log = structlog.get_logger()

Jwk: TypeAlias = Mapping[str, Any]

_FRESH = 600.0  # seconds: then they are fetched again, in the background
_GOOD = 12 * 3600.0  # seconds that they are believed while the provider is away
_PAUSE = 60.0  # seconds between fetches for a key that is not among them
_RETRY = 10.0  # seconds after a fetch that failed
_WAIT = 4.0  # seconds that a request waits for a fetch
_WAITERS = 3  # of the eight threads of a process
_MOST_KEYS = 100
_HTTP = {
    "connect_timeout_seconds": 3,
    "timeout_seconds": 3,
    "answer_timeout_seconds": 3,
    "max_answer_bytes": 256 * 1024,
}
_KINDS = ("RSA", "EC", "OKP")
_PUBLIC = ("kty", "kid", "use", "alg", "key_ops", "n", "e", "crv", "x", "y")  # neither secrets nor addresses of others

_waiters = threading.BoundedSemaphore(_WAITERS)  # for all providers together


class IssuerAway(Exception):
    """A provider's keys are needed, and cannot be had just now."""


class IssuerBroken(Exception):
    """A provider answered, but not as one should; the sentence says how."""


@dataclass(frozen=True, slots=True)
class _Got:
    keys: Sequence[Jwk] = ()
    at: float = float("-inf")  # monotonic


@dataclass(slots=True)
class _Fetch:
    """One that is under way; whoever waits for it learns when it has ended, well or not."""

    ended: threading.Event = field(default_factory=threading.Event)


class IssuerKeys:
    """The keys of one provider. Safe to share between threads."""

    def __init__(self, issuer: Issuer, fetch: Callable[[Issuer], Sequence[Jwk]] | None = None) -> None:
        self._issuer = issuer
        self._fetch = fetch or fetched
        self._lock = threading.Lock()
        self._got = _Got()
        self._tried = float("-inf")  # when the last fetch began
        self._answered = False  # that one
        self._under_way: _Fetch | None = None

    def named(self, kid: str | None, but: Sequence[Jwk] = ()) -> Sequence[Jwk]:
        """The keys that a token which names `kid` (or none) may be signed with, but for those that were tried already;
        none: there is no such key.

        Raises:
            IssuerAway: they cannot be had just now.
        """
        got, now = self._got, monotonic()
        believed = now - got.at < _GOOD
        found = _of(got.keys, kid, but) if believed else ()
        if found:
            if now - got.at >= _FRESH:
                self._begin(_RETRY)
            return found
        current = believed and self._answered
        under_way = self._begin(_PAUSE if current else _RETRY)
        if under_way is not None:
            _await(under_way)
        elif current:
            return ()  # asked for lately: it is not among them
        if self._got is got:
            raise IssuerAway(self._issuer.issuer)
        return _of(self._got.keys, kid, but)

    def _begin(self, pause: float) -> _Fetch | None:
        """The fetch that is under way, begun now unless the last one began less than `pause` seconds ago."""
        with self._lock:
            if self._under_way is None and monotonic() - self._tried >= pause:
                self._tried = monotonic()
                self._under_way = _Fetch()
                run = threading.Thread(target=self._run, args=(self._under_way,), name="issuer keys", daemon=True)
                run.start()
            return self._under_way

    def _run(self, fetch: _Fetch) -> None:
        self._answered = False
        try:
            keys = self._fetch(self._issuer)
            self._got, self._answered = _Got(keys, monotonic()), True
            log.info("issuer_keys_fetched", issuer=self._issuer.issuer, keys=len(keys))
        except (ConnectorError, IssuerBroken) as error:
            log.warning("issuer_keys_not_fetched", issuer=self._issuer.issuer, reason=str(error))
        finally:
            with self._lock:
                self._under_way = None
            fetch.ended.set()


def _await(fetch: _Fetch) -> None:
    """Wait a little, where not too many do already: the other threads are for requests with keys."""
    if _waiters.acquire(blocking=False):
        try:
            fetch.ended.wait(_WAIT)
        finally:
            _waiters.release()


def _of(keys: Sequence[Jwk], kid: str | None, but: Sequence[Jwk]) -> Sequence[Jwk]:
    """Those of this name; without a name the only one that there is, for else it would be a guess."""
    found = [key for key in keys if key.get("kid") == kid] if kid is not None else keys if len(keys) == 1 else ()
    return [key for key in found if key not in but]


def fetched(issuer: Issuer) -> list[Jwk]:
    """The provider's public keys as it gives them now.

    Raises:
        ConnectorError: it does not answer, or not in time.
        IssuerBroken: it answers something else.
    """
    with asking(issuer) as client:
        return public_keys(_document(client, issuer.keys or _address_of_keys(client, issuer)))


def public_keys(document: Mapping[str, Any]) -> list[Jwk]:
    """The keys in a JWKS that can sign a token, each with its public parts alone.

    Raises:
        IssuerBroken: there are none, or far more than any provider has.
    """
    listed = document.get("keys")
    if not isinstance(listed, list) or len(listed) > _MOST_KEYS:
        raise IssuerBroken(f"its keys are no list of at most {_MOST_KEYS}")
    found: list[Jwk] = [{name: key[name] for name in _PUBLIC if name in key} for key in listed if _signs(key)]
    if not found:
        raise IssuerBroken("it gives no key that tokens could be signed with")
    return found


def _signs(key: Any) -> bool:
    if not isinstance(key, dict) or key.get("kty") not in _KINDS or key.get("use", "sig") != "sig":
        return False
    uses = key.get("key_ops", ["verify"])
    return isinstance(uses, list) and "verify" in uses


def described(client: Client, issuer: Issuer) -> dict[str, Any]:
    """What the provider says of itself (OpenID discovery).

    Raises:
        ConnectorError: it does not answer, or not in time.
        IssuerBroken: it answers something else, or for another issuer.
    """
    told = _document(client, issuer.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if told.get("issuer") != issuer.issuer:
        raise IssuerBroken(f"it calls itself {str(told.get('issuer'))[:200]!r}; write that as `issuer` if it is right")
    return told


def address_in(told: Mapping[str, Any], name: str, what: str, issuer: Issuer) -> str:
    """An address of the provider's description; by https wherever the provider itself is.

    Raises:
        IssuerBroken: there is none that will do.
    """
    address = told.get(name)
    schemes = ("https",) if issuer.issuer.startswith("https:") else ("https", "http")
    if not isinstance(address, str) or urlsplit(address).scheme not in schemes:
        raise IssuerBroken(f"its description gives no address of {what} that begins with {' or '.join(schemes)}")
    return address


def _address_of_keys(client: Client, issuer: Issuer) -> str:
    return address_in(described(client, issuer), "jwks_uri", "keys", issuer)


def asking(issuer: Issuer) -> Client:
    """What a provider is asked with: it has seconds to answer, and no room to answer much."""
    return Client(HttpSettings(ca_file=issuer.ca_file, **_HTTP))


def _document(client: Client, address: str) -> dict[str, Any]:
    return object_in(client.send("GET", address, headers={"Accept": "application/json"}, follow=False))


def object_in(answer: Answer) -> dict[str, Any]:
    """The JSON object that a provider answered.

    Raises:
        IssuerBroken: it is none.
    """
    if answer.status != 200:
        raise IssuerBroken(f"{answer.address} answers {answer.status}")
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise IssuerBroken(f"{answer.address} answers no JSON") from error
    if not isinstance(found, dict):
        raise IssuerBroken(f"{answer.address} answers no JSON object")
    return found
