"""A repair: just the records that were found missing are fetched."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from connectors.contract import Connector, Fetches, Page
from connectors.errors import Changed
from connectors.wording import quoted
from hub.store import held
from hub.store.database import Database

MOST_KEYS = 100  # of one run: what is due meanwhile waits no longer than they take
_MOST_NAMED = 5


def pages(connector: Connector, wanted: dict[str, Any]) -> Iterator[Page]:
    """A page for each of the `keys` wanted; an empty one where the source does not know it.

    Raises:
        ConnectorError: the department does not answer as it should, or one of its records cannot be asked for.
    """
    if not isinstance(connector, Fetches):
        raise Changed(
            "single records cannot be fetched any more: the settings do not say how",
            code="local_settings",
            hint="Put `fetch` back into the settings; the next count by day finds another way else.",
        )
    keys = wanted["keys"]
    for key in keys:
        yield replace(connector.fetch(key), bookmark=None, total=len(keys))


def notes(database: Database, connector_id: int, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """At the end of a repair: what a person should know of it."""
    keys: list[str] = wanted["keys"]
    with database.read() as connection:
        known = held.standing(connection, connector_id, keys)
    unknown = [key for key in keys if key not in known or known[key].gone]
    if not unknown:
        return []
    named = ", ".join(map(quoted, unknown[:_MOST_NAMED])) + (" …" if len(unknown) > _MOST_NAMED else "")
    they = "1 record that the source lists is" if len(unknown) == 1 else f"{len(unknown):,} that the source lists are"
    return [{"code": "not_given", "sentence": f"{they} not given when asked for: {named}."}]
