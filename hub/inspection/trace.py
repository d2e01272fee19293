"""Everything that happened to one dossier, or to what may become one: found by whatever somebody has of it.

A code, an alias, the key of a record at its source, the owner's number, the id of a notice or the number of a push.
For the console, the command and the API alike: who asks sees only what is theirs, and of it what their grant shows.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from hub.inspection import traced
from hub.inspection.believing import Why, why_believed
from hub.inspection.traced import Entry, Happening, Sees
from hub.record.dossier import Name
from hub.record.grant import Group, Sight
from hub.record.identity import LONGEST, normalise, stand_in
from hub.record.shown import agency_key
from hub.store import finding, traces
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.filters import Filter
from hub.store.looking_up import with_code, with_ids
from hub.store.traces import Aside, Dropped, Push
from hub.store.whole import WholeDossier, whole
from hub.view.masking import HIDDEN, value_seen

FEW, MOST = 100, 1000  # entries of one kind: where all kinds are asked for, and where one is
_FOUND = 50  # dossiers, records, pushes: more is no trace of one dossier
_MOST_CODES = 20  # of a dossier, that are looked for in quarantine
_AGENCY = re.compile(r"^(.+)-\d{6}-\d{4,}$")


class Way(StrEnum):
    """What was recognised in what somebody typed."""

    CODE = "code"
    KEY = "key"  # of a record at its source
    IDENTITY = "identity"  # the owner's number
    NOTICE = "notice"  # what a subscriber was told
    PUSH = "push"  # the department's own number of it


@dataclass(frozen=True, slots=True)
class Met:
    """A dossier that was meant, and how it was found."""

    row: DossierRow
    way: Way


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody may have meant."""

    asked: str
    dossiers: Sequence[Met] = ()
    aside: Sequence[Aside] = ()  # records in quarantine of this key, or with this code
    dropped: Sequence[Dropped] = ()  # taken out of quarantine unread
    pushes: Sequence[Push] = ()

    @property
    def is_known(self) -> bool:
        """Whether the hub has ever seen any of it, as far as it kept that."""
        return bool(self.dossiers or self.aside or self.dropped or self.pushes)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field of which sources say different things."""

    field: str
    value: Any
    connector: str  # that is believed
    key: str
    others: Sequence[tuple[Any, Why]]  # what another one says, and why it is not believed


@dataclass(frozen=True, slots=True)
class Trace:
    """All that happened, newest first."""

    asked: str
    dossier: WholeDossier | None  # None: the record has none of it
    conflicts: Sequence[Conflict]
    entries: Sequence[Entry]
    cut: frozenset[Happening]  # kinds of which there is more than this


@dataclass(frozen=True, slots=True)
class MayBring:
    """A connector whose agency gives such codes."""

    name: str
    title: str
    state: str


def find(database: Database, asked: str, sees: Sees) -> Found:
    """What somebody means by a text, all of it theirs to see."""
    text = asked.strip()
    if not text or len(text) > LONGEST or "\0" in text:
        return Found(text[:LONGEST])
    own = list(sees.connectors)
    pushes = traces.pushed(database, text, own, _FOUND)
    met: dict[int, Met] = {}
    _meet(met, Way.CODE, [one.row for one in with_code(database, text, sees.scope)])
    _meet(met, Way.KEY, _with_ids(database, traces.of_key(database, text, own, _FOUND), sees))
    if (told := traces.of_notice(database, text)) is not None:
        _meet(met, Way.NOTICE, _with_ids(database, [told], sees))
    for push in pushes:
        _meet(met, Way.PUSH, _with_ids(database, _of_push(database, push, sees), sees))
    if not met and sees.grant.of(Group.IDENTITY) is Sight.FULL:
        _meet(met, Way.IDENTITY, finding.page(database, Filter(identity=text, gone=None), sees.scope, limit=_FOUND))
    aside = traces.aside_by(database, [text], own, _FOUND)
    dropped = traces.dropped_by(database, text, sees.connectors) if not met else ()
    return Found(text, list(met.values()), aside, dropped, pushes)


def trace_of(database: Database, asked: str, row: DossierRow, sees: Sees, kind: Happening | None = None) -> Trace:
    """All that happened to one dossier; of one `kind` alone it goes back further."""
    found = whole(database, row)
    names = {one.source.name for one in found.sources}
    aside = {one.id: one for one in traces.aside_of(database, names, sees.connectors)}
    known = list(dict.fromkeys([*found.codes[:_MOST_CODES], asked]))
    aside |= {one.id: one for one in traces.aside_by(database, known, list(sees.connectors), _FOUND)}
    entries, cut = traced.of_dossier(database, found, list(aside.values()), sees, kind, FEW if kind is None else MOST)
    return Trace(asked, found, _conflicts(found, sees), _in_order(entries, kind), cut)


def trace_of_unknown(database: Database, found: Found, sees: Sees) -> Trace:
    """What happened to something that the record does not have: it stands in quarantine, was dropped, or was pushed."""
    names: set[Name] = {one.name for one in found.aside} | {(one.connector, one.key) for one in found.dropped}
    entries = [
        *traced.aside(found.aside, sees),
        *traced.dropped(found.dropped),
        *traced.let_out(database, names, FEW),
        *traced.pushes(found.pushes, found.asked),
    ]
    return Trace(found.asked, None, (), _in_order(entries, None), frozenset())


def may_bring(database: Database, asked: str, sees: Sees) -> list[MayBring]:
    """The connectors whose agency gives codes of this form; none where the text does not say an agency."""
    said = _AGENCY.match(normalise(asked))
    if said is None:
        return []
    agency = said[1]
    country = re.fullmatch(r"([A-Y]\d{2})\.(\d{2})", agency)  # H29.15 is what 000.00.15.H29 is called in the country
    agencies = {agency, agency_key(agency)} | ({f"000.00.{country[2]}.{country[1]}"} if country else set())
    return [MayBring(*row) for row in traces.bringing(database, sorted(agencies), list(sees.connectors))]


def _meet(met: dict[int, Met], way: Way, rows: Sequence[DossierRow]) -> None:
    for row in rows:
        met.setdefault(row.id, Met(row, way))


def _with_ids(database: Database, ids: Collection[int], sees: Sees) -> list[DossierRow]:
    found = with_ids(database, ids, sees.scope) if ids else {}
    return list({row.id: row for row in found.values()}.values())


def _of_push(database: Database, push: Push, sees: Sees) -> list[int]:
    """The dossiers of the first records of a push."""
    mine = [number for number, name in sees.connectors.items() if name == push.connector]
    keys = [one["key"] for one in push.answer.get("records", ())[:_FOUND] if one.get("key")]
    return sorted({one for key in keys for one in traces.of_key(database, key, mine, _FOUND)})


def _conflicts(found: WholeDossier, sees: Sees) -> list[Conflict]:
    """Who is believed where sources disagree, and why; without what the grant hides."""
    if sees.grant.of(Group.PROVENANCE) is Sight.HIDDEN:
        return []
    nobodys = {normalise(stand_in(one.source.name)) for one in found.sources}
    made = []
    for name, said in found.provenance.items():
        value = value_seen(name, said.believed.value, sees.grant)
        if not said.conflicts or value is HIDDEN or (name == "code" and str(value) in nobodys):
            continue
        source = said.believed.source
        others = [
            (value_seen(name, one.value, sees.grant), why_believed(name, source, one.source)) for one in said.conflicts
        ]
        made.append(Conflict(name, value, source.connector, source.key, others))
    return made


def _in_order(entries: Sequence[Entry], kind: Happening | None) -> list[Entry]:
    wanted = [one for one in entries if kind is None or one.kind is kind]
    return sorted(wanted, key=_moment, reverse=True)


def _moment(one: Entry) -> tuple[datetime, int]:
    """Of one moment what comes of something stands above it."""
    return one.at, list(Happening).index(one.kind)


def document(trace: Trace) -> Mapping[str, Any]:
    """As a program reads it."""
    row = None if trace.dossier is None else trace.dossier.row
    return {
        "asked": trace.asked,
        "known": row is not None,
        "code": None if row is None else row.code,
        "codes": [] if trace.dossier is None else list(trace.dossier.codes),
        "conflicts": [
            {
                "field": one.field,
                "value": one.value,
                "connector": one.connector,
                "key": one.key,
                "others": [
                    {"connector": because.other, "key": because.key, "value": value, "ground": because.ground}
                    for value, because in one.others
                ],
            }
            for one in trace.conflicts
        ],
        "entries": [traced.document(one) for one in trace.entries],
        "cut": sorted(trace.cut),
    }
