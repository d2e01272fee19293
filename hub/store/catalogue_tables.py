"""The tables of the catalogues, of ratings, and of the codes that records name; importing this, one has all tables."""

from sqlalchemy import Boolean, Column, ForeignKey, ForeignKeyConstraint, Index, String, Table, Text, UniqueConstraint

from hub.store.columns import BigId, Json, UtcTime
from hub.store.engine_tables import metadata

__all__ = ["agencies", "agency_codes", "calendar", "codes_seen", "metadata", "procedures", "ratings"]

# Codes that records name, and who named them: what a catalogue lacks, and what several systems serve.
codes_seen = Table(
    "codes_seen",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String(10), nullable=False),  # agency, procedure
    Column("code", Text, nullable=False),
    Column("connector_id", ForeignKey("connectors.id"), nullable=False),
    Column("service", Text, nullable=False),  # of a procedure its national code: forms of one code are one service
    Column("name", Text),  # as the source last wrote it
    Column("first_seen_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    UniqueConstraint("kind", "code", "connector_id"),
    Index("ix_codes_seen_kind_service", "kind", "service"),
)

# The catalogues. An entry from a file has no connector; what a file says goes before what a system says.
agencies = Table(
    "agencies",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("connector_id", ForeignKey("connectors.id")),
    Column("key", Text, nullable=False),  # of the record; of an entry from a file its code and first day
    Column("origin", Text, nullable=False),  # (file), or the connector's name
    Column("effective_from", String(10), nullable=False, server_default=""),
    Column("effective_to", String(10), nullable=False, server_default=""),
    Column("values", Json, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    UniqueConstraint("origin", "key"),
    Index("ix_agencies_code", "code"),
)

# Every code that an entry of an agency is found by, as codes are compared: its own and its aliases.
agency_codes = Table(
    "agency_codes",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    ForeignKeyConstraint(["origin", "key"], ["agencies.origin", "agencies.key"], ondelete="CASCADE"),
    Index("ix_agency_codes_code", "code"),
)

procedures = Table(
    "procedures",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("connector_id", ForeignKey("connectors.id")),
    Column("key", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("effective_from", String(10), nullable=False, server_default=""),
    Column("effective_to", String(10), nullable=False, server_default=""),
    Column("values", Json, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    UniqueConstraint("origin", "key"),
    Index("ix_procedures_code", "code"),
)

# Days that are not like others of their weekday: holidays, and days worked to make up for one.
calendar = Table(
    "calendar",
    metadata,
    Column("day", String(10), primary_key=True),  # of `confirmed` a year
    Column("kind", String(10), nullable=False),  # holiday, working, confirmed
    Column("name", Text, nullable=False),
    Column("origin", Text, nullable=False),  # the file that says so
    Column("changed_at", UtcTime, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("connector_id", ForeignKey("connectors.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("scope", Text, nullable=False),  # with `code`: finds the dossier, whichever of the two comes first
    Column("code", Text, nullable=False),
    Column("rated_at", String(20), nullable=False),
    Column("overall", String(20), nullable=False),
    Column("complained", Boolean),
    Column("values", Json, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    UniqueConstraint("connector_id", "key"),
    Index("ix_ratings_code_scope", "code", "scope"),
)
