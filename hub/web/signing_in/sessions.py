"""The session of whoever asks: begun, looked up once for each request, ended."""

from datetime import UTC, datetime

from flask import Response, after_this_request, g, request, session

from hub.console.language import chosen_language, keep_language
from hub.record.signature import Signature
from hub.store import people, people_sessions, people_tries
from hub.store.database import Transaction
from hub.store.people import Person
from hub.store.people_sessions import Browser, SignedIn, Way
from hub.web.signing_in import known_browser
from hub.web.signing_in.ports import database, rules

_TOKEN = "token"  # noqa: S105 - where the cookie holds it


def current() -> SignedIn | None:
    """Who has signed in with this browser, as they are now."""
    if "signed_in" not in g:
        g.signed_in = _looked_up()
    found: SignedIn | None = g.signed_in
    return found


def begin(person: Person, way: Way) -> None:
    """Begin a session, with a cookie of which nothing was known before."""
    now, before = datetime.now(UTC), current()

    def made(transaction: Transaction) -> str:
        if before is not None:
            people_sessions.drop(transaction, before.session.id)
        people_tries.forgive(transaction, person.id)
        return people_sessions.begin(transaction, person.id, person.name, way, browser(), now, rules().lasts)

    token = database().write_again(made)
    if person.seen_at is None:  # the language of the page that they came from
        people.choose_language(database(), person.id, chosen_language())
    else:
        after_this_request(lambda response: _speaking(response, person.language))
    session.clear()
    session.permanent = True
    session[_TOKEN] = token
    g.pop("signed_in", None)
    after_this_request(lambda response: known_browser.remember(response, person))


def end() -> None:
    """End the session, here and in the store."""
    found = current()
    if found is not None:
        by = Signature(found.person.name, "", datetime.now(UTC))
        database().write_again(
            lambda transaction: people_sessions.end(
                transaction, found.person.id, found.session.id, by, found.person.name
            )
        )
    session.clear()
    g.pop("signed_in", None)


def browser() -> Browser:
    """Where this request comes from."""
    return Browser(request.remote_addr or "", request.headers.get("User-Agent", "").replace("\0", ""))


def _looked_up() -> SignedIn | None:
    token = session.get(_TOKEN)
    if not isinstance(token, str):
        return None
    now = datetime.now(UTC)
    found = people_sessions.with_token(database(), token, now, rules().idle)
    if found is not None and not _by_itself():
        people_sessions.touch(database(), found.session, now)
    return found


def _by_itself() -> bool:
    """Whether a page asks that refreshes its parts: nobody need sit before it, so it keeps no session awake."""
    return "HX-Request" in request.headers and request.method == "GET"


def _speaking(response: Response, language: str) -> Response:
    keep_language(response, language)
    return response
