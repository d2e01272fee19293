"""A person asks for a run: one home for commands' words, API and console."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.contract import Fetches, Spans
from hub.inspection.line import line_to
from hub.inspection.register import Register
from hub.record.connector_state import Life
from hub.record.moments import today
from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.record.signature import Signature
from hub.store import acts, dossiers, runs, waiting
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.runs import ANYWAY, READ_TO_THE_END, RunRow
from hub.sync.backfill import CannotBackfill, period
from hub.sync.one import CannotFetch, cannot_fetch
from hub.sync.repair import MOST_KEYS

HAND = "hand"
AGAIN = frozenset({RunKind.INCREMENTAL, RunKind.FULL, RunKind.BACKFILL, RunKind.REPAIR, RunKind.ONE})


class NotNow(Exception):
    """This connector is not run; the sentence says why."""


class NotAgain(Exception):
    """Such a run cannot be asked for once more by hand."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of it."""

    run_id: int
    is_new: bool  # else one that asks the same waited already


def ask(
    database: Database,
    connector: ConnectorRow,
    kind: RunKind,
    by: Signature,
    wanted: dict[str, Any] | None = None,
    *,
    anyway: bool = False,
) -> Asked:
    """Queue a run, unless one that asks the same waits already. `anyway`: whatever its blackout and thresholds say.

    Raises:
        NotNow: it is not in use.
    """
    if connector.state != Life.ACTIVE:
        raise NotNow(f"{connector.name} is {connector.state}; only an active connector is run.")
    trigger = ANYWAY if anyway else HAND
    if kind is RunKind.INCREMENTAL and (waits := _reads_soon(database, connector.name)):
        return Asked(waits, is_new=False)
    with database.write() as transaction:
        left = waiting.alike(transaction, connector.id, kind, trigger, wanted)
        if left is not None:
            return Asked(left, is_new=False)
        run_id = runs.enqueue(transaction, connector.id, kind, trigger, by.at, wanted=wanted)
        told = acts.told({"kind": kind, "wanted": wanted, "trigger": trigger})
        acts.note(transaction, by, acts.Kind.RUN, str(run_id), acts.Act.ASKED, after=told, connector=connector.name)
    return Asked(run_id, is_new=True)


def _reads_soon(database: Database, name: str) -> int | None:
    """A run that waits and reads what changed, whoever asked for it: another one would find nothing to do."""
    found = runs.listed(database, connector=name, state=RunState.QUEUED, kinds=READ_TO_THE_END, limit=1)
    return found[0].id if found else None


def backfill(register: Register, connector: ConnectorRow, first: date, last: date, by: Signature) -> Asked:
    """Read again what changed within these days.

    Raises:
        NotNow: as above.
        NoPeriod: the days are no period.
        CannotBackfill: its settings do not let it be asked for a period.
    """
    days = period(first, last, today())
    if not _can(register, connector.name, Spans):
        raise CannotBackfill
    return ask(register.database, connector, RunKind.BACKFILL, by, days)


def fetch_again(register: Register, connector: ConnectorRow, text: str, by: Signature) -> Asked:
    """Fetch what one dossier consists of at this source; `text` is its code, or the key of one record there.

    Raises:
        NotNow: as above.
        CannotFetch: its settings do not say how to fetch one record.
    """
    if not _can(register, connector.name, Fetches):
        raise CannotFetch(cannot_fetch(connector.name))
    keys = keys_of(register.database, connector, text)[:MOST_KEYS]
    return ask(register.database, connector, RunKind.REPAIR, by, {"keys": keys})


def keys_of(database: Database, connector: ConnectorRow, text: str) -> list[str]:
    """The keys of the records that this source has of a dossier; what is nobody's code is taken for such a key."""
    found = dossiers.with_code(database, text)
    told = (one.source for row in found for one in dossiers.sources(database, row.id))
    return sorted({one.key for one in told if one.connector == connector.name}) or [text]


def again(database: Database, connector: ConnectorRow, run: RunRow, by: Signature) -> Asked:
    """Ask for the same once more.

    Raises:
        NotNow: as above.
        NotAgain: it is of a kind that follows from something else.
    """
    if run.state in (RunState.QUEUED, RunState.RUNNING) or run.kind not in AGAIN:
        raise NotAgain(f"run {run.id} ({run.kind}, {run.state}) is not asked for once more by hand")
    if run.kind == RunKind.ONE:
        keys = {"keys": [run.wanted["key"]]} if run.wanted else None
        return ask(database, connector, RunKind.REPAIR, by, keys)
    return ask(database, connector, RunKind(run.kind), by, run.wanted)


def _can(register: Register, name: str, protocol: type[Any]) -> bool:
    """Told at once, not by a run that fails: opening a line asks nothing."""
    found = register.connector(name)
    with line_to(found.section, found.connection).opened() as line:
        return isinstance(line, protocol)
