"""A mapping tried on what was received, before it is used: the newest payloads, and no longer than a person waits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from time import monotonic

from hub.inspection.difference import Both, Difference, Summary
from hub.inspection.received import Rereads
from hub.store import payloads
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from mappings.engine.reading import Mapping

MOST_PAYLOADS = 50
MOST_RECORDS = 2_000
MOST_SHOWN = 20
SECONDS = 5.0


@dataclass(slots=True)
class Trial:
    """What another mapping would change of what was looked at."""

    summary: Summary = field(default_factory=Summary)
    shown: list[Difference] = field(default_factory=list)  # the first of them
    payloads: int = 0  # that were looked at
    cut_short: bool = False  # there is more than was looked at
    alike: bool = False  # both read every record alike, so none had to be looked at


def tried(
    database: Database,
    before: Mapping,
    after: Mapping,
    rows: Sequence[ConnectorRow],
    rereads: Rereads,
    seconds: float = SECONDS,
) -> Trial:
    """What `after` would make of what `before` reads now, of these connectors. It changes nothing."""
    trial = Trial()
    if before.fingerprint == after.fingerprint:
        trial.alike = True
        return trial
    until = monotonic() + seconds
    most = max(1, MOST_PAYLOADS // max(1, len(rows)))

    def seen() -> None:
        trial.payloads += 1

    def enough() -> bool:
        trial.cut_short = trial.cut_short or trial.summary.records >= MOST_RECORDS or monotonic() > until
        return trial.cut_short

    both = Both(database, before, after, seen, enough)
    for row in rows:
        ids = payloads.newest(database, row.id, most + 1)
        found = both.compare(row, rereads(row.name), trial.summary, ids[:most])
        trial.shown += islice(found, max(0, MOST_SHOWN - len(trial.shown)))
        for _ in found:
            pass  # counted, not shown
        trial.cut_short = trial.cut_short or len(ids) > most
    return trial
