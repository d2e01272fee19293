"""How well the name of a source's field fits a field of ours: by the concepts that both are made of."""

from dataclasses import dataclass

from mappings.scaffold.observe import Names
from mappings.scaffold.vocabulary import ENTITIES, NOTHING
from mappings.scaffold.words import concepts, readings

_UNKNOWN_WORD, _OTHER_CONCEPT = 0.87, 0.55  # what each costs in the field's own name
_OTHER_ENTITY, _FARTHER_ENTITY = 0.4, 0.75  # what each costs in the names above it
_OTHER_READING = 0.92  # an abbreviation's second meaning


@dataclass(frozen=True, slots=True)
class Way:
    """One way to name a field: concepts that must all be there, and how much that proves."""

    weight: float
    concepts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Naming:
    """The ways to name one of our fields, and what may stand beside them without harm."""

    ways: tuple[Way, ...]
    beside: frozenset[str]


def _ways(beside: str, ways: str) -> Naming:
    """`code dossier 1, code .75`: each way with its weight; a concept of two words is joined by a hyphen."""
    made = []
    for way in ways.split(","):
        *names, weight = way.split()
        made.append(Way(float(weight), frozenset(name.replace("-", " ") for name in names)))
    return Naming(tuple(made), frozenset(name.replace("-", " ") for name in beside.split()))


NAMINGS: dict[str, Naming] = {
    "code": _ways("", "dossier code 1, dossier id .5, code .75, id .35, dossier .4, receive code .7"),
    "national_code": _ways("", "national code 1, national dossier code 1, national id .7, national dossier .7"),
    "procedure.code": _ways("", "procedure national code 1, procedure code .97, procedure id .45, procedure .4"),
    "procedure.name": _ways("", "procedure name 1, procedure .8, dossier kind .65, procedure full-name .9"),
    "procedure.field_code": _ways("procedure", "field code 1, field id .5"),
    "procedure.field_name": _ways("procedure", "field name 1, field .85"),
    "procedure.level": _ways("procedure", "level 1, level name 1, level code .8, level id .4"),
    "agency.code": _ways("receive event", "agency code 1, agency id .5, agency .6"),
    "agency.name": _ways("receive event", "agency name 1, agency .85, agency full-name 1"),
    "status": _ways("dossier event", "status code 1, status id .97, status .97, status name .9, status label .9"),
    "status_text": _ways("dossier event", "status name 1, status label 1, status .85, event name .3"),
    "channel": _ways(
        "dossier submit receive", "channel id 1, channel code 1, channel 1, channel name .95, channel kind .9"
    ),
    "summary": _ways(
        "dossier applicant owner name", "summary 1, dossier content .8, content .6, label .6, summary label 1"
    ),
    "applicant.name": _ways(
        "dossier owner applicant",
        "owner full-name 1, owner name 1, owner .93, applicant full-name .9, applicant name .9, "
        "full-name .88, applicant .8",
    ),
    "applicant.kind": _ways("dossier", "person-kind 1, owner kind .95, applicant kind .95"),
    "applicant.id_number": _ways(
        "applicant owner code full-name id document",
        "identity 1, owner identity 1, applicant identity 1, document code .45",
    ),
    "applicant.birth_date": _ways("applicant owner time", "birth 1, birth time 1"),
    "applicant.phone": _ways("applicant owner code", "phone 1, owner phone 1, applicant phone 1"),
    "applicant.email": _ways("applicant owner", "email 1, owner email 1, applicant email 1"),
    "applicant.address": _ways("applicant owner", "address 1, owner address 1, applicant address 1"),
    "officer": _ways("event receive", "officer full-name 1, officer name 1, officer .95, officer id .3"),
    "submitted_at": _ways("dossier", "submit time 1, submit .7, create time .5, dossier create time .55"),
    "received_at": _ways("dossier", "receive time 1, receive .75, create time .3"),
    "due_at": _ways("dossier", "due time 1, due .88, due return time 1"),
    "completed_at": _ways("dossier event", "complete time 1, complete .75"),
    "returned_at": _ways("dossier", "return time 1, return .75"),
    "note": _ways("dossier applicant owner", "note 1, note content .9"),
}
ROW_NAMINGS: dict[str, dict[str, Naming]] = {
    "documents": {
        "name": _ways("dossier", "document name 1, document .9, name .85, document kind .6, label .5, file name .65"),
        "code": _ways("dossier", "document code 1, code .85, document id .5"),
        "file_name": _ways("document name", "file name 1, file .8, document file 1"),
        "url": _ways("document file", "url 1, file url 1"),
    },
    "fees": {
        "name": _ways("dossier kind", "fee name 1, fee .8, name .85, fee kind .8, content .7, label .6"),
        "amount": _ways("fee dossier", "amount 1, fee amount 1, fee .7"),
        "paid": _ways("fee status", "paid 1, paid status 1, fee paid 1"),
        "paid_at": _ways("fee submit", "paid time 1, time .6"),
    },
    "events": {
        "at": _ways("event", "time 1, event time 1, create time 1, start time .9, complete time .7, update time .7"),
        "status": _ways("event dossier", "status 1, status code 1, status id 1, status name .9"),
        "name": _ways("event", "content 1, event name 1, event content 1, name .8, event .8, label .75, note .6"),
        "actor": _ways("event", "officer 1, officer name 1, officer full-name 1, full-name .7"),
        "unit": _ways("event officer", "unit 1, unit name 1, agency .8, agency name .95"),
    },
}
# What a list is called.
LIST_NAMINGS: dict[str, Naming] = {
    "documents": _ways("dossier submit", "document 1, file .8, document file 1"),
    "fees": _ways("dossier", "fee 1, paid .6, amount .5"),
    "events": _ways("dossier", "event 1, status .5, update .5"),
}


def fit(naming: Naming, names: Names, context: frozenset[str] = frozenset()) -> float:
    """How well the field at `names` fits, from 0 to 1; `context` says what a row's list is about."""
    best = 0.0
    above = [concepts(readings(name)[0])[0] - NOTHING for name in names[:-1]]
    for number, words in enumerate(readings(names[-1])):
        own, unknown = concepts(words)
        own -= NOTHING
        lessened = _OTHER_READING if number else 1.0
        for way in naming.ways:
            best = max(best, way.weight * lessened * _fits(way, naming.beside | context, own, unknown, above))
    return best


def _fits(way: Way, beside: frozenset[str], own: frozenset[str], unknown: int, above: list[frozenset[str]]) -> float:
    in_all = own.union(*above)
    if not way.concepts <= in_all or not way.concepts & own:
        return 0.0
    value = _UNKNOWN_WORD ** min(unknown, 3)
    value *= _OTHER_CONCEPT ** len(own - way.concepts - beside - {"dossier"})
    nearest = True
    for names in reversed(above):
        strange = (names & ENTITIES) - way.concepts - beside
        if strange:
            value *= _OTHER_ENTITY if nearest else _FARTHER_ENTITY
        if names & ENTITIES:
            nearest = False
    return value
