"""Trace: type what you have of a dossier, and see all that happened to it, or why the record does not have it."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hub.console.database import database
from hub.console.page import Page
from hub.console.reads import note_source
from hub.console.record import names, sight, told
from hub.console.visitor import may, own_names, visitor
from hub.inspection.trace import FEW, Found, MayBring, Trace, Way, find, may_bring, trace_of, trace_of_unknown
from hub.inspection.traced import Happening
from hub.record.identity import LONGEST
from hub.record.rights import Right
from hub.store.reads_traced import NEWEST
from hub.view.masking import seen


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for."""

    text: str
    chosen: int | None  # of several dossiers
    kind: Happening | None
    source: str | None

    @property
    def in_address(self) -> dict[str, Any]:
        """What the address of the same trace holds, without filters."""
        return {"q": self.text} | ({"id": self.chosen} if self.chosen else {})


def page() -> ResponseReturnValue:
    """The search box, and the trace of what stands in it."""
    wanted = _wanted()
    if not wanted.text:
        return render_template("console/record/trace.html", wanted=wanted, found=None, longest=LONGEST)
    sees = sight.sees()
    found = find(database(), wanted.text, sees)
    _note(found)
    if not found.is_known:
        return _never_came(wanted, may_bring(database(), wanted.text, sees))
    one = next((met.row for met in found.dossiers if met.row.id == wanted.chosen), None)
    if one is None and len(found.dossiers) == 1:
        one = found.dossiers[0].row
    if one is None and found.dossiers:
        return _choice(wanted, found)
    trace = (
        trace_of_unknown(database(), found, sees)
        if one is None
        else trace_of(database(), wanted.text, one, sees, wanted.kind)
    )
    return _page_of(wanted, found, trace)


def _page_of(wanted: Wanted, found: Found, trace: Trace) -> str:
    entries = [
        one
        for one in trace.entries
        if (wanted.kind is None or one.kind is wanted.kind) and wanted.source in (None, one.connector)
    ]
    own = own_names()
    sources = sorted({one.connector for one in trace.entries if one.connector})
    return render_template(
        "console/record/trace.html",
        wanted=wanted,
        found=found,
        trace=trace,
        values=None if trace.dossier is None else seen(trace.dossier.row.values, sight.grant()),
        way=next((met.way for met in found.dossiers), Way.CODE),
        entries=told.shown(entries),
        kinds=[kind for kind in Happening if may(Right.AUDIT) or kind not in (Happening.READ, Happening.EXPORTED)],
        sources=sources,
        told=told,
        names=names,
        opened=set() if not visitor().sees_personal else set(sources if own is None else own),
        own=set(sources if own is None else own),
        few=FEW,
        newest=NEWEST,
        longest=LONGEST,
        Happening=Happening,
    )


def _choice(wanted: Wanted, found: Found) -> str:
    grant = sight.grant()
    rows = [(met, seen(met.row.values, grant)) for met in found.dossiers]
    return render_template(
        "console/record/trace_choice.html", wanted=wanted, rows=rows, names=names, longest=LONGEST, found=found
    )


def _never_came(wanted: Wanted, may: list[MayBring]) -> ResponseReturnValue:
    page = render_template("console/record/trace.html", wanted=wanted, found=False, may_bring=may, longest=LONGEST)
    return page, 404


def _note(found: Found) -> None:
    """Whoever looks for a person is noted, whether anything was found or not."""
    sight.note([met.row.id for met in found.dossiers], {"filter": {"q": found.asked}, "page": "trace"})
    if found.aside:
        note_source(None, len(found.aside), {"page": "trace"})


def _wanted() -> Wanted:
    """What the address asks for; a part that was cut or changed counts as none."""
    kind, number = request.args.get("kind", ""), request.args.get("id", "")
    chosen = int(number) if number.isascii() and number.isdigit() and len(number) < 20 else None
    return Wanted(
        request.args.get("q", "").strip()[:LONGEST],
        chosen,
        Happening(kind) if kind in tuple(Happening) else None,
        request.args.get("source") or None,
    )


PAGES = (Page("GET", "/trace", "trace", page, Right.DOSSIERS),)
