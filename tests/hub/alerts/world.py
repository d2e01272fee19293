"""Facts made up for rules, and moments that follow each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.alerts import judging
from hub.alerts.facts import Facts
from hub.alerts.finding import Finding
from hub.alerts.judging import Judged
from hub.alerts.kinds import Rule, Severity
from hub.alerts.letter import Letter
from hub.alerts.policy import Channel, NotSent, Policy
from hub.record.moments import as_text
from hub.store import alert_notices, alerts, registrations
from hub.store.alert_notices import AlertNotice
from hub.store.alerts import AlertRow
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.registrations import Registration

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday, nine o'clock in Vietnam
MINUTE = timedelta(minutes=1)
CONNECTORS = {"so-a": "000.00.01.H29", "so-a-2": "000.00.01.H29", "so-b": "000.00.02.H29"}


@dataclass(slots=True)
class Taken:
    """A channel that keeps what it is handed, or refuses it with a sentence."""

    letters: list[Letter] = field(default_factory=list)
    refuses: str = ""

    def send(self, letter: Letter) -> str:
        if self.refuses:
            raise NotSent(self.refuses)
        self.letters.append(letter)
        return ""


def channel(name: str = "truc", way: Any = None, **said: Any) -> Channel:
    return Channel(name, "mail", way or Taken(), **said)


def policy(*channels: Channel, **said: Any) -> Policy:
    return Policy(channels=channels or (channel(),), **said)


def registered(database: Database) -> None:
    registrations.register(
        database,
        [Registration(name, name.upper(), "rest", agency, "m", 0, 600, "") for name, agency in CONNECTORS.items()],
    )


def late(name: str = "so-a", severity: Severity = Severity.WARNING) -> Finding:
    data = {"title": name.upper(), "promised": 600, "because": "failed", "seen": None, "since": as_text(NOW)}
    return Finding(Rule.FRESHNESS, name, severity, data)


def failing(name: str = "so-a") -> Finding:
    data = {"title": name.upper(), "failed": 3, "runs": 4, "in_a_row": 3, "hours": 3.0}
    return Finding(Rule.FAILING, name, Severity.WARNING, data)


def of_hub(rule: Rule, severity: Severity = Severity.CRITICAL) -> Finding:
    return Finding(rule, None, severity, {"runs": 4, "many": False, "seconds": 200, "failing": 6, "active": 7})


@dataclass(slots=True)
class Story:
    """What the rules found, one moment after the other."""

    database: Database
    policy: Policy
    now: datetime = NOW

    def found(
        self, *findings: Finding, after: timedelta = MINUTE, rules: Iterable[Rule] = tuple(Rule)
    ) -> list[AlertRow]:
        """Some time later this, and nothing else, was found; what goes on then."""
        self.now += after
        judged = Judged({one.key: one for one in findings}, frozenset(rules), None)
        self.database.write_again(lambda transaction: judging.keep(transaction, judged, self.policy, self.now))
        return alerts.going_on(self.database)

    def told(self) -> list[tuple[str, str, int]]:
        """Channel, what about, of how many alerts: the oldest first."""
        return [(one.channel, one.about, len(one.alerts)) for one in self.notices()]

    def notices(self) -> list[AlertNotice]:
        return alert_notices.newest(self.database, 1000)[::-1]


def connector(name: str = "so-a", **values: Any) -> ConnectorRow:
    blank: dict[str, Any] = dict.fromkeys(ConnectorRow.__slots__)
    blank |= {
        "id": 1,
        "name": name,
        "title": name.upper(),
        "type": "rest",
        "agency": "000.00.01.H29",
        "state": "active",
    }
    blank |= {"fresh_within": 600, "failures": 0, "cadence": "", "precedence": 0, "mapping": "m", "managed_by": "hub"}
    return ConnectorRow(**blank | values)


_QUIET = Facts(
    now=NOW,
    connectors=(),
    recent={},
    day={},
    set_aside=lambda _connector, most: most,
    hours={},
    is_special=lambda _day: False,
    waiting=(),
    subscriptions=(),
    stuck={},
    removals={},
    disks=(),
    locked="",
    store_seconds=0.01,
)


def facts(*connectors: ConnectorRow, **values: Any) -> Facts:
    """All is well but for this."""
    return replace(_QUIET, connectors=connectors, **values)


def rules_of(findings: Sequence[Finding]) -> list[Rule]:
    return [one.rule for one in findings]
