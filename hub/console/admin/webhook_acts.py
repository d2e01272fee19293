"""What is done with a subscription from its page: pause, resume, test, a new secret, sending again, removing."""

import threading

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.admin.clients import signed
from hub.console.admin.webhooks import the_webhook
from hub.console.database import database
from hub.console.page import Page
from hub.console.register import register
from hub.console.settings import settings
from hub.outbox.webhooks.address import Allowed, NotAllowed
from hub.outbox.webhooks.register import NotNow, Webhooks
from hub.outbox.webhooks.rules import Rules
from hub.outbox.webhooks.state import Move, NoticeState
from hub.record.rights import Right
from hub.store import cursor, notices
from hub.store.notices import Again
from hub.store.secrets import Keyring, SecretsLocked

_TEST_SECONDS = 5.0  # a test holds a request: it is not given the whole time-out
_testing = threading.Lock()  # one at a time in each process: tests of dead addresses must not take every thread


class _Keys:
    """The keys of the hub's secrets, asked for when something is signed or sealed."""

    def keyring(self, *, make: bool = False) -> Keyring:
        return register().vault.keyring(make=make)


def webhooks() -> Webhooks:
    """What is done with subscriptions."""
    told = settings()
    allowed = Allowed(told.webhook_hosts, told.webhook_plain_http)
    seconds = min(told.webhook_seconds, _TEST_SECONDS)
    return Webhooks(database(), Rules(allowed, _Keys(), seconds, near_due=told.near_due, ca_file=told.webhook_ca_file))


def pause(number: int) -> ResponseReturnValue:
    """Send it nothing; it misses nothing."""
    row, by = the_webhook(number), signed()
    if not by.reason:
        flash(_("Hãy ghi lý do tạm dừng; lý do hiện cạnh webhook."))
        return _back(number)
    return _moved(row.id, Move.PAUSE)


def resume(number: int) -> ResponseReturnValue:
    """Let it go on where it stood."""
    return _moved(the_webhook(number).id, Move.RESUME)


def test(number: int) -> ResponseReturnValue:
    """Send an event that is about no dossier, and say how that went."""
    row = the_webhook(number)
    if not _testing.acquire(blocking=False):
        flash(_("Đang gửi thử cho một webhook khác. Hãy thử lại sau vài giây."))
        return _back(number)
    try:
        went = webhooks().test(row)
    except NotAllowed as refused:
        flash(_("Không gửi được: %(why)s", why=str(refused)))
    except SecretsLocked:
        flash(_locked())
    else:
        said = went.answered
        if said.taken:
            flash(
                _(
                    "Nơi nhận đã nhận, trả lời %(status)s sau %(seconds)s giây.",
                    status=said.status,
                    seconds=went.seconds,
                )
            )
        else:
            flash(_("Nơi nhận không nhận: %(why)s", why=said.error or said.status))
    finally:
        _testing.release()
    return _back(number)


def renew_secret(number: int) -> ResponseReturnValue:
    """Make a new secret, shown this once; for a day the old one signs, too."""
    row = the_webhook(number)
    try:
        made = webhooks().rotate(row, signed())
    except SecretsLocked:
        flash(_locked())
        return _back(number)
    return render_template("console/admin/webhook_secret.html", row=row, secret=made.secret)


def resend_all(number: int) -> ResponseReturnValue:
    """Let everything wait again that was not taken."""
    many = webhooks().resend(the_webhook(number), Again(NoticeState.FAILED), signed())
    flash(_("%(num)s thông báo sẽ được gửi lại.", num=many) if many else _("Không có thông báo nào để gửi lại."))
    return _back(number)


def resend(number: int, delivery: int) -> ResponseReturnValue:
    """Let one notice wait again, with the id that its receiver knows."""
    row = the_webhook(number)
    if delivery > cursor.LARGEST_ID or notices.get(database(), row.id, delivery) is None:
        abort(404)
    if webhooks().resend(row, Again(id=delivery), signed()):
        flash(_("Thông báo %(id)s sẽ được gửi lại.", id=delivery))
    else:
        flash(_("Hồ sơ này đã có một thông báo mới hơn đang chờ gửi, nên không gửi lại thông báo cũ."))
    return _back(number)


def remove(number: int) -> ResponseReturnValue:
    """Forget it, with what waits."""
    row = the_webhook(number)
    webhooks().remove(row, signed())
    flash(_("Đã xóa webhook %(id)s của %(name)s.", id=row.id, name=row.client))
    return redirect(url_for("console.webhooks"))


def _moved(number: int, move: Move) -> ResponseReturnValue:
    by = signed()
    try:
        webhooks().move(the_webhook(number), move, by.reason or None, by)
    except NotNow:
        flash(_("Webhook đã ở trạng thái khác; trang này hiện trạng thái mới nhất."))
    else:
        flash(_("Webhook tạm dừng; mọi thay đổi được giữ lại.") if move is Move.PAUSE else _("Webhook chạy tiếp."))
    return _back(number)


def _locked() -> str:
    return str(_("Hub không mở được kho bí mật. Hãy kiểm tra HUB_SECRETS_KEY hoặc tệp var/secrets.key."))


def _back(number: int) -> ResponseReturnValue:
    state = request.form.get("state") or None
    return redirect(url_for("console.webhook", number=number, state=state))


PAGES = (
    Page("POST", "/webhooks/<int:number>/pause", "pause_webhook", pause, Right.GRANT),
    Page("POST", "/webhooks/<int:number>/resume", "resume_webhook", resume, Right.GRANT),
    Page("POST", "/webhooks/<int:number>/test", "test_webhook", test, Right.GRANT),
    Page("POST", "/webhooks/<int:number>/secret", "renew_webhook", renew_secret, Right.GRANT, dangerous=True),
    Page("POST", "/webhooks/<int:number>/resend", "resend_webhook", resend_all, Right.GRANT),
    Page("POST", "/webhooks/<int:number>/deliveries/<int:delivery>/resend", "resend_delivery", resend, Right.GRANT),
    Page("POST", "/webhooks/<int:number>/remove", "remove_webhook", remove, Right.GRANT, dangerous=True),
)
