"""Dossiers: searching, and one dossier with its timeline and who said what."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console import shown, words
from hub.console.database import database
from hub.console.words import Word
from hub.record.fields import DOSSIER_FIELDS
from hub.record.merge import Claim
from hub.record.moments import end_of, start_of
from hub.record.status import Status
from hub.store import connectors, cursor, dossiers
from hub.store.dossiers import DossierRow, Filter, Position
from hub.store.whole import WholeDossier, whole
from hub.sync.health import freshness

_PER_PAGE = 50
_ASKED = ("q", "status", "agency", "procedure", "received_from", "received_to")


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
    following = None
    if rows != found:
        after = cursor.after_dossier(Position(rows[-1].received_on, rows[-1].id))
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
    found = dossiers.with_code(database(), code)
    agency = request.args.get("agency")
    chosen = [row for row in found if agency is None or row.values.get("agency", {}).get("code") == agency]
    if not chosen:
        return render_template("console/no_dossier.html", code=code), 404
    if len(chosen) > 1:
        return render_template("console/candidates.html", code=code, rows=chosen)
    return _page_of(chosen[0])


def _page_of(row: DossierRow) -> str:
    now, found = datetime.now(UTC), whole(database(), row)
    rows = {connector.name: connector for connector in connectors.listed(database())}
    return render_template(
        "console/dossier.html",
        dossier=found,
        values=row.values,
        groups=_groups(found),
        fresh=freshness(rows, {source.source.connector for source in found.sources}, now),
        titles={name: connector.title for name, connector in rows.items()},
        now=now,
    )


def _groups(found: WholeDossier) -> list[tuple[Word, list[FieldShown]]]:
    said = found.provenance
    groups = [(title, [_field(found, name) for name in labels if name in said]) for title, labels in words.FIELD_GROUPS]
    extra = [_field(found, name) for name in sorted(said) if name.startswith("extra.")]
    return [(title, fields) for title, fields in [*groups, (_("Thông tin khác"), extra)] if fields]


def _field(found: WholeDossier, name: str) -> FieldShown:
    said = found.provenance[name]
    conflicts = [(claim.source.connector, _text(name, claim.value)) for claim in said.conflicts]
    return FieldShown(name, words.field(name), _claim(name, said.believed), said.believed.source.connector, conflicts)


def _claim(name: str, claim: Claim) -> str:
    return _text(name, claim.value)


def _text(name: str, value: Any) -> str:
    """A value as a person reads it."""
    known = DOSSIER_FIELDS.get(name)
    match known.type if known else "text":
        case "time":
            return shown.time(value)
        case "date":
            return shown.day(value)
        case "choice":
            return str(words.CHOICES[name].get(value, value))
    return str(value)


def _filter(asked: dict[str, str]) -> Filter:
    """What the form asks for; a day that is none is left out, the form shows it as it was typed."""
    first, last = _day(asked["received_from"]), _day(asked["received_to"])
    return Filter(
        agency=asked["agency"] or None,
        status=asked["status"] or None,
        procedure=asked["procedure"] or None,
        received_from=start_of(first) if first else None,
        received_to=end_of(last) if last else None,
        words=asked["q"] or None,
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year < 2200 else None


def _after() -> Position | None:
    """Where the page goes on; an address that was cut or changed begins anew."""
    try:
        return cursor.dossier_position(request.args.get("after", ""))
    except cursor.CursorError:
        return None
