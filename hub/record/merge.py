"""Several source records become one dossier: which source is believed for each field, and who disagreed.

A pure function of the set of sources: the order in which they arrived, or how often, changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hub.record.confidentiality import rank
from hub.record.entities import DOSSIER
from hub.record.moments import exact
from hub.record.status import Status, is_usual

Values: TypeAlias = dict[str, Any]  # nested, JSON-ready: see hub.record.fields

# What goes with a status is only believed from sources that agree on it, or that stood where it comes from.
_WITH_STATUS = frozenset({"status_text", "completed_at", "returned_at", "refused_at"})
# Where a dossier stands is a matter of time: a trusted source that is one step behind is still behind.
LATEST_WINS = frozenset({"status", "officer", "due_at"}) | _WITH_STATUS
_BEFORE: Mapping[str, str] = {Status.RETURNED: Status.COMPLETED}  # what is handed over was completed
# The time that a source tells of a status itself, where it does not say when its record changed.
TIME_OF: Mapping[str, str] = {
    Status.REGISTERED: "submitted_at",
    Status.ACCEPTED: "received_at",
    Status.NOT_ACCEPTED: "refused_at",
    Status.WITHDRAWN: "refused_at",
    Status.STOPPED: "refused_at",
    Status.COMPLETED: "completed_at",
    Status.RETURNED: "returned_at",
}
_TIMES = ("submitted_at", "received_at", "completed_at", "returned_at", "refused_at")
# One step of a dossier's progress knows what happened then, and nothing of the rest.
_OF_A_STEP = frozenset({"status"})
# Who may see a dossier at all is nobody's to relax: the strictest source counts, whatever its precedence.
_STRICTEST = "confidentiality"


@dataclass(frozen=True, slots=True)
class Source:
    """What one connector says of one dossier, normalised."""

    connector: str
    key: str
    precedence: int
    scope: str  # what its unofficial codes are unique in: see hub.record.identity
    changed_at: str  # at the source, UTC ISO 8601 to the microsecond; empty where the source does not say
    values: Values
    precedence_for: Mapping[str, int] = field(default_factory=dict)  # by field, or by the part before the dot
    entity: str = DOSSIER  # or a step of its progress
    version: bytes = field(default=b"", compare=False)  # of its own bytes: the same ones may be read in another way

    @property
    def name(self) -> tuple[str, str]:
        """What tells it from every other source record."""
        return self.connector, self.key

    @property
    def latest(self) -> str:
        """When it last changed, or the latest time that it tells of the dossier: later speaks for newer.

        A step is as new as what it tells, whenever it was written down.
        """
        if self.entity != DOSSIER and self.values.get("events"):
            return exact(max(str(step["at"]) for step in self.values["events"]))
        return exact(self.changed_at or max((self.values.get(name, "") for name in _TIMES), default=""))

    def precedence_of(self, name: str) -> int | None:
        """What is written for a field by its name, else for its group; None where neither is."""
        own = self.precedence_for.get(name)
        return self.precedence_for.get(name.partition(".")[0]) if own is None else own

    def older_than(self, other: "Source") -> bool:
        """Whether the source itself says so: one that does not date its records is as new as it comes."""
        return bool(self.changed_at and other.changed_at) and self.changed_at < other.changed_at


@dataclass(frozen=True, slots=True)
class Claim:
    """One source's value for one field."""

    source: Source
    value: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """The dossier's values, and for every field the claims made for it, the believed one first."""

    values: Values
    claims: Mapping[str, Sequence[Claim]]

    @property
    def conflicts(self) -> int:
        """For how many fields a source says otherwise than the one that is believed."""
        return sum(any(claim.value != made[0].value for claim in made[1:]) for made in self.claims.values())


