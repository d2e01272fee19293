"""From the change feed to notices. What is not a notice yet waits in the feed, which costs nothing and loses nothing.

The feed holds every dossier once, at its last change. So a subscriber that was away for a month has no more in front
of it than the dossiers that changed meanwhile, each as it is now, and nobody had to keep a queue for it.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from hub.outbox.webhooks.sees import Sees
from hub.store import changes, notices, subscriptions
from hub.store.database import Database, Transaction
from hub.store.notices import News
from hub.store.subscriptions import MOST_WAITING, Lease, SubscriptionRow

_AT_ONCE = 500  # changes
_ROUNDS = 20  # of one turn: a filter that holds little is not to take a sender for long


def fan_out(database: Database, subscription: SubscriptionRow, seen: Sees, lease: Lease, seconds: float) -> int:
    """Make notices of what changed, until so many wait as may; how many were made.

    Notices and the subscription's position are one transaction, so that each change becomes a notice once.

    Raises:
        LeaseLost: another process serves this subscription.
    """
    position, made = subscription.position, 0
    for _ in range(_ROUNDS):
        with database.read() as connection:
            room = MOST_WAITING - notices.how_many_wait(connection, subscription.id)
        if room <= 0:
            break
        found = changes.changes_after(database, position, min(room, _AT_ONCE), seen.scope, content=False)
        if found.upto == position:
            break
        told = seen.among(database, list(found.items))
        news = [News(one.dossier_id, one.position, one.kind) for one in told]
        position = found.upto
        database.write_again(partial(_keep, lease=lease, seconds=seconds, upto=position, news=news, now=database.now()))
        made += len(news)
        if not found.more:
            break
    return made


def _keep(
    transaction: Transaction, lease: Lease, seconds: float, upto: int, news: Sequence[News], now: datetime
) -> None:
    subscriptions.hold(transaction, lease, seconds, position=upto)
    notices.put(transaction, lease.subscription_id, news, now)
