"""Tokens of providers of identities (OpenID Connect): who signed one, for which client, and on whose behalf.

Nothing in a token is believed before its signature is: what is read before (issuer, algorithm, name of the key) only
chooses among what the hub was configured with. Addresses and keys that a token brings along are never used.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

import orjson
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import Key, import_key
from joserfc.util import urlsafe_b64decode

from hub.api.settings import Issuer
from hub.store.clients import Subject
from hub.web.issuer_keys import IssuerKeys, Jwk

_LONGEST = 16 * 1024  # letters
_LEEWAY = 60.0  # seconds that clocks may differ by
_LONGEST_NAME = 255
_SMALLEST_RSA = 2048  # bits
# Which kind of key each algorithm takes: never a shared secret, and never `none`.
_KINDS = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), ("RSA", None)),
    "ES256": ("EC", ("P-256",)),
    "ES384": ("EC", ("P-384",)),
    "ES512": ("EC", ("P-521",)),
    "EdDSA": ("OKP", ("Ed25519", "Ed448")),
    "Ed25519": ("OKP", ("Ed25519",)),
}
_TYPES = ("jwt", "at+jwt", "application/at+jwt")


class _Allowed(jws.JWSRegistry):
    """These algorithms and no other. Providers still write `EdDSA`, which the library warns of at every token."""

    max_header_length = 4096

    def get_alg(self, name: str) -> Any:
        if name not in _KINDS:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


_REGISTRY = _Allowed(strict_check_header=False)


class Refused(Exception):
    """A token opens nothing; `code` is the API's, the sentence says why."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says, and its provider stands for."""

    subject: Subject  # the client that it was made for
    person: str | None  # on whose behalf; None: the client asks for itself


