"""One record in quarantine: its fields as far as they could be read, beside what came, with the fault marked."""

from collections.abc import Mapping as Map
from datetime import UTC, datetime
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from hub.console.database import database
from hub.console.mappings import rights
from hub.console.page import Page
from hub.console.quarantine.reading import Reading, read
from hub.console.reads import note_source
from hub.console.visitor import own_connector, visitor
from hub.record.connector_state import Life
from hub.record.reasons import groups_of
from hub.record.rights import Right
from hub.store import cursor, quarantine
from hub.store.connectors import ConnectorRow
from hub.store.quarantine import QuarantineRow


def page(name: str, record_id: int) -> ResponseReturnValue:
    """One record of a connector."""
    connector = own_connector(name, retired=True)
    found = quarantine.one(database(), connector.id, record_id) if record_id <= cursor.LARGEST_ID else None
    if found is None:
        return render_template("console/quarantine/no_record.html", connector=connector), 404
    sees = visitor().sees_personal
    if sees:
        note_source(name, 1, {"page": "quarantine", "key": found.key})
    group = _group(found)
    newer, older = quarantine.neighbours(database(), connector.id, record_id, group)
    return render_template(
        "console/quarantine/record.html",
        **_parts(found, connector, read(found, connector, whole=sees)),
        group=group,
        newer=newer,
        older=older,
        sees=sees,
        now=datetime.now(UTC),
        unseen_days=quarantine.UNSEEN_DAYS,
    )


def _parts(found: QuarantineRow, connector: ConnectorRow, reading: Reading) -> Map[str, Any]:
    return {
        "row": found,
        "connector": connector,
        "reading": reading,
        "groups": groups_of(found.reasons),
        "is_active": connector.state == Life.ACTIVE,
        "is_mapped": rights.may_see(connector.mapping),
        "is_changeable": rights.may_change(connector.mapping),
    }


def _group(found: QuarantineRow) -> str | None:
    """The reason within which the page walks to its neighbours; one that is not this record's is none."""
    asked = request.args.get("group")
    if asked is None:
        return None
    return asked if any(group.code == asked for group in groups_of(found.reasons)) else abort(404)


PAGES = (Page("GET", "/quarantine/<name>/<int:record_id>", "quarantined", page, Right.WATCH),)
