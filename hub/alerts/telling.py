"""Who is told of what: those of one moment together, a cause in place of what it explains, nobody in maintenance."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from hub.alerts.facts import Facts, local_day
from hub.alerts.kinds import EXPLAINS, Rule, Severity
from hub.alerts.letter import ESCALATED, OPENED, OVER, REPEATED
from hub.alerts.policy import Channel, Policy
from hub.record.shown import agency_key
from hub.store import alert_notices, alerts, silences
from hub.store.agencies_below import below_on
from hub.store.alerts import AlertRow
from hub.store.connectors import all_of
from hub.store.database import Transaction
from hub.store.silences import Silence


def tell(
    transaction: Transaction, policy: Policy, facts: Facts | None, over: Sequence[AlertRow], now: datetime
) -> None:
    """Make the notices of this moment, in the transaction that keeps what they are of."""
    rows = alerts.not_over(transaction)
    quiet = silences.now_or_later(transaction, now) if rows or over else []
    explained = _explain(transaction, rows)
    heard = [row for row in rows if row.id not in explained and not silenced(row, quiet, now)]
    teller = _Teller(transaction, policy, now, facts)
    for group in _ready(heard, teller, now):
        _open(teller, group)
    _escalate(teller, [row for row in heard if row.escalates_at is not None and row.escalates_at <= now])
    _repeat(teller, heard)
    teller.tell(OVER, [row for row in over if row.told_at is not None and not silenced(row, quiet, now)])


def silenced(row: AlertRow, quiet: Iterable[Silence], now: datetime) -> bool:
    """Whether nobody is told of it now."""
    return any(one.holds(row.rule, row.connector, now) for one in quiet)


class _Teller:
    """Makes notices for channels: one for each department and channel."""

    def __init__(self, transaction: Transaction, policy: Policy, now: datetime, facts: Facts | None) -> None:
        self.transaction, self.policy, self.now = transaction, policy, now
        self._facts = facts
        self._agencies: Mapping[str, str] | None = None
        self._known: dict[str, Collection[str]] = {}

    def agency(self, row: AlertRow) -> str | None:
        """Whose connector an alert is of; None: the hub's own, or of one that is gone."""
        if row.connector is None:
            return None
        if self._agencies is None:
            there = all_of(self.transaction) if self._facts is None else self._facts.connectors
            self._agencies = {each.name: agency_key(each.agency) for each in there}
        return self._agencies.get(row.connector)

    def tell(self, about: str, rows: Sequence[AlertRow], levels: Mapping[int, Collection[int]] | None = None) -> None:
        """Let channels know; `levels`: of each alert the levels that hear it, else those that it has come to."""
        for channel in self.policy.channels:
            groups: dict[str | None, list[int]] = {}
            for row in rows:
                wanted = range(row.level + 1) if levels is None else levels[row.id]
                if channel.level in wanted and self._hears(channel, row):
                    groups.setdefault(self.agency(row), []).append(row.id)
            for ids in groups.values():
                alert_notices.put(self.transaction, channel.name, about, ids, self.now)

    def _hears(self, channel: Channel, row: AlertRow) -> bool:
        if channel.agencies and channel.name not in self._known:
            self._known[channel.name] = below_on(self.transaction, local_day(self.now)).with_all(channel.agencies)
        return channel.hears(row.severity, row.connector, self.agency(row), self._known.get(channel.name, ()))


def _ready(heard: Sequence[AlertRow], teller: _Teller, now: datetime) -> list[list[AlertRow]]:
    """What nobody was told of yet, by department, once the first of each has waited for others."""
    groups: dict[str | None, list[AlertRow]] = {}
    for row in heard:
        if row.told_at is None and row.fine_since is None:
            groups.setdefault(teller.agency(row), []).append(row)
    wait = teller.policy.group_wait
    return [rows for rows in groups.values() if now - min(row.opened_at for row in rows) >= wait]


def _open(teller: _Teller, rows: Sequence[AlertRow]) -> None:
    teller.tell(OPENED, rows)
    for row in rows:
        answered = row.state == alerts.ACKNOWLEDGED
        later = None if answered or not teller.policy.highest else teller.now + teller.policy.escalate_after
        alerts.change(teller.transaction, row.id, told_at=teller.now, escalates_at=later)


def _escalate(teller: _Teller, rows: Sequence[AlertRow]) -> None:
    """Nobody has answered: the next level is told."""
    teller.tell(ESCALATED, rows, {row.id: (row.level + 1,) for row in rows})
    for row in rows:
        level = row.level + 1
        later = teller.now + teller.policy.escalate_after if level < teller.policy.highest else None
        alerts.change(teller.transaction, row.id, level=level, escalates_at=later)


def _repeat(teller: _Teller, heard: Sequence[AlertRow]) -> None:
    """What is critical and nobody has answered is told again and again."""
    again = [
        row
        for row in heard
        if row.state == alerts.OPEN and row.severity == Severity.CRITICAL and row.fine_since is None
        if row.told_at is not None and teller.now - row.told_at >= teller.policy.repeat
    ]
    teller.tell(REPEATED, again)
    for row in again:
        alerts.change(teller.transaction, row.id, told_at=teller.now)


def _explain(transaction: Transaction, rows: Sequence[AlertRow]) -> set[int]:
    """Say of each alert which one explains it; those that one does."""
    causes = {row.rule: row for row in reversed(rows) if _is_cause(row)}
    explained = set()
    for row in rows:
        cause = next(
            (causes[rule].id for rule, others in EXPLAINS.items() if rule in causes and row.rule in others), None
        )
        if cause != row.cause:
            alerts.change(transaction, row.id, cause=cause)
        if cause is not None:
            explained.add(row.id)
    return explained


def _is_cause(row: AlertRow) -> bool:
    if row.rule == Rule.DISK:
        return row.severity == Severity.CRITICAL
    return row.rule in EXPLAINS
