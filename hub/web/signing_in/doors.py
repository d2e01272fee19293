"""Where signing in leads to, and where it begins: only ever addresses of the console itself."""

from urllib.parse import urlsplit

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _


def local(target: str | None) -> str:
    """Only an address of the console itself: never send a person who has just signed in to a stranger."""
    safe = target and target.startswith("/") and not target.startswith(("//", "/\\"))
    safe = safe and target is not None and target.isprintable()
    return target if target and safe else url_for("console.overview")


def to_sign_in() -> ResponseReturnValue:
    """To the sign-in page, and from there on to what was wanted."""
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return _lead(url_for("access.sign_in", next=None if here == "/" else here), 401)


def to_prove() -> ResponseReturnValue:
    """To where one proves once more who one is. What was sent is never sent again by itself: back to its form."""
    if request.method == "GET":
        return _lead(url_for("access.prove", next=request.full_path.rstrip("?")), 403)
    came = urlsplit(request.referrer or "")
    form = came.path + (f"?{came.query}" if came.query else "") if came.netloc == request.host else None
    flash(_("Chưa có gì thay đổi. Sau khi xác nhận, hãy làm lại thao tác này."))
    return _lead(url_for("access.prove", next=form), 403)


def to_page(endpoint: str) -> ResponseReturnValue:
    """To what has to be done before anything else."""
    return _lead(url_for(endpoint), 403)


def _lead(address: str, status: int) -> ResponseReturnValue:
    if "HX-Request" in request.headers:  # a page that refreshes itself must not show another page inside
        return "", status, {"HX-Redirect": url_for("access.sign_in") if status == 401 else address}
    return redirect(address)
