"""Maintenance: making a silence and ending it, each noted with who did it and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.alerts.kinds import Rule
from hub.record.signature import Signature
from hub.store import acts, alerts, connectors, silences
from hub.store.acts import Act, Kind
from hub.store.alerts import AlertRow
from hub.store.database import Database, Transaction
from hub.store.silences import Silence

LONGEST = timedelta(days=31)
_REASON = 500


class NotSilenced(ValueError):
    """The silence cannot be made; `code` says why, for whoever finds words for it."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be silent."""

    rule: str | None
    connector: str | None
    since: datetime
    until: datetime


def silence(database: Database, wanted: Wanted, by: Signature) -> int:
    """Let nobody be told for a while; its number.

    Raises:
        NotSilenced: see there.
    """
    _refuse(database, wanted, by)

    def make(transaction: Transaction) -> int:
        number = silences.make(
            transaction, wanted.rule, wanted.connector, wanted.since, wanted.until, by.author, by.reason[:_REASON]
        )
        after = {"rule": wanted.rule, "connector": wanted.connector}
        after |= {"since": wanted.since.isoformat(), "until": wanted.until.isoformat()}
        told = acts.told(after)
        acts.note(transaction, by, Kind.SILENCE, str(number), Act.MADE, after=told, connector=wanted.connector)
        return number

    return database.write_again(make)


def end(database: Database, found: Silence, by: Signature) -> bool:
    """End one before its time; False where it is over already."""

    def ended(transaction: Transaction) -> bool:
        if not silences.end(transaction, found.id, by.author, by.at):
            return False
        acts.note(transaction, by, Kind.SILENCE, str(found.id), Act.REMOVED, connector=found.connector)
        return True

    return database.write_again(ended)


def answer(database: Database, row: AlertRow, by: Signature) -> bool:
    """Somebody looks after an alert; False where it is over, or somebody else had said so before."""

    def answered(transaction: Transaction) -> bool:
        if not alerts.answer(transaction, row.id, by.author, by.reason[:_REASON], by.at):
            return False
        acts.note(transaction, by, Kind.ALERT, str(row.id), Act.ANSWERED, connector=row.connector)
        return True

    return database.write_again(answered)


def _refuse(database: Database, wanted: Wanted, by: Signature) -> None:
    if not by.reason.strip():
        raise NotSilenced("no_reason", "say why: the reason is kept")
    if wanted.rule is not None and wanted.rule not in frozenset(Rule):
        raise NotSilenced("no_rule", f"there is no rule {wanted.rule}; there are {', '.join(Rule)}")
    if wanted.connector is not None and connectors.found(database, wanted.connector) is None:
        raise NotSilenced("no_connector", f"there is no connector {wanted.connector}; `hub connector list` shows them")
    if wanted.until <= max(wanted.since, by.at):
        raise NotSilenced("over", "it must end after it begins, and after now")
    if wanted.until - wanted.since > LONGEST:
        raise NotSilenced(
            "too_long", f"it may last {LONGEST.days} days at most: a rule can be turned off in config.yaml"
        )
