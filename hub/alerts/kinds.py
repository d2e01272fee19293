"""What rules there are, how bad what they find can be, and how long all must be well before it is over."""

from datetime import timedelta
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is."""

    WARNING = "warning"
    CRITICAL = "critical"


class Rule(StrEnum):
    """What is looked for; the names stand in the configuration, in rows and in what is sent."""

    FRESHNESS = "freshness"  # a source is read later than promised
    FAILING = "failing"  # most runs of a connector fail
    QUARANTINE = "quarantine"  # many records are set aside
    VOLUME = "volume"  # far more or far fewer records than usual at this hour of this weekday
    DRIFT = "drift"  # a department's records look otherwise than before
    REMOVAL = "removal"  # a full listing did not hold records, and a person has to decide
    EXPIRING = "expiring"  # a certificate, token or secret ends soon
    DISK = "disk"  # the hub's disk is nearly full
    BACKLOG = "backlog"  # runs wait too long
    NO_WORKER = "no_worker"  # runs wait, and nobody works
    WIDESPREAD = "widespread"  # most departments fail at once: it is the network, or the hub
    SUBSCRIBER = "subscriber"  # a subscriber cannot be told of changes
    SLOW_STORE = "slow_store"  # the database takes long
    SEALS = "seals"  # the keys of secrets and seals cannot be used
    CHANNEL = "channel"  # alerts themselves do not arrive
    RULE_FAILED = "rule_failed"  # a rule could not be looked through


CONNECTORS_OWN = (Rule.FRESHNESS, Rule.FAILING, Rule.QUARANTINE, Rule.VOLUME, Rule.DRIFT, Rule.REMOVAL, Rule.EXPIRING)
ALWAYS = frozenset({Rule.RULE_FAILED})  # cannot be turned off: it says that the others do not work

_SOON = timedelta(minutes=5)
_CALM = {
    Rule.FRESHNESS: timedelta(minutes=2),  # it has its own patience before it is found
    Rule.NO_WORKER: timedelta(minutes=2),
    Rule.RULE_FAILED: timedelta(minutes=1),
    Rule.DRIFT: timedelta(minutes=1),
    Rule.REMOVAL: timedelta(minutes=1),
    Rule.EXPIRING: timedelta(minutes=1),
    Rule.VOLUME: timedelta(minutes=10),
}
_MOST_TIMES = 6

# What explains what: while the first goes on, the others are kept but told in its place.
EXPLAINS: dict[Rule, tuple[Rule, ...]] = {
    Rule.NO_WORKER: (Rule.FRESHNESS, Rule.BACKLOG, Rule.VOLUME),
    Rule.SLOW_STORE: (Rule.FRESHNESS, Rule.BACKLOG, Rule.FAILING),
    Rule.DISK: (Rule.FRESHNESS, Rule.BACKLOG, Rule.FAILING, Rule.VOLUME),  # where it is critical
    Rule.WIDESPREAD: (Rule.FRESHNESS, Rule.FAILING, Rule.VOLUME),
}


def calm(rule: Rule, times: int, instead: timedelta | None = None) -> timedelta:
    """How long something must not be found any more before it is over; longer for what keeps coming back."""
    return (_CALM.get(rule, _SOON) if instead is None else instead) * min(times, _MOST_TIMES)
