"""Codes of agencies and procedures that records name: what the catalogues lack, and what several systems serve."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, func, select

from hub.record.catalogue import Procedure, codes_of, find_agency, national_code
from hub.record.connector_state import Life
from hub.record.entities import AGENCY, PROCEDURE
from hub.store import catalogue
from hub.store.catalogue import AGENCIES, PROCEDURES, Kind
from hub.store.catalogue_tables import codes_seen
from hub.store.database import Database
from hub.store.sets import insert_into, many
from hub.store.tables import connectors


class Seen(NamedTuple):
    """A code as a record names it, already as codes are compared."""

    kind: str  # agency, procedure
    code: str


@dataclass(frozen=True, slots=True)
class Naming:
    """One connector that names a code."""

    connector: str
    title: str
    agency: str  # that the connector is registered for
    code: str  # in the form that it uses
    name: str | None
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A code that the catalogue lacks, and who names it, the first one first."""

    kind: str
    code: str
    named_by: list[Naming]

    @property
    def name(self) -> str | None:
        """What the last of the sources that give a name calls it."""
        named = [one for one in self.named_by if one.name]
        return max(named, key=lambda one: one.last_seen_at).name if named else None

    @property
    def first_seen_at(self) -> datetime:
        """When the first record came that names it."""
        return min(one.first_seen_at for one in self.named_by)

    @property
    def last_seen_at(self) -> datetime:
        """When a run last read a new or changed record that names it."""
        return max(one.last_seen_at for one in self.named_by)


@dataclass(frozen=True, slots=True)
class Service:
    """A procedure that several systems serve; its national code stands for all its forms."""

    code: str
    name: str | None
    served_by: list[Naming]  # connectors, the first one first
    agencies: list[str]  # different ones, as the catalogue has their codes today
    portals: list[str]  # at which it can be applied for, as the catalogue says

    @property
    def within_one_agency(self) -> bool:
        """Whether all of them are systems of one agency."""
        return len(self.agencies) == 1 and len(self.portals) < 2


@dataclass(frozen=True, slots=True)
class SharedService:
    """A procedure that a connector serves and others too: since when it does (None: not yet), and their names."""

    since: datetime | None = None
    others: tuple[str, ...] = ()


Entries: TypeAlias = Callable[[Connection, Kind[Any]], list[Any]]
Shared: TypeAlias = Mapping[str, SharedService]  # by national code


def note(connection: Connection, connector_id: int, seen: dict[Seen, str | None], now: datetime) -> None:
    """Keep that a connector's records name these codes, each with the source's name for it."""
    if not seen:
        return
    rows = [
        {
            "kind": one.kind,
            "code": one.code,
            "service": national_code(one.code) if one.kind == PROCEDURE else one.code,
            "connector_id": connector_id,
            "name": name,
            "first_seen_at": now,
            "last_seen_at": now,
        }
        for one, name in seen.items()
    ]
    statement = insert_into(connection, codes_seen)
    again = {
        "last_seen_at": statement.excluded.last_seen_at,
        "name": func.coalesce(statement.excluded.name, codes_seen.c.name),
    }
    key = ["kind", "code", "connector_id"]
    many(connection, statement.on_conflict_do_update(index_elements=key, set_=again), rows)


def unknown(connection: Connection, read: Entries = catalogue.entries) -> list[UnknownCode]:
    """The codes that no entry of the catalogues has, on whatever days, by kind and code.

    `read` gives the entries: whoever asks often keeps them at hand.
    """
    known = {
        AGENCY: {code for entry in read(connection, AGENCIES) for code, _ in codes_of(entry)},
        PROCEDURE: {entry.code for entry in read(connection, PROCEDURES)},
    }
    found: dict[Seen, list[Naming]] = defaultdict(list)
    for kind, service, naming in _namings(connection):
        if naming.code not in known[kind] and service not in known[kind]:
            found[Seen(kind, naming.code)].append(naming)
    return [UnknownCode(*seen, found[seen]) for seen in sorted(found)]


