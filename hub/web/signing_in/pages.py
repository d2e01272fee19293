"""The pages of signing in and out: name and password, then the second factor where there is one."""

from datetime import UTC, datetime
from time import monotonic
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.api.known import part
from hub.store import people
from hub.store.passwords import Crowded
from hub.store.people import Person, State
from hub.store.people_sessions import Way
from hub.store.secrets import SecretsLocked
from hub.web.signing_in import known_browser, sessions, trying
from hub.web.signing_in.doors import local
from hub.web.signing_in.ports import database, rules
from hub.web.signing_in.trying import Outcome
from hub.web.throttle import Throttle

_FAILURES, _SECONDS = 10, 60.0
_HALF, _HALF_SECONDS = "half", 300.0  # that lie between the password and the code


def register(pages: Blueprint) -> None:
    """Put the pages on the blueprint."""
    pages.add_url_rule("/sign-in", "sign_in", sign_in)
    pages.add_url_rule("/sign-in", "signed_in", signed_in, methods=["POST"])
    pages.add_url_rule("/sign-in/code", "code", code)
    pages.add_url_rule("/sign-in/code", "code_given", code_given, methods=["POST"])
    pages.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])


def sign_in() -> ResponseReturnValue:
    """The form."""
    if sessions.current():
        return redirect(local(request.args.get("next")))
    return _form()


def signed_in() -> ResponseReturnValue:
    """Look at a name and a password."""
    if blocked():
        return _form(), 429, {"Retry-After": str(int(_SECONDS))}
    try:
        outcome, person = trying.by_password(request.form.get("name", ""), request.form.get("password", ""))
    except Crowded:
        tell_crowded()
        return _form(), 503, {"Retry-After": "2"}
    if person is None:
        note_failure()
        flash(
            _(
                "Không đăng nhập được: tên hoặc mật khẩu không đúng, hoặc tài khoản đang bị khóa. "
                "Sai nhiều lần thì phải đợi, lâu nhất một giờ."
            )
        )
        return _form(), 401
    if outcome is Outcome.HALF:
        session.pop(_HALF, None)
        session[_HALF] = {"id": person.id, "mark": known_browser.mark(person), "at": datetime.now(UTC).timestamp()}
        return redirect(url_for("access.code", next=request.args.get("next")))
    sessions.begin(person, Way.PASSWORD)
    return redirect(local(request.args.get("next")))


def code() -> ResponseReturnValue:
    """The form for the second factor."""
    return redirect(url_for("access.sign_in")) if _half() is None else render_template("console/sign_in_code.html")


def code_given() -> ResponseReturnValue:
    """Look at a code of the app, or a recovery code."""
    person = _half()
    if person is None:
        flash(_("Đã quá lâu từ lúc nhập mật khẩu; hãy đăng nhập lại."))
        return redirect(url_for("access.sign_in", next=request.args.get("next")))
    if blocked():
        return render_template("console/sign_in_code.html"), 429, {"Retry-After": str(int(_SECONDS))}
    way = try_code(person, request.form.get("code", ""))
    if way is None:
        return render_template("console/sign_in_code.html"), 401
    sessions.begin(person, way)
    if way is Way.RECOVERY:
        left = max(len(person.recovery) - 1, 0)
        flash(_("Mã khôi phục này đã dùng, không dùng lại được; còn %(left)s mã.", left=left))
    return redirect(local(request.args.get("next")))


def sign_out() -> ResponseReturnValue:
    """End the session."""
    sessions.end()
    return redirect(url_for("access.sign_in"))


def try_code(person: Person, given: str) -> Way | None:
    """Look at a code; a wrong one is told."""
    try:
        way = trying.by_code(person, given)
    except SecretsLocked:
        flash(_("Hub không mở được khóa của mã xác thực; hãy báo người quản trị máy chủ."))
        return None
    if way is None:
        note_failure()
        flash(
            _(
                "Mã không đúng, đã dùng rồi, hoặc phải đợi vì sai nhiều lần. Mã đổi sau mỗi 30 giây; "
                "đồng hồ điện thoại phải đúng giờ."
            )
        )
    return way


def blocked() -> bool:
    """Whether this address of the network has to wait; it is told so."""
    if not _throttle().blocks(request.remote_addr or "", monotonic()):
        return False
    flash(_("Thử quá nhiều lần. Hãy đợi một phút rồi thử lại."))
    return True


def note_failure() -> None:
    """One more wrong try of this address."""
    _throttle().note_failure(request.remote_addr or "", monotonic())


def tell_crowded() -> None:
    """Say that too many sign in at once."""
    flash(_("Đang có quá nhiều người đăng nhập cùng lúc; hãy thử lại sau vài giây."))


def _form() -> str:
    shown: dict[str, Any] = {"name": request.form.get("name", ""), "provider": rules().provider}
    return render_template("console/sign_in.html", nobody=not people.any_there(database()), **shown)


def _half() -> Person | None:
    """Who has given their password with this browser, a moment ago, and not their code."""
    held = session.get(_HALF)
    if not isinstance(held, dict) or datetime.now(UTC).timestamp() - held["at"] > _HALF_SECONDS:
        return None
    person = people.numbered(database(), held["id"])
    good = person is not None and person.state is State.ACTIVE and known_browser.mark(person) == held["mark"]
    return person if good else None


def _throttle() -> Throttle:
    return part("hub.sign_in_throttle", lambda: Throttle(_FAILURES, _SECONDS))
