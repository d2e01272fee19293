"""Proving once more who one is, before something dangerous."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.store import people_sessions
from hub.store.passwords import Crowded
from hub.store.people_sessions import SignedIn
from hub.web.signing_in import pages as signing_in
from hub.web.signing_in import sessions, trying
from hub.web.signing_in.doors import local, to_sign_in
from hub.web.signing_in.ports import database, rules

_GOOD = timedelta(minutes=10)


def register(pages: Blueprint) -> None:
    """Put the pages on the blueprint."""
    pages.add_url_rule("/prove", "prove", prove)
    pages.add_url_rule("/prove", "proved", proved, methods=["POST"])


def is_fresh(found: SignedIn) -> bool:
    """Whether somebody proved a moment ago who they are."""
    return datetime.now(UTC) - found.session.proved_at < _GOOD


def note_proof(found: SignedIn) -> None:
    """They did so just now."""
    now = datetime.now(UTC)
    database().write_again(lambda transaction: people_sessions.prove(transaction, found.session.id, now))


def prove() -> ResponseReturnValue:
    """The form: the app's code where there is one, else the password; or the provider."""
    found = sessions.current()
    return to_sign_in() if found is None else _form(found)


def proved() -> ResponseReturnValue:
    """Look at what was given, and go on to what was wanted."""
    found = sessions.current()
    if found is None:
        return redirect(url_for("access.sign_in"))
    if signing_in.blocked():
        return _form(found), 429, {"Retry-After": "60"}
    try:
        right = _is_right(found)
    except Crowded:
        signing_in.tell_crowded()
        return _form(found), 503, {"Retry-After": "2"}
    if not right:
        return _form(found), 401
    note_proof(found)
    return redirect(local(request.args.get("next")))


def _is_right(found: SignedIn) -> bool:
    if found.person.has_second_factor:
        return signing_in.try_code(found.person, request.form.get("code", "")) is not None
    if trying.by_own_password(found.person, request.form.get("password", "")):
        return True
    signing_in.note_failure()
    flash(_("Mật khẩu không đúng, hoặc phải đợi vì sai nhiều lần."))
    return False


def _form(found: SignedIn) -> str:
    provider = rules().provider
    linked = provider is not None and found.person.issuer == provider.issuer
    return render_template("console/prove.html", person=found.person, provider=provider if linked else None)
