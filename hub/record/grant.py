"""What a client may see: which dossiers, and what of each. Pure; `hub.store.scope` makes conditions of it.

What is hidden can neither be asked for, filtered, searched nor sorted by; what is masked can be shown alone.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from hub.record.confidentiality import Level


class Group(StrEnum):
    """Data that are shown or hidden together. What is in none of them is in every answer."""

    NAME = "name"  # the owner's
    IDENTITY = "identity"  # numbers of papers, date of birth, tax code
    CONTACT = "contact"  # telephone, e-mail, address
    CONTENT = "content"  # summary, notes, and facts of the source that have no field of ours
    PAPERS = "papers"  # what was submitted and what came out, with where the files are
    FEES = "fees"
    OFFICERS = "officers"  # who handles it: names and titles
    PROVENANCE = "provenance"  # which systems said what, and what they said before


class Sight(StrEnum):
    """How much of a group is shown."""

    HIDDEN = "hidden"
    MASKED = "masked"
    FULL = "full"


# By the first part of a field's dotted name, or by the whole: the longer one counts.
_GROUPS: dict[str, Group] = {
    "applicant": Group.IDENTITY,  # whatever is added there later is hidden with the numbers, not shown
    "applicant.name": Group.NAME,
    "applicant.phone": Group.CONTACT,
    "applicant.fax": Group.CONTACT,
    "applicant.email": Group.CONTACT,
    "applicant.address": Group.CONTACT,
    "summary": Group.CONTENT,
    "note": Group.CONTENT,
    "other_information": Group.CONTENT,
    "return_information": Group.CONTENT,
    "extra": Group.CONTENT,
    "documents": Group.PAPERS,
    "papers": Group.PAPERS,
    "results": Group.PAPERS,
    "supplements": Group.PAPERS,
    "databases": Group.PAPERS,
    "fees": Group.FEES,
    "officer": Group.OFFICERS,
}
_OPEN = frozenset({"applicant.kind", "applicant.vneid_verified"})


def group_of(name: str) -> Group | None:
    """The group of a field, a list or a part of one, by its dotted name; None: everybody sees it."""
    if name in _OPEN:
        return None
    parts = name.split(".")
    whole = (".".join(parts[:at]) for at in range(len(parts), 0, -1))
    return next((_GROUPS[part] for part in whole if part in _GROUPS), None)


@dataclass(frozen=True, slots=True)
class Grant:
    """Which dossiers a client sees, and how much of each group of their data. None: no limit."""

    agencies: tuple[str, ...] | None = None  # codes; with all agencies below them
    procedures: tuple[str, ...] | None = None  # codes; all forms of each
    fields: tuple[str, ...] | None = None  # codes of fields (lĩnh vực)
    level: Level = Level.NORMAL  # the most confidential that it sees
    sights: Mapping[Group, Sight] = field(default_factory=dict)  # a group that is not named is hidden

    def sight(self, name: str) -> Sight:
        """How much is shown of a field, a list or a part of one, by its dotted name."""
        group = group_of(name)
        return Sight.FULL if group is None else self.of(group)

    def of(self, group: Group) -> Sight:
        """How much is shown of a group."""
        return self.sights.get(group, Sight.HIDDEN)

    @property
    def sees_all(self) -> bool:
        """Whether it leaves no dossier out."""
        limits = (self.agencies, self.procedures, self.fields)
        return all(limit is None for limit in limits) and self.level is list(Level)[-1]

    def document(self) -> dict[str, Any]:
        """As it is kept; `read` reads it back."""
        return {**asdict(self), "sights": dict(self.sights)}

    @classmethod
    def read(cls, document: Mapping[str, Any] | None) -> "Grant":
        """A grant as it was kept; of one that was never given: no personal data, and nothing confidential."""
        if document is None:
            return cls()
        limits = {name: document.get(name) for name in ("agencies", "procedures", "fields")}
        return cls(
            **{name: None if limit is None else tuple(limit) for name, limit in limits.items()},
            level=Level(document.get("level", Level.NORMAL)),
            sights={Group(group): Sight(sight) for group, sight in document.get("sights", {}).items()},
        )


EVERYTHING = Grant(level=list(Level)[-1], sights=dict.fromkeys(Group, Sight.FULL))
