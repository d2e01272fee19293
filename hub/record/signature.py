"""Who changed something, when, and why: kept with every change of a connector, a mapping or their state."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Signature:
    """`author` is a person, an API key's name, or the file that says so."""

    author: str
    reason: str
    at: datetime
