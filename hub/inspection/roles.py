"""What the parameters and the answer of an operation are there for, by their names: paging, windows, keys, records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.contract import Field, Operation
from mappings.scaffold.names import NAMINGS, fit
from mappings.scaffold.personal import is_secret
from mappings.scaffold.words import concepts, readings

SINCE, UNTIL, PAGE, PAGE_SIZE, OFFSET, USER, SECRET = "since", "until", "page", "page_size", "offset", "user", "secret"
_PHRASES = {
    SINCE: "tu thoi diem|tu ngay|tu ngay gio|from date|since|updated since|modified since|changed since|from|start date"
    "|begin date|tu|updated after|modified after|last update|last updated|last modified|last sync|last sync time"
    "|thoi gian tu|ngay bat dau|date from|updated from|modified from|start time|from time|thoi diem tu|since time"
    "|tu thoi gian|ngay cap nhat|tu ngay cap nhat|update from|changed after|bat dau tu|tu giay|tu mili giay"
    "|from timestamp|since timestamp|from epoch",
    UNTIL: "den ngay|den thoi diem|to date|until|to|end date|den|before|date to|thoi gian den|end time|to time"
    "|ngay ket thuc|updated to|updated before|den thoi gian|den ngay gio|modified to",
    PAGE: "trang|page|page index|page number|page no|so trang|current page|trang so|page num|trang hien tai|p|pi"
    "|chi so trang|trang thu",
    PAGE_SIZE: "so dong|page size|size|limit|per page|rows|so ban ghi|top|take|max results|rows per page|so luong"
    "|number of rows|page limit|so ban ghi tren trang|max rows|kich thuoc trang|so dong tren trang|row count|ps"
    "|kich thuoc"
    "|so luong ban ghi|records per page|max|num rows|batch size|so luong tren trang|max records",
    OFFSET: "offset|skip|start index|from index|first result|start row|start|vi tri bat dau|bat dau|bo qua",
    USER: "user|username|user name|tai khoan|ten dang nhap|ten tai khoan|login|account|nguoi dung|userid|user id",
}
DATA_SET = ".NET DataSet"  # the type of a value whose description says nothing of what is in it
_MORE = "con trang|con tiep|has more|more|has next|con du lieu|con nua|has next page|is more|con trang sau"
_LAST = "last|is last|last page|is last page|trang cuoi|la trang cuoi|het"
_TOTAL = (
    "tong so|total|total elements|total count|total records|tong so ban ghi|tong|total rows|total items|tong ban ghi"
    "|record count|so ban ghi|tong so ho so|num found|total results|total number|count"
)
_KEYS = frozenset(
    {"khoa", "key", "pass", "pwd", "pw", "matkhau", "makhoa", "khoabimat", "authkey", "securitykey"}
)  # what only a parameter of such a name holds
_RESULTS = ("result", "return")  # how the one value of an answer is called by .NET and by Java
_CERTAIN = 0.3  # from which on a name is taken for a dossier's code
_OF_A_DOSSIER = 4  # fields with names of a dossier's: what has so many is one
_COUNTS = ("int", "number", "long", "short", "decimal", "byte")  # how types of whole numbers are called


def _joined(phrases: str) -> frozenset[str]:
    return frozenset(phrase.replace(" ", "") for phrase in phrases.split("|"))


_KNOWN = {role: _joined(phrases) for role, phrases in _PHRASES.items()}
_MORE_WORDS, _LAST_WORDS, _TOTAL_WORDS = map(_joined, (_MORE, _LAST, _TOTAL))


@dataclass(frozen=True, slots=True)
class Records:
    """Where the records of an answer stand, and what is special in them."""

    field: Field  # the repeated one
    inner: Sequence[Field]  # of one record, by paths that count from it
    key: str | None
    changed_at: Field | None


@dataclass(frozen=True, slots=True)
class Roles:
    """What an operation's parameters and answer seem to be for."""

    parameters: Mapping[str, str]  # path → role
    records: Records | None
    text: Field | None  # the one text of the answer, which may itself hold a document
    more: str | None
    last: str | None
    total: str | None


def roles_of(operation: Operation, sample: Sequence[Field] = ()) -> Roles:
    """Guess them by name and type; `sample` has the fields of one record that came."""
    records = _records(operation.answer, {field.path: field.sample for field in sample})
    outside = [field for field in operation.answer if not records or not _is_inside(field, records.field)]
    leaves = [field for field in outside if not _is_group(field)]
    return Roles(
        parameters={field.path: role for field in operation.parameters if (role := parameter_role(field))},
        records=records,
        text=_text(leaves) if not records else None,
        more=_named(leaves, _MORE_WORDS),
        last=_named(leaves, _LAST_WORDS),
        total=_named([field for field in leaves if is_number(field) or not field.type], _TOTAL_WORDS),
    )


