"""Registering connectors and moving them through their life; every move is kept with who made it and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub.record.connector_state import Life, Move, moved
from hub.record.signature import Signature
from hub.store import acts, listings
from hub.store.acts import Act
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.runs import give_up_queued
from hub.store.tables import connectors, moves
from hub.store.versions import CONFIG, HUB, VersionRow
from hub.store.watched import close_circuit

CONFIG_FILE = "config.yaml"  # the author of what that file says


@dataclass(frozen=True, slots=True)
class Registration:
    """What the hub keeps at hand of a connector's section; `cadence` is empty where it runs only by hand."""

    name: str
    title: str
    type: str
    agency: str
    mapping: str
    precedence: int
    fresh_within: int
    cadence: str
    precedence_for: Mapping[str, int] | None = None
    owner: str = ""
    contact: str = ""
    limits: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One move of a connector; `before` is empty where it was registered."""

    before: str | None
    after: str
    author: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a document that was put into the register."""

    name: str
    version: VersionRow | None  # None: in use is the very same already
    state: Life | None = None  # a connector's, afterwards
    note: str = ""  # what a person should know or do next


@dataclass(frozen=True, slots=True)
class Moved:
    """A connector's state before and after; the same where there was nothing to do."""

    name: str
    before: Life
    after: Life
    asked_again: bool = False  # it was active and left alone, which is over
    note: str = ""  # what a person should know of it


@dataclass(frozen=True, slots=True)
class Standing:
    """A connector as it stands: its row, its document, and the last move."""

    row: ConnectorRow
    version: VersionRow
    moved: MoveRow | None


class Unregistered(LookupError):
    """No connector has this name; `known` are the names that there are."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"there is no connector {name!r}; registered: {', '.join(known) or 'none'}")
        self.known = known


class ManagedElsewhere(Exception):
    """This is changed where it is kept, not here; the sentence says where."""

    def __init__(self, name: str, where: str) -> None:
        super().__init__(f"{name} is managed by {_WHERE.get(where, where)}")


_WHERE = {CONFIG: "config.yaml: change it there", HUB: "the hub: change it or retire it there"}


_ACTS = {
    Move.ACTIVATE: Act.ACTIVATED,
    Move.PAUSE: Act.PAUSED,
    Move.RESUME: Act.RESUMED,
    Move.RETIRE: Act.RETIRED,
}


def register(database: Database, wanted: Sequence[Registration]) -> None:
    """Like `configure`, in a transaction of its own."""
    database.write_again(lambda transaction: configure(transaction, wanted, datetime.now(UTC)))


def configure(transaction: Connection, wanted: Sequence[Registration], now: datetime) -> None:
    """Make these the connectors of config.yaml: new ones are active, those no longer there retire; what they
    brought stays. A pause lasts through a restart.

    Raises:
        ManagedElsewhere: one of them is managed by the hub.
    """
    named = {one.name: one for one in wanted}
    ours = (connectors.c.managed_by == CONFIG) & (connectors.c.state != Life.RETIRED)
    gone = transaction.execute(select(connectors.c.name).where(ours, connectors.c.name.not_in(named))).scalars()
    for name in gone.all():
        move(transaction, name, Move.RETIRE, Signature(CONFIG_FILE, "no longer in config.yaml", now))
    for registration in wanted:
        state = put(transaction, registration, CONFIG, Signature(CONFIG_FILE, "in config.yaml", now), new=Life.ACTIVE)
        if state is Life.RETIRED:
            move(transaction, registration.name, Move.ACTIVATE, Signature(CONFIG_FILE, "in config.yaml again", now))


def put(transaction: Connection, registration: Registration, managed_by: str, signature: Signature, new: Life) -> Life:
    """Register a connector in the state `new`, or change what is said of one; its state then.

    Raises:
        ManagedElsewhere: it is in use and managed by somebody else.
    """
    known = _locked(transaction, registration.name)
    values: dict[str, Any] = {name: getattr(registration, name) for name in Registration.__slots__}
    values["managed_by"] = managed_by
    if known is None:
        made = transaction.execute(insert(connectors).values(**values, state=new).returning(connectors.c.id))
        _note(transaction, made.scalar_one(), None, new, signature)
        return new
    if known.managed_by != managed_by and known.state != Life.RETIRED:
        raise ManagedElsewhere(registration.name, known.managed_by)
    if known.cadence != registration.cadence:
        values["next_fire_at"] = None  # a new cadence counts from now; an unchanged one keeps its place
    transaction.execute(update(connectors).where(connectors.c.id == known.id).values(**values))
    return Life(known.state)


def move(transaction: Connection, name: str, wanted: Move, signature: Signature) -> tuple[Life, Life]:
    """Make a move; the state before and after it (the same where there was nothing to do).

    Raises:
        Unregistered: there is no such connector.
        NotThatMove: it is in a state that this move does not start from.
    """
    known = _locked(transaction, name)
    if known is None:
        raise Unregistered(name, _names(transaction))
    before = Life(known.state)
    after = moved(name, before, wanted)
    if after is not before:
        # Planned anew when it is active again: what was missed meanwhile is not made up for.
        changed = {"state": after, "next_fire_at": None}
        transaction.execute(update(connectors).where(connectors.c.id == known.id).values(**changed))
        _note(transaction, known.id, before, after, signature)
        told: dict[str, Any] = {"before": before, "after": after, "connector": name}
        acts.note(transaction, signature, acts.Kind.CONNECTOR, name, _ACTS[wanted], **told)
        if after is Life.ACTIVE:
            close_circuit(transaction, name)
        else:
            give_up_queued(transaction, known.id, _given_up(name, after, signature), signature.at)
            listings.sweep(transaction, known.id)  # of one that waited half-way
    return before, after


def refuse_configured(transaction: Connection, name: str) -> None:
    """Raises `ManagedElsewhere` where config.yaml decides whether this connector is there."""
    known = _locked(transaction, name)
    if known is not None and known.managed_by == CONFIG:
        raise ManagedElsewhere(name, CONFIG)


def moves_of(database: Database, name: str) -> list[MoveRow]:
    """Every move of a connector, newest first."""
    query = select(*(moves.c[column] for column in MoveRow.__slots__)).join(connectors)
    with database.read() as connection:
        rows = connection.execute(query.where(connectors.c.name == name).order_by(moves.c.id.desc()))
        return [MoveRow(**row) for row in rows.mappings()]


def _names(transaction: Connection) -> list[str]:
    query = select(connectors.c.name).where(connectors.c.state != Life.RETIRED).order_by(connectors.c.name)
    return list(transaction.scalars(query))


def _locked(transaction: Connection, name: str) -> Any:
    """The connector's row, which nobody else changes until this transaction ends."""
    return transaction.execute(select(connectors).where(connectors.c.name == name).with_for_update()).one_or_none()


def _given_up(name: str, state: Life, signature: Signature) -> str:
    why = f": {signature.reason.rstrip('.')}" if signature.reason else ""
    return f"{name} is {state}{why}. Nothing was read."


def _note(transaction: Connection, connector_id: int, before: str | None, after: str, signature: Signature) -> None:
    values = {"connector_id": connector_id, "before": before, "after": after}
    signed = {"author": signature.author, "reason": signature.reason, "at": signature.at}
    transaction.execute(insert(moves).values(**values, **signed))
