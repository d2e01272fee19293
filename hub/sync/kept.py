"""Kept payloads as the records in them again, just as they came, without asking a department anything."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from connectors.contract import Page, Record
from connectors.errors import BadRecord, ConnectorError
from hub.store import payloads
from hub.store.database import Database
from hub.store.payloads import Payload
from hub.sync.telling import identified, versions
from hub.sync.work import said_of_change

Reread: TypeAlias = Callable[[bytes, str], Iterable[Record | BadRecord]]  # payload and media type; settings are in it


@dataclass(frozen=True, slots=True)
class Kept:
    """What one payload holds, by key: every version of a record, the newest first, as when it was stored."""

    payload_id: int
    versions: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    bad: dict[str, BadRecord] = field(default_factory=dict)
    trouble: str = ""  # why nothing can be read in it (any more), for a person; empty: all is well

    def record(self, key: str, changed_at: str = "") -> Record | None:
        """The version of a record that says it changed then (UTC ISO 8601), or the newest; None: it is not there."""
        found = self.versions.get(key, ())
        return next((one for one in found if changed_at and said_of_change(one) == changed_at), next(iter(found), None))


def read_again(database: Database, reread: Reread | None, payload_ids: Iterable[int]) -> Iterator[Kept]:
    """Each of these payloads once, in this order, one at a time: no more than one is held in memory.

    `reread` is the connector's (`hub.sync.run.Source.reread`), by its present settings.
    """
    for payload_id in payload_ids:
        found = payloads.read(database, payload_id)
        if found is None:
            yield Kept(payload_id, trouble=f"the payload {payload_id} is not kept any more")
        else:
            yield opened(found, reread)


def opened(payload: Payload, reread: Reread | None) -> Kept:
    """What a payload holds."""
    if reread is None:
        why = "its type does not offer that, or its settings cannot be used"
        return Kept(payload.id, trouble=f"the hub cannot read again what this connector brought: {why}")
    try:
        items = list(reread(payload.body, payload.media_type))
    except ConnectorError as error:
        when = payload.received_at.date()
        why = f"the payload {payload.id} of {when} cannot be read by the present settings of its connector: {error}"
        return Kept(payload.id, trouble=why)
    records = [item for item in items if isinstance(item, Record)]
    bad = [item for item in items if isinstance(item, BadRecord)]
    page = identified(Page(payload.body, payload.media_type, records, None, bad))
    return Kept(payload.id, versions(page.records), {each.key: each for each in page.bad})
