"""The tables of the engine: the change feed, what full listings and counts showed, and what is done by turns."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hub.store.columns import BigId, Json, UtcTime
from hub.store.quarantine_tables import metadata

__all__ = ["departures", "feed", "lapses", "listings", "metadata", "removals", "renewals", "tallies", "ticks"]

ticks = Table(  # what some process does again and again: once, over any number of them
    "ticks",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("due_at", UtcTime, nullable=False),
)

# The last position of the change feed. Whoever takes positions holds this row until the commit, so they become visible
# in their order, whoever writes at the same time.
feed = Table(
    "feed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
)

# When the feed began anew, as after a restore: every position that was ever given before is below `since`.
renewals = Table(
    "renewals",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("upto", BigInteger, nullable=False),  # where the feed was
    Column("since", BigInteger, nullable=False),  # after which it went on
    Column("author", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)

# Where a dossier was until a change of it took it elsewhere: who saw it there, and cannot see it now, is told that it
# left. Of each place the last time, until it is back there: somebody may follow the feed from any position.
departures = Table(
    "departures",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),  # of that change
    Column("dossier_id", BigId, nullable=False, index=True),
    Column("code", Text, nullable=False),  # that it was shown under there
    Column("agency", Text, nullable=False),
    Column("procedure", Text),
    Column("field", Text),
    Column("confidentiality", SmallInteger, nullable=False),
)

# The keys that a full listing has shown, page by page: what its source does not hold any more is known from them.
listings = Table(
    "listings",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),  # by whom it was read: the epoch of its lease
    Column("keys", LargeBinary, nullable=False),  # digests of 8 bytes, one after the other
    Column("rows", Integer, nullable=False),  # of its source; 0: of an answer that may show what was shown before
    Column("unnamed", Integer, nullable=False),  # records of the page of which nobody can tell which they are
    Column("total", Integer),  # how many the source announced with the page
)

# So many records are gone at once that a person has to say whether that is so.
removals = Table(
    "removals",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("connector_id", ForeignKey("connectors.id"), nullable=False, index=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False),  # the listing that did not hold them
    Column("state", String(10), nullable=False),  # waiting, approved, refused, superseded
    Column("records", Integer, nullable=False),  # how many
    Column("held", Integer, nullable=False),  # of how many that the hub held of this connector
    Column("keys", Json, nullable=False),
    Column("author", String(80)),  # who decided
    Column("reason", Text),  # likewise
    Column("asked_at", UtcTime, nullable=False),
    Column("decided_at", UtcTime),
)

# What a source and the hub hold of one day, counted against each other.
tallies = Table(
    "tallies",
    metadata,
    Column("connector_id", ForeignKey("connectors.id"), primary_key=True),
    Column("day", String(10), primary_key=True),  # in Ho Chi Minh City, of the last change at the source
    Column("until", UtcTime),  # the day was counted up to here; empty: to its end
    Column("there", Integer),  # empty: its source did not say
    Column("here", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),  # there, and set aside here: not missing
    Column("missing", Integer, nullable=False),  # there and not here
    Column("extra", Integer, nullable=False),  # here and not there
    Column("by_key", Boolean, nullable=False),  # false: only the numbers were compared
    Column("keys", Json, nullable=False),  # some of each: {missing: [], extra: [], asked: [], tried: {key: times}}
    Column("state", String(10), nullable=False),  # complete, drift, repairing, repaired, unknown
    Column("sentence", Text, nullable=False),
    Column("checked_at", UtcTime, nullable=False),
    Column("run_id", ForeignKey("runs.id")),  # that fetches what is missing, or counts again after that
)

# When a connector did not keep its freshness objective, and why: one row from the miss until it was met again.
lapses = Table(
    "lapses",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("connector_id", ForeignKey("connectors.id"), nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("until", UtcTime),  # empty: it goes on
    Column("because", Json, nullable=False),  # the last known reason: {code, sentence, hint}
    UniqueConstraint("connector_id", "since"),
)
