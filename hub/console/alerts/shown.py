"""Alerts as the pages show them: in the words of the page's language, by connector, the worst first."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.alerts import words
from hub.alerts.kinds import Rule, Severity
from hub.alerts.links import INBOX, mends
from hub.alerts.telling import silenced
from hub.console.language import chosen_language
from hub.console.visitor import may
from hub.record.rights import Right
from hub.store import alerts
from hub.store.alerts import AlertRow
from hub.store.silences import Silence

# Rights that pages take which mend; the others are open to all who watch.
_TAKES: Mapping[str, Right] = {
    Rule.SUBSCRIBER: Right.GRANT,
    Rule.DISK: Right.SETTINGS,
    Rule.SLOW_STORE: Right.SETTINGS,
    Rule.SEALS: Right.SETTINGS,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One alert."""

    row: AlertRow
    name: str  # of its rule
    severity: str  # in a word
    sentence: str
    step: str
    page: str  # that mends it; empty: none does
    silent: bool
    cause: AlertRow | None

    @property
    def standing(self) -> str:
        """Where it stands: the first of these that holds."""
        if self.row.state == alerts.OVER:
            return "over"
        if self.silent:
            return "silent"
        if self.cause is not None:
            return "explained"
        return "answered" if self.row.state == alerts.ACKNOWLEDGED else "open"

    @property
    def waits(self) -> bool:
        """Whether somebody has to look at it."""
        return self.standing == "open"


@dataclass(frozen=True, slots=True)
class Group:
    """What is wrong with one connector, or with the hub as a whole."""

    connector: str | None
    title: str
    alerts: Sequence[Shown]

    @property
    def worst(self) -> tuple[bool, bool, int]:
        """The worst group comes first."""
        critical = any(one.row.severity == Severity.CRITICAL and one.waits for one in self.alerts)
        return not critical, not any(one.waits for one in self.alerts), self.alerts[0].row.id


def waits(row: AlertRow, quiet: Sequence[Silence], now: datetime) -> bool:
    """Whether somebody has to look at it."""
    return row.state == alerts.OPEN and row.cause is None and not silenced(row, quiet, now)


def shown(
    rows: Iterable[AlertRow], quiet: Sequence[Silence], now: datetime, causes: Mapping[int, AlertRow] | None = None
) -> list[Shown]:
    """These alerts in the page's language."""
    language, causes = chosen_language(), causes or {}
    return [
        Shown(
            row,
            words.name(row.rule, language),
            words.severity(row.severity, language),
            words.sentence(row.rule, row.data, language),
            words.step(row.rule, language),
            _page(row),
            silenced(row, quiet, now),
            causes.get(row.cause) if row.cause else None,
        )
        for row in rows
    ]


def grouped(found: Sequence[Shown], titles: Mapping[str, str]) -> list[Group]:
    """By connector and in it by rule; what waits for somebody first, the worst of it before the rest."""
    groups: dict[str | None, list[Shown]] = {}
    for one in found:
        groups.setdefault(one.row.connector, []).append(one)
    made = [
        Group(name, titles.get(name or "", name or ""), sorted(members, key=_worst_first))
        for name, members in groups.items()
    ]
    return sorted(made, key=lambda group: group.worst)


def state_of(rows: Iterable[AlertRow]) -> str:
    """A short text that is another one when something has changed."""
    said = "|".join(f"{row.id}{row.state}{row.severity}{row.times}{row.cause}" for row in rows)
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def rules() -> list[tuple[str, str]]:
    """Every rule and what it is called."""
    return [(rule.value, words.name(rule, chosen_language())) for rule in Rule]


def _page(row: AlertRow) -> str:
    page = mends(row.rule, row.connector, row.subject)
    return page if page != INBOX and may(_TAKES.get(row.rule, Right.WATCH)) else ""


def _worst_first(one: Shown) -> tuple[bool, bool, str, int]:
    return not one.waits, one.row.severity != Severity.CRITICAL, one.row.rule, one.row.id
