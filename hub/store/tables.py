"""The tables of connectors, runs and the record; `quarantine_tables` and the modules named alike have the others.

`hub/store/migrations` brings a database here, and a test proves that they agree.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
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

# The words of a dossier as PostgreSQL searches them: exactly as `hub.record.shown` split them.
WORDS = "array_to_tsvector(string_to_array(search, ' '))"


def _few(column: str, where: str, *more: str, name: str | None = None) -> Index:
    """An index that holds only the rows for which `where` is true."""
    named = f"ix_dossiers_{name or column}"
    return Index(named, column, *more, sqlite_where=text(where), postgresql_where=text(where))


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
    Column("precedence_for", Json),  # for a field or a group of fields another one: {"applicant": 20}
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
    Column("stale_since", UtcTime),  # since when its freshness objective is missed; empty: it is met
    Column("stale_because", Json),  # why, as far as the hub knows: {code, sentence, hint}
    Column("next_count_at", UtcTime),  # when its days are counted next; empty: not planned yet
    Column("owner", Text, nullable=False, server_default=""),  # who answers for the system
    Column("contact", Text, nullable=False, server_default=""),  # their e-mail address or telephone
    Column("limits", Json),  # what its department bears: {requests_per_second, at_once, group}; empty: as unless told
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
    Column("kind", String(20), nullable=False),  # hub.record.run_kind
    Column("wanted", Json),  # of a replay or a repair: which records; of a backfill: which period
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
    Column("priority", SmallInteger, nullable=False, server_default="10"),  # the lowest is done first
    Column("not_before", UtcTime),  # set: it waits in the queue until then
    Column("owner", Text),  # the worker that does it now
    Column("taken_over", Integer, nullable=False, server_default="0"),  # how often another worker went on with it
    Column("bytes", BigInteger, nullable=False, server_default="0"),  # of what the source answered
    Column("timings", Json),  # seconds by stage: {wait, fetch, decode, map, store}
    Column("gone", Integer, nullable=False, server_default="0"),  # records that a full listing did not hold any more
    Column("stop_wanted", String(10)),  # cancel: at the end of the page that is under way
    Column("stop_author", String(80)),  # who cancelled it
    Column("stop_reason", Text),  # likewise
    UniqueConstraint("connector_id", "fire_at"),
    Index("ix_runs_connector_id_id", "connector_id", "id"),
    Index("ix_runs_state_id", "state", "id"),
    Index("ix_runs_connector_id_state_id", "connector_id", "state", "id"),
    Index("ix_runs_kind_id", "kind", "id"),
    Index("ix_runs_trigger_id", "trigger", "id"),
    Index("ix_runs_queued_at", "queued_at"),
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
    Column("troubled", Boolean, nullable=False, server_default=false()),  # something in it could not be read
    Column("unused_since", UtcTime),  # when no record was found to point at it any more; empty: one does
    UniqueConstraint("connector_id", "digest"),
    Index("ix_payloads_received_at", "received_at"),
    # What retention looks for, without walking through the bodies.
    Index("ix_payloads_unused_since_troubled_id", "unused_since", "troubled", "id"),
    Index("ix_payloads_connector_id_id", "connector_id", "id"),
)

dossiers = Table(
    "dossiers",
    metadata,
    Column("id", BigId, primary_key=True),
    # What lists, filters and searches find it by: `hub.record.shown`.
    Column("code", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("procedure", Text),  # its national code
    Column("field", Text),
    Column("status", String(30), nullable=False),
    Column("channel", String(10)),
    Column("confidentiality", SmallInteger, nullable=False, server_default="0"),
    Column("received_on", String(20), nullable=False),  # UTC ISO 8601; empty where no source says: orders the lists
    Column("due_at", String(20), nullable=False, server_default=""),  # likewise
    Column("ended_at", String(20), nullable=False, server_default=""),  # likewise; empty while it is being handled
    Column("name", Text, nullable=False, server_default=""),  # of its owner, folded
    Column("identity", Text),
    Column("phone", Text),
    Column("search", Text, nullable=False),  # folded words, one space between
    Column("conflicts", Integer, nullable=False, server_default="0"),  # fields for which its sources disagree
    Column("values", Json, nullable=False),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),  # in the hub
    Column("merged_into", ForeignKey("dossiers.id")),  # set: found to be the same dossier as that one
    Column("gone_at", UtcTime),  # set: none of its sources holds it any more
    Column("position", BigInteger, nullable=False),  # in the change feed: grows with every change of anything of it
    Index("ix_dossiers_position", "position", unique=True),
    Index("ix_dossiers_received_on_id", "received_on", "id"),
    Index("ix_dossiers_agency_received_on_id", "agency", "received_on", "id"),
    Index("ix_dossiers_agency_status_received_on_id", "agency", "status", "received_on", "id"),
    Index("ix_dossiers_status_received_on_id", "status", "received_on", "id"),
    Index("ix_dossiers_procedure_received_on_id", "procedure", "received_on", "id"),
    Index("ix_dossiers_field_received_on_id", "field", "received_on", "id"),
    Index("ix_dossiers_due_at_id", "due_at", "id"),
    Index("ix_dossiers_ended_at_due_at_id", "ended_at", "due_at", "id"),
    Index("ix_dossiers_name_received_on_id", "name", "received_on", "id"),
    _few("identity", "identity IS NOT NULL", "received_on", "id"),
    _few("phone", "phone IS NOT NULL", "received_on", "id"),
    # Few are part of another one, gone, or disagreed on: these indexes hold only those.
    _few("merged_into", "merged_into IS NOT NULL"),
    _few("received_on", "gone_at IS NOT NULL", "id", name="gone"),
    _few("received_on", "conflicts > 0", "id", name="disagreeing"),
    # On SQLite a table of FTS5, kept by triggers, is what this index is on PostgreSQL (migration 0006).
    Index("ix_dossiers_words", text(WORDS), postgresql_using="gin").ddl_if(dialect="postgresql"),
)

# What is written with every record (dossier_codes, source_records, events, revisions) declares no foreign keys:
# PostgreSQL spent as long on checking them, row by row, as on all the rest. The engine writes both ends in one
# transaction, nothing deletes what they point at, and tests/hub/store/test_integrity.py holds it to that.

# Every code that any version of a source record gave: it finds the dossier that the record is part of.
dossier_codes = Table(
    "dossier_codes",
    metadata,
    Column("value", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("connector_id", Integer, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("dossier_id", BigId, nullable=False, index=True),
)

source_records = Table(
    "source_records",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("connector_id", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("entity", String(10), nullable=False, server_default="dossier"),  # what it became: hub.record.entities
    Column("dossier_id", BigId, index=True),  # of a dossier and of a step of its progress
    Column("digest", LargeBinary(16), nullable=False),  # of the record's bytes and how they are read
    Column("version", LargeBinary(16)),  # of its bytes alone; empty: stored before this was kept
    Column("precedence", Integer, nullable=False),  # its connector's, when this was stored
    Column("precedence_for", Json),  # likewise
    Column("scope", String(40), nullable=False),  # likewise: what its unofficial codes are unique in
    Column("changed_at", String(27), nullable=False),  # at the source, to the microsecond (UTC ISO 8601), or empty
    Column("values", Json, nullable=False),
    Column("problems", Json),  # optional fields that could not be read
    Column("payload_id", BigId, nullable=False, index=True),
    Column("mapping", Text, nullable=False, server_default=""),  # that it was read with, as a run names it
    Column("stored_at", UtcTime, nullable=False),
    Column("gone_at", UtcTime),  # set: a listing that its source completed did not hold it any more
    UniqueConstraint("connector_id", "key"),
    Index("ix_source_records_connector_id_changed_at", "connector_id", "changed_at"),
    # Few are gone: this index holds only those.
    Index(
        "ix_source_records_gone",
        "connector_id",
        "key",
        sqlite_where=text("gone_at IS NOT NULL"),
        postgresql_where=text("gone_at IS NOT NULL"),
    ),
)

events = Table(
    "events",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("dossier_id", BigId, nullable=False),
    Column("fingerprint", LargeBinary(16), nullable=False),
    Column("at", String(20), nullable=False),  # at the source, UTC ISO 8601
    Column("status", String(30)),
    Column("name", Text),
    Column("actor", Text),
    Column("unit", Text),
    Column("title", Text),
    Column("started_at", String(20)),
    Column("due_at", String(20)),
    Column("inferred", Boolean, nullable=False, server_default=false()),  # no source tells it; what one says shows it
    Column("connector_id", Integer, nullable=False),
    Column("key", Text, nullable=False),  # of the record that told it: the event goes where the record goes
    Column("recorded_at", UtcTime, nullable=False),  # in the hub
    UniqueConstraint("dossier_id", "connector_id", "key", "fingerprint"),
)

# What each arrival changed of a dossier, field by field: nothing is overwritten without a trace.
revisions = Table(
    "revisions",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("dossier_id", BigId, nullable=False, index=True),
    Column("connector_id", Integer),  # empty: a person
    Column("author", String(80)),  # that person
    Column("reason", Text),  # likewise
    Column("run_id", BigId),
    Column("changes", Json, nullable=False),  # {field: [before, after]}
    Column("at", UtcTime, nullable=False),  # in the hub
)

# A code that a record gives but that a person found to be wrong: it joins that record to nothing.
disowned = Table(
    "disowned",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("connector_id", ForeignKey("connectors.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("author", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("connector_id", "key", "scope", "value"),
)
