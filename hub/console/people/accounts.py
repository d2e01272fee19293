"""Everybody's accounts: who may sign in, as what, for which agencies; for administrators."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.database import database
from hub.console.page import Page
from hub.console.people import wording
from hub.console.people.ports import passwords, rules, signed, signed_in
from hub.record.rights import Right, Role
from hub.store import people, people_sessions, people_tries
from hub.store.database import Transaction
from hub.store.passwords import Crowded, one_time_password
from hub.store.people import LastAdministrator, NameTaken, NoAgency, Person, Wanted

_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class _Asked:
    """The form as it was filled in."""

    name: str
    title: str
    email: str
    role: str
    agencies: str  # codes, with commas, spaces or lines between
    sees_personal: bool

    def wanted(self) -> Wanted | None:
        """The person that it describes; None: of no role that there is."""
        if self.role not in set(Role):
            return None
        codes = tuple(self.agencies.replace(",", " ").split())
        return Wanted(Role(self.role), self.title, self.email, codes, self.sees_personal)


def listing() -> str:
    """Everybody, by name."""
    return render_template(
        "console/people/list.html", everybody=people.listed(database()), wording=wording, now=datetime.now(UTC)
    )


def new() -> str:
    """The form for somebody new."""
    return _new(_Asked("", "", "", Role.OPERATOR, "", sees_personal=False))


def added() -> ResponseReturnValue:
    """Make an account; its one-time password is shown this once."""
    asked = _asked(people.normal_name(request.form.get("name", "")))
    wanted = asked.wanted()
    if wanted is None or people.NAME.fullmatch(asked.name) is None:
        flash(_("Tên đăng nhập gồm 1 đến 80 chữ thường không dấu, chữ số, dấu chấm, gạch, @; đầu là chữ hoặc số."))
        return _new(asked), 422
    password, by = one_time_password(), signed(_reason())
    try:
        kept = passwords().kept(password)
        database().write_again(lambda transaction: people.add(transaction, asked.name, wanted, kept, by))
    except NameTaken:
        flash(_("Đã có tài khoản tên %(name)s; hãy chọn tên khác.", name=asked.name))
        return _new(asked), 422
    except NoAgency:
        flash(_no_agency())
        return _new(asked), 422
    except Crowded:
        flash(_crowded())
        return _new(asked), 503
    return render_template("console/people/password_given.html", name=asked.name, password=password, fresh=True)


def one(name: str) -> str:
    """One account."""
    return _one(_known(name), None)


def changed(name: str) -> ResponseReturnValue:
    """Make an account what the form says; it counts for their very next page."""
    before, asked = _known(name), _asked(name)
    wanted, by = asked.wanted(), signed(_reason())
    if wanted is None:
        abort(400)
    try:
        database().write_again(lambda transaction: people.change(transaction, before.name, wanted, by))
    except NoAgency:
        flash(_no_agency())
        return _one(before, asked), 422
    except LastAdministrator:
        flash(_last())
        return _one(before, asked), 409
    flash(_("Đã lưu; có hiệu lực ngay từ trang tiếp theo của người đó."))
    return redirect(url_for("console.person", name=before.name))


def blocked(name: str) -> ResponseReturnValue:
    """Shut somebody out, now."""
    person, by = _known(name), signed(_reason())
    if person.id == signed_in().person.id:
        flash(_("Không thể tự khóa tài khoản của mình."))
        return redirect(url_for("console.person", name=person.name))
    try:
        database().write_again(lambda transaction: people.block(transaction, person.name, by))
    except LastAdministrator:
        flash(_last())
    else:
        flash(_("Đã khóa %(name)s; mọi phiên đăng nhập của người đó đã kết thúc.", name=person.name))
    return redirect(url_for("console.person", name=person.name))


def unblocked(name: str) -> ResponseReturnValue:
    """Let somebody in again."""
    person, by = _known(name), signed(_reason())
    database().write_again(lambda transaction: people.unblock(transaction, person.name, by))
    flash(_("Đã mở khóa %(name)s.", name=person.name))
    return redirect(url_for("console.person", name=person.name))


def password_reset(name: str) -> ResponseReturnValue:
    """Give somebody a one-time password, shown this once; their sessions end."""
    person, by = _known(name), signed(_reason())
    password = one_time_password()
    try:
        kept = passwords().kept(password)
    except Crowded:
        flash(_crowded())
        return redirect(url_for("console.person", name=person.name))
    database().write_again(
        lambda transaction: people.set_password(transaction, person.name, kept, by, must_change=True)
    )
    return render_template("console/people/password_given.html", name=person.name, password=password, fresh=False)


def sessions_ended(name: str) -> ResponseReturnValue:
    """End everywhere that somebody is signed in; for oneself everywhere but here."""
    person, mine, by = _known(name), signed_in(), signed(_reason())
    besides = mine.session.id if mine.person.id == person.id else None
    database().write_again(
        lambda transaction: people_sessions.end_everyone_of(transaction, person.id, person.name, by, besides)
    )
    flash(_("Mọi phiên đăng nhập của %(name)s đã kết thúc.", name=person.name))
    return redirect(url_for("console.person", name=person.name))


def factor_dropped(name: str) -> ResponseReturnValue:
    """Forget the app of somebody who lost it; whoever uses it then is signed out."""
    person, by = _known(name), signed(_reason())

    def drop(transaction: Transaction) -> None:
        people_tries.drop_second_factor(transaction, person.name, by)
        people_sessions.end_all(transaction, person.id)

    database().write_again(drop)
    flash(_("Đã bỏ mã xác thực của %(name)s.", name=person.name))
    return redirect(url_for("console.person", name=person.name))


def _known(name: str) -> Person:
    found = people.named(database(), name)
    return found if found is not None else abort(404)


def _asked(name: str) -> _Asked:
    form = request.form
    title, email, role, agencies = (form.get(each, "").strip() for each in ("title", "email", "role", "agencies"))
    return _Asked(name, title[:200], email[:200], role, agencies[:10_000], "sees_personal" in form)


def _reason() -> str:
    return request.form.get("reason", "").strip()[:_LONGEST_REASON]


def _new(asked: _Asked) -> str:
    return render_template("console/people/new.html", asked=asked, roles=list(Role), wording=wording)


def _one(person: Person, asked: _Asked | None) -> str:
    now = datetime.now(UTC)
    codes = "\n".join(person.agencies or ())
    shown = asked or _Asked(person.name, person.title, person.email, person.role, codes, person.sees_personal)
    return render_template(
        "console/people/person.html",
        person=person,
        asked=shown,
        roles=list(Role),
        sessions=people_sessions.of_person(database(), person.id, now, rules().idle),
        wording=wording,
        waits=person.locked_until is not None and person.locked_until > now,
        now=now,
    )


def _no_agency() -> str:
    return str(_("Cán bộ của sở, ngành cần ít nhất một mã cơ quan, như 000.00.15.H29."))


def _last() -> str:
    return str(_("Đây là quản trị viên cuối cùng; hãy thêm một người quản trị khác trước."))


def _crowded() -> str:
    return str(_("Đang có quá nhiều người đăng nhập cùng lúc; hãy thử lại sau vài giây."))


_ONE = "/people/<name>"

PAGES = (
    Page("GET", "/people", "people", listing, Right.PEOPLE),
    Page("GET", "/people/new", "person_new", new, Right.PEOPLE, dangerous=True),
    Page("POST", "/people/new", "person_added", added, Right.PEOPLE, dangerous=True),
    Page("GET", f"{_ONE}/account", "person", one, Right.PEOPLE),
    Page("POST", f"{_ONE}/account", "person_changed", changed, Right.PEOPLE, dangerous=True),
    Page("POST", f"{_ONE}/block", "person_blocked", blocked, Right.PEOPLE, dangerous=True),
    Page("POST", f"{_ONE}/unblock", "person_unblocked", unblocked, Right.PEOPLE, dangerous=True),
    Page("POST", f"{_ONE}/password", "person_password", password_reset, Right.PEOPLE, dangerous=True),
    Page("POST", f"{_ONE}/sessions/end", "person_sessions_ended", sessions_ended, Right.PEOPLE, dangerous=True),
    Page(
        "POST",
        f"{_ONE}/second-factor/drop",
        "person_factor_dropped",
        factor_dropped,
        Right.PEOPLE,
        dangerous=True,
    ),
)
