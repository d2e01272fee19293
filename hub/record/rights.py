"""What people at the console may do, by their role. To see personal data is a right of its own, given apart."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a person is here for."""

    DEPARTMENT = "department"  # the IT staff of some agencies: their own connectors and dossiers only
    OPERATOR = "operator"  # keeps all of it running
    AUDITOR = "auditor"  # looks at everything, what was read and changed too, and changes nothing
    LEADER = "leader"  # reads figures and where dossiers stand
    ADMINISTRATOR = "administrator"  # everything, people and clients too


class Right(StrEnum):
    """One thing that somebody may do."""

    WATCH = "watch"  # look at connectors, runs, quarantine, schedules, alerts, charts
    RUN = "run"  # run, cancel, pause, resume, read again, back-fill; answer an alert
    CONNECT = "connect"  # register and change connectors, mappings and the secrets that they use
    DOSSIERS = "dossiers"  # look dossiers up, trace one, take a list along
    MEND = "mend"  # part what was wrongly joined, decide on removals
    SILENCE = "silence"  # maintenance, and the rules of alerts
    AUDIT = "audit"  # see who read and who changed what
    GRANT = "grant"  # API clients, their keys, subscriptions
    PEOPLE = "people"  # accounts and roles
    SETTINGS = "settings"  # see what the hub runs with


_DEPARTMENT = frozenset({Right.WATCH, Right.RUN, Right.CONNECT, Right.DOSSIERS})

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.DEPARTMENT: _DEPARTMENT,
    Role.OPERATOR: _DEPARTMENT | {Right.MEND, Right.SILENCE, Right.SETTINGS},
    Role.AUDITOR: frozenset({Right.WATCH, Right.DOSSIERS, Right.AUDIT, Right.SETTINGS}),
    Role.LEADER: frozenset({Right.WATCH, Right.DOSSIERS}),
    Role.ADMINISTRATOR: frozenset(Right),
}