@dataclass(frozen=True, slots=True)
class _Parts:
    """A token taken apart; nothing of it is proven yet."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]


class Tokens:
    """Reads tokens of the configured providers."""

    def __init__(self, issuers: Sequence[Issuer]) -> None:
        self._issuers = {one.issuer: (one, IssuerKeys(one)) for one in issuers}

    def read(self, token: str, now: float) -> Claims:
        """What a token says; `now` is in seconds since 1970.

        Raises:
            Refused: it opens nothing.
            IssuerAway: its provider's keys cannot be had just now.
        """
        parts = _taken_apart(token)
        named = parts.claims.get("iss")
        if not isinstance(named, str) or named not in self._issuers:
            raise Refused("unknown_issuer", "The token's issuer (`iss`) is none that this hub is configured for.")
        issuer, keys = self._issuers[named]
        _check(token, parts, issuer, keys, now)
        client = _text(parts.claims, issuer.client_claim)
        if client is None:
            _refuse(f"It has no claim `{issuer.client_claim}` that says which client it was made for.")
        person = _text(parts.claims, issuer.person_claim)
        return Claims(Subject(named, client), None if person == client else person)


def proven(token: str, issuer: Issuer, keys: IssuerKeys, now: float) -> Mapping[str, Any]:
    """The claims of a token that must be this issuer's, once all of it is proven; `now` is in seconds since 1970.

    Raises:
        Refused: it is not, or is not good now.
        IssuerAway: its provider's keys cannot be had just now.
    """
    parts = _taken_apart(token)
    if parts.claims.get("iss") != issuer.issuer:
        raise Refused("unknown_issuer", "The token's issuer (`iss`) is another one.")
    _check(token, parts, issuer, keys, now)
    return parts.claims


def _check(token: str, parts: _Parts, issuer: Issuer, keys: IssuerKeys, now: float) -> None:
    _prove(token, parts.header, keys)
    _check_times(parts.claims, now)
    _check_purpose(parts.claims, issuer)


def _taken_apart(token: str) -> _Parts:
    if len(token) > _LONGEST:
        _refuse(f"It is longer than {_LONGEST:,} letters.")
    parts = token.split(".")
    if len(parts) != 3 or not token.isascii():
        _refuse("It is no signed JWT.")
    return _Parts(_object(parts[0], "header"), _object(parts[1], "claims"))


def _object(part: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(urlsafe_b64decode(part.encode()), object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refused("invalid_token", f"The token's {name} cannot be read.") from error
    if not isinstance(found, dict):
        _refuse(f"Its {name} is no JSON object.")
    return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers of a name that is given twice may each believe another one."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _algorithm(header: Mapping[str, Any]) -> str:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in _KINDS:
        _refuse("It is not signed in a way that the hub takes (" + ", ".join(_KINDS) + ").")
    if "crit" in header or "b64" in header:
        _refuse("Its header asks for an extension that the hub does not know.")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        _refuse("Its type (`typ`) is not that of an access token.")
    return algorithm


def _kid(header: Mapping[str, Any]) -> str | None:
    kid = header.get("kid")
    if kid is not None and (not isinstance(kid, str) or len(kid) > _LONGEST_NAME):
        _refuse("The name of its key (`kid`) is no text.")
    return kid


def _prove(token: str, header: Mapping[str, Any], keys: IssuerKeys) -> None:
    algorithm, kid = _algorithm(header), _kid(header)

    def signed(found: Sequence[Jwk]) -> bool:
        return any(_fits(key, algorithm) and _signed_with(token, algorithm, key) for key in found)

    tried = keys.named(kid)
    if not tried:
        raise Refused("unknown_signing_key", "The token's issuer has no key of the name (`kid`) that the token gives.")
    if signed(tried):
        return
    if kid is None and signed(keys.named(None, but=tried)):  # one without a name may have been replaced by another
        return
    _refuse("Its signature is not that of its issuer.")


def _fits(key: Jwk, algorithm: str) -> bool:
    kind, curves = _KINDS[algorithm]
    return (
        key.get("kty") == kind
        and key.get("alg", algorithm) in (algorithm, "EdDSA" if kind == "OKP" else algorithm)
        and (key.get("crv") in curves if curves else _is_long(key.get("n")))
    )


def _is_long(modulus: Any) -> bool:
    return isinstance(modulus, str) and len(modulus.rstrip("=")) * 6 >= _SMALLEST_RSA


def _signed_with(token: str, algorithm: str, jwk: Jwk) -> bool:
    try:
        jws.deserialize_compact(token, _imported(orjson.dumps(jwk)), algorithms=[algorithm], registry=_REGISTRY)
    except (JoseError, ValueError, TypeError):  # also a key that is none
        return False
    return True


@lru_cache(maxsize=256)  # reading one takes longer than checking a signature with it
def _imported(jwk: bytes) -> Key:
    return import_key(orjson.loads(jwk))


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    ends, begins, made = (_time(claims, name) for name in ("exp", "nbf", "iat"))
    if ends is None:
        _refuse("It does not say until when it is good (`exp`).")
    if ends + _LEEWAY <= now:
        raise Refused("token_expired", "The token has expired; ask its issuer for a new one.")
    if max(begins or 0.0, made or 0.0) - _LEEWAY > now:
        raise Refused("token_not_yet_valid", "The token is good only later (`nbf`, `iat`); compare both clocks.")


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    at = claims.get(name)
    if at is None:
        return None
    if isinstance(at, bool) or not isinstance(at, int | float) or not math.isfinite(at) or not 0 <= at < 1e12:
        _refuse(f"Its `{name}` is no time.")
    return float(at)


def _check_purpose(claims: Mapping[str, Any], issuer: Issuer) -> None:
    if issuer.audience not in _texts(claims.get("aud")):
        raise Refused("wrong_audience", f"The token is not made for this hub: its `aud` lacks {issuer.audience}.")
    if issuer.scope is None:
        return
    said = claims.get("scope", claims.get("scp"))
    scopes = said.split() if isinstance(said, str) else _texts(said)
    if issuer.scope not in scopes:
        raise Refused("insufficient_scope", f"The token lacks the scope {issuer.scope}.")


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    said = claims.get(name)
    good = isinstance(said, str) and 0 < len(said) <= _LONGEST_NAME and said.isprintable()
    return str(said) if good else None


def _texts(said: Any) -> Sequence[str]:
    if isinstance(said, str):
        return (said,)
    return [one for one in said if isinstance(one, str)] if isinstance(said, list) else ()


def _refuse(sentence: str) -> NoReturn:
    raise Refused("invalid_token", "The token is not valid. " + sentence)
