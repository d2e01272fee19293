"""`/metrics`: figures for Prometheus, for networks that may read them and for whoever shows a key that reads."""

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, current_app, request

from hub.api.settings import Settings
from hub.store.database import StoreError
from hub.sync.figures import Figures
from hub.telemetry import counted, exposition
from hub.telemetry.facts import Facts
from hub.telemetry.port import may_read
from hub.web import callers

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
def page() -> Response:
    """Facts of the store, and what the processes of this server have counted."""
    settings: Settings = current_app.extensions["hub.settings"]
    if not settings.metrics:
        abort(404)
    if not may_read(request.remote_addr or "", settings.metrics_open_to):
        callers.admit()
    text, media_type = exposition.text(counted.counted(), _facts())
    return Response(text, content_type=media_type)


def _facts() -> Facts:
    """One for the application: it keeps what it worked out a moment ago."""
    extensions = current_app.extensions
    if "hub.facts" not in extensions:
        figures = Figures(extensions["hub.database"], lambda: datetime.now(UTC), extensions["hub.reads"].waiting)
        extensions.setdefault("hub.facts", Facts(figures.gather, StoreError))
    found: Facts = extensions["hub.facts"]
    return found
