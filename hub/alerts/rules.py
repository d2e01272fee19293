"""The rules of one connector: each looks at the facts and gives what it finds. Rows tell, and nobody remembers."""

from collections.abc import Iterator
from datetime import datetime

from hub.alerts.facts import Facts
from hub.alerts.finding import Finding
from hub.alerts.kinds import Rule, Severity
from hub.alerts.thresholds import Thresholds
from hub.alerts.volume import hours_to_compare, unusual
from hub.record.connector_state import Life
from hub.record.moments import ZONE, as_text
from hub.store.connectors import ConnectorRow

_HELD_BACK = frozenset({"blackout", "not_active"})  # reasons of lateness that are somebody's own wish
_DRIFT = "drift"
_CERTAIN = 5  # runs that failed, and none that did not


def late(facts: Facts, limits: Thresholds) -> Iterator[Finding]:
    """Sources that were not read within the time that was promised."""
    for row in _active(facts):
        because = (row.stale_because or {}).get("code", "")
        if row.stale_since is None or because in _HELD_BACK:
            continue
        missed = facts.now - row.stale_since
        if missed < limits.freshness_after:
            continue
        severity = Severity.CRITICAL if missed >= limits.freshness_critical_after else Severity.WARNING
        seen = None if row.seen_at is None else as_text(row.seen_at)
        said = {"seen": seen, "since": as_text(row.stale_since), "promised": row.fresh_within, "because": because}
        yield Finding(Rule.FRESHNESS, row.name, severity, _titled(row) | said)


def failing(facts: Facts, limits: Thresholds) -> Iterator[Finding]:
    """Connectors most of whose runs fail, or that failed several times in a row."""
    for row in _active(facts):
        ended = facts.recent.get(row.id)
        runs, failed = (ended.runs, ended.failed) if ended else (0, 0)
        often = failed >= limits.failing_runs and failed / runs >= limits.failing_share
        if not often and row.failures < limits.failing_runs:
            continue
        hopeless = failed == runs and failed >= _CERTAIN
        severity = Severity.CRITICAL if hopeless else Severity.WARNING
        hours = round(limits.failing_within.total_seconds() / 3600, 1)
        said = {"failed": failed, "runs": runs, "in_a_row": row.failures, "hours": hours}
        yield Finding(Rule.FAILING, row.name, severity, _titled(row) | said)


def quarantine(facts: Facts, limits: Thresholds) -> Iterator[Finding]:
    """Connectors of which many records were set aside within a day."""
    for row in _active(facts):
        ended = facts.day.get(row.id)
        if ended is None or ended.quarantined < limits.quarantine_records:
            continue
        if ended.quarantined < limits.quarantine_share * ended.fetched:
            continue
        # Runs count a record each time it comes: what was set aside long ago is no growth.
        count = facts.set_aside(row.id, ended.quarantined)
        if count >= limits.quarantine_records:
            said = {"records": count, "fetched": ended.fetched}
            yield Finding(Rule.QUARANTINE, row.name, Severity.WARNING, _titled(row) | said)


def volume(facts: Facts, limits: Thresholds) -> Iterator[Finding]:
    """Connectors that brought far more or far fewer records than usual."""
    hours = hours_to_compare(facts.now, limits.volume_weeks)
    for row in _active(facts):
        counts = facts.hours.get(row.id, {})
        found = unusual(counts, hours, facts.is_special, limits.volume_times, limits.volume_least)
        if found is not None:
            begins = hours[0].astimezone(ZONE)
            said = {"count": found.count, "low": found.low, "high": found.high, "weeks": found.weeks}
            said |= {"hour": begins.hour, "weekday": begins.weekday(), "few": found.too_few}
            yield Finding(Rule.VOLUME, row.name, Severity.WARNING, _titled(row) | said)


def drift(facts: Facts, limits: Thresholds) -> Iterator[Finding]:  # noqa: ARG001  # as a rule is called
    """Connectors whose records, or whose description of them, look otherwise than before."""
    for row in _active(facts):
        told = [one for one in row.warnings or [] if one["code"] == _DRIFT]
        if told:
            yield Finding(Rule.DRIFT, row.name, Severity.WARNING, _titled(row) | {"changes": len(told)})


def removal(facts: Facts, limits: Thresholds) -> Iterator[Finding]:  # noqa: ARG001  # as a rule is called
    """Connectors whose full listing did not hold what the hub has: a person has to say whether it is gone."""
    for row in _active(facts):
        waits = facts.removals.get(row.name)
        if waits is not None:
            said = {"records": waits.records, "held": waits.held}
            yield Finding(Rule.REMOVAL, row.name, Severity.WARNING, _titled(row) | said)


def expiring(facts: Facts, limits: Thresholds) -> Iterator[Finding]:
    """Certificates, tokens and secrets that end soon, or have ended; the soonest of each kind."""
    for row in _active(facts):
        ends: dict[str, datetime] = {}
        for one in row.warnings or []:
            if one.get("until"):
                until = datetime.fromisoformat(one["until"])
                ends[one["code"]] = min(until, ends.get(one["code"], until))
        for code, until in ends.items():
            soon = until - facts.now <= limits.expiring_critical
            severity = Severity.CRITICAL if soon else Severity.WARNING
            yield Finding(
                Rule.EXPIRING, row.name, severity, _titled(row) | {"code": code, "until": as_text(until)}, code
            )


def _active(facts: Facts) -> Iterator[ConnectorRow]:
    return (row for row in facts.connectors if row.state == Life.ACTIVE)


def _titled(row: ConnectorRow) -> dict[str, object]:
    return {"title": row.title}
