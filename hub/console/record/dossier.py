"""One dossier by any of its codes: its values with who said them, its timeline, its history, its sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console import values, words
from hub.console.database import database
from hub.console.page import Page
from hub.console.record import due, parting, sight
from hub.console.visitor import own_names, visitor
from hub.console.words import Word
from hub.record.grant import Grant, Group, Sight
from hub.record.rights import Right
from hub.store import connectors
from hub.store.candidates import Candidate, Which, matching
from hub.store.dossier_rows import DossierRow
from hub.store.dossiers import RevisionRow
from hub.store.looking_up import brought_by, with_code
from hub.store.ratings import ratings_of
from hub.store.whole import Provenance, WholeDossier, whole
from hub.view import behind
from hub.view.gathering import freshness_by_id
from hub.view.masking import HIDDEN, seen, value_seen

_BESIDE = ("codes", "sources", "gone_at")  # what a revision tells beside fields


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One field of a dossier as the page shows it: who is believed, and who says otherwise."""

    name: str
    label: Word
    text: str
    connector: str
    conflicts: list[tuple[str, str]]  # connector, its value


def one(code: str) -> ResponseReturnValue:
    """One dossier by any of its codes."""
    which = Which(request.args.get("agency"), request.args.get("connector"))
    chosen = matching(database(), with_code(database(), code, visitor().scope), code, which)
    if not chosen:
        return render_template("console/record/no_dossier.html", code=code), 404
    if len(chosen) > 1:
        return render_template("console/record/candidates.html", code=code, candidates=_shown(chosen))
    return _page_of(chosen[0].row)


def _shown(chosen: Sequence[Candidate]) -> list[tuple[Candidate, Mapping[str, Any]]]:
    grant = sight.grant()
    return [(one, seen(one.row.values, grant)) for one in chosen]


def _page_of(row: DossierRow) -> str:
    now, grant = datetime.now(UTC), sight.grant()
    told = whole(database(), row)
    found, shows_sources = _masked(told, grant), grant.of(Group.PROVENANCE) is not Sight.HIDDEN
    sight.note([row.id], {})
    rows = {connector.name: connector for connector in connectors.listed(database())}
    own = own_names()
    ratings = ratings_of(database(), row.id)
    return render_template(
        "console/record/dossier.html",
        dossier=found,
        values=found.row.values,
        groups=_groups(found),
        fresh=freshness_by_id(rows, brought_by(database(), [row.id]).get(row.id, ()), now),
        titles={name: connector.title for name, connector in rows.items()},
        now=now,
        lists=values.lists(found),
        history=values.history(found.history),
        partable=parting.partable(found),
        ratings=[{"values": {}, **each} for each in _ratings(ratings, grant)],
        opened={each.source.connector for each in found.sources if visitor().sees_personal}
        & ({each.source.connector for each in found.sources} if own is None else set(own)),
        shows_sources=shows_sources,
        **due.parts(told, now, shows_source=shows_sources),
    )


def _ratings(rows: Sequence[Any], grant: Grant) -> list[dict[str, Any]]:
    told = behind.ratings(rows, grant)
    return [
        {
            "connector": each.get("connector", ""),
            "rated_at": row.rated_at,
            "overall": row.overall,
            "complained": row.complained,
            "values": {name: each[name] for name in ("channel", "comment", "scores") if name in each},
        }
        for row, each in zip(rows, told, strict=True)
    ]


def _masked(found: WholeDossier, grant: Grant) -> WholeDossier:
    """The same as the grant shows it; who says what, and that they differ, is told of whatever is shown."""
    steps = [
        replace(
            event,
            **{name: told[name] for name in ("name", "actor", "title", "unit")},
            connector=told["connector"] or "",
        )
        for event, told in zip(found.timeline, behind.timeline(found.timeline, grant), strict=True)
    ]
    shows_sources = grant.of(Group.PROVENANCE) is not Sight.HIDDEN
    said = {
        name: _provenance(name, one, grant)
        for name, one in found.provenance.items()
        if value_seen(name, None, grant) is not HIDDEN
    }
    return replace(
        found,
        row=found.row._replace(values=seen(found.row.values, grant)),
        timeline=steps,
        history=[_revision(each, grant) for each in found.history] if shows_sources else [],
        sources=[
            replace(each, problems=[behind.problem(problem, grant) for problem in each.problems])
            for each in (found.sources if shows_sources else ())
        ],
        disowned=found.disowned if shows_sources else (),
        provenance=said,
    )


def _provenance(name: str, said: Provenance, grant: Grant) -> Provenance:
    believed, *others = (
        replace(claim, value=value_seen(name, claim.value, grant)) for claim in (said.believed, *said.conflicts)
    )
    if grant.of(Group.PROVENANCE) is Sight.HIDDEN:
        return Provenance(replace(believed, source=replace(believed.source, connector="")), ())
    return Provenance(believed, others)


def _revision(row: RevisionRow, grant: Grant) -> RevisionRow:
    changes = {}
    for name, pair in row.changes.items():
        shown = list(pair) if name in _BESIDE else [value_seen(name, value, grant) for value in pair]
        if HIDDEN not in shown:
            changes[name] = shown
    return replace(row, changes=changes)


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


PAGES = (Page("GET", "/dossiers/<path:code>", "dossier", one, Right.DOSSIERS),)
