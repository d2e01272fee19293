"""What a run works with from page to page, and one record as its mapping reads it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from connectors.contract import Record
from hub.record.moments import as_version
from hub.store.connectors import ConnectorRow, Lease
from hub.store.database import Database
from hub.sync.threshold import Tally, Unlimited
from hub.sync.timings import Timings
from hub.sync.watch import Watch
from mappings.engine.draft import Draft
from mappings.engine.reading import Mapping


@dataclass(frozen=True, slots=True)
class Work:
    """What stays the same from page to page of one run."""

    database: Database
    connector: ConnectorRow
    mapping: Mapping
    mapping_used: str  # name, version and fingerprint, for people
    run_id: int
    lease: Lease
    lease_seconds: float
    watch: Watch
    tally: Tally = field(default_factory=Unlimited)
    replays: bool = False  # reads kept payloads again: also what stands in quarantine as it is
    timings: Timings = field(default_factory=Timings)
    keeps_bookmark: bool = True  # a page's bookmark is where the connector's next run goes on, not only this run

    @property
    def basis(self) -> bytes:
        """What decides the outcome besides the record itself: when it changes, every record is read anew."""
        particular = self.connector.precedence_for
        weighed = f"{self.connector.precedence} " + (f"{sorted(particular.items())} " if particular else "")
        return f"{self.mapping.fingerprint} {self.connector.agency} {weighed}".encode()


class Reading(NamedTuple):  # made for every record that is news: several times as fast as a frozen dataclass
    """A record that is new or has changed, as the mapping reads it."""

    record: Record
    digest: bytes
    version: bytes  # the same for the same bytes, however they are read
    draft: Draft


def name_of(mapping: Mapping) -> str:
    """A mapping as runs name it: with its version and fingerprint."""
    return f"{mapping.name} v{mapping.version} {mapping.fingerprint[:8]}"


def said_of_change(record: Record) -> str:
    """When the source says that a record changed, to the microsecond; empty where it does not, or means nothing."""
    at = record.changed_at
    # 0001-01-01 is how .NET writes that it has no time.
    return as_version(at) if at is not None and 1900 < at.year < 2200 else ""
