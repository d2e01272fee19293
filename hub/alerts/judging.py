"""From what the rules find to alerts: each trouble is one row from when it was first found until it is over.

All of it is one transaction, which nobody else does at the same time: so no trouble is lost, and none is there twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from hub.alerts import telling
from hub.alerts.facts import Facts, Surroundings, gather
from hub.alerts.finding import Finding
from hub.alerts.hub_rules import LOOKS, Look
from hub.alerts.kinds import Rule, Severity
from hub.alerts.policy import Policy
from hub.alerts.thresholds import Thresholds
from hub.store import alerts
from hub.store.alerts import AlertRow
from hub.store.database import Database, StoreError, Transaction

log = structlog.get_logger()

_BACK_SOON = timedelta(minutes=30)  # what comes back within it is the same alert once more
_SEEN_EVERY = timedelta(minutes=1)  # that it goes on is written no more often
_FACTS = "facts"  # what all rules look at could not be gathered


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found, and which rules were looked through: of the others nobody knows."""

    found: Mapping[str, Finding]  # by key
    rules: frozenset[Rule]
    facts: Facts | None


def evaluate(database: Database, around: Surroundings, policy: Policy, now: datetime) -> None:
    """Look through all rules, keep what they find, and let those be told who are to be."""
    judged = look(database, around, policy.limits, now)
    database.write_again(lambda transaction: keep(transaction, judged, policy, now))


def look(database: Database, around: Surroundings, limits: Thresholds, now: datetime) -> Judged:
    """What the rules find. One that fails is itself an alert, and the others are looked through all the same."""
    try:
        facts = gather(database, around, limits, now)
    except StoreError:
        raise
    except Exception:
        log.exception("alert_rule_failed", rule=_FACTS)
        return _judged([look_failed(_FACTS)], {Rule.RULE_FAILED}, None)
    return judge(facts, limits)


def judge(facts: Facts, limits: Thresholds, looks: Mapping[Rule, Look] = LOOKS) -> Judged:
    """The same of facts that are gathered already."""
    findings: list[Finding] = []
    through = {Rule.RULE_FAILED}
    for rule, of_rule in looks.items():
        try:
            found = list(of_rule(facts, limits)) if limits.looks_for(rule) else []
        except Exception:  # whatever it is, it must neither hide what the others find nor stay unseen
            log.exception("alert_rule_failed", rule=rule)
            findings.append(look_failed(rule))
        else:
            findings += found
            through.add(rule)
    return _judged(findings, through, facts)


def keep(transaction: Transaction, judged: Judged, policy: Policy, now: datetime) -> None:
    """Bring the rows to what was found, and make notices of it."""
    alerts.hold(transaction)
    known = {row.key: row for row in alerts.not_over(transaction)}
    fresh = [finding for key, finding in judged.found.items() if key not in known]
    before = {row.key: row for row in alerts.ended_since(transaction, now - _BACK_SOON)} if fresh else {}
    for finding in fresh:
        _begin(transaction, finding, before.get(finding.key), now)
    over: list[AlertRow] = []
    for key, row in known.items():
        if (found := judged.found.get(key)) is not None:
            _goes_on(transaction, row, found, now)
        elif _is_known(row, judged) and _ends(transaction, row, policy, now):
            over.append(row)
    telling.tell(transaction, policy, judged.facts, over, now)
    alerts.note_judged(transaction, now)


def _begin(transaction: Transaction, found: Finding, before: AlertRow | None, now: datetime) -> None:
    if before is not None:
        alerts.reopen(transaction, before, now, severity=found.severity, data=found.data)
        log.warning("alert_back", rule=found.rule, connector=found.connector, subject=found.subject)
        return
    number = alerts.put(
        transaction,
        rule=found.rule,
        connector=found.connector,
        subject=found.subject,
        severity=found.severity,
        data=found.data,
        opened_at=now,
        seen_at=now,
    )
    severity = found.severity
    log.warning("alert_opened", alert=number, rule=found.rule, connector=found.connector, severity=severity)


def _goes_on(transaction: Transaction, row: AlertRow, found: Finding, now: datetime) -> None:
    values: dict[str, object] = {}
    if row.fine_since is not None:
        values |= {"fine_since": None, "times": row.times + 1}
    if found.severity != row.severity:
        values["severity"] = found.severity
        if found.severity is Severity.CRITICAL:  # it is told anew, also where somebody had answered
            values |= {"told_at": None, "state": alerts.OPEN, "level": 0, "escalates_at": None}
    if values or now - row.seen_at >= _SEEN_EVERY:
        alerts.change(transaction, row.id, **values, seen_at=now, data=found.data)


def _ends(transaction: Transaction, row: AlertRow, policy: Policy, now: datetime) -> bool:
    """Whether it is over: not found for long enough."""
    if row.fine_since is None:
        alerts.change(transaction, row.id, fine_since=now)
        return False
    rule = Rule(row.rule) if row.rule in frozenset(Rule) else Rule.RULE_FAILED  # another version's ends soon
    if now - row.fine_since < policy.calm(rule, row.times):
        return False
    alerts.end(transaction, row, now)
    log.info("alert_over", alert=row.id, rule=row.rule, connector=row.connector)
    return True


def _is_known(row: AlertRow, judged: Judged) -> bool:
    """Whether its rule was looked through, or is none any more."""
    return row.rule in judged.rules or (judged.facts is not None and row.rule not in frozenset(Rule))


def _judged(findings: Iterable[Finding], rules: set[Rule], facts: Facts | None) -> Judged:
    return Judged({finding.key: finding for finding in findings}, frozenset(rules), facts)


def look_failed(rule: str) -> Finding:
    """That a rule could not be looked through."""
    return Finding(Rule.RULE_FAILED, None, Severity.CRITICAL, {"what": str(rule)}, str(rule))
