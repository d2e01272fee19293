"""What the hub runs with, value by value, for people: where each comes from, and never a secret."""

from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """Where a value comes from."""

    DEFAULT = "default"
    FILE = "file"  # config.yaml
    REFERENCE = "reference"  # config.yaml names an environment variable or a file


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of the configuration."""

    path: str  # dotted, as documentation names it
    value: str | None  # None: it is a secret, or is read from elsewhere and not shown
    origin: Origin
    line: int | None = None  # in config.yaml
    reference: str = ""  # as it is written there
    about: str = ""  # what it is for
    preset: str = ""  # what it is where nobody says otherwise
