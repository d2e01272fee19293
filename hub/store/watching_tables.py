"""The tables of what is watched: hours of runs, what a run did, alerts; importing this, one has all tables."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    false,
)

from hub.store.columns import BigId, Json, UtcTime
from hub.store.people_tables import metadata

__all__ = ["alert_notices", "alerts", "drafts", "exchanges", "metadata", "run_hours", "run_lines", "silences"]

# Runs that ended within an hour, by connector: what charts and “unusual for the hour” are made of, so that a page never
# counts a million runs. Written in the transaction that ends the run.
run_hours = Table(
    "run_hours",
    metadata,
    Column("connector_id", ForeignKey("connectors.id"), primary_key=True),
    Column("hour", UtcTime, primary_key=True),  # its first instant
    Column("runs", Integer, nullable=False, server_default="0"),
    Column("failed", Integer, nullable=False, server_default="0"),
    Column("interrupted", Integer, nullable=False, server_default="0"),
    Column("cancelled", Integer, nullable=False, server_default="0"),
    Column("fetched", BigInteger, nullable=False, server_default="0"),
    Column("created", BigInteger, nullable=False, server_default="0"),
    Column("updated", BigInteger, nullable=False, server_default="0"),
    Column("quarantined", BigInteger, nullable=False, server_default="0"),
    Column("bytes", BigInteger, nullable=False, server_default="0"),
    Column("waited_ms", BigInteger, nullable=False, server_default="0"),  # by stage, as runs.timings
    Column("fetch_ms", BigInteger, nullable=False, server_default="0"),
    Column("decode_ms", BigInteger, nullable=False, server_default="0"),
    Column("map_ms", BigInteger, nullable=False, server_default="0"),
    Column("store_ms", BigInteger, nullable=False, server_default="0"),
    Index("ix_run_hours_hour", "hour"),
)

# What a run did, step by step, for a person: at most some hundreds of lines each.
run_lines = Table(
    "run_lines",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("level", String(10), nullable=False),  # info, warning, error
    Column("event", String(60), nullable=False),  # its stable name
    Column("data", Json, nullable=False),  # what it says of it; no secret, no personal data
    Index("ix_run_lines_run_id_id", "run_id", "id"),
)

# What was asked of a system and what came back: the first, the last and every failed exchange of a run. No secrets.
exchanges = Table(
    "exchanges",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("took_ms", Integer, nullable=False),
    Column("method", String(10), nullable=False),
    Column("address", Text, nullable=False),
    Column("status", Integer),  # empty: no answer
    Column("sent", Text, nullable=False, server_default=""),  # headers and body as sent, cut and scrubbed
    Column("received", Text, nullable=False, server_default=""),  # headers alone; the body is the payload's
    Column("bytes", BigInteger, nullable=False, server_default="0"),  # of the answer's body
    Column("payload_digest", String(32)),  # of the answer where it was kept, as in `payloads`
    Column("failed", Boolean, nullable=False, server_default=false()),
    Index("ix_exchanges_run_id_id", "run_id", "id"),
)

# Trouble that was found by a rule: one row from when it was first seen until it was over.
alerts = Table(
    "alerts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("rule", String(40), nullable=False),  # hub.alerts.rules
    Column("connector", String(80)),  # that it is of; empty: of the hub as a whole
    Column("subject", String(200), nullable=False, server_default=""),  # what else tells it from others of its rule
    Column("severity", String(10), nullable=False),  # warning, critical
    Column("state", String(12), nullable=False),  # open, acknowledged, over
    Column("data", Json, nullable=False),  # what its sentence is made of
    Column("opened_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),  # when it was last found so
    Column("times", Integer, nullable=False, server_default="1"),  # how often it came back while it was open
    Column("level", SmallInteger, nullable=False, server_default="0"),  # how far it was escalated
    Column("escalates_at", UtcTime),  # empty: no further
    Column("answered_by", String(80)),
    Column("answered_at", UtcTime),
    Column("answer", Text, nullable=False, server_default=""),  # what they wrote
    Column("over_at", UtcTime),
    Column("key", String(330), unique=True),  # what tells it from others while it is not over; empty: it is over
    Column("fine_since", UtcTime),  # since when it is not found any more, though it is not over yet
    Column("told_at", UtcTime),  # when people were last told of it; empty: nobody was
    Column("cause", BigInteger),  # the alert that explains it, and is told in its place
    Index("ix_alerts_state_id", "state", "id"),
    Index("ix_alerts_connector_id", "connector", "id"),
    Index("ix_alerts_over_at", "over_at"),
    sqlite_autoincrement=True,
)

alert_notices = Table(
    "alert_notices",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("channel", String(80), nullable=False),
    Column("about", String(12), nullable=False),  # opened, escalated, repeated, over
    Column("alerts", Json, nullable=False),  # ids: alerts of one moment go together
    Column("state", String(10), nullable=False),  # waiting, sent, failed
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_try_at", UtcTime),
    Column("error", Text),
    Column("made_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Index("ix_alert_notices_state_next_try_at", "state", "next_try_at"),
    sqlite_autoincrement=True,
)

# Maintenance: what is found meanwhile is kept and tells nobody.
silences = Table(
    "silences",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("rule", String(40)),  # empty: every rule
    Column("connector", String(80)),  # empty: every connector
    Column("since", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=False),
    Column("author", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("ended_by", String(80)),  # who ended it before its time
    sqlite_autoincrement=True,
)

# Connectors that somebody is writing at the console and that nobody can register yet. Gone once they are.
drafts = Table(
    "drafts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),  # that the connector will have: reserved meanwhile
    Column("author", String(80), nullable=False),  # the one person who goes on with it
    Column("text", Text, nullable=False),  # its YAML as far as it has come; secrets are references
    Column("found", Json),  # what its system offers, as hub.inspection.answers tells it
    Column("changed_at", UtcTime, nullable=False),
    Index("ix_drafts_author_id", "author", "id"),
    sqlite_autoincrement=True,
)
