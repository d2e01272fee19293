"""What a list of dossiers shows: a filter, and the conditions that it and the client's scope come to together."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as kept
from datetime import date, datetime
from itertools import product
from typing import Any, NamedTuple

import orjson
from sqlalchemy import BindParameter, ColumnElement
from sqlalchemy.sql.visitors import cloned_traverse

from hub.record.confidentiality import rank
from hub.record.identity import normalise
from hub.record.shown import field_key, name_key, phone_key, procedure_key
from hub.record.standing import Moment, Standing
from hub.store.asking import bound
from hub.store.clauses import together
from hub.store.database import Database
from hub.store.known_catalogue import agencies_named, procedures_of_level
from hub.store.scope import ALL, Scope
from hub.store.searching import asked, matching


class Due(NamedTuple):
    """Dossiers that stand so against their due date at a moment."""

    stands: Standing
    at: Moment


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows; None means anything, and what is given holds together.

    Codes, numbers and names are as somebody writes them. Times are UTC ISO 8601; `…_from` is included, `…_to` is not,
    and a dossier without that time is in neither.
    """

    agency: str | None = None  # with all below it
    procedure: str | None = None  # in any local form
    field: str | None = None
    status: str | tuple[str, ...] | None = None  # one of these
    channel: str | None = None
    connector: str | None = None  # that has a record of it
    received_from: str | None = None
    received_to: str | None = None
    due_from: str | None = None
    due_to: str | None = None
    completed_from: str | None = None  # when the work on it ended, however it ended
    completed_to: str | None = None
    changed_from: str | None = None  # in the hub
    changed_to: str | None = None
    due: Due | None = None
    conflicts: bool | None = None  # whether sources disagree on one of its fields
    gone: bool | None = False  # whether its sources do not hold it any more
    identity: str | None = None  # the owner's number, whole
    phone: str | None = None  # the owner's, whole
    name_is: str | None = None  # the owner's name, whole; accents and case do not matter
    name_is_not: str | None = None
    level: str | None = None  # online level of its procedure; the catalogue says it, so one that it lacks has none
    confidentiality: str | None = None  # exactly this level
    words: str | None = None  # of the owner's name, the summary, the procedure or a code: `hub.store.searching`
    alternatives: Mapping[str, Sequence[str]] = kept(default_factory=dict)  # other spellings of these words
    day: date | None = None  # of the catalogue: what is below the agency, levels of procedures; None: today


# Lists that ask for nothing but these are walked value by value: whatever else is asked for may be rare in each.
_COMMON = frozenset(
    {
        *("standing", "there", "rank", "with_received", "received_from", "received_to"),
        *("channel", "confidentiality", "name_is_not", "undisputed"),
    }
)
_WALKED = {  # where several of these columns' values are wanted (each has an index), and what one value of is no harm
    ("agency",): _COMMON | {"status"},
    ("agency", "status"): _COMMON,
    ("status",): _COMMON | {"agency"},
    ("procedure",): _COMMON,
    ("field",): _COMMON,
}
_MOST_WALKED = 2000  # values, or pairs of them: PostgreSQL needs 15 ms for so many


