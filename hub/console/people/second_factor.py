"""One's own second factor: an app that shows codes, and codes on paper for whoever loses it."""

from datetime import UTC, datetime

import segno
from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.database import database
from hub.console.page import Page
from hub.console.people.ports import keyring, rules, signed, signed_in
from hub.store import people_tries, second_factor
from hub.store.secrets import SecretsLocked

_SECRET = "new_second_factor"  # noqa: S105 - where one's own cookie holds it until the app has shown that it works


def setting() -> str:
    """The QR code for the app, and the form for the first code that it shows."""
    return _form()


def is_set() -> ResponseReturnValue:
    """Take the app once it has shown a right code; the recovery codes are shown this once."""
    found, secret = signed_in(), session.get(_SECRET)
    if not isinstance(secret, str):
        return redirect(url_for("console.account_second_factor"))
    step = second_factor.step_of(secret, request.form.get("code", ""), datetime.now(UTC))
    if step is None:
        flash(_("Mã không đúng. Hãy nhập mã đang hiện trong ứng dụng; đồng hồ điện thoại phải đúng giờ."))
        return _form(), 422
    try:
        sealed = keyring().encrypted(people_tries.sealed_under(found.person.id), secret)
    except SecretsLocked:
        flash(_("Hub không mở được khóa của mã xác thực; hãy báo người quản trị máy chủ."))
        return _form(), 503
    codes, by = second_factor.recovery_codes(), signed()
    digests = [second_factor.recovery_digest(code) for code in codes]
    database().write_again(
        lambda transaction: people_tries.set_second_factor(
            transaction, found.person.name, sealed, step, digests, by, found.session.id
        )
    )
    session.pop(_SECRET, None)
    return render_template("console/people/recovery.html", codes=codes, fresh=True)


def dropped() -> ResponseReturnValue:
    """Ask for the password alone from now on."""
    person, by = signed_in().person, signed()
    if person.role in rules().second_factor:
        flash(_("Vai trò của bạn bắt buộc có mã xác thực; bạn có thể đặt lại bằng ứng dụng khác."))
    else:
        database().write_again(lambda transaction: people_tries.drop_second_factor(transaction, person.name, by))
        flash(_("Đã bỏ mã xác thực; từ nay chỉ cần mật khẩu."))
    return redirect(url_for("console.account"))


def renewed() -> ResponseReturnValue:
    """Other recovery codes; those from before open nothing any more."""
    person, by = signed_in().person, signed()
    if not person.has_second_factor:
        return redirect(url_for("console.account"))
    codes = second_factor.recovery_codes()
    digests = [second_factor.recovery_digest(code) for code in codes]
    database().write_again(lambda transaction: people_tries.renew_recovery(transaction, person.name, digests, by))
    return render_template("console/people/recovery.html", codes=codes, fresh=False)


def _form() -> str:
    person = signed_in().person
    secret = session.get(_SECRET)
    if not isinstance(secret, str):
        secret = session[_SECRET] = second_factor.new_secret()
    drawn = segno.make(second_factor.address(secret, person.name), error="m")
    return render_template(
        "console/people/second_factor.html",
        person=person,
        drawn=drawn.svg_data_uri(scale=5),
        typed=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        demanded=person.role in rules().second_factor and not person.has_second_factor,
    )


PAGES = (
    Page("GET", "/account/second-factor", "account_second_factor", setting, None, dangerous=True),
    Page("POST", "/account/second-factor", "account_second_factor_set", is_set, None, dangerous=True),
    Page("POST", "/account/second-factor/drop", "account_second_factor_dropped", dropped, None, dangerous=True),
    Page("POST", "/account/recovery", "account_recovery", renewed, None, dangerous=True),
)
