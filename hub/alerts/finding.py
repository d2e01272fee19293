"""What a rule found: the same trouble has the same rule, connector and subject each time."""

from dataclasses import dataclass, field
from typing import Any

from hub.alerts.kinds import Rule, Severity
from hub.store.alerts import key_of

_LONGEST = 200  # letters of a subject


@dataclass(frozen=True, slots=True)
class Finding:
    """One trouble, now."""

    rule: Rule
    connector: str | None
    severity: Severity
    data: dict[str, Any] = field(default_factory=dict)  # what its sentence is made of; no data of persons
    subject: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", self.subject[:_LONGEST])

    @property
    def key(self) -> str:
        """What tells it from every other one."""
        return key_of(self.rule, self.connector, self.subject)
