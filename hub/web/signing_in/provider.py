"""Signing in at a provider of identities: OpenID Connect's authorization code with PKCE, state and nonce.

The ID token is proven as the API's tokens are (`hub.web.tokens`), and nothing is believed that stands elsewhere.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from pydantic import SecretStr

from connectors.errors import ConnectorError
from connectors.http import Client, basic
from hub.api.settings import Issuer
from hub.record.sign_in import Provider
from hub.web.issuer_keys import IssuerAway, IssuerBroken, IssuerKeys, address_in, asking, described, object_in
from hub.web.tokens import Refused, proven

_SECONDS = 600.0  # that somebody may take at the provider
_LEEWAY = 60.0


class NotSignedIn(Exception):
    """The provider does not let in, or cannot be believed; the sentence is for the log."""


class ProviderAway(NotSignedIn):
    """It does not answer just now, or not as a provider should."""


@dataclass(frozen=True, slots=True)
class Trip:
    """Somebody on their way to the provider and back; kept in their own cookie, used once."""

    state: str
    nonce: str
    verifier: str
    why: str  # enter, prove, link
    then: str | None  # where to go on
    began: float  # seconds since 1970

    def document(self) -> dict[str, Any]:
        """As the cookie holds it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider let in."""

    issuer: str
    subject: str
    claims: Mapping[str, Any]


class SingleSignOn:
    """One configured provider. Safe to share between threads."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._issuer = Issuer(provider.issuer, provider.client_id, ca_file=provider.ca_file)
        self._keys = IssuerKeys(self._issuer)

    def leave(self, why: str, then: str | None, back: str, now: float) -> tuple[str, Trip]:
        """Where to send somebody, and what to remember of it meanwhile.

        Raises:
            ProviderAway: the provider does not say where.
        """
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        trip = Trip(state, nonce, verifier, why, then, now)
        digest = hashlib.sha256(trip.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": back,
            "scope": " ".join(self.provider.scopes),
            "state": trip.state,
            "nonce": trip.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if why != "enter":  # who has a session there already must show again who they are
            asked |= {"prompt": "login", "max_age": "0"}
        with _told(), asking(self._issuer) as client:
            told = described(client, self._issuer)
            address = address_in(told, "authorization_endpoint", "signing in", self._issuer)
        return address + ("&" if urlsplit(address).query else "?") + urlencode(asked), trip

    def come_back(self, trip: Trip, answer: Mapping[str, str], back: str, now: float) -> Identity:
        """Whom the provider let in.

        Raises:
            ProviderAway: it cannot be asked.
            NotSignedIn: it let nobody in, or its answer is not one to this trip.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), trip.state.encode()):
            raise NotSignedIn("the answer is to another question (`state`)")
        if now - trip.began > _SECONDS:
            raise NotSignedIn("it took too long")
        if "code" not in answer:
            raise NotSignedIn(f"the provider lets nobody in: {answer.get('error', 'no code')[:100]}")
        if answer.get("iss", self._issuer.issuer) != self._issuer.issuer:  # RFC 9207
            raise NotSignedIn("another provider answered (`iss`)")
        with _told():
            with asking(self._issuer) as client:
                token = self._exchanged(client, answer["code"], trip, back)
            claims = proven(token, self._issuer, self._keys, now)
        self._check(claims, trip)
        return Identity(self._issuer.issuer, claims["sub"], claims)

    def _exchanged(self, client: Client, code: str, trip: Trip, back: str) -> str:
        told = described(client, self._issuer)
        address = address_in(told, "token_endpoint", "tokens", self._issuer)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": trip.verifier}
        ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        auth, provider = None, self.provider
        if provider.client_secret and "client_secret_basic" in ways:
            auth = basic(quote(provider.client_id, safe=""), SecretStr(quote(provider.client_secret, safe="")))
        else:
            form |= {"client_id": provider.client_id}
            form |= {"client_secret": provider.client_secret} if provider.client_secret else {}
        answer = client.send(
            "POST", address, data=form, auth=auth, headers={"Accept": "application/json"}, follow=False
        )
        if answer.status in (400, 401):
            raise NotSignedIn(f"the provider gives no token: {answer.body[:200].decode(errors='replace')}")
        token = object_in(answer).get("id_token")
        if not isinstance(token, str):
            raise NotSignedIn("the provider gives no ID token; is the scope `openid` allowed?")
        return token

    def _check(self, claims: Mapping[str, Any], trip: Trip) -> None:
        nonce, subject = claims.get("nonce"), claims.get("sub")
        if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), trip.nonce.encode()):
            raise NotSignedIn("the ID token is one to another question (`nonce`)")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
            raise NotSignedIn("the ID token does not say whose it is (`sub`)")
        if claims.get("azp", self.provider.client_id) != self.provider.client_id:
            raise NotSignedIn("the ID token was made for another client (`azp`)")
        at = claims.get("auth_time")  # left out by some although `max_age` asks for it; `prompt` asked them, too
        if trip.why != "enter" and isinstance(at, int | float) and at < trip.began - _LEEWAY:
            raise NotSignedIn("the provider did not ask again who it is (`auth_time`)")


@contextmanager
def _told() -> Iterator[None]:
    """Turn what went wrong on the way into one kind of error."""
    try:
        yield
    except Refused as refused:
        raise NotSignedIn(str(refused)) from refused
    except (ConnectorError, IssuerBroken, IssuerAway) as error:
        raise ProviderAway(str(error)) from error
