"""The application: joins API, console and guards. It opens nothing, changes nothing and prints nothing."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Request, Response, abort, request
from flask.json.provider import JSONProvider
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_babel import Babel
from flask_openapi3.models.info import Info
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from hub import console, logs
from hub.api import (
    alert_routes,
    asking_routes,
    cancel_routes,
    catalogue_routes,
    change_routes,
    client_routes,
    completeness_routes,
    connectors,
    delivery_routes,
    dossier_routes,
    export_routes,
    inspection_routes,
    mapping_routes,
    parting_routes,
    problems,
    quarantine_routes,
    read_routes,
    reads,
    received_routes,
    removal_routes,
    secret_routes,
    trace_routes,
    webhook_routes,
)
from hub.api.described import Described
from hub.api.docs import docs, swagger
from hub.api.known import Uses
from hub.api.ports import Register
from hub.api.public_routes import public
from hub.api.push import push
from hub.api.push_soap import soap
from hub.api.routes import api, health
from hub.api.settings import Settings
from hub.console.blueprint import PAGES
from hub.console.blueprint import blueprint as console_pages
from hub.console.language import Texts, chosen_language, said
from hub.inspection.bounded import Bounded
from hub.inspection.received import rereads_by
from hub.portal.look_up import look_up
from hub.portal.pages import pages as portal_pages
from hub.store import feed
from hub.store.database import Database
from hub.store.passwords import Passwords
from hub.store.reads import SealKeys
from hub.store.secrets import Keyring
from hub.sync.delivery import Intake
from hub.sync.owner import this_process
from hub.sync.reading_log import ReadLog
from hub.telemetry.parts import Parts
from hub.view.counts import KeptCounts
from hub.view.written import Written
from hub.web import access, errors, quota
from hub.web.answer import Answer
from hub.web.compression import compressed
from hub.web.errors import is_api
from hub.web.measured import ids, measured
from hub.web.metrics import metrics
from hub.web.question import Question
from hub.web.quota import Quotas
from hub.web.signing_in import sessions
from hub.web.waiting import Waiters

_ABOUT = (
    "Dossiers of every department of the city in one record. Times are UTC; days are Vietnam's; money is whole đồng."
)
_ADDRESSES = (
    alert_routes,
    asking_routes,
    cancel_routes,
    catalogue_routes,
    change_routes,
    client_routes,
    completeness_routes,
    connectors,
    delivery_routes,
    dossier_routes,
    export_routes,
    inspection_routes,
    mapping_routes,
    parting_routes,
    quarantine_routes,
    read_routes,
    received_routes,
    removal_routes,
    secret_routes,
    trace_routes,
    webhook_routes,
)  # importing them put theirs on `api`
_TRANSLATIONS = Path(console.__file__).parent / "translations"
_SETTINGS = {
    "SESSION_COOKIE_NAME": "hub_session",
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SEND_FILE_MAX_AGE_DEFAULT": timedelta(hours=1),
    "MAX_CONTENT_LENGTH": 64 * 1024,
    "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: an overview may stay open all day
}
_BY_HTTPS = "max-age=31536000"  # a year; of this host alone, for others may be served by http
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",  # pages and answers hold personal data; static files say otherwise themselves
}


def create_app(
    database: Database,
    secret_key: bytes,
    register: Register | None = None,
    settings: Settings | None = None,
    reading: ReadLog | None = None,
    keyring: Callable[[], Keyring] | None = None,
) -> Flask:
    """The API and the console over `database`; `secret_key` signs the console's sessions.

    Without a `register` connectors can be looked at, but neither changed nor asked. Without `reading` every read is
    noted in the database at once. Without a `keyring` second factors are sealed with a key made of `secret_key`.
    """
    app = _App(
        __name__,
        info=Info(title="Một Cửa Hub", version=version("mot-cua-hub"), description=_ABOUT),
        security_schemes={
            "bearer": {"type": "http", "scheme": "bearer"},
            "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            "basic": {"type": "http", "scheme": "basic"},
        },
        validation_error_model=problems.Problem,
        validation_error_callback=problems.of_parameters,
        doc_ui=False,
        static_folder=None,
    )
    app.url_map.merge_slashes = False  # an address is what it is: else it is answered with another one, as a page
    app.json = _Json(app)
    app.session_interface = _Sessions()
    app.extensions["hub.database"] = database
    app.extensions["hub.register"] = register
    app.extensions["hub.rereads"] = (lambda _: None) if register is None else rereads_by(register.connector)
    settings = settings or Settings()
    app.extensions["hub.near_due"] = settings.near_due
    app.extensions["hub.settings"] = settings
    app.extensions["hub.parts"] = Parts()
    app.extensions["hub.looks"] = Bounded()
    app.extensions["hub.local_systems"] = settings.local_systems
    app.extensions["hub.places"] = settings.places
    app.extensions["hub.sign_in"] = settings.sign_in
    app.extensions["hub.passwords"] = Passwords()
    app.extensions["hub.keyring"] = keyring or (lambda: Keyring([hashlib.sha256(secret_key).digest()]))
    app.extensions["hub.reads"] = reading or ReadLog(database, lambda: SealKeys.derived([secret_key]))
    app.extensions["hub.counter"] = KeptCounts(database)
    app.extensions["hub.written"] = Written()
    app.extensions["hub.quotas"] = Quotas(database, settings.quota)
    app.extensions["hub.key_uses"] = Uses(database)
    app.extensions["hub.waiters"] = Waiters(lambda: feed.latest(database))
    app.extensions["hub.intake"] = Intake(database, this_process())
    app.config.update(_SETTINGS, SECRET_KEY=secret_key, PERMANENT_SESSION_LIFETIME=settings.sign_in.lasts)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Flask wants it
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    _guard(app)
    logs.identify(ids)
    babel = Babel(
        app,
        default_locale="vi",
        default_translation_directories=str(_TRANSLATIONS),
        locale_selector=chosen_language,
    )
    babel.domain_instance = Texts()
    app.jinja_env.globals |= {"_": said, "gettext": said}
    for documented in (api, push, public, health):
        app.register_api(documented)
    for plain in (soap, docs, swagger, console_pages, look_up, metrics, access.blueprint()):
        app.register_blueprint(plain)
    if settings.portal_client is not None:
        app.register_blueprint(portal_pages)
    errors.register(app)
    return app


def _guard(app: Flask) -> None:
    """What stands before and after every view, in this order."""
    app.before_request(reads.numbered)
    app.before_request(_refuse_nul)
    app.before_request(_make_room)  # before whoever guards forms reads one
    app.after_request(compressed)  # after all others: what is registered first is done last
    app.after_request(_secured)
    app.after_request(reads.answered)
    app.after_request(quota.told)
    forms = CSRFProtect(app)
    for guarded_by_keys in (api, push, soap):  # which no browser sends by itself
        forms.exempt(guarded_by_keys)
    for anybodys in (public, look_up):  # where nobody has any right that another site could borrow
        forms.exempt(anybodys)
    app.before_request(access.guard)
    app.before_request(quota.guard)


def _make_room() -> None:
    """Pages that take files say how large their form may be, for whoever has signed in."""
    page = PAGES.get(request.endpoint or "")
    if page is not None and page.largest and sessions.current() is not None:
        request.max_content_length = request.max_form_memory_size = page.largest


def _refuse_nul() -> None:
    """PostgreSQL cannot hold a NUL, so nothing that is asked for can have one."""
    if "\0" in request.path or b"%00" in request.query_string:
        abort(400, "The address holds a NUL character.")


def _secured(response: Response) -> Response:
    headers = response.headers
    given = {name.lower() for name, _ in headers}
    for name, value in _HEADERS.items():
        if name.lower() not in given:
            headers.add(name, value)
    if request.is_secure:
        headers["Strict-Transport-Security"] = _BY_HTTPS
    if "content-security-policy" in given and "frame-ancestors 'none'" not in headers["Content-Security-Policy"]:
        del headers["X-Frame-Options"]  # a page that other sites may show says itself which ones
    return response


class _App(Described):
    """Flask without what it does for those who need more: each of these is a tenth of a look-up's time."""

    request_class = Question
    response_class = Answer

    def full_dispatch_request(self) -> Response:
        """Every request, as it is answered: counted and, where traces are made, a span."""
        return measured(super().full_dispatch_request)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is: no view here is a coroutine, and Flask would ask that of a dozen functions for every request."""
        return func


class _Sessions(SecureCookieSessionInterface):
    """For the console alone. The cookie travels by https alone wherever the console is reached by https."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session that the cookie holds; none for programs, which show a key with every request."""
        return None if is_api(request.path) else super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002  # Flask's signature
        return request.is_secure


class _Json(JSONProvider):
    """orjson: times as UTC with Z, whole seconds."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """Write."""
        return orjson.dumps(obj, option=orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read."""
        return orjson.loads(s)
