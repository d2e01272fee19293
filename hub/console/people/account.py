"""One's own account: password, sessions, language, and what one may do."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.database import database
from hub.console.page import Page
from hub.console.people import wording
from hub.console.people.ports import passwords, rules, signed, signed_in
from hub.record.password_rules import SHORTEST, weakness
from hub.store import cursor, people, people_sessions
from hub.store.passwords import Crowded


def account() -> str:
    """Who one is here, and from where one is signed in."""
    found, now = signed_in(), datetime.now(UTC)
    return render_template(
        "console/people/account.html",
        person=found.person,
        session=found.session,
        sessions=people_sessions.of_person(database(), found.person.id, now, rules().idle),
        rules=rules(),
        wording=wording,
        now=now,
    )


def password() -> ResponseReturnValue:
    """The form for another password."""
    return _by_provider_alone() or _form()


def password_changed() -> ResponseReturnValue:
    """Take another password; every other session ends."""
    if (refused := _by_provider_alone()) is not None:
        return refused
    found = signed_in()
    new, again = request.form.get("new", ""), request.form.get("again", "")
    wrong = _wrong(found.person.name, new, again)
    if wrong is not None:
        flash(wrong)
        return _form(), 422
    try:
        if found.person.must_change and passwords().is_right(new, found.person.password):
            flash(_("Hãy chọn mật khẩu khác với mật khẩu được cấp."))
            return _form(), 422
        kept = passwords().kept(new)
    except Crowded:
        flash(_("Đang có quá nhiều người đăng nhập cùng lúc; hãy thử lại sau vài giây."))
        return _form(), 503
    person, by = found.person, signed()
    database().write_again(
        lambda transaction: people.set_password(
            transaction, person.name, kept, by, must_change=False, spared=found.session.id
        )
    )
    flash(_("Đã đổi mật khẩu. Mọi phiên đăng nhập khác của bạn đã kết thúc."))
    return redirect(url_for("console.account"))


def session_ended(session_id: int) -> ResponseReturnValue:
    """End one of one's own sessions."""
    person, by = signed_in().person, signed()
    ended = session_id <= cursor.LARGEST_ID and database().write_again(
        lambda transaction: people_sessions.end(transaction, person.id, session_id, by, person.name)
    )
    flash(_("Đã kết thúc phiên đó.") if ended else _("Phiên đó đã kết thúc từ trước."))
    return redirect(url_for("console.account"))


def others_ended() -> ResponseReturnValue:
    """End all of one's own sessions but this one."""
    found, by = signed_in(), signed()
    database().write_again(
        lambda transaction: people_sessions.end_everyone_of(
            transaction, found.person.id, found.person.name, by, found.session.id
        )
    )
    flash(_("Mọi phiên đăng nhập khác của bạn đã kết thúc."))
    return redirect(url_for("console.account"))


def unlinked() -> ResponseReturnValue:
    """Let the provider of identities open this account no more."""
    person, by = signed_in().person, signed()
    if person.password is None:
        flash(_("Tài khoản này chỉ đăng nhập qua hệ thống đăng nhập một lần; bỏ liên kết thì không vào được nữa."))
        return redirect(url_for("console.account"))
    database().write_again(lambda transaction: people.link(transaction, person.name, None, by))
    flash(_("Đã bỏ liên kết."))
    return redirect(url_for("console.account"))


def _by_provider_alone() -> ResponseReturnValue | None:
    """Who comes in by the provider alone gets no password: with one they would stay when the provider lets them go."""
    if signed_in().person.password is not None:
        return None
    flash(_("Tài khoản này vào bằng đăng nhập một lần nên không có mật khẩu ở hub."))
    return redirect(url_for("console.account"))


def _wrong(name: str, new: str, again: str) -> str | None:
    weak = weakness(new, name)
    if weak is not None:
        return wording.why_weak(weak)
    return None if new == again else _("Hai lần nhập không giống nhau.")


def _form() -> str:
    return render_template("console/people/password.html", person=signed_in().person, shortest=SHORTEST)


PAGES = (
    Page("GET", "/account", "account", account, None),
    Page("GET", "/account/password", "account_password", password, None, dangerous=True),
    Page("POST", "/account/password", "account_password_changed", password_changed, None, dangerous=True),
    Page("POST", "/account/sessions/<int:session_id>/end", "account_session_ended", session_ended, None),
    Page("POST", "/account/sessions/end", "account_others_ended", others_ended, None),
    Page("POST", "/account/unlink", "account_unlinked", unlinked, None, dangerous=True),
)
