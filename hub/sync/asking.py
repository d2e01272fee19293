"""What a run asks of its department, by its kind: every kind is an iterator of pages, stored by the same code."""

from collections.abc import Iterator
from typing import Any

from connectors.contract import Connector, Page
from hub.record.run_kind import RunKind
from hub.sync import backfill, repair


def pages(connector: Connector, kind: str, since: str | None, wanted: dict[str, Any]) -> Iterator[Page]:
    """The pages of a run; `since` is where it goes on, `wanted` what it was asked for.

    Raises:
        ConnectorError: the department does not answer as it should, or the connector cannot be asked this.
    """
    match kind:
        case RunKind.BACKFILL:
            return backfill.pages(connector, wanted, since)
        case RunKind.REPAIR:
            return repair.pages(connector, wanted)
        case _:
            return connector.pull(since)
