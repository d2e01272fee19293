"""Who changed what, when and why: the list, one change with what it changed, and the file of them."""

from collections.abc import Iterator
from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.admin import asked
from hub.console.admin.act_words import ACT, KIND
from hub.console.admin.asked import PER_PAGE
from hub.console.admin.difference import Difference, difference
from hub.console.admin.sheet import sheet
from hub.console.database import database
from hub.console.page import Page
from hub.console.visitor import own_connector
from hub.record.rights import Right
from hub.store import acts, connectors, cursor, versions
from hub.store.acts import ActRow, Sought

_LIST = "acts"
_OF_A_CONNECTOR = 30
_DOCUMENTS = {acts.Kind.CONNECTOR: versions.Kind.CONNECTOR, acts.Kind.MAPPING: versions.Kind.MAPPING}


def page() -> str:
    """Changes, newest first."""
    wanted = _wanted()
    found = acts.listed(database(), _sought(wanted), asked.position(_LIST), PER_PAGE + 1)
    shown, following = asked.a_page(_LIST, found, lambda one: one.id, "console.audit", **wanted)
    return render_template(
        "console/admin/audit.html",
        acts=shown,
        wanted=wanted,
        following=following,
        first=asked.is_first(),
        connector_choices=[(row.name, row.title) for row in connectors.listed(database(), retired=True)],
        kinds=KIND,
        act_words=ACT,
    )


def one(act_id: int) -> str:
    """One change, with what it changed."""
    return _shown(_act(act_id), within=None)


def list_of_own(name: str) -> str:
    """The last changes that concern a connector, for its department."""
    row = own_connector(name, retired=True)
    return render_template(
        "console/admin/connector_acts.html", row=row, acts=acts_of(row.name), kinds=KIND, act_words=ACT
    )


def of_own(name: str, act_id: int) -> str:
    """One change that concerns a connector, for its department."""
    row, found = own_connector(name, retired=True), _act(act_id)
    if found.connector != row.name:
        abort(404)
    return _shown(found, within=row.name)


def csv() -> ResponseReturnValue:
    """The changes that the filter leaves, as a file."""
    headings = (
        *(_("Thời điểm"), _("Người thực hiện"), _("Đối tượng"), _("Tên"), _("Việc đã làm"), _("Phiên bản")),
        *(_("Lý do"), _("Đầu nối"), _("Trước"), _("Sau")),
    )
    return sheet("nhat-ky-thay-doi", headings, _rows(_sought(_wanted())))


def acts_of(connector: str) -> list[ActRow]:
    """The last changes that concern a connector, for its page (`console/admin/_acts.html`)."""
    return acts.of_connectors(database(), [connector], _OF_A_CONNECTOR)


def _rows(sought: Sought) -> Iterator[tuple[Any, ...]]:
    for row in acts.walk(database(), sought):
        what = (KIND.get(row.kind, row.kind), row.name, ACT.get(row.act, row.act))
        yield row.at, row.author, *what, row.version, row.reason, row.connector, row.before, row.after


def _wanted() -> dict[str, Any]:
    first, last = asked.day("from"), asked.day("to")
    return {
        "author": asked.word("author", 80),
        "kind": asked.chosen("kind", KIND),
        "name": asked.word("name"),
        "connector": asked.word("connector", 80),
        "from": first.isoformat() if first else None,
        "to": last.isoformat() if last else None,
    }


def _sought(wanted: dict[str, Any]) -> Sought:
    kind = wanted["kind"]
    return Sought(
        wanted["author"],
        None if kind is None else acts.Kind(kind),
        wanted["name"],
        wanted["connector"],
        asked.since(asked.day("from")),
        asked.until(asked.day("to")),
    )


def _act(act_id: int) -> ActRow:
    found = acts.get(database(), act_id) if 0 < act_id <= cursor.LARGEST_ID else None
    if found is None:
        abort(404)
    return found


def _shown(act: ActRow, within: str | None) -> str:
    before, after = _texts(act)
    return render_template(
        "console/admin/act.html",
        act=act,
        within=within,
        before=before,
        after=after,
        found=Difference() if before is None and after is None else difference(before, after),
        kinds=KIND,
        act_words=ACT,
    )


def _texts(act: ActRow) -> tuple[str | None, str | None]:
    """What there was and what there is: of a document by its versions, else as it was noted."""
    kind = _DOCUMENTS.get(acts.Kind(act.kind)) if act.kind in set(acts.Kind) else None
    if kind is None or act.version is None:
        return act.before, act.after
    texts = (versions.numbered(database(), kind, act.name, number) for number in (act.version - 1, act.version))
    before, after = (None if row is None else row.text for row in texts)
    return before, after


PAGES = (
    Page("GET", "/audit", "audit", page, Right.AUDIT),
    Page("GET", "/audit.csv", "audit_csv", csv, Right.AUDIT),
    Page("GET", "/audit/<int:act_id>", "act", one, Right.AUDIT),
    Page("GET", "/connectors/<name>/changes", "connector_acts", list_of_own, Right.CONNECT),
    Page("GET", "/connectors/<name>/changes/<int:act_id>", "connector_act", of_own, Right.CONNECT),
)
