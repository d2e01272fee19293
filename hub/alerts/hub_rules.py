"""The rules of the hub as a whole: what is wrong here, and not with one department."""

from collections.abc import Callable, Iterator, Mapping

from hub.alerts import rules
from hub.alerts.facts import Facts
from hub.alerts.finding import Finding
from hub.alerts.kinds import Rule, Severity
from hub.alerts.thresholds import Thresholds
from hub.record.connector_state import Life
from hub.record.moments import as_text
from hub.store.alert_facts import MOST_WAITING

_ROOM = 20 * 2**30  # bytes: a disk with so much room is not nearly full, however large it is


def disk(facts: Facts, limits: Thresholds) -> Iterator[Finding]:
    """Disks of the hub that are nearly full."""
    for one in facts.disks:
        free = one.free / one.total if one.total else 0.0
        if free < limits.disk_free and one.free < _ROOM:
            severity = Severity.CRITICAL if free < limits.disk_critical else Severity.WARNING
            said = {"percent": round(free * 100, 1), "free": one.free}
            yield Finding(Rule.DISK, None, severity, said, one.folder)


def no_worker(facts: Facts, limits: Thresholds) -> Iterator[Finding]:
    """Runs wait, and no connector is being read: nobody works."""
    waited = _oldest_wait(facts)
    if waited is not None and waited >= limits.no_worker_after.total_seconds() and not facts.working:
        said = {"runs": len(facts.waiting), "many": len(facts.waiting) >= MOST_WAITING, "seconds": round(waited)}
        yield Finding(Rule.NO_WORKER, None, Severity.CRITICAL, said)


def backlog(facts: Facts, limits: Thresholds) -> Iterator[Finding]:
    """Runs wait long though workers work."""
    long = [one for one in facts.waiting if facts.now - one.queued_at >= limits.backlog_after]
    if long and facts.working:
        said = {"runs": len(long), "many": len(long) >= MOST_WAITING, "seconds": round(_oldest_wait(facts) or 0)}
        yield Finding(Rule.BACKLOG, None, Severity.WARNING, said | {"working": facts.working})


def widespread(facts: Facts, limits: Thresholds) -> Iterator[Finding]:
    """Most connectors fail at once."""
    active = [row for row in facts.connectors if row.state == Life.ACTIVE]
    ill = [row for row in active if row.failures]
    if len(ill) >= limits.widespread_least and len(ill) / len(active) >= limits.widespread_share:
        yield Finding(Rule.WIDESPREAD, None, Severity.CRITICAL, {"failing": len(ill), "active": len(active)})


def subscriber(facts: Facts, limits: Thresholds) -> Iterator[Finding]:
    """Subscribers who cannot be told of changes."""
    for one in facts.subscriptions:
        stopped = one.state == "stopped"
        since = one.changed_at if stopped else one.failing_since
        if since is None or (not stopped and (one.state != "active" or facts.now - since < limits.subscriber_after)):
            continue
        said = {"number": one.id, "client": one.client, "since": as_text(since), "stopped": stopped}
        yield Finding(Rule.SUBSCRIBER, None, Severity.WARNING, said, str(one.id))


def slow_store(facts: Facts, limits: Thresholds) -> Iterator[Finding]:
    """The database takes seconds for what takes milliseconds."""
    if facts.store_seconds >= limits.slow_store_seconds:
        yield Finding(Rule.SLOW_STORE, None, Severity.CRITICAL, {"seconds": round(facts.store_seconds, 1)})


def seals(facts: Facts, limits: Thresholds) -> Iterator[Finding]:  # noqa: ARG001  # as a rule is called
    """The keys cannot be used: secrets cannot be opened, and reads cannot be sealed."""
    if facts.locked:
        yield Finding(Rule.SEALS, None, Severity.CRITICAL, {})


def channel(facts: Facts, limits: Thresholds) -> Iterator[Finding]:  # noqa: ARG001  # as a rule is called
    """Channels that do not take what is sent."""
    for name, (count, since, _) in facts.stuck.items():
        said = {"name": name, "notices": count, "since": as_text(since)}
        yield Finding(Rule.CHANNEL, None, Severity.WARNING, said, name)


def _oldest_wait(facts: Facts) -> float | None:
    return max(((facts.now - one.queued_at).total_seconds() for one in facts.waiting), default=None)


Look = Callable[[Facts, Thresholds], Iterator[Finding]]

LOOKS: Mapping[Rule, Look] = {
    Rule.FRESHNESS: rules.late,
    Rule.FAILING: rules.failing,
    Rule.QUARANTINE: rules.quarantine,
    Rule.VOLUME: rules.volume,
    Rule.DRIFT: rules.drift,
    Rule.REMOVAL: rules.removal,
    Rule.EXPIRING: rules.expiring,
    Rule.DISK: disk,
    Rule.NO_WORKER: no_worker,
    Rule.BACKLOG: backlog,
    Rule.WIDESPREAD: widespread,
    Rule.SUBSCRIBER: subscriber,
    Rule.SLOW_STORE: slow_store,
    Rule.SEALS: seals,
    Rule.CHANNEL: channel,
}
