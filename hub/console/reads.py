"""Noting who saw a page with data of persons, before it leaves: people of the console see everything in full."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import current_app, g

from hub.record.personal import PERSONAL
from hub.store.reads import Action, Read
from hub.sync.reading_log import ReadLog


def note_page(ids: Sequence[int], what: dict[str, Any]) -> None:
    """Note that the page shows these dossiers.

    Raises:
        NotLogged: it cannot be written, so the page must not be shown.
    """
    _note(Action.PAGE, tuple(ids), len(ids), {"groups": PERSONAL} | what)


def note_source(connector: str | None, records: int, what: dict[str, Any]) -> None:
    """Note that the page shows records of a connector as they were received (None: of several).

    Raises:
        NotLogged: as above.
    """
    _note(Action.SOURCE, (), records, {"connector": connector} | what)


def _note(action: Action, ids: tuple[int, ...], records: int, what: dict[str, Any]) -> None:
    log: ReadLog = current_app.extensions["hub.reads"]
    who = g.viewer
    told = (who.person, who.address, who.purpose, g.request_number)
    log.note(Read(datetime.now(UTC), who.client.name, action, ids, records, what, *told))
