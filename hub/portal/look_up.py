"""The public page: a dossier by its code and a second fact, for anybody; other sites may show it inside their own."""

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.api.public_routes import looked_up, settings
from hub.record.second_fact import LONGEST, SHORTEST
from hub.view.public import NothingFound, TooMany

_NOBODY = "'none'"

look_up = Blueprint(
    "look_up", __name__, template_folder="templates", static_folder="static", static_url_path="/portal/static"
)


@look_up.before_request
def _only_where_it_is_open() -> ResponseReturnValue | None:
    if settings().look_up:
        return None
    return render_template("portal/closed.html"), 404


@look_up.get("/tra-cuu")
def form() -> Response:
    """The form; a QR code brings the code with it."""
    return _page(request.args.get("code", ""))


@look_up.post("/tra-cuu")
def found() -> Response:
    """The dossier, or what is wrong. The second fact is in the body, so that no address or log holds it."""
    code, fact = request.form.get("code", "").strip(), request.form.get("fact", "").strip()
    try:
        dossier = looked_up(code, fact)
    except ValueError:
        wrong = _("Nhập ít nhất %(least)s ký tự cuối của số giấy tờ hoặc số điện thoại.", least=SHORTEST)
        return _page(code, wrong, 422)
    except NothingFound:
        return _page(code, _("Không có hồ sơ nào có mã này cùng với số đã nhập. Hãy xem lại giấy tiếp nhận."), 404)
    except TooMany as error:
        minutes = max(1, error.seconds // 60)
        return _page(code, _("Đã thử quá nhiều lần. Hãy thử lại sau %(minutes)s phút.", minutes=minutes), 429)
    return _framed(render_template("portal/found.html", dossier=dossier))


def _page(code: str, wrong: str = "", status: int = 200) -> Response:
    sizes = {"least": SHORTEST, "most": LONGEST}
    response = _framed(render_template("portal/look_up.html", code=code, wrong=wrong, **sizes))
    response.status_code = status
    return response


def _framed(page: str) -> Response:
    """The page, which the sites that are named in the configuration may show inside their own."""
    response = make_response(page)
    sites = " ".join(settings().embedded_by)
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors {sites or _NOBODY}"
    )
    return response
