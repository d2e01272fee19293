"""A replay: kept payloads are read again with the mapping in use, page by page, and nobody is asked."""

from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from connectors.contract import Page
from hub.record.run_state import RunState
from hub.store import connectors, replays, setting_aside
from hub.store.connectors import ConnectorRow
from hub.store.database import Database, Transaction
from hub.store.replays import Batch, LetOut, Wanted
from hub.store.runs import Counts, Ending
from hub.sync.kept import Kept, Reread, read_again
from hub.sync.page import Told
from hub.sync.storing import Storing
from hub.sync.work import Work, name_of
from mappings.engine.library import UnknownMapping
from mappings.engine.reading import Mapping
from mappings.engine.yaml_source import Invalid

GONE, NOT_READ = "not_in_payload", "payload_not_read"
_MOST_NOTES = 20


@dataclass(slots=True)
class Tried:
    """What a replay has come to."""

    counts: Counts = field(default_factory=Counts)
    left: int = 0  # records that left quarantine
    gone: list[str] = field(default_factory=list)  # keys that their payload does not hold, as it is read now
    lost: dict[str, list[str]] = field(default_factory=dict)  # why a payload cannot be read, and the keys it held

    def notes(self) -> list[dict[str, Any]]:
        """Which records could not be tried, by name."""
        said = [(NOT_READ, f"{why}: {_not_tried(keys)}") for why, keys in self.lost.items()]
        if self.gone:
            said.append((GONE, f"the payload that they came with does not hold them: {_not_tried(self.gone)}"))
        return [{"code": code, "sentence": f"{sentence}."} for code, sentence in said[:_MOST_NOTES]]

    def ending(self) -> Ending:
        """How it ended, where nothing went wrong."""
        counts, lacking = self.counts, len(self.gone) + sum(map(len, self.lost.values()))
        sentence = (
            f"{counts.fetched:,} read again: {self.left:,} left quarantine, {counts.created:,} created, "
            f"{counts.updated:,} updated, {counts.unchanged:,} unchanged, {counts.quarantined:,} cannot be read"
        )
        return Ending(RunState.SUCCEEDED, sentence + (f"; {lacking:,} could not be tried." if lacking else "."))


class AfterPage(Protocol):
    """Learns of each page that is stored."""

    def __call__(self, total: int | None, *, goes_on: bool) -> None:
        """`total`: how many records there are in all. `goes_on`: the run can go on from here."""
        ...


def play(
    storing: Storing,
    reread: Reread | None,
    wanted: Wanted,
    tried: Tried,
    now: Callable[[], datetime],
    since: str | None,
    after_page: AfterPage,
) -> None:
    """Read the wanted records again, payload by payload, from the one after `since`.

    Raises:
        LeaseLost: another worker has taken the connector over.
        TooMany: so many of them cannot be read that the mapping must be wrong.
    """
    work, patience = storing.work, storing.patience

    def following(at: int) -> Batch | None:
        return patience.until_done(
            lambda: replays.next_batch(work.database, work.connector.id, wanted, work.mapping_used, at)
        )

    total = replays.count(work.database, work.connector.id, wanted, work.mapping_used)
    at = int(since or 0)
    while batch := following(at):
        at = batch.payload_id
        _read_batch(storing, reread, batch, tried, total, now())
        after_page(total, goes_on=True)


def queue_untried_of_all(database: Database, mapping_of: Callable[[ConnectorRow], Mapping], now: datetime) -> list[int]:
    """Queue a replay for every connector whose records in quarantine were not tried with its mapping of now.

    One whose mapping cannot be used waits until it can; its next run says what is wrong with it.
    """
    waiting = set(replays.waiting(database))
    asked = []
    for row in connectors.listed(database) if waiting else []:
        if row.id in waiting:
            try:
                used = name_of(mapping_of(row))
            except (Invalid, UnknownMapping):
                continue
            asked.append(replays.queue_untried(database, row.id, used, now))
    return [run_id for run_id in asked if run_id is not None]


def _read_batch(storing: Storing, reread: Reread | None, batch: Batch, tried: Tried, total: int, now: datetime) -> None:
    work = storing.work
    (kept,) = storing.patience.until_done(lambda: read_again(work.database, reread, [batch.payload_id]))
    keys = {*batch.aside, *batch.kept}
    if kept.trouble:
        storing.patience.until_done(lambda: _leave(work, sorted(keys)))
        tried.lost.setdefault(kept.trouble, []).extend(sorted(keys))
        return
    missing = sorted(keys - kept.versions.keys() - kept.bad.keys())
    left: list[LetOut] = []

    def also(transaction: Transaction, told: Told) -> None:
        standing = setting_aside.standing(transaction, work.connector.id, list(batch.aside))
        left[:] = _left(batch, told, standing)
        replays.log_let_out(transaction, work.run_id, left)
        # Those that were set aside anew are marked so already.
        still = sorted(standing - told.rejected.keys())
        setting_aside.mark_tried(transaction, work.connector.id, still, work.mapping_used)

    storing.store(_page(kept, batch.payload_id, keys, total), now, also, kept_as=batch.payload_id)
    tried.counts = storing.counts
    tried.left += len(left)
    tried.gone += missing


def _page(kept: Kept, payload_id: int, keys: set[str], total: int) -> Page:
    """A page with only the wanted records of a payload, in all their versions; its bookmark is that payload."""
    records = [record for key, found in kept.versions.items() if key in keys for record in reversed(found)]
    bad = [one for key, one in kept.bad.items() if key in keys]
    return Page(b"", "", records, str(payload_id), bad, total)


def _left(batch: Batch, told: Told, standing: Set[str]) -> list[LetOut]:
    return [
        LetOut(key, batch.aside[key], batch.payload_id, outcome.value)
        for key, outcome in told.outcomes.items()
        if key in batch.aside and key not in standing
    ]


def _leave(work: Work, keys: list[str]) -> None:
    """These cannot be tried; neither will they be with this mapping again."""

    def write(transaction: Transaction) -> None:
        connectors.renew_lease(transaction, work.lease, work.lease_seconds)
        setting_aside.mark_tried(transaction, work.connector.id, keys, work.mapping_used)

    work.database.write_again(write)


def _not_tried(keys: list[str]) -> str:
    how_many = "1 record was" if len(keys) == 1 else f"{len(keys):,} records were"
    return f"{how_many} not tried: {replays.names(keys)}"
