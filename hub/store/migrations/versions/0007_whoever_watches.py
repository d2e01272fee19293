"""People and their sessions; what was changed by whom; hours of runs, what each did and asked; alerts."""

import sqlalchemy as sa
from alembic import op

from hub.store.columns import BigId, Json, UtcTime

revision = "0007"
down_revision = "0006"

_ENDED = "('succeeded', 'failed', 'interrupted', 'cancelled')"
_HOUR = {
    "sqlite": "strftime('%Y-%m-%d %H:00:00.000000', finished_at)",
    "postgresql": "date_trunc('hour', finished_at, 'UTC')",
}
_RUNS = {
    "ix_runs_state_id": ["state", "id"],
    "ix_runs_kind_id": ["kind", "id"],
    "ix_runs_trigger_id": ["trigger", "id"],
    "ix_runs_connector_id_state_id": ["connector_id", "state", "id"],
    "ix_runs_queued_at": ["queued_at"],
}

_TABLES = ("run_lines", "exchanges", "sessions", "run_hours", "silences", "people", "alerts", "alert_notices", "acts")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "acts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("connector", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_acts_at", "acts", ["at"])
    op.create_index("ix_acts_author_id", "acts", ["author", "id"])
    op.create_index("ix_acts_connector_id", "acts", ["connector", "id"])
    op.create_index("ix_acts_kind_name_id", "acts", ["kind", "name", "id"])
    op.create_table(
        "alert_notices",
        sa.Column("id", BigId, nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("about", sa.String(length=12), nullable=False),
        sa.Column("alerts", Json(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", UtcTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_notices")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_notices_state_next_try_at", "alert_notices", ["state", "next_try_at"])
    op.create_table(
        "alerts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("connector", sa.String(length=80), nullable=True),
        sa.Column("subject", sa.String(length=200), server_default="", nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.Column("level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("escalates_at", UtcTime(), nullable=True),
        sa.Column("answered_by", sa.String(length=80), nullable=True),
        sa.Column("answered_at", UtcTime(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("over_at", UtcTime(), nullable=True),
        sa.Column("key", sa.String(length=330), nullable=True),
        sa.Column("fine_since", UtcTime(), nullable=True),
        sa.Column("told_at", UtcTime(), nullable=True),
        sa.Column("cause", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("key", name=op.f("uq_alerts_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alerts_connector_id", "alerts", ["connector", "id"])
    op.create_index("ix_alerts_over_at", "alerts", ["over_at"])
    op.create_index("ix_alerts_state_id", "alerts", ["state", "id"])
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("agencies", Json(), nullable=True),
        sa.Column("sees_personal", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("must_change", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("recovery", Json(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="active", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", UtcTime(), nullable=True),
        sa.Column("language", sa.String(length=5), server_default="vi", nullable=False),
        sa.Column("author", sa.String(length=80), server_default="", nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_people_issuer_subject")),
        sa.UniqueConstraint("name", name=op.f("uq_people_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "silences",
        sa.Column("id", BigId, nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=True),
        sa.Column("connector", sa.String(length=80), nullable=True),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "run_hours",
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("hour", UtcTime(), nullable=False),
        sa.Column("runs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("interrupted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cancelled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fetched", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("updated", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("quarantined", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("waited_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("fetch_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("decode_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("map_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("store_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["connector_id"], ["connectors.id"], name=op.f("fk_run_hours_connector_id_connectors")),
        sa.PrimaryKeyConstraint("connector_id", "hour", name=op.f("pk_run_hours")),
    )
    op.create_index("ix_run_hours_hour", "run_hours", ["hour"])
    op.create_table(
        "sessions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=60), server_default="", nullable=False),
        sa.Column("agent", sa.Text(), server_default="", nullable=False),
        sa.Column("begun_at", UtcTime(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.Column("proved_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_sessions_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_sessions_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"])
    op.create_table(
        "exchanges",
        sa.Column("id", BigId, nullable=False),
        sa.Column("run_id", BigId, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("sent", sa.Text(), server_default="", nullable=False),
        sa.Column("received", sa.Text(), server_default="", nullable=False),
        sa.Column("bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("payload_digest", sa.String(length=32), nullable=True),
        sa.Column("failed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_exchanges_run_id_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchanges")),
    )
    op.create_index("ix_exchanges_run_id_id", "exchanges", ["run_id", "id"])
    op.create_table(
        "run_lines",
        sa.Column("id", BigId, nullable=False),
        sa.Column("run_id", BigId, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_lines_run_id_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_lines")),
    )
    op.create_index("ix_run_lines_run_id_id", "run_lines", ["run_id", "id"])
    op.create_table(
        "drafts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("found", Json(), nullable=True),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("name", name=op.f("uq_drafts_name")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_drafts_author_id", "drafts", ["author", "id"])
    op.add_column("connectors", sa.Column("owner", sa.Text(), server_default="", nullable=False))
    op.add_column("connectors", sa.Column("contact", sa.Text(), server_default="", nullable=False))
    op.add_column("connectors", sa.Column("limits", Json(), nullable=True))
    for name, columns in _RUNS.items():
        op.create_index(name, "runs", columns)
    op.drop_index("ix_runs_state", "runs")
    op.create_table(
        "quarantine_codes",
        sa.Column("quarantine_id", BigId, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["quarantine_id"],
            ["quarantine.id"],
            name=op.f("fk_quarantine_codes_quarantine_id_quarantine"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("quarantine_id", "value", name=op.f("pk_quarantine_codes")),
    )
    op.create_index("ix_quarantine_codes_value", "quarantine_codes", ["value"])
    op.create_index("ix_replays_key_id", "replays", ["key", "id"])
    op.create_index("ix_payloads_connector_id_id", "payloads", ["connector_id", "id"])
    op.create_index("ix_quarantine_connector_id_id", "quarantine", ["connector_id", "id"])
    op.create_index("ix_quarantine_first_seen_at", "quarantine", ["first_seen_at"])
    op.create_index("ix_notices_dossier_id_id", "notices", ["dossier_id", "id"])
    _fill_hours()


def _fill_hours() -> None:
    """What is known of the runs that ended before; how long their stages took stays with each of them."""
    hour = _HOUR[op.get_bind().dialect.name]
    op.execute(
        "INSERT INTO run_hours (connector_id, hour, runs, failed, interrupted, cancelled, fetched, created, updated, "  # noqa: S608
        "quarantined, bytes) "
        f"SELECT connector_id, {hour}, count(*), sum(CASE WHEN state = 'failed' THEN 1 ELSE 0 END), "
        "sum(CASE WHEN state = 'interrupted' THEN 1 ELSE 0 END), "
        "sum(CASE WHEN state = 'cancelled' THEN 1 ELSE 0 END), "
        "sum(fetched), sum(created), sum(updated), sum(quarantined), sum(bytes) "
        f"FROM runs WHERE finished_at IS NOT NULL AND state IN {_ENDED} GROUP BY connector_id, {hour}"
    )


def downgrade() -> None:
    """Go back."""
    for column in ("owner", "contact", "limits"):
        op.drop_column("connectors", column)
    op.drop_index("ix_notices_dossier_id_id", "notices")
    op.drop_index("ix_replays_key_id", "replays")
    op.drop_index("ix_payloads_connector_id_id", "payloads")
    op.drop_index("ix_quarantine_connector_id_id", "quarantine")
    op.drop_index("ix_quarantine_first_seen_at", "quarantine")
    op.drop_table("quarantine_codes")
    op.create_index("ix_runs_state", "runs", ["state"])
    for name in _RUNS:
        op.drop_index(name, "runs")
    for table in (
        "drafts",
        "run_lines",
        "exchanges",
        "sessions",
        "run_hours",
        "silences",
        "people",
        "alerts",
        "alert_notices",
        "acts",
    ):
        op.drop_table(table)
