"""What a client may see: which dossiers, and what of each. Pure; `hub.store.scope` makes conditions of it.

What is hidden can neither be asked for, filtered, searched nor sorted by; what is masked can be shown alone.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from hub.record.confidentiality import Level
from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS


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
    "supplements.requested_by": Group.OFFICERS,
    "supplements.received_by": Group.OFFICERS,
    "supplements.fees": Group.FEES,
    "databases": Group.PAPERS,
    "ratings": Group.CONTENT,
    "fees": Group.FEES,
    "officer": Group.OFFICERS,
    "events.name": Group.CONTENT,  # free text of a step
    "events.actor": Group.OFFICERS,
    "events.title": Group.OFFICERS,
    "events.unit": Group.OFFICERS,
    "provenance": Group.PROVENANCE,
    "sources": Group.PROVENANCE,
    "conflicts": Group.PROVENANCE,
    "history": Group.PROVENANCE,
    "disowned": Group.PROVENANCE,
}
_BESIDE = ("ratings", "provenance", "sources", "conflicts", "history", "disowned")  # what is no field of a source
_AS_SHOWN = {"timeline": "events"}  # what an answer calls it, and what the record does
_OPEN = frozenset({"applicant.kind", "applicant.vneid_verified"})


def group_of(name: str) -> Group | None:
    """The group of a field, a list or a part of one, by its dotted name; None: everybody sees it."""
    if name in _OPEN:
        return None
    first, dot, rest = name.partition(".")
    parts = (_AS_SHOWN.get(first, first) + dot + rest).split(".")
    whole = (".".join(parts[:at]) for at in range(len(parts), 0, -1))
    return next((_GROUPS[part] for part in whole if part in _GROUPS), None)


def groups_under(name: str) -> frozenset[Group | None]:
    """The groups of a field and of every part of it."""
    within = f"{_AS_SHOWN.get(name, name)}."
    return frozenset({group_of(name), *(group for part, group in _GROUPS.items() if part.startswith(within))})


def parts_of(group: Group | None) -> list[str]:
    """The fields and lists of a group, by dotted name as answers have them; None: what everybody sees."""
    whole = [name for name in LIST_FIELDS if "." not in name and len({group_of(part) for part in _columns(name)}) == 1]
    columns = [part for name in LIST_FIELDS if "." not in name and name not in whole for part in _columns(name)]
    names = [*DOSSIER_FIELDS, "extra", *whole, *columns, *_BESIDE]
    shown = {name: called for called, name in _AS_SHOWN.items()}
    found = [name.split(".") for name in names if group_of(name) is group]
    return [".".join([shown.get(first, first), *rest]) for first, *rest in found]


def _columns(name: str) -> list[str]:
    within = [each for each in LIST_FIELDS if each.startswith(f"{name}.")]
    return [f"{name}.{column}" for column in LIST_FIELDS[name]] + within


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
        own = Sight.FULL if group is None else self.of(group)
        return Sight.HIDDEN if self._hides_the_list(name) else own

    def _hides_the_list(self, name: str) -> bool:
        """Whether it is a part of a list that is hidden as a whole, whatever group the part itself is in."""
        within, dot, _ = name.partition(".")
        return bool(dot) and within in LIST_FIELDS and within in _GROUPS and self.of(_GROUPS[within]) is Sight.HIDDEN

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
        return {**asdict(self), "sights": {str(group): str(sight) for group, sight in self.sights.items()}}

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


# What `profile: NAME` of a client's document stands for; what stands under `sees` goes before it.
_SHUT = dict.fromkeys(Group, Sight.HIDDEN)
PROFILES: Mapping[str, Grant] = {
    # Where a dossier stands, for anybody: nothing that says whose it is.
    "public": Grant(sights=_SHUT | {Group.NAME: Sight.MASKED, Group.FEES: Sight.FULL}),
    # Another agency or a partner's system that takes part in the work: whose it is and what about, but no numbers.
    "partner": Grant(
        sights=_SHUT
        | dict.fromkeys((Group.NAME, Group.CONTENT, Group.FEES), Sight.FULL)
        | {Group.IDENTITY: Sight.MASKED, Group.CONTACT: Sight.MASKED}
    ),
    # The city's portal: citizens whom it has signed in read their own dossiers, so it sees what they know anyway.
    "portal": Grant(sights=dict.fromkeys(Group, Sight.FULL) | {Group.PROVENANCE: Sight.HIDDEN}),
    # As an operator sees it, confidential dossiers included.
    "full": Grant(level=list(Level)[-1], sights=dict.fromkeys(Group, Sight.FULL)),
}

EVERYTHING = Grant(level=list(Level)[-1], sights=dict.fromkeys(Group, Sight.FULL))
NOTHING = Grant(agencies=())
