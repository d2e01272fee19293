"""The tables of people at the console: accounts, sessions, and what was changed by whom."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from hub.store.columns import BigId, Json, UtcTime
from hub.store.outbox_tables import metadata

__all__ = ["acts", "metadata", "people", "sessions"]

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),  # that they sign in with: small letters
    Column("title", Text, nullable=False, server_default=""),  # what others call them
    Column("email", Text, nullable=False, server_default=""),
    Column("role", String(20), nullable=False),  # hub.record.rights.Role
    Column("agencies", Json),  # codes, with all agencies below; of a department: whose connectors and dossiers
    Column("sees_personal", Boolean, nullable=False, server_default=false()),  # personal data, as sources tell them
    Column("password", Text),  # argon2id; empty: signs in by the provider of identities alone
    Column("must_change", Boolean, nullable=False, server_default=false()),  # somebody else knows the password
    Column("totp", LargeBinary),  # the second factor's secret, encrypted
    Column("totp_step", BigInteger, nullable=False, server_default="0"),  # the last one used: each opens once
    Column("recovery", Json),  # digests of codes that stand in for a lost second factor, each once
    Column("issuer", Text),  # whose single sign-on knows this person …
    Column("subject", Text),  # … and under which name
    Column("state", String(10), nullable=False, server_default="active"),  # active, blocked
    Column("failures", Integer, nullable=False, server_default="0"),  # wrong passwords in a row
    Column("locked_until", UtcTime),  # after too many of them
    Column("language", String(5), nullable=False, server_default="vi"),
    Column("author", String(80), nullable=False, server_default=""),  # who made or last changed it
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime),  # when they last signed in
    UniqueConstraint("issuer", "subject"),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),  # SHA-256 of what the cookie holds
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("way", String(20), nullable=False),  # password, totp, recovery, provider
    Column("address", String(60), nullable=False, server_default=""),  # of the network
    Column("agent", Text, nullable=False, server_default=""),  # the browser, as it calls itself
    Column("begun_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),  # to the minute
    Column("proved_at", UtcTime, nullable=False),  # when the person last proved who they are
    Column("expires_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

# What was changed, by whom, when and why. Written in the transaction of the change itself; rows are only ever added.
acts = Table(
    "acts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("author", String(80), nullable=False),  # a person, a client, or the file that says so
    Column("kind", String(20), nullable=False),  # hub.store.acts.Kind: connector, mapping, secret, client, person …
    Column("name", String(200), nullable=False),  # of what was changed
    Column("act", String(20), nullable=False),  # hub.store.acts.Act: made, changed, removed …
    Column("before", Text),  # as it was, without secrets; empty: there was none
    Column("after", Text),  # as it is since; empty: there is none
    Column("version", Integer),  # of a versioned document, whose texts are in `versions`
    Column("reason", Text, nullable=False, server_default=""),
    Column("connector", String(80)),  # that it concerns, so that its department finds it
    Index("ix_acts_kind_name_id", "kind", "name", "id"),
    Index("ix_acts_author_id", "author", "id"),
    Index("ix_acts_connector_id", "connector", "id"),
    Index("ix_acts_at", "at"),
    sqlite_autoincrement=True,
)
