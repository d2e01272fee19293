"""What of the record whoever asks for a page may see, and noting that they saw it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from flask import g, render_template
from flask.typing import ResponseReturnValue

from hub.console.database import database
from hub.console.reads import note_page
from hub.console.visitor import may, own, visitor
from hub.inspection.traced import Sees
from hub.record.grant import Grant, Group, Sight
from hub.record.personal import personal
from hub.record.rights import Right
from hub.store import connectors

_OF_PERSONS = (Group.NAME, Group.IDENTITY, Group.CONTACT, Group.CONTENT, Group.PAPERS)


def grant() -> Grant:
    """How much of each dossier is shown; nothing of a person in full to who may not see personal data."""
    given = cast("Grant", g.viewer.grant)
    if visitor().sees_personal:
        return given
    masked = {group: Sight.MASKED for group in _OF_PERSONS if given.of(group) is Sight.FULL}
    return replace(given, sights={**given.sights, **masked}) if masked else given


def sees() -> Sees:
    """Who asks for a trace."""
    mine = {row.id: row.name for row in own(connectors.listed(database(), retired=True))}
    return Sees(visitor().scope, grant(), mine, audit=may(Right.AUDIT))


def note(ids: Sequence[int], what: dict[str, Any]) -> None:
    """Note that the page shows these dossiers, and which data of persons in full.

    Raises:
        NotLogged: it cannot be written, so the page must not be shown.
    """
    note_page(ids, what | {"groups": personal(grant())})


def hidden() -> ResponseReturnValue:
    """The page instead of one with data of persons as they came."""
    return render_template("console/record/hidden.html"), 403
