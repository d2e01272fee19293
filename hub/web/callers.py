"""Who asks the API: a client with one of its keys, or with a token that its provider of identities made for it."""

from datetime import UTC, datetime
from urllib.parse import unquote_to_bytes

from flask import current_app, g, request

from hub.api.known import known, note_use, part
from hub.api.problems import ApiProblem
from hub.api.settings import Settings
from hub.api.viewer import Viewer, opens_to_query
from hub.store import keys
from hub.store.clients import Client, Role
from hub.web.issuer_keys import IssuerAway
from hub.web.tokens import Refused, Tokens

_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST_PURPOSE = 200
# One sentence for every key that opens nothing: which of these it is, is nobody's business who found it somewhere.
_UNKNOWN = (
    "This key opens nothing: it was never issued, was replaced or revoked, or has expired; ask the hub's keeper, "
    "who can see which keys work."
)


def admit() -> None:
    """Let in who may ask for what is asked for, and note who it is (`hub.api.viewer`).

    Raises:
        ApiProblem: nobody known asks, or somebody who may not.
    """
    client, person = _caller()
    g.key = client
    g.viewer = Viewer(client, person, _purpose() or client.purpose, request.remote_addr or "")
    if request.endpoint is not None:  # else the answer is 404 or 405, whoever asks
        _check_role(client)


def _caller() -> tuple[Client, str | None]:
    """The client, and on whose behalf it asks."""
    scheme, _space, rest = request.headers.get("Authorization", "").partition(" ")
    shown = rest.strip() if scheme.lower() == "bearer" else request.headers.get("X-API-Key", "")
    if not shown:
        raise ApiProblem(401, "no_key", "Send the key as `Authorization: Bearer KEY` or as `X-API-Key: KEY`.")
    settings: Settings = current_app.extensions["hub.settings"]
    if scheme.lower() == "bearer" and settings.issuers and not shown.startswith(keys.PREFIX) and shown.count(".") == 2:
        return _with_token(shown, settings)
    holder = known().by_key(shown)
    if holder is None:
        raise ApiProblem(401, "unknown_key", _UNKNOWN)
    note_use(holder.key_id)
    g.key_id, g.key_expires_at = holder.key_id, holder.expires_at
    return holder.client, None


def _with_token(token: str, settings: Settings) -> tuple[Client, str | None]:
    tokens = part("hub.tokens", lambda: Tokens(settings.issuers))
    try:
        claims = tokens.read(token, datetime.now(UTC).timestamp())
    except Refused as refused:
        raise ApiProblem(403 if refused.code == "insufficient_scope" else 401, refused.code, str(refused)) from None
    except IssuerAway:
        sentence = (
            "The token's issuer does not give its keys just now, so the hub cannot tell whether the token is good."
        )
        raise ApiProblem(503, "issuer_unavailable", f"{sentence} Try again in a moment, or use a key.") from None
    client = known().by_subject(claims.subject)
    if client is None:
        sentence = f"The token is good, but its client {claims.subject.name} is not registered with this hub"
        raise ApiProblem(401, "unknown_token_client", f"{sentence}; ask the hub's keeper (`token` of a client).")
    return client, claims.person


def _check_role(client: Client) -> None:
    looks = request.method in _LOOKS
    match client.role:
        case Role.MANAGE:
            return
        case Role.READ if looks:
            return
        case Role.READ | Role.QUERY if opens_to_query(request.endpoint):
            return
        case Role.QUERY:
            sentence = f"{client.name} may query the record and nothing else; /api/v1/me says what it may see."
        case Role.PUSH:
            sentence = f"The key of {client.name} pushes only; the hub's keeper makes one that reads."
        case _:
            sentence = f"The key of {client.name} reads only; `hub key new NAME --role manage` makes one that changes."
    raise ApiProblem(403, "not_allowed", sentence)


def _purpose() -> str:
    """Why this request is made (`X-Purpose`), as UTF-8 or written with %; what is no text says nothing."""
    said = request.headers.get("X-Purpose", "")
    text = unquote_to_bytes(said.encode("latin-1", "ignore")).decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable())[:_LONGEST_PURPOSE].strip()
