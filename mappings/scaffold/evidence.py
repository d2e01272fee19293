"""What the samples of a field say for and against a field of ours, and which words of the language read them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mappings.engine.draft import Unreadable
from mappings.engine.numbers import boolean
from mappings.engine.target import Field, Type
from mappings.scaffold import values
from mappings.scaffold.observe import Leaf
from mappings.scaffold.tables import TABLE_OF, YES_NO, GuessedTable, guessed_table, is_official
from mappings.scaffold.times import Times, times

_NEVER_BORN = 2016  # a birth date after this is rather some other day
_DECLARED_TIMES = ("datetime", "date-time", "date")  # types of XML Schema and OpenAPI that are written in ISO 8601

# Forms of the samples that speak for a text field, each with how much it proves.
_TEXT_FORMS: dict[str, dict[str, float]] = {
    "code": {"dossier code": 1, "code": 0.85},
    "national_code": {"dossier code": 1, "code": 0.6},
    "dossier_code": {"dossier code": 1, "code": 0.85},
    "phone": {"phone": 1},
    "email": {"email": 1},
    "agency_code": {"agency code": 1, "code": 0.7},
    "leader.name": {"person": 1, "words": 0.7},
    "procedure.code": {"procedure code": 1, "code": 0.75},
    "procedure.field_code": {"code": 0.9, "words": 0.8},
    "procedure.level": {"words": 1, "code": 0.9},
    "agency.code": {"agency code": 1, "code": 0.5},
    "applicant.name": {"person": 1, "words": 0.8},
    "applicant.id_number": {"identity number": 1},
    "applicant.phone": {"phone": 1},
    "applicant.email": {"email": 1},
    "applicant.address": {"address": 1, "words": 0.6},
    "officer": {"person": 1, "words": 0.7},
    "applicant.tax_code": {"tax code": 1, "code": 0.4},
    "applicant.paper_number": {"code": 0.9},
    "applicant.portal_id": {"code": 1, "internal id": 1},
    "applicant.fax": {"phone": 1},
    "receipt_number": {"dossier code": 0.9, "code": 1},
    "submission_place": {"code": 1, "words": 1},
    "return_information": {"words": 1, "code": 0.8},
    "documents.id": {"internal id": 1, "code": 1},
    "documents.reuse": {"code": 1},
    "documents.replaced_result": {"code": 1},
    "papers.code": {"code": 1},
    "fees.code": {"code": 1},
    "supplements.id": {"internal id": 1, "code": 1},
    "supplements.status": {"words": 1, "code": 1},
    "supplements.papers.code": {"code": 1},
    "supplements.fees.code": {"code": 1},
    "results.id": {"internal id": 1, "code": 1},
    "results.code": {"code": 1},
    "results.kind": {"code": 1},
    "results.url": {"url": 1},
    "databases.code": {"code": 1},
    "documents.code": {"code": 1, "words": 0.5},
    "documents.file_name": {"file name": 1, "words": 0.3},
    "documents.url": {"url": 1},
    "events.actor": {"person": 1, "words": 0.7},
    "events.unit": {"words": 1, "code": 0.5},
}
_OTHER_TEXT = {"words": 1.0}


@dataclass(frozen=True, slots=True)
class Evidence:
    """How far the samples fit (None: there is none to judge by), and how they are read."""

    fit: float | None
    words: Mapping[str, Any] = field(default_factory=dict)  # of the mapping language: {"date": "dd/MM/yyyy"}
    remark: str = ""  # a doubt that a person should know
    table: GuessedTable | None = None
    readable: bool = True  # False: what is needed to read it cannot be told


@dataclass(frozen=True, slots=True)
class World:
    """What is known of the whole source when one field is judged."""

    leaves: Sequence[Leaf]  # those that stand beside it
    order: str | None  # day or month first, where any field's samples show it
    shown_by: str  # that field
    usual: str  # the pattern that most of the source's times are written in
    official: bool  # whether it is the national portal's own payload, and so has its numbers


def evidence(name: str, target: Field, leaf: Leaf, world: World) -> Evidence:
    """What speaks for reading `leaf` as our field `name`."""
    if target.type in (Type.TIME, Type.DATE):
        return _times(name, leaf, world)
    if target.type is Type.MONEY:
        return Evidence(_share("money", leaf.samples), {"money": "vnd"})
    if target.type is Type.INTEGER:
        return Evidence(_share("whole number", leaf.samples))
    if target.type is Type.CHOICE:
        return _choice(name, leaf, world)
    if target.type is Type.BOOLEAN:
        return _boolean(name, leaf, world)
    return _text(name, leaf)


def _share(form: str, samples: Sequence[str]) -> float | None:
    return values.share(form, samples) if samples else None


def _times(name: str, leaf: Leaf, world: World) -> Evidence:
    if not leaf.samples:
        if leaf.declared.lower().rpartition(":")[2] in _DECLARED_TIMES:
            return Evidence(None, {"date": "iso"})
        remark = "taken to be written as the other times are" if world.usual else ""
        return Evidence(None, {"date": world.usual} if world.usual else {}, remark, readable=bool(world.usual))
    found = times(leaf.samples)
    if found is None:
        return Evidence(0.0)
    remark = ""
    if found.ambiguous and world.order:
        found = found.as_ordered(world.order)
        remark = f"day or month first: as in {world.shown_by}"
    elif found.ambiguous:
        remark = "no sample has a day after the 12th, so this may be month first (M/d); ask the department"
    words: dict[str, Any] = {"date": found.patterns[0] if len(found.patterns) == 1 else list(found.patterns)}
    if found.fillers:
        words["missing"] = list(found.fillers)
    if name == "due_at" and not found.has_clock:
        words["end_of_day"] = True
    return Evidence(_time_fit(name, found, leaf), words, remark)


def _time_fit(name: str, found: Times, leaf: Leaf) -> float:
    fit = found.share * (0.8 if found.is_bare else 1.0)
    if found.ambiguous and found.order is None:
        fit *= 0.6
    if name == "applicant.birth_date":
        years = [year for text in leaf.samples if (year := found.year_of(text)) is not None]
        born = sum(year < _NEVER_BORN for year in years)
        fit *= born / len(years) if years else 0.0
    return fit


def _choice(name: str, leaf: Leaf, world: World) -> Evidence:
    table = guessed_table(TABLE_OF.get(name, YES_NO), leaf, world.leaves, official=world.official)
    if not leaf.samples:
        return Evidence(None, readable=False)
    if table is None:
        return Evidence(0.0)
    words: dict[str, Any] = {"table": table.name}
    if table.tcvn3:
        words["text"] = "tcvn3"
    return Evidence(table.fit, words, table.remark, table)


def _boolean(name: str, leaf: Leaf, world: World) -> Evidence:
    if not leaf.samples:
        return Evidence(None)
    if all(_is_boolean(text) for text in leaf.samples):
        return Evidence(1.0)
    return _choice(name, leaf, world)


def _is_boolean(text: str) -> bool:
    try:
        return boolean(text) is not None
    except Unreadable:
        return False


def _text(name: str, leaf: Leaf) -> Evidence:
    if not leaf.samples:
        return Evidence(None, {"as": "identity_number"} if name == "applicant.id_number" else {})
    words: dict[str, Any] = {}
    remark, samples = "", leaf.samples
    if values.is_tcvn3(samples):
        words, samples = {"text": "tcvn3"}, [values.from_old_font(text) for text in samples]
    elif values.is_vni(samples):
        remark = "this looks like the text of a VNI font, which the hub does not turn; ask for Unicode"
    if name == "applicant.id_number":
        words = {"as": "identity_number"}
    forms = _TEXT_FORMS.get(name, _OTHER_TEXT)
    fit = max(values.share(form, samples) * worth for form, worth in forms.items())
    if name in ("code", "national_code"):
        fit *= _uniqueness(samples) * (0.5 if values.share("internal id", samples) > 0.5 else 1.0)
    return Evidence(fit, words, remark)


def _uniqueness(samples: Sequence[str]) -> float:
    """A code tells dossiers apart; one that stands in every record is somebody else's."""
    return 0.4 + 0.6 * len(set(samples)) / len(samples)


def world_of(leaves: Sequence[Leaf], all_leaves: Iterable[Leaf]) -> World:
    """What the fields of a source say of one another: whether day or month comes first, and how most times look."""
    found = [(leaf, one) for leaf in all_leaves if (one := times(leaf.samples)) is not None]
    shown = next(((leaf, one.order) for leaf, one in found if one.order), None)
    counted = Counter(pattern for _, one in found if not one.ambiguous for pattern in one.patterns[:1])
    usual = counted.most_common(1)[0][0] if counted else ""
    order, by = (shown[1], shown[0].source) if shown else (None, "")
    return World(leaves, order, by, usual, is_official(leaves))
