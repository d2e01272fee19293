"""The tables of what could not be read: why, what it names, and how it was let out or taken out."""

from sqlalchemy import (
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

from hub.store.columns import BigId, Json, UtcTime
from hub.store.tables import metadata

__all__ = ["drops", "metadata", "quarantine", "quarantine_codes", "quarantine_groups", "replays"]

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("connector_id", ForeignKey("connectors.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("digest", LargeBinary(16), nullable=False),
    Column("reasons", Json, nullable=False),  # [{field, source, value, expected, hint}]
    Column("raw", LargeBinary, nullable=False),  # the record's own bytes, zlib
    Column("payload_id", ForeignKey("payloads.id"), nullable=False),
    Column("mapping", Text, nullable=False),
    Column("run_id", ForeignKey("runs.id")),  # that found it; a replay that lets it out names this run
    Column("tried", Text, nullable=False, server_default=""),  # the mapping that it was last tried with
    Column("changed_at", String(27), nullable=False, server_default=""),  # at the source
    Column("first_seen_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    UniqueConstraint("connector_id", "key"),
    Index("ix_quarantine_payload_id", "payload_id"),
    Index("ix_quarantine_connector_id_payload_id", "connector_id", "payload_id"),
    Index("ix_quarantine_connector_id_tried", "connector_id", "tried"),
    Index("ix_quarantine_connector_id_id", "connector_id", "id"),
    Index("ix_quarantine_first_seen_at", "first_seen_at"),
)

# A record's reasons without what differs from record to record: `hub.record.reasons` makes the codes.
quarantine_groups = Table(
    "quarantine_groups",
    metadata,
    Column("quarantine_id", ForeignKey("quarantine.id", ondelete="CASCADE"), primary_key=True),
    Column("code", String(10), primary_key=True),
    Column("connector_id", ForeignKey("connectors.id"), nullable=False),
    Index("ix_quarantine_groups_connector_id_code_quarantine_id", "connector_id", "code", "quarantine_id"),
)

# The codes that a record in quarantine gives for its dossier, as far as they could be read: whoever looks for a dossier
# that the record does not have finds why.
quarantine_codes = Table(
    "quarantine_codes",
    metadata,
    Column("quarantine_id", ForeignKey("quarantine.id", ondelete="CASCADE"), primary_key=True),
    Column("value", Text, primary_key=True),  # as codes are compared
    Index("ix_quarantine_codes_value", "value"),
)

# Records that a replay let out of quarantine: where each came from.
replays = Table(
    "replays",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False, index=True),
    Column("key", Text, nullable=False),
    Column("found_by", ForeignKey("runs.id")),  # the run that had set it aside; empty: of an older hub
    Column("payload_id", BigId, nullable=False),  # that it was read from; no reference: payloads are not kept for ever
    Column("outcome", String(10), nullable=False),  # what it brought: created, updated, unchanged
    Index("ix_replays_key_id", "key", "id"),
)

# What people took out of quarantine without reading it.
drops = Table(
    "drops",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("connector_id", ForeignKey("connectors.id"), nullable=False, index=True),
    Column("wanted", Json, nullable=False),  # which records, as it was asked for
    Column("records", Integer, nullable=False),
    Column("author", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
