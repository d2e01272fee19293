"""Why one source is believed and another is not, as something that any language can be made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hub.record.merge import LATEST_WINS, Source
from hub.record.moments import to_the_second


class Ground(StrEnum):
    """What decided."""

    WHOLE = "whole"  # a record of the dossier itself goes before a step of its progress
    STRICTEST = "strictest"
    OWN_PRECEDENCE = "own_precedence"  # for this field
    LATER = "later"  # of where a dossier stands, the last word counts
    UNDATED = "undated"  # likewise; it does not say when, so it may be newer
    PRECEDENCE = "precedence"
    EQUAL_LATER = "equal_later"  # the same precedence, but it changed later
    NAMES = "names"  # equal in all


@dataclass(frozen=True, slots=True)
class Why:
    """What decided between two sources, and the values that it was decided by."""

    ground: Ground
    other: str  # the connector that is not believed
    key: str  # of its record
    data: Mapping[str, Any] = field(default_factory=dict)


def why_believed(name: str, believed: Source, other: Source) -> Why:
    """By what `hub.record.merge` believes one source and not the other for a field."""
    ground, data = _ground(name, believed, other)
    return Why(ground, other.connector, other.key, data)


def sentence(one: Why) -> str:
    """In English, to follow `believed because`."""
    said = {name: "no time" if value == "" else value for name, value in one.data.items()}
    return _SENTENCES[one.ground].format(other=one.other, key=one.key, **said)


_SENTENCES: Mapping[Ground, str] = {
    Ground.WHOLE: "a record of the dossier itself goes before the step {key} of its progress",
    Ground.STRICTEST: "it is the strictest, which counts whatever the precedence of {other}",
    Ground.OWN_PRECEDENCE: "its precedence for this field ({own}) is higher than that of {other} ({theirs})",
    Ground.LATER: "it changed later ({at}) than {other} ({theirs})",
    Ground.UNDATED: "it does not date its status, which may well be newer than {other} ({key})",
    Ground.PRECEDENCE: "its precedence ({own}) is higher than that of {other} ({theirs})",
    Ground.EQUAL_LATER: "both have the precedence {own}, and it changed later ({at}) than {other}",
    Ground.NAMES: "it is equal to {other} in all, so the order of their names decides",
}


def _ground(name: str, believed: Source, other: Source) -> tuple[Ground, Mapping[str, Any]]:
    if believed.entity != other.entity and name not in LATEST_WINS:
        return Ground.WHOLE, {}
    if name == "confidentiality":
        return Ground.STRICTEST, {}
    if name in LATEST_WINS and (found := _of_standing(name, believed, other)):
        return found
    own, others = believed.precedence_of(name), other.precedence_of(name)
    mine, theirs = (believed.precedence if own is None else own), (other.precedence if others is None else others)
    if mine != theirs:
        return Ground.PRECEDENCE, {"own": mine, "theirs": theirs}
    if believed.latest != other.latest:
        return Ground.EQUAL_LATER, {"own": mine, "at": to_the_second(believed.latest)}
    return Ground.NAMES, {}


def _of_standing(name: str, believed: Source, other: Source) -> tuple[Ground, Mapping[str, Any]] | None:
    """For where a dossier stands, what goes before the precedence of sources; None where that decides."""
    own, others = believed.precedence_of(name) or 0, other.precedence_of(name) or 0
    if own != others:
        return Ground.OWN_PRECEDENCE, {"own": own, "theirs": others}
    if believed.latest > other.latest:
        return Ground.LATER, {"at": to_the_second(believed.latest), "theirs": to_the_second(other.latest)}
    if believed.latest < other.latest:
        return Ground.UNDATED, {}
    return None
