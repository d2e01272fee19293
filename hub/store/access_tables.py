"""The tables of who may ask, how much, and what was read; importing `watching_tables` one has all tables."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hub.store.catalogue_tables import metadata
from hub.store.columns import BigId, Json, UtcTime

__all__ = ["client_keys", "clients", "counters", "metadata", "reads", "reads_head"]

clients = Table(
    "clients",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("title", Text, nullable=False, server_default=""),
    Column("role", String(10), nullable=False),  # hub.store.clients.Role
    Column("connector", String(80)),  # of the role push: the one connector that it may push to
    Column("grant", Json),  # of the role query: which dossiers it sees, and what of them (hub.record.grant)
    Column("quota", Json),  # {per_minute, per_day}; empty: as configured
    Column("issuer", Text),  # whose tokens it may come with instead of a key …
    Column("subject", Text),  # … and what they call it
    Column("purpose", Text, nullable=False, server_default=""),  # why it reads, where a request does not say
    Column("author", String(80), nullable=False, server_default=""),  # who put it so
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("sees_from", BigInteger, nullable=False, server_default="0"),  # feed's position when it came to see this
    UniqueConstraint("issuer", "subject"),
    sqlite_autoincrement=True,  # keys, sessions and files of a removed client never become another one's
)

# A client may have several at a time, so that one can be replaced without a moment in which none works.
client_keys = Table(
    "client_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),  # SHA-256: keys are long and random
    Column("hint", String(12), nullable=False, server_default=""),  # how it begins: tells keys of one client apart
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),  # empty: never
    Column("used_at", UtcTime),  # last, to the minute
    sqlite_autoincrement=True,  # a session of the console holds the number of its key
)

# What is counted by the minute, over all processes: requests of a client, tries at a public look-up.
counters = Table(
    "counters",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("minute", BigInteger, primary_key=True),  # since 1970
    Column("count", Integer, nullable=False),
)

# Who read personal data, when and why. Rows are only ever added; each is sealed together with the one before it.
reads = Table(
    "reads",
    metadata,
    Column("id", BigId, primary_key=True),  # 1, 2, 3 … without a gap
    Column("at", UtcTime, nullable=False),
    Column("client", String(80), nullable=False),
    Column("person", Text),  # on whose behalf, where a token or a session says
    Column("address", String(60), nullable=False),  # of the network
    Column("action", String(20), nullable=False),  # hub.store.reads.Action
    Column("purpose", Text, nullable=False),
    Column("dossier_id", BigId),  # where it is one
    Column("dossiers", LargeBinary),  # where they are several: their ids, 8 bytes each
    Column("records", Integer, nullable=False),
    Column("what", Json, nullable=False),  # {filter, fields, groups}: what was asked, and which data were shown
    Column("request", String(40), nullable=False),  # its own number, as in the answer's header
    Column("spool", String(80), nullable=False),  # the file that it was noted in first, and where: it is taken in once
    Column("line", BigInteger, nullable=False),
    Column("seal", LargeBinary(32), nullable=False),
    UniqueConstraint("spool", "line"),
    Index("ix_reads_at", "at"),
    Index("ix_reads_client_at", "client", "at"),
    Index("ix_reads_dossier_id_at", "dossier_id", "at"),
)

# The last row of `reads` and its seal: whoever adds rows holds this row until the commit.
reads_head = Table(
    "reads_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("last", BigInteger, nullable=False),
    Column("seal", LargeBinary(32), nullable=False),
    Column("first", BigInteger, nullable=False, server_default="0"),  # those up to here were kept long enough …
    Column("first_seal", LargeBinary(32), nullable=False),  # … and this is the seal of the last of them
)
