"""Sends what waits to be sent: at least once, in any number of processes, with growing waits where it fails.

A notice is taken for a while before it is sent. Whoever is killed between sending and noting it leaves it to be sent
once more, with the id that it had: receivers know by it what they have already.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from hub.alerts.letter import Letter, letter, trial
from hub.alerts.policy import Channel, NotSent, Policy
from hub.store import alert_notices, alerts
from hub.store.alert_notices import AlertNotice
from hub.store.database import Database
from hub.store.secrets import SecretsLocked

log = structlog.get_logger()

EVERY_SECONDS = 5.0  # it is looked whether something is due
WAITS = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)  # seconds after the first, second … try; the last one again and again
GIVEN_UP_AFTER = timedelta(days=1)
MARGIN = timedelta(seconds=30)  # that a notice is taken for, beyond what an exchange may take
LONGEST = 60.0  # seconds of an exchange that the configuration may allow
KEPT_ALERTS, KEPT_NOTICES = timedelta(days=366), timedelta(days=90)
_MOST = 100  # of one turn


@dataclass(frozen=True, slots=True)
class Went:
    """How a test of a channel went."""

    channel: str
    error: str  # empty: it was taken
    remark: str = ""  # what is amiss though it was


def send_due(database: Database, policy: Policy, stopping: threading.Event) -> int:
    """Send what is due, one after the other; how many were sent. A channel that fails is left alone for this turn."""
    count, failing = 0, set[str]()
    for _ in range(_MOST):
        if stopping.is_set():
            break
        now = database.now()
        notice = alert_notices.take(database, now, timedelta(seconds=LONGEST) + MARGIN, failing)
        if notice is None:
            break
        if _sent(database, policy, notice, now):
            count += 1
        else:
            failing.add(notice.channel)
    return count


def try_out(policy: Policy, channel: Channel, now: datetime) -> Went:
    """Send a marked letter through a channel now, and say how that went."""
    number = f"test-{now:%Y%m%d%H%M%S%f}-{channel.name}"
    try:
        remark = channel.way.send(trial(number, now, policy.address))
    except (NotSent, SecretsLocked) as error:
        return Went(channel.name, str(error))
    return Went(channel.name, "", remark)


def prune(database: Database, now: datetime) -> None:
    """Forget what is old: some of it at a time."""
    alerts.prune(database, now, KEPT_ALERTS)
    alert_notices.prune(database, now, KEPT_NOTICES)


def _sent(database: Database, policy: Policy, notice: AlertNotice, now: datetime) -> bool:
    channel = next((each for each in policy.channels if each.name == notice.channel), None)
    if channel is None:
        _give_up(database, notice, "the configuration has no such channel any more")
        return False
    said = _letter(database, policy, notice)
    if said is None:
        _give_up(database, notice, "the alerts that it was about are not kept any more")
        return False
    try:
        remark = channel.way.send(said)
    except (NotSent, SecretsLocked) as error:
        _not_sent(database, notice, str(error), now)
        return False
    except Exception as error:  # a fault of ours: told, and tried again as if the channel had failed
        log.exception("alert_notice_stumbled", notice=notice.id, channel=notice.channel)
        _not_sent(database, notice, f"a fault of the hub ({type(error).__name__})", now)
        return False
    database.write_again(lambda transaction: alert_notices.sent(transaction, notice.id, database.now()))
    log.info("alert_notice_sent", notice=notice.id, channel=notice.channel, about=notice.about, tries=notice.tries)
    if remark:
        log.warning("alert_notice_refused_by_some", notice=notice.id, channel=notice.channel, reason=remark)
    return True


def _letter(database: Database, policy: Policy, notice: AlertNotice) -> Letter | None:
    rows = alerts.several(database, notice.alerts)
    number = f"alert-{notice.id}-{notice.made_at:%Y%m%d%H%M%S}"
    return letter(number, notice.about, rows, notice.made_at, policy.address) if rows else None


def _not_sent(database: Database, notice: AlertNotice, error: str, now: datetime) -> None:
    if now - notice.made_at >= GIVEN_UP_AFTER:
        _give_up(database, notice, error)
        return
    again = database.now() + timedelta(seconds=WAITS[min(notice.tries, len(WAITS)) - 1])
    database.write_again(lambda transaction: alert_notices.not_sent(transaction, notice.id, error, again))
    log.warning("alert_notice_not_sent", notice=notice.id, channel=notice.channel, tries=notice.tries, reason=error)


def _give_up(database: Database, notice: AlertNotice, error: str) -> None:
    database.write_again(lambda transaction: alert_notices.not_sent(transaction, notice.id, error, None))
    log.error("alert_notice_given_up", notice=notice.id, channel=notice.channel, reason=error)
