"""Several source records become one dossier: which source is believed for each field, and who disagreed.

A pure function of the set of sources: the order in which they arrived, or how often, changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Values: TypeAlias = dict[str, Any]  # nested, JSON-ready: see hub.record.fields

# Where a dossier stands is a matter of time: a trusted source that is one step behind is still behind.
_LATEST_WINS = frozenset({"status", "officer", "due_at"})
# What goes with the status is only believed from sources that agree on it.
_WITH_STATUS = frozenset({"status_text", "completed_at", "returned_at"})
_TIMES = ("submitted_at", "received_at", "completed_at", "returned_at")


@dataclass(frozen=True, slots=True)
class Source:
    """What one connector says of one dossier, normalised."""

    connector: str
    key: str
    precedence: int
    scope: str  # what its unofficial codes are unique in: see hub.record.identity
    changed_at: str  # at the source, UTC ISO 8601; empty where the source does not say
    values: Values

    @property
    def latest(self) -> str:
        """When it last changed, or the latest time that it tells of the dossier: later speaks for newer."""
        return self.changed_at or max((self.values.get(name, "") for name in _TIMES), default="")


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


def merge(sources: Iterable[Source]) -> Merged:
    """Believe the higher precedence, then the later change; for where the dossier stands, the later change first.

    Sources that are equal in both are believed in the order of their names, so that the answer is stable.
    """
    ranked = sorted(sources, key=lambda source: (source.connector, source.key))
    ranked.sort(key=lambda source: (source.precedence, source.latest), reverse=True)
    claims: dict[str, list[Claim]] = {}
    for source in ranked:
        for name, value in flatten(source.values):
            claims.setdefault(name, []).append(Claim(source, value))
    for name in _LATEST_WINS & claims.keys():
        claims[name].sort(key=lambda claim: claim.source.latest, reverse=True)
    _keep_with_status(claims)
    return Merged(nest((name, made[0].value) for name, made in claims.items()), claims)


def merged_values(sources: Sequence[Source]) -> Values:
    """The values alone: most dossiers have one source, and then there is nothing to weigh."""
    if len(sources) == 1:
        return {name: value for name, value in sources[0].values.items() if name != "events"}
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
        claims[name] = [claim for claim in claims[name] if claim.source.values.get("status") == believed]
        if not claims[name]:
            del claims[name]
