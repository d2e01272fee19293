"""Dossiers: searching, and one dossier with its timeline and who said what."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console import due, parting, values, words
from hub.console.database import database
from hub.console.page import Page
from hub.console.reads import note_page
from hub.console.words import Word
from hub.record.moments import end_of, start_of
from hub.record.rights import Right
from hub.record.shown import words as words_of
from hub.record.status import Status
from hub.store import connectors, cursor, dossiers
from hub.store.candidates import Which, matching
from hub.store.dossier_rows import DossierRow
from hub.store.filters import Filter
from hub.store.finding import Place, Sort, place_of
from hub.store.looking_up import brought_by, with_code
from hub.store.ratings import ratings_of
from hub.store.scope import ALL
from hub.store.searching import MOST_LETTERS
from hub.store.whole import WholeDossier, whole
from hub.view.gathering import freshness_by_id

_PER_PAGE = 50
_ASKED = ("q", "status", "due", "agency", "procedure", "received_from", "received_to", "conflicts", "gone")


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One field of a dossier as the page shows it: who is believed, and who says otherwise."""

    name: str
    label: Word
    text: str
    connector: str
    conflicts: list[tuple[str, str]]  # connector, its value


def page() -> str:
    """Search and filters, newest reception first."""
    asked = {name: request.args.get(name, "").strip() for name in _ASKED}
    found = dossiers.page(database(), _filter(asked), _after(), _PER_PAGE + 1)
    rows = found[:_PER_PAGE]
    note_page([row.id for row in rows], {"filter": {name: text for name, text in asked.items() if text}})
    following = None
    if rows != found:
        after = cursor.after_place(place_of(rows[-1], Sort.RECEIVED))
        kept: dict[str, Any] = {name: text for name, text in asked.items() if text}
        following = url_for("console.dossiers", after=after, **kept)
    return render_template(
        "console/dossiers.html",
        rows=rows,
        asked=asked,
        filtered=any(asked.values()),
        following=following,
        first="after" not in request.args,
        statuses=list(Status),
        connectors=connectors.listed(database()),
    )


def one(code: str) -> ResponseReturnValue:
    """One dossier by any of its codes."""
    which = Which(request.args.get("agency"), request.args.get("connector"))
    chosen = matching(database(), with_code(database(), code, ALL), code, which)
    if not chosen:
        return render_template("console/no_dossier.html", code=code), 404
    if len(chosen) > 1:
        return render_template("console/candidates.html", code=code, candidates=chosen)
    return _page_of(chosen[0].row)


def _page_of(row: DossierRow) -> str:
    now, found = datetime.now(UTC), whole(database(), row)
    note_page([row.id], {})
    rows = {connector.name: connector for connector in connectors.listed(database())}
    return render_template(
        "console/dossier.html",
        dossier=found,
        values=row.values,
        groups=_groups(found),
        fresh=freshness_by_id(rows, brought_by(database(), [row.id]).get(row.id, ()), now),
        titles={name: connector.title for name, connector in rows.items()},
        now=now,
        lists=values.lists(found),
        history=values.history(found.history),
        partable=parting.partable(found),
        ratings=ratings_of(database(), row.id),
        **due.parts(found, now),
    )


def _groups(found: WholeDossier) -> list[tuple[Word, list[FieldShown]]]:
    said = found.provenance
    groups = [(title, [_field(found, name) for name in labels if name in said]) for title, labels in words.FIELD_GROUPS]
    extra = [_field(found, name) for name in sorted(said) if name.startswith("extra.")]
    return [(title, fields) for title, fields in [*groups, (_("Thông tin khác"), extra)] if fields]


def _field(found: WholeDossier, name: str) -> FieldShown:
    said = found.provenance[name]
    conflicts = [(claim.source.connector, values.text(name, claim.value)) for claim in said.conflicts]
    believed = said.believed
    return FieldShown(name, words.field(name), values.text(name, believed.value), believed.source.connector, conflicts)


def _filter(asked: dict[str, str]) -> Filter:
    """What the form asks for; a day that is none is left out, the form shows it as it was typed."""
    first, last = _day(asked["received_from"]), _day(asked["received_to"])
    return Filter(
        agency=asked["agency"] or None,
        status=asked["status"] or None,
        procedure=asked["procedure"] or None,
        received_from=start_of(first) if first else None,
        received_to=end_of(last) if last else None,
        words=asked["q"][:MOST_LETTERS] if words_of(asked["q"][:MOST_LETTERS]) else None,
        due=due.wanted(asked["due"]),
        conflicts=True if asked["conflicts"] else None,
        gone=bool(asked["gone"]),
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year < 2200 else None


def _after() -> Place | None:
    """Where the page goes on; an address that was cut or changed begins anew."""
    try:
        return cursor.place(Sort.RECEIVED, request.args.get("after", ""))
    except cursor.CursorError:
        return None


PAGES = (
    Page("GET", "/dossiers", "dossiers", page, Right.DOSSIERS),
    Page("GET", "/dossiers/<path:code>", "dossier", one, Right.DOSSIERS),
)
