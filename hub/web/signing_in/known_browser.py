"""Browsers that somebody has signed in with before. Whoever guesses passwords makes strangers wait, not these.

Without it anybody could lock anybody out by typing their name with wrong passwords, again and again. A browser is known
by a signed cookie, until the password changes; its own wrong tries are counted for itself.
"""

import hashlib
import secrets
from time import monotonic

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from hub.api.known import part
from hub.store.people import Person
from hub.web.throttle import Throttle

_COOKIE, _SALT = "hub_known", "a browser that is known"
_HALF_A_YEAR = 180 * 24 * 3600
_FAILURES, _SECONDS = 5, 600.0


def remember(response: Response, person: Person) -> Response:
    """Know this browser from now on."""
    number = _number(person) or secrets.token_urlsafe(12)
    held = _signer().dumps([person.id, mark(person), number])
    response.set_cookie(_COOKIE, held, max_age=_HALF_A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def is_known(person: Person) -> bool:
    """Whether they have signed in with this browser, and have tries left."""
    number = _number(person)
    return number is not None and not _throttle().blocks(number, monotonic())


def note_failure(person: Person) -> None:
    """One more wrong try of a known browser."""
    number = _number(person)
    if number is not None:
        _throttle().note_failure(number, monotonic())


def _throttle() -> Throttle:
    return part("hub.known_browsers", lambda: Throttle(_FAILURES, _SECONDS))


def _number(person: Person) -> str | None:
    try:
        held = _signer().loads(request.cookies.get(_COOKIE, ""), max_age=_HALF_A_YEAR)
    except BadSignature:
        return None
    match held:
        case [person.id, str(held_mark), str(number)] if held_mark == mark(person):
            return number
    return None


def mark(person: Person) -> str:
    """What changes with the password, and tells nothing of it."""
    return hashlib.sha256((person.password or "").encode()).hexdigest()[:16]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or b"", salt=_SALT)  # create_app always sets one
