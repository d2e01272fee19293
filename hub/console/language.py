"""Vietnamese first, English at a click; the choice stays in a cookie, so that signing out does not lose it."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from hub.console.page import Page

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
_COOKIE = "hub_language"
_A_YEAR = 365 * 24 * 3600


def chosen_language() -> str:
    """The language of this request: what its address says, for pages inside of other sites, else the cookie."""
    chosen = request.args.get("lang") or request.cookies.get(_COOKIE, "")
    return chosen if chosen in LANGUAGES else "vi"


def choose() -> ResponseReturnValue:
    """Remember a language and go back to the page."""
    here = request.form.get("here", "")
    safe = here.startswith("/") and not here.startswith(("//", "/\\"))
    response = redirect(here if safe else url_for("console.overview"))
    language = request.form.get("language", "")
    if language in LANGUAGES:
        response.set_cookie(_COOKIE, language, max_age=_A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


PAGES = (Page("POST", "/language", "language", choose, None),)
