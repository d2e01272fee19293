"""Dossiers that may be the same though nothing joined them: the evidence side by side, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for

from hub.console.database import database
from hub.console.page import Page
from hub.console.record import asked, sight
from hub.console.visitor import own, visitor
from hub.record.rights import Right
from hub.store import alike, connectors, cursor
from hub.store.alike import Alike
from hub.store.dossier_rows import DossierRow
from hub.store.finding import Place, Sort
from hub.view.masking import seen


@dataclass(frozen=True, slots=True)
class OneShown:
    """One dossier of a group."""

    row: DossierRow
    values: Mapping[str, Any]
    sources: Sequence[str]  # names of connectors


@dataclass(frozen=True, slots=True)
class GroupShown:
    """Dossiers that may be the same."""

    group: Alike
    dossiers: Sequence[OneShown]


def page() -> str:
    """One step of the walk from the newest reception on."""
    what = asked.asked()
    found = alike.step(database(), what.filter, visitor().scope, _after())
    sight.note([row.id for group in found.groups for row in group.rows], {"filter": what.document, "page": "alike"})
    following = None
    if found.next is not None:
        following = url_for("console.alike", after=cursor.after_place(found.next), **what.in_address)
    return render_template(
        "console/record/alike.html",
        asked=what.typed,
        what=what,
        filtered=any(what.typed.values()),
        groups=_shown(found.groups),
        looked_at=found.looked_at,
        following=following,
        first="after" not in request.args,
        connectors=own(connectors.listed(database())),
    )


def _shown(groups: Sequence[Alike]) -> list[GroupShown]:
    names = {row.id: row.name for row in connectors.listed(database(), retired=True)}
    grant = sight.grant()
    return [
        GroupShown(
            group,
            [
                OneShown(row, seen(row.values, grant), [names[one] for one in ids if one in names])
                for row, ids in zip(group.rows, group.brought_by, strict=True)
            ],
        )
        for group in groups
    ]


def _after() -> Place | None:
    """Where the walk goes on; an address that was cut or changed begins anew."""
    try:
        return cursor.place(Sort.RECEIVED, request.args.get("after", ""))
    except cursor.CursorError:
        return None


PAGES = (Page("GET", "/dossiers/alike", "alike", page, Right.DOSSIERS),)
