"""Every table on one page. `hub/store/migrations` brings a database here, and a test proves that they agree."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hub.store.columns import BigId, Json, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

connectors = Table(
    "connectors",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("type", String(40), nullable=False),
    Column("agency", String(40), nullable=False),  # code; also the scope of codes that are not official ones
    Column("mapping", Text, nullable=False),
    Column("precedence", Integer, nullable=False),
    Column("fresh_within", Integer, nullable=False),  # seconds
    Column("state", String(10), nullable=False, server_default="active"),  # draft, active, paused, retired
    Column("managed_by", String(10), nullable=False, server_default="config"),  # config (config.yaml) or hub
    Column("bookmark", Text),
    Column("seen_at", UtcTime),  # when the source was last read to its end
    Column("cadence", Text, nullable=False),  # empty: runs only by hand
    Column("next_fire_at", UtcTime),
    Column("lease_owner", Text),
    Column("lease_epoch", Integer, nullable=False, server_default="0"),  # fencing: grows with every owner
    Column("lease_until", UtcTime),
    Column("failures", Integer, nullable=False, server_default="0"),  # runs in a row that failed
    Column("open_until", UtcTime),  # the circuit: not asked by itself before then
    Column("open_because", Text),  # why, for a person
    Column("warnings", Json),  # what will need a person soon: [{code, sentence, until, since}]
    Column("shape", Json),  # the fields of its records as they were last accepted: {path: kinds}
    Column("described_as", Text),  # fingerprint of the system's own description, as it was last accepted
)

versions = Table(
    "versions",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String(10), nullable=False),  # connector, mapping
    Column("name", String(200), nullable=False),
    Column("version", Integer, nullable=False),  # 1, 2, 3 …; the newest is the one in use
    Column("managed_by", String(10), nullable=False),  # config (config.yaml, a mapping's file) or hub
    Column("text", Text, nullable=False),  # the YAML document as written; secrets are references
    Column("author", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("kind", "name", "version"),
)

moves = Table(
    "moves",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("connector_id", ForeignKey("connectors.id"), nullable=False, index=True),
    Column("before", String(10)),  # empty: registered
    Column("after", String(10), nullable=False),
    Column("author", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)

secrets = Table(
    "secrets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("value", LargeBinary, nullable=False),  # encrypted
    Column("expires_on", String(10)),  # a day, where its owner says so: operators are warned before
    Column("updated_at", UtcTime, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("connector_id", ForeignKey("connectors.id"), nullable=False),
    Column("request_id", String(200), nullable=False),  # the department's own number for what it pushed
    Column("digest", LargeBinary(16), nullable=False),  # of its content: one number, one content
    Column("answer", Json, nullable=False),  # what was said, said again when the same comes twice
    Column("received_at", UtcTime, nullable=False),
    UniqueConstraint("connector_id", "request_id"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("connector_id", ForeignKey("connectors.id"), nullable=False),
    Column("kind", String(20), nullable=False),  # incremental, full, one, push
    Column("trigger", String(20), nullable=False),  # schedule, hand, push, anyway (in a blackout too)
    Column("state", String(20), nullable=False),
    Column("queued_at", UtcTime, nullable=False),
    Column("fire_at", UtcTime),  # the scheduled instant: one run for each, over any number of nodes
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    Column("pages", Integer, nullable=False, server_default="0"),
    Column("fetched", Integer, nullable=False, server_default="0"),
    Column("created", Integer, nullable=False, server_default="0"),
    Column("updated", Integer, nullable=False, server_default="0"),
    Column("unchanged", Integer, nullable=False, server_default="0"),
    Column("quarantined", Integer, nullable=False, server_default="0"),
    Column("total", Integer),  # how many records the source announced
    Column("mapping", Text),  # name, version and fingerprint that this run used
    Column("bookmark_before", Text),
    Column("bookmark_after", Text),
    Column("attempts", Json),  # every failed exchange: [{at, code, sentence}]
    Column("notes", Json),  # what a person should know though the run went on: [{code, sentence}]
    Column("error_code", String(40)),
    Column("sentence", Text),  # how it ended, for a person
    Column("hint", Text),
    UniqueConstraint("connector_id", "fire_at"),
    Index("ix_runs_connector_id_id", "connector_id", "id"),
    Index("ix_runs_state", "state"),
)

payloads = Table(
    "payloads",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("connector_id", ForeignKey("connectors.id"), nullable=False),
    Column("digest", LargeBinary(16), nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),  # bytes as received
    Column("body", LargeBinary, nullable=False),  # zlib
    Column("received_at", UtcTime, nullable=False),
    UniqueConstraint("connector_id", "digest"),
)

dossiers = Table(
    "dossiers",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("code", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("procedure", Text),
    Column("status", String(30), nullable=False),
    Column("received_on", String(20), nullable=False),  # UTC ISO 8601; empty where no source says: orders the lists
    Column("search", Text, nullable=False),  # folded codes, name and summary
    Column("values", Json, nullable=False),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),  # in the hub
    Column("merged_into", ForeignKey("dossiers.id")),  # set: found to be the same dossier as that one
    Index("ix_dossiers_received_on_id", "received_on", "id"),
    Index("ix_dossiers_agency_received_on_id", "agency", "received_on", "id"),
    Index("ix_dossiers_status_received_on_id", "status", "received_on", "id"),
    Index("ix_dossiers_procedure_received_on_id", "procedure", "received_on", "id"),
)

dossier_codes = Table(
    "dossier_codes",
    metadata,
    Column("value", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("dossier_id", ForeignKey("dossiers.id"), nullable=False, index=True),
)

source_records = Table(
    "source_records",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("connector_id", ForeignKey("connectors.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("dossier_id", ForeignKey("dossiers.id"), nullable=False, index=True),
    Column("digest", LargeBinary(16), nullable=False),  # of the record's bytes and how they are read
    Column("precedence", Integer, nullable=False),  # its connector's, when this was stored
    Column("scope", String(40), nullable=False),  # likewise: what its unofficial codes are unique in
    Column("changed_at", String(20), nullable=False),  # at the source, UTC ISO 8601, or empty
    Column("values", Json, nullable=False),
    Column("problems", Json),  # optional fields that could not be read
    Column("payload_id", ForeignKey("payloads.id"), nullable=False),
    Column("stored_at", UtcTime, nullable=False),
    UniqueConstraint("connector_id", "key"),
)

events = Table(
    "events",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("dossier_id", ForeignKey("dossiers.id"), nullable=False),
    Column("fingerprint", LargeBinary(16), nullable=False),
    Column("at", String(20), nullable=False),  # at the source, UTC ISO 8601
    Column("status", String(30)),
    Column("name", Text),
    Column("actor", Text),
    Column("unit", Text),
    Column("connector_id", ForeignKey("connectors.id"), nullable=False),
    Column("recorded_at", UtcTime, nullable=False),  # in the hub
    UniqueConstraint("dossier_id", "fingerprint"),
)

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
    Column("first_seen_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    UniqueConstraint("connector_id", "key"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),  # SHA-256: keys are long and random
    Column("role", String(10), nullable=False, server_default="read"),  # read, manage, push
    Column("connector", String(80)),  # push: the one connector that it may push to
    Column("created_at", UtcTime, nullable=False),
)