def merge(sources: Iterable[Source]) -> Merged:
    """Believe the higher precedence, then the later change; for where the dossier stands, the later change first.

    `precedence_for` goes before a source's precedence; for where the dossier stands it goes before the later change
    too, and who writes none has 0 there. How confidential a dossier is, the strictest source says. `stood_at` is the
    time of a status. Sources that are equal in all are believed in the order of their names, so that the answer is
    stable. A step of the progress is only asked for what nobody else can know: the status.
    """
    ranked = sorted(sources, key=lambda source: source.name)
    ranked.sort(key=lambda source: (source.entity == DOSSIER, source.precedence, source.latest), reverse=True)
    alone = ranked[0].entity != DOSSIER
    claims: dict[str, list[Claim]] = {}
    for source in ranked:
        for name, value in flatten(source.values):
            if alone or source.entity == DOSSIER or name in _OF_A_STEP:
                claims.setdefault(name, []).append(Claim(source, value))
    particular = any(source.precedence_for for source in ranked)
    steps = [source for source in ranked if source.entity != DOSSIER]
    for name, made in claims.items():
        if name == "status":
            made.sort(key=lambda claim: (_named(claim, name), stood_at(claim.source, steps)), reverse=True)
        elif name in LATEST_WINS:
            made.sort(key=lambda claim: (_named(claim, name), claim.source.latest), reverse=True)
        elif particular:
            made.sort(key=lambda claim: _rank(claim.source, name), reverse=True)
    claims.get(_STRICTEST, []).sort(key=lambda claim: rank(claim.value), reverse=True)  # of equals as they were
    _keep_with_status(claims)
    return Merged(nest((name, made[0].value) for name, made in claims.items()), claims)


def stood_at(source: Source, steps: Iterable[Source]) -> str:
    """The time by which the status of a source is weighed against others', `steps` of the progress among them.

    What an undated record tells is only the least that it knows of: that it stands at a status of which it tells no
    time may be news. So it is as new as the last step to that status, or where no step tells of it, as every step that
    does not usually come after it. A step of higher precedence is weighed by its time alone.
    """
    status = source.values.get("status")
    if status is None or source.entity != DOSSIER or source.changed_at or source.values.get(TIME_OF.get(status, "")):
        return source.latest
    to_it = [step.latest for step in steps if step.values.get("status") == status]
    weighed = (step for step in steps if step.values.get("status") and step.precedence <= source.precedence)
    return max(
        [source.latest, *(to_it or [step.latest for step in weighed if not is_usual(status, step.values["status"])])]
    )


def _named(claim: Claim, name: str) -> int:
    return claim.source.precedence_of(name) or 0


def _rank(source: Source, name: str) -> tuple[bool, int, str]:
    particular = source.precedence_of(name)
    return source.entity == DOSSIER, source.precedence if particular is None else particular, source.latest


def merged_values(sources: Sequence[Source]) -> Values:
    """The values alone: most dossiers have one source, and then there is nothing to weigh."""
    if len(sources) == 1:
        values = dict(sources[0].values)
        values.pop("events", None)
        return values
    return merge(sources).values


def flatten(values: Values, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Fields by dotted name. A list (documents, fees) is one field: two sources' lists are never mixed.

    Events are no field of a dossier: they are kept one by one, whoever told them.
    """
    for name, value in values.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{name}.")
        elif name != "events":
            yield prefix + name, value


def nest(fields: Iterable[tuple[str, Any]]) -> Values:
    """The inverse of `flatten`."""
    values: Values = {}
    for name, value in fields:
        *parents, last = name.split(".")
        place = values
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return values


def _keep_with_status(claims: dict[str, list[Claim]]) -> None:
    if "status" not in claims:
        return
    believed = claims["status"][0].value
    for name in _WITH_STATUS & claims.keys():
        claims[name] = [claim for claim in claims[name] if _goes_with(believed, name, claim.source)]
        if not claims[name]:
            del claims[name]


def _goes_with(believed: str, name: str, source: Source) -> bool:
    said = source.values.get("status")
    return said == believed or (name == "completed_at" and said is not None and _BEFORE.get(believed) == said)
