"""Loading a catalogue from a file: first what it would change, then, with the very same file, doing it."""

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.admin.clients import signed
from hub.console.catalogue.words import KINDS
from hub.console.database import database
from hub.console.page import Page
from hub.console.register import register
from hub.inspection.catalogue_files import Loaded
from hub.record.entities import AGENCY
from hub.record.rights import Right
from hub.store import acts
from hub.store.acts import Kind, Sought
from mappings.engine.yaml_source import Finding, Invalid

_LARGEST = 8 * 1024 * 1024  # of a file, in bytes: 10,000 procedures take about 3 MB
_MOST = 200  # entries and mistakes that the page shows
_HISTORY = 20
_LIST = {AGENCY: "console.agencies"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it came."""

    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """By which it is known again."""
        return hashlib.sha256(self.content).hexdigest()


def page() -> str:
    """The form, and what was loaded before."""
    return _shown()


def load() -> ResponseReturnValue:
    """Say what a file would change; or load it, where that was said of this very file."""
    entity = request.form.get("kind", "")
    if entity not in KINDS:
        abort(400)
    prune = request.form.get("prune") == "yes"
    sent = _sent()
    if sent is None:
        flash(_("Hãy chọn một tệp .csv, .yaml hoặc .json."))
        return _shown(entity=entity, prune=prune), 422
    confirmed = request.form.get("digest", "")
    if confirmed and confirmed != f"{entity} {prune} {sent.digest}":
        flash(_("Tệp hoặc lựa chọn đã khác lúc xem thử, nên chưa nạp gì. Hãy xem lại thay đổi bên dưới."))
        confirmed = ""
    try:
        done = register().catalogues.load(entity, sent.name, sent.content, prune=prune, dry=not confirmed, by=signed())
    except Invalid as invalid:
        return _shown(entity=entity, prune=prune, file=sent.name, findings=invalid.findings), 422
    if confirmed:
        flash(_("Đã nạp %(name)s.", name=sent.name) if done.differs else _("Tệp không có gì mới."))
        return redirect(url_for(_LIST.get(entity, "console.procedures")))
    return _shown(entity=entity, prune=prune, file=sent.name, would=done, digest=f"{entity} {prune} {sent.digest}")


def as_loaded(entity: str) -> ResponseReturnValue:
    """What was loaded from files, as a file that can be loaded again."""
    if entity not in KINDS:
        abort(404)
    headers = {"Content-Disposition": f'attachment; filename="{entity}.csv"'}
    text = "\ufeff" + register().catalogues.text(entity)
    return Response(text, headers=headers, content_type="text/csv; charset=utf-8")


def _sent() -> Sent | None:
    file = request.files.get("file")
    content = file.read() if file is not None else b""
    return Sent((file.filename or "")[:200], content) if file is not None and content else None


def _shown(
    *,
    entity: str = AGENCY,
    prune: bool = False,
    file: str = "",
    would: Loaded | None = None,
    digest: str = "",
    findings: tuple[Finding, ...] = (),
) -> str:
    told: dict[str, Any] = {"entity": entity, "prune": prune, "file": file, "would": would, "digest": digest}
    return render_template(
        "console/admin/catalogue_load.html",
        **told,
        findings=findings[:_MOST],
        more=max(0, len(findings) - _MOST),
        most=_MOST,
        kinds=KINDS,
        history=acts.listed(database(), Sought(kind=Kind.CATALOGUE), limit=_HISTORY),
    )


PAGES = (
    Page("GET", "/catalogue/load", "load_catalogue", page, Right.SETTINGS),
    Page("POST", "/catalogue/load", "put_catalogue", load, Right.MEND, largest=_LARGEST),
    Page("GET", "/catalogue/loaded/<entity>.csv", "loaded_catalogue", as_loaded, Right.SETTINGS),
)
