"""A person cancels a run: one that waits at once, one under way within a page, also while its department hangs."""

from datetime import datetime

from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.record.signature import Signature
from hub.store import acts, changing_hands, runs
from hub.store.database import Database
from hub.store.runs import RunRow
from hub.sync import claiming, endings


class CannotCancel(Exception):
    """This run cannot be cancelled; the sentence says why."""


def cancel(database: Database, run_id: int, author: str, reason: str, now: datetime) -> RunRow:
    """Cancel a run; as it stands then. One under way ends when its worker hears of it.

    Raises:
        LookupError: there is no such run.
        CannotCancel: it has ended, or is one that nobody does, like pushes.
    """
    with database.write() as transaction:
        run = changing_hands.locked(transaction, run_id)
        if run is None:
            raise LookupError(f"there is no run {run_id}")
        if run.kind == RunKind.PUSH:
            raise CannotCancel(f"Run {run_id} counts what the department pushes: there is nothing to stop.")
        if run.state == RunState.QUEUED:
            changing_hands.want_stop(transaction, run_id, author, reason)
            asked = changing_hands.locked(transaction, run_id) or run
            ending = endings.cancelled(run.connector, asked, runs.counts_of(run))
            claiming.end_left(transaction, run, ending, now)
        elif run.state == RunState.RUNNING:
            changing_hands.want_stop(transaction, run_id, author, reason)
        else:
            raise CannotCancel(f"Run {run_id} has ended already: {run.state}.")
        before, told = acts.told({"state": run.state}), Signature(author, reason, now)
        cancelled = (acts.Kind.RUN, str(run_id), acts.Act.CANCELLED)
        acts.note(transaction, told, *cancelled, before=before, connector=run.connector)
    return runs.get(database, run_id) or run
