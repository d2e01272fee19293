"""Who may use the hub: programs with a key with every request, people by a session of the console."""

from flask import Blueprint, abort, g, request
from flask.typing import ResponseReturnValue

from hub.console.blueprint import PAGES
from hub.store.people import Person
from hub.store.people_sessions import SignedIn
from hub.web import callers
from hub.web.errors import is_api
from hub.web.signing_in import doors, pages, provider_pages, proving, sessions
from hub.web.signing_in.ports import rules
from hub.web.signing_in.seeing import let_in

_OPEN = frozenset(
    {
        "health.live",
        "health.ready",
        "metrics.page",  # which asks for a key itself
        "docs.page",
        "docs.openapi",
        "docs.static",
        "swagger.static",
        "console.static",
    }
)
# Pushes answer in the words of REST or SOAP; the public look-up asks for a second fact; signing in looks who asks.
_ANSWER_THEMSELVES = frozenset({"push", "push_soap", "public", "look_up", "access"})
_PUBLIC = "/api/v1/public/"
_LANGUAGE = "console.language"  # anybody's, and remembered for whoever has signed in
_PASSWORD, _SECOND_FACTOR = "console.account_password", "console.account_second_factor"
# What somebody may open who must do one of these first.
_FIRST = {
    _PASSWORD: frozenset({_PASSWORD, "console.account_password_changed"}),
    _SECOND_FACTOR: frozenset({_SECOND_FACTOR, "console.account_second_factor_set"}),
}


def guard() -> ResponseReturnValue | None:
    """Let pass who shows a key or has signed in; runs before every request."""
    if _is_open():
        return None
    if is_api(request.path):
        callers.admit()
        return None
    found = sessions.current()
    if request.endpoint == _LANGUAGE:
        return None
    return doors.to_sign_in() if found is None else _admit(found)


def _is_open() -> bool:
    if request.endpoint in _OPEN or request.blueprint in _ANSWER_THEMSELVES:
        return True
    return request.endpoint is None and request.path.startswith(_PUBLIC)  # no such address, or not by this method


def _admit(found: SignedIn) -> ResponseReturnValue | None:
    """Let in who has signed in, unless they have to do something else first."""
    first = _first(found.person)
    let_in(found.person, waits=first is not None)
    if first is not None:
        return None if request.endpoint in _FIRST[first] else doors.to_page(first)
    page = PAGES.get(request.endpoint or "")
    if page is not None and page.right is not None and page.right not in g.visitor.rights:
        abort(403)
    if page is not None and page.dangerous and not proving.is_fresh(found):
        return doors.to_prove()
    return None


def blueprint() -> Blueprint:
    """Signing in and out."""
    made = Blueprint("access", __name__)
    made.before_request(_refuse_nul)
    for part in (pages, proving, provider_pages):
        part.register(made)
    return made


def _refuse_nul() -> None:
    """PostgreSQL cannot hold a NUL; no browser sends one by itself."""
    if any("\0" in text for text in request.form.values()):
        abort(400)


def _first(person: Person) -> str | None:
    """What somebody has to do before anything else."""
    if person.must_change:
        return _PASSWORD
    by_provider = person.password is None  # whose provider asks for the second factor
    if person.role in rules().second_factor and not person.has_second_factor and not by_provider:
        return _SECOND_FACTOR
    return None