def parameter_role(field: Field) -> str | None:
    """What one parameter is there for."""
    name = field.path.rpartition(".")[2]
    said = {"".join(words) for words in readings(name)} | {name.lower()}
    if is_secret(name) or said & _KEYS:
        return SECRET
    if "date" in field.type.lower() and said & {"start", "batdau"}:
        return SINCE
    fits = [role for role, known in _KNOWN.items() if said & known]
    if is_number(field) and SINCE in fits and not fits[1:]:
        return OFFSET if said & {"from", "start"} else SINCE
    return fits[0] if fits else None


def _records(answer: Sequence[Field], samples: Mapping[str, str | None]) -> Records | None:
    """The repeated group that is nearest to the top; of several the one with the most in it."""
    repeated = [field for field in answer if field.repeated and _inner(answer, field)]
    if not repeated or _is_a_dossier(answer):
        return _whole(answer, samples)
    nearest = min(field.path.count(".") + bool(field.path) for field in repeated)
    here = [field for field in repeated if field.path.count(".") + bool(field.path) <= nearest + 1]
    # A list inside another's records belongs to those records.
    here = [field for field in here if not any(other is not field and _is_inside(field, other) for other in repeated)]
    chosen = max(here, key=lambda field: (_called_dossier(field), len(_inner(answer, field))))
    found = _read(answer, chosen, samples)
    # A list inside one record has no key of its own, but what holds it has.
    holders = [
        field for field in answer if field.type == "object" and field is not chosen and _is_inside(chosen, field)
    ]
    held = [one for field in reversed(holders) if (one := _read(answer, field, samples)).key] if not found.key else []
    return held[0] if held else found


def _read(answer: Sequence[Field], group: Field, samples: Mapping[str, str | None]) -> Records:
    inner = [replace(field, sample=field.sample or samples.get(field.path)) for field in _inner(answer, group)]
    return Records(group, inner, _key(inner), _changed_at(inner))


def _is_a_dossier(answer: Sequence[Field]) -> bool:
    """Whether what stands at the top speaks of one dossier: an envelope around records has other names."""
    top = [field for field in answer if field.path and "." not in field.path and not _is_group(field)]
    known = [field for field in top if max(fit(naming, (field.path,)) for naming in NAMINGS.values()) >= 0.8]
    return len(known) >= _OF_A_DOSSIER


def _whole(answer: Sequence[Field], samples: Mapping[str, str | None]) -> Records | None:
    """The answer itself as the list of records, or as one, where it has a key like one."""
    inner = [replace(field, sample=field.sample or samples.get(field.path)) for field in answer if field.path]
    found = _key(inner)
    single = [field for field in inner if not _is_group(field)]
    if len(single) < 2 or _text(single) is not None:  # a lone value is no record: a text or a DataSet holds them
        return None
    return None if found is None else Records(Field("", "object", repeated=True), inner, found, _changed_at(inner))


def _called_dossier(field: Field) -> bool:
    return any("dossier" in concepts(words)[0] for words in readings(field.path.rpartition(".")[2]))


def _inner(answer: Sequence[Field], group: Field) -> list[Field]:
    """What stands inside a group, by paths that count from it."""
    prefix = f"{group.path}." if group.path else ""
    return [
        replace(field, path=field.path.removeprefix(prefix))
        for field in answer
        if field is not group and field.path.startswith(prefix)
    ]


def _is_inside(field: Field, group: Field) -> bool:
    return field is group or not group.path or field.path.startswith(f"{group.path}.")


def _key(inner: Sequence[Field]) -> str | None:
    """An id of the program's own is for ever; a dossier's code nearly so."""
    single = [field for field in inner if not field.repeated and not _is_group(field) and "." not in field.path]
    ids = [field.path for field in single if field.path.lower().lstrip("@_") in ("id", "_id", "uuid", "guid")]
    coded = [(fit(NAMINGS["code"], (field.path,)), -at, field.path) for at, field in enumerate(single)]
    best = max(coded, default=(0.0, 0, ""))
    coded_well = best[0] >= _CERTAIN
    if ids and not (ids[0].startswith("@") and coded_well):  # many toolkits give each element an `id` of their own
        return ids[0]
    return best[2] if coded_well else None


def _changed_at(inner: Sequence[Field]) -> Field | None:
    """The field that tells an update's time."""
    for wanted in ({"update", "time"}, {"update"}):
        for field in inner:
            own = concepts(readings(field.path)[0])[0] if "." not in field.path else frozenset()
            if wanted <= own and not _is_group(field) and not field.repeated:
                return field
    return None


def _named(fields: Sequence[Field], words: frozenset[str]) -> str | None:
    for field in fields:
        name = field.path.rpartition(".")[2]
        if {"".join(one) for one in readings(name)} & words or name.lower() in words:
            return field.path
    return None


def _text(leaves: Sequence[Field]) -> Field | None:
    """The one text of an answer, or the one that is called its result."""
    texts = [field for field in leaves if field.type.endswith(":string")]
    if len(leaves) == 1:
        return texts[0] if texts else None
    return next((field for field in texts if field.path.lower().endswith(_RESULTS)), None)


def _is_group(field: Field) -> bool:
    return field.type in ("object", DATA_SET)


def is_number(field: Field) -> bool:
    """Whether a whole number, or any other, is declared."""
    return any(word in field.type.lower() for word in _COUNTS)
