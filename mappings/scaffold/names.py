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


def ways(beside: str, ways: str) -> Naming:
    """`code dossier 1, code .75`: each way with its weight; a concept of two words is joined by a hyphen."""
    made = []
    for way in ways.split(","):
        *names, weight = way.split()
        made.append(Way(float(weight), frozenset(name.replace("-", " ") for name in names)))
    return Naming(tuple(made), frozenset(name.replace("-", " ") for name in beside.split()))


NAMINGS: dict[str, Naming] = {
    "code": ways("", "dossier code 1, dossier id .5, code .75, id .35, dossier .4, receive code .7, slip .75"),
    "national_code": ways("", "national code 1, national dossier code 1, national id .7, national dossier .7"),
    "receipt_number": ways("code dossier", "slip 1"),
    "procedure.code": ways("", "procedure national code 1, procedure code .97, procedure id .45, procedure .4"),
    "procedure.name": ways("", "procedure name 1, procedure .8, dossier kind .65, procedure full-name .9"),
    "procedure.field_code": ways("procedure", "field code 1, field id .5"),
    "procedure.field_name": ways("procedure", "field name 1, field .85"),
    "procedure.level": ways("procedure", "level 1, level name 1, level code .8, level id .4"),
    "agency.code": ways("receive event", "agency code 1, agency id .5, agency .6"),
    "agency.name": ways("receive event", "agency name 1, agency .85, agency full-name 1"),
    "status": ways("dossier event", "status code 1, status id .97, status .97, status name .9, status label .9"),
    "status_text": ways("dossier event", "status name 1, status label 1, status .85, event name .3"),
    "channel": ways(
        "dossier submit receive", "channel id 1, channel code 1, channel 1, channel name .95, channel kind .9"
    ),
    "submission_place": ways("dossier", "place-of-submission 1"),
    "summary": ways(
        "dossier applicant owner name", "summary 1, dossier content .8, content .6, label .6, summary label 1"
    ),
    "confidentiality": ways("dossier", "confidentiality 1"),
    "applicant.name": ways(
        "dossier owner applicant",
        "owner full-name 1, owner name 1, owner .93, applicant full-name .9, applicant name .9, "
        "full-name .88, applicant .8",
    ),
    "applicant.kind": ways("dossier", "person-kind 1, owner kind .95, applicant kind .95"),
    "applicant.portal_id": ways("owner applicant code", "portal-id 1"),
    "applicant.id_kind": ways("applicant owner", "identity kind 1"),
    "applicant.id_number": ways(
        "applicant owner code full-name id document",
        "identity 1, owner identity 1, applicant identity 1, document code .45",
    ),
    "applicant.paper_number": ways("applicant owner code id", "passport 1, identity .55"),
    "applicant.tax_code": ways("applicant owner code", "tax 1"),
    "applicant.vneid_verified": ways("applicant owner", "vneid 1"),
    "applicant.birth_date": ways("applicant owner time", "birth 1, birth time 1"),
    "applicant.phone": ways("applicant owner code", "phone 1, owner phone 1, applicant phone 1"),
    "applicant.fax": ways("applicant owner code", "fax 1"),
    "applicant.email": ways("applicant owner", "email 1, owner email 1, applicant email 1"),
    "applicant.address": ways("applicant owner", "address 1, owner address 1, applicant address 1"),
    "officer": ways("event receive", "officer full-name 1, officer name 1, officer .95, officer id .3"),
    "submitted_at": ways("dossier", "submit time 1, submit .7, create time .5, dossier create time .55"),
    "received_at": ways("dossier", "receive time 1, receive .75, create time .3"),
    "due_at": ways("dossier", "due time 1, due .88, due return time 1"),
    "completed_at": ways("dossier event", "complete time 1, complete .75, issue time .7, issue .62"),
    "refused_at": ways("dossier", "refuse time 1"),
    "returned_at": ways("dossier", "return time 1, return .75"),
    "return_method": ways("dossier receive", "return-manner 1, manner .7"),
    "return_information": ways("dossier", "return-information 1"),
    "digitised": ways("dossier document", "digitised 1"),
    "online_payment": ways("dossier fee paid", "online-payment 1"),
    "other_information": ways("dossier", "other-information 1"),
    "note": ways("dossier applicant owner", "note 1, note content .9"),
}
_PAPER = {
    "name": ways("dossier supplement", "document name 1, document .9, name .85, label .5"),
    "code": ways("dossier supplement", "document code 1, code .85, document id .5"),
    "quantity": ways("document", "quantity 1"),
    "kind": ways("document", "document kind 1, kind 1"),
}
_FEE = {
    "name": ways("dossier kind", "fee name 1, fee .8, name .85, fee kind .5, content .7, label .6"),
    "code": ways("", "fee code 1, code .9"),
    "amount": ways("fee dossier", "amount 1, fee amount 1, fee .7"),
    "kind": ways("", "fee kind .9, kind .9"),
    "collected": ways("fee", "collected 1"),
    "paid": ways("fee status", "paid 1, paid status 1, fee paid 1"),
    "paid_at": ways("fee submit", "paid time 1, time .6"),
}
ROW_NAMINGS: dict[str, dict[str, Naming]] = {
    "documents": {
        "id": ways("document file", "file id 1, document id .8, id .7"),
        "name": ways("dossier", "document name 1, document .9, name .85, document kind .6, label .5, file name .65"),
        "code": ways("dossier", "document code 1, code .85, document id .5"),
        "file_name": ways("document name", "file name 1, file .8, document file 1"),
        "url": ways("document file", "url 1, file url 1"),
        "deleted": ways("document file", "deleted 1"),
        "digitised": ways("document file", "digitised 1"),
        "reuse": ways("document file", "reused 1"),
        "from_repository": ways("document file", "repository 1"),
        "replaced_result": ways("document code result", "replacing 1"),
    },
    "papers": _PAPER,
    "fees": _FEE,
    "supplements": {
        "id": ways("dossier", "supplement id 1, id .8"),
        "requested_by": ways("", "supplement officer request 1, officer request .9"),
        "content": ways("supplement", "content 1, supplement content 1, label .7, note .6"),
        "requested_at": ways("request", "supplement time 1, request time 1, time .7, create time .7"),
        "received_by": ways("", "supplement officer receive 1, officer receive .9"),
        "reception_information": ways("rest", "receive .9"),
        "received_at": ways("", "supplement receive time 1, receive time 1"),
        "status": ways("", "supplement status 1, status 1"),
        "due_before": ways("time return", "due before 1"),
        "due_after": ways("time return", "due after 1"),
    },
    "supplements.papers": _PAPER,
    "supplements.fees": _FEE,
    "results": {
        "id": ways("document result", "document id 1, id .8, file id .8"),
        "name": ways("document dossier", "document name 1, result name 1, name .9, file name .8"),
        "code": ways("dossier", "document code 1, code .8"),
        "kind": ways("", "result code 1, result kind 1, kind .8"),
        "url": ways("file result", "url 1, file url 1"),
    },
    "databases": {"code": ways("", "database code 1, code .8, database .8")},
    "events": {
        "at": ways("event", "time 1, event time 1, create time 1, start time .9, complete time .7, update time .7"),
        "status": ways("event dossier", "status 1, status code 1, status id 1, status name .9"),
        "name": ways("event", "content 1, event name 1, event content 1, name .8, event .8, label .75, note .6"),
        "actor": ways("event", "officer 1, officer name 1, officer full-name 1, full-name .7"),
        "title": ways("officer", "title 1, title name 1"),
        "unit": ways("event officer", "unit 1, unit name 1, agency .8, agency name .95"),
        "started_at": ways("event", "start time .9"),
        "due_at": ways("event return complete", "due time 1, due .88"),
    },
}
# What a list is called; of one inside the rows of another, what it is called there.
LIST_NAMINGS: dict[str, Naming] = {
    "documents": ways("dossier submit", "document 1, file .8, document file 1"),
    "papers": ways("dossier document file", "paper 1"),
    "fees": ways("dossier", "fee 1, paid .6, amount .5"),
    "supplements": ways("dossier request", "supplement 1"),
    "supplements.papers": ways("dossier supplement", "document 1, paper 1, file .8"),
    "supplements.fees": ways("dossier supplement", "fee 1"),
    "results": ways("dossier", "result 1"),
    "databases": ways("", "database 1"),
    "events": ways("dossier", "event 1, status .5, update .5"),
}
# What a row must say to be worth anything: of each group one column.
ESSENTIAL: dict[str, tuple[frozenset[str], ...]] = {
    "documents": (frozenset({"name", "file_name"}),),
    "papers": (frozenset({"name"}),),
    "fees": (frozenset({"name"}), frozenset({"amount"})),
    "supplements": (frozenset({"requested_at", "content"}),),
    "supplements.papers": (frozenset({"name"}),),
    "supplements.fees": (frozenset({"name"}), frozenset({"amount"})),
    "results": (frozenset({"name", "url"}),),
    "databases": (frozenset({"code"}),),
    "events": (frozenset({"at"}),),
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
