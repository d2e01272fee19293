"""A person says whether records are gone that a listing did not hold."""

from collections.abc import Sequence

from hub.record.signature import Signature
from hub.store import gone, removals
from hub.store.database import Database, Transaction
from hub.store.laid_out import Arrival
from hub.store.removals import RemovalRow, RemovalState
from hub.sync.gone import SLICE


class NotWaiting(LookupError):
    """There is no such removal, or it was decided before; the sentence says which."""


def approve(database: Database, removal_id: int, signature: Signature) -> int:
    """The records are gone, but for those that were seen again since; how many were marked now.

    It is done in slices, and it waits until the last one is done: killed half-way, approving again does the rest.

    Raises:
        NotWaiting: there is nothing to decide.
    """
    removal = _waiting(database, removal_id)
    keys = removals.keys_of(database, removal_id)
    marked = 0
    for start in range(0, len(keys), SLICE):
        some = keys[start : start + SLICE]
        marked += database.write_again(lambda transaction, some=some: _mark(transaction, removal, some, signature))  # type: ignore[misc]
    _decide(database, removal_id, RemovalState.APPROVED, signature)
    return marked


def refuse(database: Database, removal_id: int, signature: Signature) -> None:
    """The records are not gone, whatever the listing did not hold; nothing of them changes.

    Raises:
        NotWaiting: there is nothing to decide.
    """
    _waiting(database, removal_id)
    _decide(database, removal_id, RemovalState.REFUSED, signature)


def _mark(transaction: Transaction, removal: RemovalRow, some: Sequence[str], signature: Signature) -> int:
    if not removals.hold(transaction, removal.id):
        raise NotWaiting(f"removal {removal.id} was decided meanwhile, or a newer listing has superseded it")
    arrival = Arrival(removal.connector_id, signature.at, None, signature.author, signature.reason)
    return gone.mark(transaction, arrival, some, removal.began, doubted=True)


def _waiting(database: Database, removal_id: int) -> RemovalRow:
    found = removals.get(database, removal_id)
    if found is None:
        raise NotWaiting(f"there is no removal {removal_id}; `hub gone list` shows those that wait")
    if found.state != RemovalState.WAITING:
        by = f" by {found.author} ({found.reason})" if found.author else ""
        raise NotWaiting(f"removal {removal_id} was {found.state}{by} already")
    return found


def _decide(database: Database, removal_id: int, state: RemovalState, signature: Signature) -> None:
    with database.write() as transaction:
        decided = removals.decide(transaction, removal_id, state, signature)
    if not decided:
        _waiting(database, removal_id)
