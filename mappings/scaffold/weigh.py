"""Pairs of a source's field and one of ours, weighed by name and samples; the surest are taken first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mappings.engine.target import Field, Type
from mappings.scaffold import values
from mappings.scaffold.evidence import Evidence, World, evidence
from mappings.scaffold.names import Naming, fit
from mappings.scaffold.observe import Leaf

USED = 0.6  # from here on a guess is used; below, it is only written down
NOTED = 0.3
_SHARED = (
    {"status", "status_text"},
    {"name", "file_name"},
    {"code", "receipt_number"},
)  # one field of a source may be both
_NO_SAMPLE, _BAD_SAMPLES = 0.75, 0.3  # what a name alone is worth, and one that the samples speak against
_STATUS_WORDS, _SURE_WORDS = "words of a status", 3
# Fields that are recognised without any name: the form, and how sure it is of itself.
_BY_FORM = {
    "code": ("dossier code", 0.65),
    "procedure.code": ("procedure code", 0.6),
    "applicant.email": ("email", 0.55),
    "applicant.phone": ("phone", 0.45),
    "applicant.id_number": ("identity number", 0.45),
    "status": (_STATUS_WORDS, 0.65),
    "events.status": (_STATUS_WORDS, 0.65),
}


@dataclass(frozen=True, slots=True)
class Guess:
    """One field of ours, where it may come from and how it is read."""

    field: str
    leaves: tuple[Leaf, ...]  # the first that has a value is taken
    confidence: float
    because: str
    evidence: Evidence
    join: str | None = None  # all of the leaves, with this between them

    @property
    def used(self) -> bool:
        """Whether it is sure enough to be used."""
        return self.confidence >= USED and self.evidence.readable

    @property
    def percent(self) -> int:
        """How sure it is. A guess is never certain, however well everything fits."""
        return min(95, round(100 * self.confidence))

    @property
    def words(self) -> dict[str, Any]:
        """It in the words of the mapping language."""
        sources = [leaf.source for leaf in self.leaves]
        words: dict[str, Any] = {"from": sources[0] if len(sources) == 1 else sources}
        if self.join is not None:
            words["join"] = self.join
        return words | dict(self.evidence.words)

    def shown(self, prefix: str = "") -> dict[str, Any]:
        """It for a program; `prefix` is the list that it is a column of."""
        said = {"because": self.because, "remark": self.evidence.remark, "used": self.used}
        return {"field": prefix + self.field, "words": self.words, "percent": self.percent} | said


def pairs(
    wanted: Mapping[str, tuple[Naming, Field]],
    leaves: Iterable[Leaf],
    world: World,
    prefix: str,
    context: frozenset[str] = frozenset(),
) -> Iterator[Guess]:
    """Every pair that may be one; `prefix` is the list that the fields are columns of, `context` what it is about."""
    for leaf in leaves:
        for name, (naming, target) in wanted.items():
            named = fit(naming, leaf.names, context)
            form = _BY_FORM.get(prefix + name)
            if named < NOTED and form is None:
                continue
            said = evidence(prefix + name, target, leaf, world)
            confidence, because = _weighed(named, said, target)
            if form and (by_form := form[1] * _shown(form[0], leaf, said)) > confidence:
                confidence, because = by_form, "only the form fits"
            if confidence >= NOTED:
                yield Guess(name, (leaf,), confidence, because, said)


def _shown(form: str, leaf: Leaf, said: Evidence) -> float:
    """How far samples alone show what a field is; 0 unless nearly all of them do."""
    if form == _STATUS_WORDS:
        return 1.0 if said.table and not leaf.is_number and said.table.sure >= _SURE_WORDS else 0.0
    share = values.share(form, leaf.samples) if len(leaf.names) == 1 else 0.0
    return share if share >= 0.9 else 0.0


def _weighed(named: float, said: Evidence, target: Field) -> tuple[float, str]:
    """How sure a guess is, and why, from how well its name and its samples fit."""
    name = "the name fits" if named >= 0.85 else "the name fits in part"
    if said.fit is None:
        return named * _NO_SAMPLE, f"{name}, no value was seen"
    if said.fit == 0 and target.type is not Type.TEXT:
        return 0.0, ""
    if said.fit < 0.35:
        return named * _BAD_SAMPLES, f"{name}, the values do not"
    confidence = named * (0.55 + 0.45 * said.fit)
    if said.fit >= 0.8:
        return confidence, "name and form fit" if named >= 0.85 else f"{name}, the form does"
    return confidence, f"{name}, the values in part"


def assigned(found: Iterable[Guess], records: int) -> list[Guess]:
    """Each field of ours its surest leaf, each leaf to one field; a further leaf stands in where the first is empty."""
    weighed = sorted(found, key=lambda one: (-round(one.confidence, 3), len(one.leaves[0].names)))
    chosen: dict[str, Guess] = {}
    taken: dict[int, str] = {}
    for one in weighed:
        leaf = one.leaves[0]
        by = taken.get(id(leaf))
        if one.field in chosen or (by is not None and {by, one.field} not in _SHARED):
            continue
        chosen[one.field] = one
        taken.setdefault(id(leaf), one.field)
    for one in weighed:
        first = chosen.get(one.field)
        if first and id(one.leaves[0]) not in taken and _stands_in(one, first, records):
            chosen[one.field] = replace(first, leaves=(*first.leaves, *one.leaves))
            taken[id(one.leaves[0])] = one.field
    return list(chosen.values())


def _stands_in(other: Guess, first: Guess, records: int) -> bool:
    """Whether `other` says the same in the records where the first leaf says nothing."""
    sure = other.used and other.evidence.fit is not None and other.confidence >= _NO_SAMPLE
    alike = other.evidence.words == first.evidence.words and sure and len(first.leaves) < 3
    have = set(first.leaves[0].at)
    return alike and len(have) < records and bool(set(other.leaves[0].at) - have)
