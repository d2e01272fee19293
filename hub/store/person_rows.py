"""A row of the table of people as a person."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from hub.record.rights import Role
from hub.store.people_tables import people

COLUMNS = tuple(people.c)


class State(StrEnum):
    """Whether somebody may sign in."""

    ACTIVE = "active"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Person:
    """One account."""

    id: int
    name: str
    title: str
    email: str
    role: Role
    agencies: tuple[str, ...] | None  # None: all; of a department at least one
    sees_personal: bool
    password: str | None = field(repr=False)  # what is kept of it
    must_change: bool
    totp: bytes | None = field(repr=False)  # sealed
    totp_step: int
    recovery: tuple[str, ...] = field(repr=False)  # digests
    issuer: str | None
    subject: str | None
    state: State
    failures: int
    locked_until: datetime | None
    language: str
    author: str
    created_at: datetime
    changed_at: datetime
    seen_at: datetime | None

    @property
    def called(self) -> str:
        """What others call them."""
        return self.title or self.name

    @property
    def has_second_factor(self) -> bool:
        """Whether a code of an app is asked for besides the password."""
        return self.totp is not None

    def document(self) -> dict[str, Any]:
        """As it stands in the log of what was changed; without anything secret."""
        told = ("title", "email", "role", "agencies", "sees_personal", "state")
        return {name: getattr(self, name) for name in told} | {"linked": self.subject is not None}


def person(row: Any) -> Person:
    """A mapping of `COLUMNS` as a person."""
    values = dict(row)
    role = Role(values["role"])
    agencies = _listed(values["agencies"]) if role is Role.DEPARTMENT else None
    recovery = _listed(values["recovery"])
    read = {"role": role, "agencies": agencies, "recovery": recovery, "state": State(values["state"])}
    return Person(**values | read)


def _listed(kept: Any) -> tuple[str, ...]:
    """A column of JSON; as text where the driver gave it."""
    return tuple((orjson.loads(kept) if isinstance(kept, str) else kept) or ())
