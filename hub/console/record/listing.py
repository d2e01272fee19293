"""The list of dossiers: found by what somebody knows of them, in the order they want, page by page."""

from flask import render_template, request, url_for

from hub.console.database import database
from hub.console.page import Page
from hub.console.record import asked, due, names, sight
from hub.console.record.asked import Asked
from hub.console.visitor import own, visitor
from hub.record.confidentiality import Level
from hub.record.rights import Right
from hub.record.status import Status
from hub.store import connectors, cursor
from hub.store.dossier_rows import DossierRow
from hub.store.finding import Place, page, place_of
from hub.store.looking_up import with_code
from hub.view.masking import seen

PER_PAGE = 50
_CHANNELS = ("direct", "online", "post")


def shown() -> str:
    """A page of it."""
    what = asked.asked()
    rows = found(what, _after(what), PER_PAGE + 1)
    here = rows[:PER_PAGE]
    sight.note([row.id for row in here], {"filter": what.document})
    following = None
    if here != rows:
        after = cursor.after_place(place_of(here[-1], what.sort))
        following = url_for("console.dossiers", after=after, **what.in_address)
    grant = sight.grant()
    return render_template(
        "console/record/dossiers.html",
        rows=[(row, seen(row.values, grant)) for row in here],
        asked=what.typed,
        what=what,
        sorts=names.SORTS,
        more=any(what.typed[name] for name in _RARE),
        filtered=any(what.typed.values()),
        following=following,
        first="after" not in request.args,
        statuses=list(Status),
        due_words=due.WORDS,
        channels=_CHANNELS,
        levels=names.LEVELS,
        confidential=list(Level),
        connectors=own(connectors.listed(database())),
        sees_personal=visitor().sees_personal,
    )


_RARE = (  # what stands folded away in the form, unless it is used
    *("field", "channel", "connector", "online_level", "confidentiality", "due_from", "due_to", "completed_from"),
    *("completed_to", "identity", "phone"),
)


def found(what: Asked, after: Place | None, limit: int) -> list[DossierRow]:
    """The next dossiers of a list, of those that whoever asks may see."""
    if what.code:
        return [one.row for one in with_code(database(), what.code, visitor().scope)]
    return page(database(), what.filter, visitor().scope, what.sort, after, limit)


def _after(what: Asked) -> Place | None:
    """Where the page goes on; an address that was cut or changed begins anew."""
    try:
        return cursor.place(what.sort, request.args.get("after", ""))
    except cursor.CursorError:
        return None


PAGES = (Page("GET", "/dossiers", "dossiers", shown, Right.DOSSIERS),)
