"""The secrets of departments' systems: which there are, who uses them, until when; set, dated, forgotten."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.connectors.expiring import DAYS, ending
from hub.console.connectors.writing import signed
from hub.console.database import database
from hub.console.page import Page
from hub.console.register import register
from hub.console.secrets import names
from hub.console.visitor import own
from hub.record.moments import ZONE
from hub.record.rights import Right
from hub.store import connectors, secret_changes
from hub.store.secrets import KeptSecret, SecretsLocked, StillUsed

_PER_PAGE = 100
_LONGEST = 16 * 1024  # letters of a secret: a key in PEM has some thousands


@dataclass(frozen=True, slots=True)
class Row:
    """A secret in the list."""

    kept: KeptSecret
    author: str
    mine: bool


def page() -> str:
    """The secrets, by name."""
    found, after = names.listed(), request.args.get("after", "")
    wanted = request.args.get("q", "").strip()[:80]
    rest = [one for one in found if one.name > after and wanted.lower() in one.name.lower()]
    shown = rest[:_PER_PAGE]
    authors = secret_changes.authors(database(), [one.name for one in shown])
    following = url_for("console.secrets", q=wanted, after=shown[-1].name) if len(rest) > len(shown) else None
    return render_template(
        "console/secrets/list.html",
        rows=[Row(one, authors.get(one.name, ""), names.mine(one.name)) for one in shown],
        any=bool(found),
        wanted=wanted,
        following=following,
        today=datetime.now(UTC).astimezone(ZONE).date(),
    )


def put() -> ResponseReturnValue:
    """Keep a secret; what stood there before is gone."""
    name, value = request.form.get("name", "").strip(), request.form.get("value", "")
    back = redirect(_back(), 303)
    if not names.is_name(name):
        flash(_("Tên bí mật gồm chữ không dấu, số, dấu chấm, gạch nối, tối đa 80 ký tự, ví dụ so-kin.password."))
        return back
    if not names.mine(name):
        flash(_("Tên bí mật phải bắt đầu bằng tên một đầu nối của bạn và dấu chấm, ví dụ so-kin.password."))
        return back
    if not value or len(value) > _LONGEST or "\0" in value:
        flash(_("Hãy nhập giá trị, tối đa %(most)s ký tự.", most=_LONGEST))
        return back
    try:
        expires = _day(request.form.get("expires_on", ""))
        register().vault.put(name, value, expires, signed(request.form.get("reason", "")))
    except ValueError:
        flash(_("Ngày hết hạn không đúng; hãy ghi như 2026-12-31."))
    except SecretsLocked as locked:
        flash(_("Hub chưa mở được kho bí mật nên chưa giữ gì: %(why)s", why=str(locked)))
    else:
        flash(_("Đã giữ bí mật “%(name)s”. Giá trị không hiện lại ở đâu nữa.", name=name))
    return back


def remove() -> ResponseReturnValue:
    """Forget a secret that nobody uses."""
    name = request.form.get("name", "")
    if not names.mine(name):
        abort(404)
    try:
        if not register().vault.remove(name, signed(request.form.get("reason", ""))):
            abort(404)
    except StillUsed:
        flash(_("Bí mật “%(name)s” đang được đầu nối dùng; hãy sửa hoặc ngừng đầu nối trước.", name=name))
    else:
        flash(_("Đã xóa bí mật “%(name)s”.", name=name))
    return redirect(url_for("console.secrets"), 303)


def calendar() -> str:
    """What ends within 90 days, over all connectors."""
    now = datetime.now(UTC)
    return render_template(
        "console/secrets/expiring.html",
        ends=ending(own(connectors.listed(database())), now),
        today=now.astimezone(ZONE).date(),
        days=DAYS,
    )


def _back() -> str:
    """The connector's page whose secret it is, where it was set from there."""
    name = request.form.get("connector", "")
    row = connectors.found(database(), name) if name else None
    if row is not None and own([row]):
        return url_for("console.connector", name=name)
    draft = request.form.get("draft", "")
    if draft.isdecimal() and len(draft) < 18:
        return url_for("console.connector_draft", draft_id=int(draft))
    return url_for("console.secrets")


def _day(text: str) -> date | None:
    return date.fromisoformat(text.strip()) if text.strip() else None


PAGES = (
    Page("GET", "/secrets", "secrets", page, Right.CONNECT),
    Page("POST", "/secrets", "secret_put", put, Right.CONNECT, dangerous=True),
    Page("POST", "/secrets/remove", "secret_remove", remove, Right.CONNECT, dangerous=True),
    Page("GET", "/secrets/expiring", "expiring", calendar, Right.WATCH),
)
