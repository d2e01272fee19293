"""Who may use the hub: an API key with every request, or a session of the console that was begun with one."""

from datetime import UTC, datetime
from time import monotonic

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.api.known import note_use
from hub.api.viewer import Viewer, scope
from hub.console.blueprint import PAGES
from hub.console.visitor import Visitor
from hub.record.rights import RIGHTS
from hub.record.rights import Role as Person
from hub.store import keys
from hub.store.database import Database
from hub.store.keys import Holder, Role
from hub.web import callers
from hub.web.errors import is_api
from hub.web.throttle import Throttle

_OPEN = frozenset(
    {
        "health.live",
        "health.ready",
        "docs.page",
        "docs.openapi",
        "docs.static",
        "swagger.static",
        "console.static",
        "console.language",
        "access.sign_in",
        "access.signed_in",
    }
)
_OWN_DOORS = frozenset({"push", "push_soap"})  # pushes answer for themselves, in the words of REST or SOAP
_ANYBODYS = frozenset({"public", "look_up"})  # the public look-up: it asks for a second fact instead of a key
_PUBLIC = "/api/v1/public/"
_PEOPLE = frozenset({Role.READ, Role.MANAGE})  # whose keys open the console
_FAILURES, _SECONDS = 10, 60.0


def guard() -> ResponseReturnValue | None:
    """Let pass who shows a key or has signed in; runs before every request."""
    if request.endpoint in _OPEN:
        return None
    if request.blueprint in _OWN_DOORS or request.blueprint in _ANYBODYS:
        return None
    if request.endpoint is None and request.path.startswith(_PUBLIC):  # no such address, or not by this method
        return None
    if is_api(request.path):
        callers.admit()
        return None
    key = _session_key()
    if key is None:
        return _to_sign_in()
    g.viewer = Viewer(key.client, None, key.client.purpose, request.remote_addr or "")
    role = Person.ADMINISTRATOR if key.role is Role.MANAGE else Person.AUDITOR
    g.visitor = Visitor(key.name, key.name, role, RIGHTS[role], scope(), sees_personal=True)
    page = PAGES.get(request.endpoint or "")
    if page is not None and page.right is not None and page.right not in g.visitor.rights:
        abort(403)
    return None


def blueprint() -> Blueprint:
    """Signing in and out."""
    pages = Blueprint("access", __name__)
    throttle = Throttle(_FAILURES, _SECONDS)

    @pages.get("/sign-in")
    def sign_in() -> ResponseReturnValue:
        if _session_key():
            return redirect(_local(request.args.get("next")))
        return render_template("console/sign_in.html")

    @pages.post("/sign-in")
    def signed_in() -> ResponseReturnValue:
        address = request.remote_addr or ""
        if throttle.blocks(address, monotonic()):
            flash(_("Thử quá nhiều lần. Hãy đợi một phút rồi thử lại."))
            return render_template("console/sign_in.html"), 429, {"Retry-After": str(int(_SECONDS))}
        if not _begin_session(request.form.get("key", "").strip()):
            throttle.note_failure(address, monotonic())
            flash(_("Khóa không đúng hoặc đã bị thu hồi. Khóa bắt đầu bằng mch_; lệnh khởi động hub in ra một khóa."))
            return render_template("console/sign_in.html"), 401
        return redirect(_local(request.args.get("next")))

    @pages.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        session.clear()
        return redirect(url_for("access.sign_in"))

    return pages


def _begin_session(text: str) -> bool:
    key = keys.holder(_database(), text, datetime.now(UTC))
    if key is None or key.role not in _PEOPLE:
        return False
    session.clear()
    session.permanent = True
    session["key"] = key.key_id
    session["since"] = key.since.isoformat()
    note_use(key.key_id)
    return True


def _session_key() -> Holder | None:
    """The key of who has signed in, if it still works: one that is revoked or has expired ends the session at once."""
    key_id = session.get("key")
    key = keys.numbered(_database(), key_id, datetime.now(UTC)) if isinstance(key_id, int) else None
    return key if key and key.role in _PEOPLE and session.get("since") == key.since.isoformat() else None


def _to_sign_in() -> ResponseReturnValue:
    if "HX-Request" in request.headers:  # a page that refreshes itself must not show the sign-in form inside
        return "", 401, {"HX-Redirect": url_for("access.sign_in")}
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("access.sign_in", next=None if here == "/" else here))


def _local(target: str | None) -> str:
    """Only an address of the console itself: never send a person who has just signed in to a stranger."""
    safe = target and target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if target and safe else url_for("console.overview")


def _database() -> Database:
    database: Database = current_app.extensions["hub.database"]
    return database