def duplicate_services(connection: Connection, day: date, read: Entries = catalogue.entries) -> list[Service]:
    """Procedures that several connectors serve, or several portals offer: those of several agencies first.

    What the one-portal rule is about (Decree 61/2018 Art. 24-25; since 2025 Decree 118/2025). Retired
    connectors do not count. `read` as in `unknown`.
    """
    serving: dict[str, list[Naming]] = defaultdict(list)
    for kind, service, naming in _namings(connection):
        if kind == PROCEDURE:
            serving[service].append(naming)
    known = read(connection, PROCEDURES)
    names, portals = _in_force(known, day)
    listed = read(connection, AGENCIES)
    registered = {one.agency for named in serving.values() for one in named}
    agencies = {code: entry.code if (entry := find_agency(listed, code, day).entry) else code for code in registered}
    several = {code for code, named in serving.items() if len({one.connector for one in named}) > 1}
    several |= {code for code, places in portals.items() if len(places) > 1}
    services = [
        Service(
            code,
            names.get(code) or next((one.name for one in serving[code] if one.name), None),
            serving[code],
            sorted({agencies[one.agency] for one in serving[code]}),  # two forms of one agency's code are one
            sorted(portals.get(code, ())),
        )
        for code in several
    ]
    return sorted(services, key=lambda one: (one.within_one_agency, one.code))


def shared_services(database: Database, connector_id: int) -> Shared:
    """What this connector serves and others too, by national code."""
    mine, theirs = codes_seen.alias("mine"), codes_seen.alias("theirs")
    query = (
        select(mine.c.service, mine.c.first_seen_at, connectors.c.name)
        .join_from(mine, theirs, (mine.c.kind == theirs.c.kind) & (mine.c.service == theirs.c.service))
        .join(connectors, connectors.c.id == theirs.c.connector_id)
        .where(mine.c.kind == PROCEDURE, mine.c.connector_id == connector_id, theirs.c.connector_id != connector_id)
        .where(connectors.c.state != Life.RETIRED)
        .order_by(mine.c.service, connectors.c.name)
    )
    found: dict[str, SharedService] = {}
    with database.read() as connection:
        for service, since, other in connection.execute(query):
            before = found.get(service, SharedService(since))
            others = dict.fromkeys([*before.others, other])
            found[service] = SharedService(min(before.since or since, since), tuple(others))
    return found


def servers_of(connection: Connection, codes: Collection[str], besides: str) -> dict[str, list[str]]:
    """The connectors that serve these procedures, by national code; one of them is left out."""
    wanted = {national_code(code) for code in codes}
    query = select(codes_seen.c.service, connectors.c.name).join(connectors).distinct()
    those = query.where(codes_seen.c.kind == PROCEDURE, codes_seen.c.service.in_(wanted))
    others = those.where(connectors.c.name != besides, connectors.c.state != Life.RETIRED)
    found: dict[str, list[str]] = defaultdict(list)
    for service, name in connection.execute(others.order_by(codes_seen.c.service, connectors.c.name)):
        found[service].append(name)
    return dict(found)


def id_of(connection: Connection, name: str) -> int | None:
    """The connector of this name, in whatever state."""
    found: int | None = connection.execute(select(connectors.c.id).where(connectors.c.name == name)).scalar()
    return found


def _namings(connection: Connection) -> Iterable[tuple[str, str, Naming]]:
    columns = (codes_seen.c.code, codes_seen.c.name, codes_seen.c.first_seen_at, codes_seen.c.last_seen_at)
    query = (
        select(codes_seen.c.kind, codes_seen.c.service, connectors.c.name, connectors.c.title, connectors.c.agency)
        .add_columns(*columns)
        .join_from(codes_seen, connectors)
        .where(connectors.c.state != Life.RETIRED)
        .order_by(codes_seen.c.first_seen_at, codes_seen.c.id)
    )
    for kind, service, connector, title, agency, *rest in connection.execute(query):
        yield kind, service, Naming(connector, title, agency, *rest)


def _in_force(known: Iterable[Procedure], day: date) -> tuple[dict[str, str], dict[str, set[str]]]:
    """By national code: the best origin's name for it, and every portal that any origin names, on a day."""
    names: dict[str, str] = {}
    portals: dict[str, set[str]] = defaultdict(set)
    for entry in known:
        if day in entry.valid:
            names.setdefault(national_code(entry.code), entry.name)
            if entry.portal:
                portals[national_code(entry.code)].add(entry.portal)
    return names, portals
