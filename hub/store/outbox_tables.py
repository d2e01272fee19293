"""The tables of what leaves the hub, and of how typing slips are found."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

from hub.store.access_tables import metadata
from hub.store.columns import BigId, Json, UtcTime

__all__ = ["exports", "followers", "metadata", "notices", "spellings", "subscriptions", "told"]

# Who follows the change feed inside the hub, and how far it has come.
followers = Table(
    "followers",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("position", BigInteger, nullable=False),
)

# Every word that dossiers are found by, under itself and under itself with one letter left out: a word that was
# mistyped by one letter has one of these in common with what was meant.
spellings = Table(
    "spellings",
    metadata,
    Column("form", String(40), primary_key=True),
    Column("word", String(40), primary_key=True),
)

# Who wants to be told of changes.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),  # encrypted
    Column("filter", Json, nullable=False),
    Column("content", String(10), nullable=False),  # dossier: as a list shows it; reference: its codes alone
    Column("state", String(10), nullable=False),  # hub.outbox.webhooks.state
    Column("because", Text),  # why it is not active, for a person
    Column("position", BigInteger, nullable=False),  # changes up to here are notices, or none of its business
    Column("begins", BigInteger, nullable=False),  # the position after which it is told of what there is
    Column("reached", BigInteger, nullable=False, server_default="0"),  # its position when it last began again
    Column("view", String(16)),  # digest of which dossiers it is told of: at another one it begins again
    Column("shows", String(17)),  # digest of how much of each is shown: at another one it is told all again
    Column("rechecks", BigInteger),  # while it begins again: the last dossier looked at of those that it knows
    Column("presumes", BigInteger),  # while it is made: the last dossier looked at of those that it knows already
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("failing_since", UtcTime),
    Column("open_until", UtcTime),  # it failed, and is left alone until then
    Column("lease_owner", Text),
    Column("lease_epoch", Integer, nullable=False, server_default="0"),
    Column("lease_until", UtcTime),
    Column("author", String(80), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,  # a number that somebody may have kept never means another one
)

_WAITS, _FAILED = text("state = 'waiting'"), text("state = 'failed'")

# One thing that a subscriber is told, until it has been. One waits of each dossier at most.
notices = Table(
    "notices",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), nullable=False),
    Column("dossier_id", BigId, nullable=False),
    Column("position", BigInteger, nullable=False),  # in the change feed
    Column("kind", String(10), nullable=False),  # changed, gone, merged, left: as it was sent last
    Column("code", Text),  # of what left: the one that it had while it was seen
    Column("event_id", String(60), nullable=False, unique=True),  # by which the receiver knows it again
    Column("state", String(10), nullable=False),  # waiting, delivered, failed
    Column("attempts", Json),  # [{at, status, error, seconds}]
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("next_try_at", UtcTime),
    Column("made_at", UtcTime, nullable=False),
    Column("delivered_at", UtcTime),
    Index("ix_notices_subscription_id_state_id", "subscription_id", "state", "id"),
    Index("ix_notices_delivered_at", "delivered_at"),
    Index("ix_notices_dossier_id_id", "dossier_id", "id"),
    Index("ix_notices_failed", "made_at", sqlite_where=_FAILED, postgresql_where=_FAILED),
    Index(
        "ix_notices_waiting", "subscription_id", "dossier_id", unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS
    ),
    sqlite_autoincrement=True,  # a number that somebody may have kept never means another one
)

# What each subscriber knows: `hub.store.told`.
told = Table(
    "told",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("dossier_id", BigId, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),  # of the state that certainly arrived; 0: none may have
    Column("code", Text, nullable=False),  # that it had when it was told last
)

exports = Table(
    "exports",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("format", String(10), nullable=False),  # ndjson, csv, xlsx, parquet
    Column("filter", Json, nullable=False),
    Column("fields", Json),  # dotted names; empty: all that the client may see
    Column("options", Json, nullable=False),  # {compress, dialect}: hub.outbox.exports.options
    Column("grant", Json, nullable=False),  # the client's when it asked: one that has less now gets nothing
    Column("scope", Json, nullable=False),  # what that came to then, spelled out: all of the file is of these
    Column("purpose", Text, nullable=False, server_default=""),
    Column("person", Text),  # on whose behalf, for the log of reads
    Column("address", String(60), nullable=False, server_default=""),  # of the network, likewise
    Column("state", String(10), nullable=False),  # queued, running, done, failed, cancelled, expired
    Column("position", BigInteger, nullable=False),  # of the change feed when it began: follow from there
    Column("upto_id", BigInteger, nullable=False),  # the last dossier that there was then
    Column("last_id", BigInteger, nullable=False, server_default="0"),  # the last dossier that is in its parts
    Column("records", BigInteger, nullable=False, server_default="0"),
    Column("estimate", BigInteger),  # how many there will be
    Column("parts", Json),  # what is written already: [{file, bytes, records, digest}]
    Column("file", Text),  # relative to the folder of exports
    Column("bytes", BigInteger),
    Column("digest", LargeBinary(32)),  # SHA-256 of the file
    Column("sentence", Text),  # how it ended, for a person
    Column("lease_owner", Text),
    Column("lease_epoch", Integer, nullable=False, server_default="0"),
    Column("lease_until", UtcTime),
    Column("made_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    Column("expires_at", UtcTime),
    Column("tries", Integer, nullable=False, server_default="0"),  # since its last part, that came to no end
    Index("ix_exports_state_id", "state", "id"),
    sqlite_autoincrement=True,  # a number that somebody may have kept never means another one
)
