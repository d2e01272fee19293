"""The tables of what leaves the hub, and of how typing slips are found; importing this, one has all tables."""

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
    UniqueConstraint,
)

from hub.store.access_tables import metadata
from hub.store.columns import BigId, Json, UtcTime

__all__ = ["exports", "followers", "metadata", "notices", "spellings", "subscriptions"]

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
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("failing_since", UtcTime),
    Column("open_until", UtcTime),  # it failed, and is left alone until then
    Column("lease_owner", Text),
    Column("lease_epoch", Integer, nullable=False, server_default="0"),
    Column("lease_until", UtcTime),
    Column("author", String(80), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

# One thing that a subscriber is told, until it has been.
notices = Table(
    "notices",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), nullable=False),
    Column("dossier_id", BigId, nullable=False),
    Column("position", BigInteger, nullable=False),  # in the change feed
    Column("kind", String(10), nullable=False),  # changed, gone, merged, left: hub.view.change
    Column("event_id", String(60), nullable=False, unique=True),  # by which the receiver knows it again
    Column("state", String(10), nullable=False),  # waiting, delivered, failed
    Column("attempts", Json),  # [{at, status, error, seconds}]
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("next_try_at", UtcTime),
    Column("made_at", UtcTime, nullable=False),
    Column("delivered_at", UtcTime),
    UniqueConstraint("subscription_id", "dossier_id", "position"),
    Index("ix_notices_subscription_id_state_id", "subscription_id", "state", "id"),
    Index("ix_notices_delivered_at", "delivered_at"),
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
    Index("ix_exports_state_id", "state", "id"),
)
