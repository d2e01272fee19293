"""To the provider of identities and back: to come in, to prove once more who one is, to link an account."""

from datetime import UTC, datetime

import structlog
from flask import Blueprint, abort, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.api.known import part
from hub.record.signature import Signature
from hub.store import people
from hub.store.people import LinkTaken, State
from hub.store.people_sessions import SignedIn, Way
from hub.web.signing_in import sessions
from hub.web.signing_in.doors import local, to_sign_in
from hub.web.signing_in.newcomers import NoRole, met
from hub.web.signing_in.ports import database, rules
from hub.web.signing_in.provider import Identity, NotSignedIn, ProviderAway, SingleSignOn, Trip
from hub.web.signing_in.proving import is_fresh, note_proof

log = structlog.get_logger()

_TRIP = "trip"


def register(pages: Blueprint) -> None:
    """Put the pages on the blueprint."""
    pages.add_url_rule("/sign-in/provider", "leave", leave)
    pages.add_url_rule("/sign-in/provider/back", "come_back", come_back)


def leave() -> ResponseReturnValue:
    """Send somebody to the provider."""
    why, then = request.args.get("why", "enter"), request.args.get("next")
    if why not in ("enter", "prove", "link"):
        abort(404)
    found = sessions.current()
    if why != "enter" and found is None:
        return to_sign_in()
    if why == "link" and found is not None and not is_fresh(found):
        return redirect(url_for("access.prove", next=request.full_path))
    now = datetime.now(UTC).timestamp()
    try:
        address, trip = _single_sign_on().leave(why, then, _back(), now)
    except ProviderAway as away:
        return _refused(away)
    session[_TRIP] = trip.document()
    return redirect(address)


def come_back() -> ResponseReturnValue:
    """Somebody comes from the provider."""
    held = session.pop(_TRIP, None)
    if not isinstance(held, dict):  # the page was opened again, or the cookie is away
        return redirect(url_for("access.sign_in"))
    trip = Trip(**held)
    try:
        identity = _single_sign_on().come_back(trip, request.args.to_dict(), _back(), datetime.now(UTC).timestamp())
    except NotSignedIn as refused:
        return _refused(refused)
    if trip.why == "enter":
        return _enter(identity, trip)
    found = sessions.current()
    if found is None:
        return redirect(url_for("access.sign_in"))
    return _linked(found, identity) if trip.why == "link" else _proved(found, identity, trip)


def _enter(identity: Identity, trip: Trip) -> ResponseReturnValue:
    try:
        person = met(database(), _single_sign_on().provider, identity, datetime.now(UTC))
    except NoRole as error:
        log.info("provider_sign_in_refused", reason=str(error))
        flash(
            _(
                "Bạn đã đăng nhập ở %(provider)s, nhưng chưa được cấp quyền vào hub; hãy liên hệ người quản trị hub.",
                provider=_title(),
            )
        )
        return redirect(url_for("access.sign_in"))
    if person.state is not State.ACTIVE:
        flash(_("Tài khoản của bạn ở hub đang bị khóa; hãy liên hệ người quản trị hub."))
        return redirect(url_for("access.sign_in"))
    sessions.begin(person, Way.PROVIDER)
    return redirect(local(trip.then))


def _proved(found: SignedIn, identity: Identity, trip: Trip) -> ResponseReturnValue:
    if (found.person.issuer, found.person.subject) != (identity.issuer, identity.subject):
        flash(_("Bạn vừa đăng nhập ở %(provider)s bằng một người khác; chưa có gì thay đổi.", provider=_title()))
        return redirect(url_for("access.prove", next=trip.then))
    note_proof(found)
    return redirect(local(trip.then))


def _linked(found: SignedIn, identity: Identity) -> ResponseReturnValue:
    name, by = found.person.name, Signature(found.person.name, "", datetime.now(UTC))
    known = (identity.issuer, identity.subject)
    try:
        database().write_again(lambda transaction: people.link(transaction, name, known, by))
    except LinkTaken:
        flash(_("Danh tính này đã liên kết với một tài khoản khác của hub."))
    else:
        flash(_("Đã liên kết tài khoản với %(provider)s.", provider=_title()))
    return redirect(url_for("console.account"))


def _refused(error: NotSignedIn) -> ResponseReturnValue:
    log.warning("provider_sign_in_failed", reason=str(error))
    if isinstance(error, ProviderAway):
        flash(
            _(
                "%(provider)s hiện không trả lời. Hãy thử lại sau ít phút, hoặc đăng nhập bằng mật khẩu của hub.",
                provider=_title(),
            )
        )
    else:
        flash(_("Chưa đăng nhập được ở %(provider)s; hãy thử lại từ đầu.", provider=_title()))
    return redirect(url_for("access.sign_in"))


def _single_sign_on() -> SingleSignOn:
    provider = rules().provider
    if provider is None:
        abort(404)
    return part("hub.single_sign_on", lambda: SingleSignOn(provider))


def _title() -> str:
    provider = _single_sign_on().provider
    return provider.title or provider.issuer


def _back() -> str:
    return url_for("access.come_back", _external=True)
