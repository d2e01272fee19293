"""From the change feed to notices. What is not a notice yet waits in the feed, which costs nothing and loses nothing.

The feed holds every dossier once, at its last change. So a subscriber that was away for a month has no more in front
of it than the dossiers that changed meanwhile, each as it is now, and nobody had to keep a queue for it.

What a subscription sees can change without a change of any dossier: its filter, its client's grant, the catalogue of
agencies. Then it begins again: of the dossiers that it knows (`hub.store.told`) those that it may not see any more are
told as having left, and the feed is read once more, for those that it does not have as they are.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from hub.outbox.webhooks.sees import Sees
from hub.store import changes, notices, subscriptions, told
from hub.store.changes import Kind
from hub.store.database import Database, Transaction
from hub.store.notices import News
from hub.store.subscriptions import MOST_WAITING, LeaseLost, SubscriptionRow

_AT_ONCE = 500  # changes
_ROUNDS = 20  # of one turn: a filter that holds little is not to take a sender for long
_DOUBTS = "~"  # before the digest of what is shown, while what the subscriber knows is being marked as out of date


class Hold(Protocol):
    """Does something under the lease of a turn, and puts new values of the subscription.

    Raises:
        LeaseLost: another process serves it.
    """

    def __call__(self, work: Callable[[Transaction], None], **values: Any) -> object: ...


def as_seen(database: Database, subscription: SubscriptionRow, seen: Sees, hold: Hold) -> SubscriptionRow:
    """The subscription, which begins again where what it sees is not what it was told by until now.

    Nothing is made or sent before: so all that it was told since it began was told by one view.

    Raises:
        LeaseLost: another process serves it, or it is gone.
    """
    if is_as_told(subscription, seen):
        return subscription
    values: dict[str, Any] = {"view": seen.view}
    if (subscription.shows or seen.shows).removeprefix(_DOUBTS) != seen.shows:
        values["shows"] = _DOUBTS + seen.shows
    if subscription.view is None:
        values["shows"] = seen.shows
    else:
        reached = max(subscription.reached, subscription.position)
        values |= {"position": 0, "reached": reached, "rechecks": 0, "presumes": None}
    hold(lambda _: None, **values)
    return _read(database, subscription)


def is_as_told(subscription: SubscriptionRow, seen: Sees) -> bool:
    """Whether a subscription sees what it was told by until now."""
    told_by = (subscription.view, (subscription.shows or "").removeprefix(_DOUBTS))
    return told_by == (seen.view, seen.shows)


def fan_out(database: Database, subscription: SubscriptionRow, seen: Sees, hold: Hold) -> int:
    """Make notices of what changed, until so many wait as may; how many were made.

    Notices and the subscription's position are one transaction, so that each change becomes a notice once.

    Raises:
        LeaseLost: another process serves this subscription.
    """
    made, kept = 0, subscription.position
    for _ in range(_ROUNDS):
        if (room := min(_room(database, subscription), _AT_ONCE)) <= 0:
            break
        if subscription.presumes is not None:
            subscription = _presume(database, subscription, seen, hold)
        elif subscription.rechecks is not None:
            subscription, how_many = _recheck(database, subscription, seen, hold, room)
            made += how_many
        else:
            upto, news, more = _next(database, subscription, seen, room)
            subscription = replace(subscription, position=upto)
            if news:
                now = database.now()
                hold(partial(notices.put, subscription_id=subscription.id, news=news, now=now), position=upto)
                made, kept = made + len(news), upto
            if not more:
                break
    if kept != subscription.position:
        hold(lambda _: None, position=subscription.position)
    return made


def look(database: Database, subscription: SubscriptionRow, seen: Sees, position: int) -> tuple[int, bool]:
    """Read on after a position, and write nothing: how far there is nothing to be told, and whether there is then."""
    for _ in range(_ROUNDS):
        upto, news, more = _next(database, replace(subscription, position=position), seen, _AT_ONCE)
        if news:
            return position, True
        position = upto
        if not more:
            break
    return position, False


def _next(database: Database, subscription: SubscriptionRow, seen: Sees, limit: int) -> tuple[int, list[News], bool]:
    found = changes.changes_after(database, subscription.position, limit, seen.scope, content=False)
    if not found.items:
        return found.upto, [], found.more
    items = seen.among(database, list(found.items), subscription.begins, subscription.reached)
    news = [News(one.dossier_id, one.position, one.kind, one.code if one.kind is Kind.LEFT else None) for one in items]
    return found.upto, news, found.more


def _recheck(
    database: Database, subscription: SubscriptionRow, seen: Sees, hold: Hold, limit: int
) -> tuple[SubscriptionRow, int]:
    """Tell of some of the dossiers that it knows that they left, where it does not see them any more."""
    known = told.page(database, subscription.id, subscription.rechecks or 0, limit)
    news = [News(one.dossier_id, one.now, Kind.LEFT, one.code) for one in seen.out(database, known)]
    values: dict[str, Any] = {"rechecks": known[-1].dossier_id if len(known) == limit else None}
    doubted = [one.dossier_id for one in known] if (subscription.shows or "").startswith(_DOUBTS) else []
    if values["rechecks"] is None:
        values["shows"] = seen.shows
    now = database.now()

    def keep(transaction: Transaction) -> None:
        notices.put(transaction, subscription.id, news, now)
        told.doubt(transaction, subscription.id, doubted)

    hold(keep, **values)
    return replace(subscription, **values), len(news)


def _presume(database: Database, subscription: SubscriptionRow, seen: Sees, hold: Hold) -> SubscriptionRow:
    """Note some of the dossiers that it knows without having been told of them: it came with a position.

    What changed after that may have been otherwise at it: so it is taken for known, whatever it is now.
    """
    rows = told.seen(database, seen.scope, subscription.presumes or 0, _AT_ONCE)
    then = [row for row in rows if row.position <= subscription.position]
    has = seen.held(database, [row.id for row in then])
    known = [(row.id, row.code, row.position) for row in then if row.id in has]
    known += [(row.id, row.code, 0) for row in rows if row.position > subscription.position]
    presumes = rows[-1].id if len(rows) == _AT_ONCE else None
    hold(partial(told.add, subscription_id=subscription.id, rows=known), presumes=presumes)
    return replace(subscription, presumes=presumes)


def _room(database: Database, subscription: SubscriptionRow) -> int:
    with database.read() as connection:
        return MOST_WAITING - notices.how_many_wait(connection, subscription.id)


def _read(database: Database, subscription: SubscriptionRow) -> SubscriptionRow:
    row = subscriptions.get(database, subscription.id)
    if row is None:
        raise LeaseLost
    return row