def told_apart(wanted: Filter, whose: str) -> str:
    """What tells the lists of this filter, for this client, from all others; what time it is makes no other list."""
    given = {name: value for name in Filter.__slots__ if (value := getattr(wanted, name)) is not None}
    if wanted.due is not None:
        given["due"] = wanted.due.stands
    said = orjson.dumps([whose, given], option=orjson.OPT_SORT_KEYS, default=list)
    return hashlib.blake2b(said, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Walked:
    """Columns whose values are walked one by one, together: the first of each, then the second …"""

    columns: tuple[str, ...]
    values: Mapping[str, list[str]]
    how_many: int


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a filter leaves of what a scope sees: names of `clauses`, and the values that they are bound to."""

    dialect: str
    names: tuple[str, ...]
    values: Mapping[str, Any]
    several: Mapping[str, list[str]]  # by column: any of these
    search: tuple[ColumnElement[bool], ...]  # what is searched for is a condition of its own each time

    @property
    def all_names(self) -> tuple[str, ...]:
        """Of all conditions but the search: also those of `several`."""
        return (*self.names, *(f"some_{name}" for name in self.several))

    @property
    def all_values(self) -> dict[str, Any]:
        """Likewise."""
        return {**self.values, **{f"some_{name}": values for name, values in self.several.items()}}

    def with_names(self, *names: str, **values: Any) -> "Narrowed":
        """What these conditions leave of it."""
        return replace(self, names=(*self.names, *names), values={**self.values, **values})

    @property
    def walked(self) -> Walked | None:
        """How its lists by reception are walked value by value; None: the database does better by itself."""
        columns = tuple(sorted(self.several))
        if self.dialect == "sqlite" or self.search or not _WALKED.get(columns, frozenset()).issuperset(self.names):
            return None
        every = list(product(*(self.several[name] for name in columns)))
        if len(every) > _MOST_WALKED:
            return None
        values = {f"walked_{name}": list(some) for name, some in zip(columns, zip(*every, strict=True), strict=True)}
        return Walked(columns, values, len(every))


def narrowed(database: Database, wanted: Filter, scope: Scope) -> Narrowed | None:
    """A filter within a scope; None: it holds nothing, whatever the dossiers are.

    Raises:
        ValueError: its `words` are none that can be searched.
    """
    names, values, several = ["standing"], _plain(wanted), {}
    for name, among in _among(database, wanted, scope).items():
        if among is None:
            continue
        if not among:
            return None
        if len(among) == 1:
            (values[name],) = among
        else:
            several[name] = sorted(among)
    if any(values.get(name) == "" for name in ("identity", "phone", "name")):
        return None  # who asks for signs alone means nobody, and not all who have no name
    if wanted.due is not None:
        names.append(f"stands_{wanted.due.stands}")
    names += [yes if asked else no for asked, yes, no in _either(wanted) if asked is not None]
    names += [f"with_{name}" for name in _PERIODS if f"{name}_from" in values or f"{name}_to" in values]
    if scope.rank < ALL.rank:
        values["rank"] = scope.rank
    names += values
    if wanted.due is not None:
        values |= {"now": wanted.due.at.now, "near": wanted.due.at.near}
    return Narrowed(database.engine.dialect.name, tuple(names), values, several, _search(database, wanted))


def all_conditions(found: Narrowed) -> list[ColumnElement[bool]]:
    """What a filter leaves, as conditions on `dossiers` with their values, for statements of other kinds."""
    values = bound(found.dialect, found.all_values)
    return [*(_with_values(one, values) for one in together(found.dialect, found.all_names)), *found.search]


def _with_values(condition: ColumnElement[bool], values: Mapping[str, Any]) -> ColumnElement[bool]:
    def tell(parameter: BindParameter[Any]) -> None:
        if parameter.key in values:
            parameter.value, parameter.required = values[parameter.key], False

    told: ColumnElement[bool] = cloned_traverse(condition, {}, {"bindparam": tell})
    return told


_PERIODS = ("received", "due", "completed")


def _either(wanted: Filter) -> Sequence[tuple[bool | None, str, str]]:
    return (wanted.gone, "gone", "there"), (wanted.conflicts, "disputed", "undisputed")


def _among(database: Database, wanted: Filter, scope: Scope) -> dict[str, frozenset[str] | None]:
    """Of each column the values that are wanted and seen; None: any."""
    procedure = None if wanted.procedure is None else frozenset({procedure_key(wanted.procedure)})
    field = None if wanted.field is None else frozenset({field_key(wanted.field)})
    statuses = {wanted.status} if isinstance(wanted.status, str) else wanted.status
    agencies = None if wanted.agency is None else agencies_named(database, wanted.agency, wanted.day)
    of_level = None if wanted.level is None else procedures_of_level(database, wanted.level, wanted.day)
    return {
        "agency": _both(scope.agencies, agencies),
        "procedure": _both(_both(scope.procedures, procedure), of_level),
        "field": _both(scope.fields, field),
        "status": None if statuses is None else frozenset(statuses),
    }


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _plain(wanted: Filter) -> dict[str, Any]:
    """What is compared with one value."""
    given = {
        "channel": wanted.channel,
        "connector": wanted.connector,
        "identity": _key(normalise, wanted.identity),
        "phone": _key(phone_key, wanted.phone),
        "name": _key(name_key, wanted.name_is),
        "name_is_not": _key(name_key, wanted.name_is_not),
        "confidentiality": _key(rank, wanted.confidentiality),
        "changed_from": _key(datetime.fromisoformat, wanted.changed_from),
        "changed_to": _key(datetime.fromisoformat, wanted.changed_to),
    }
    for name in (f"{period}_{end}" for period in _PERIODS for end in ("from", "to")):
        given[name] = getattr(wanted, name)
    return {name: value for name, value in given.items() if value is not None}


def _key(made: Callable[[str], Any], text: str | None) -> Any:
    return None if text is None else made(text)


def _search(database: Database, wanted: Filter) -> tuple[ColumnElement[bool], ...]:
    if wanted.words is None:
        return ()
    return (matching(database.engine.dialect.name, asked(wanted.words), wanted.alternatives),)
