"""Vietnamese first, English at a click. The choice stays in a cookie, so that signing out does not lose it, and with
the person who made it, so that they find it again at another browser."""

from typing import Any

from flask import g, has_app_context, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import Domain, get_translations
from markupsafe import Markup
from werkzeug.wrappers import Response as WerkzeugResponse

from hub.console.database import database
from hub.console.page import Page
from hub.store import people

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
_COOKIE = "hub_language"
_A_YEAR = 365 * 24 * 3600


def chosen_language() -> str:
    """The language of this request: what its address says, for pages inside of other sites, else the cookie; a browser
    without one speaks as the person chose who has signed in."""
    signed_in = g.get("signed_in")
    mine = request.cookies.get(_COOKIE) or (signed_in.person.language if signed_in else "")
    chosen = request.args.get("lang") or mine
    return chosen if chosen in LANGUAGES else "vi"


class Texts(Domain):  # type: ignore[misc]  # flask-babel is not typed so far
    """Translations, looked up once a request and not for each of a page's thousand texts."""

    def get_translations(self) -> Any:
        """Those of this request's language."""
        if not has_app_context():
            return super().get_translations()
        if "translations" not in g:
            g.translations = super().get_translations()
        return g.translations


def said(text: str, /, **variables: Any) -> Markup:
    """What templates call `_`."""
    told = Markup(get_translations().ugettext(text))  # noqa: S704  # of a template or of the translations, both ours
    return told % variables if variables or "%" in told else told


def choose() -> ResponseReturnValue:
    """Remember a language and go back to the page."""
    here = request.form.get("here", "")
    # Browsers leave tabs and ends of lines out, so that what they part could become `//` and lead to a stranger.
    safe = here.startswith("/") and not here.startswith(("//", "/\\")) and here.isprintable()
    response = redirect(here if safe else url_for("console.overview"))
    language = request.form.get("language", "")
    if language in LANGUAGES:
        keep_language(response, language)
        if g.get("signed_in"):
            people.choose_language(database(), g.signed_in.person.id, language)
    return response


def keep_language(response: WerkzeugResponse, language: str) -> None:
    """Have this browser remember a language."""
    response.set_cookie(_COOKIE, language, max_age=_A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)


PAGES = (Page("POST", "/language", "language", choose, None),)
