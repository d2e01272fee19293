"""Runs that are taken over, cancelled and measured; records that are gone; the change feed; counts by day."""

import sqlalchemy as sa
from alembic import op

from hub.store.columns import BigId, Json, UtcTime

revision = "0005"
down_revision = "0004"

_DOSSIERS = sa.table("dossiers", sa.column("id"), sa.column("position"))
_FEED = sa.table("feed", sa.column("id"), sa.column("position"))

# What is written with every record is checked by the engine: PostgreSQL spent half of its time on these.
_UNCHECKED = (
    ("source_records", "connector_id", "connectors"),
    ("source_records", "dossier_id", "dossiers"),
    ("source_records", "payload_id", "payloads"),
    ("dossier_codes", "connector_id", "connectors"),
    ("dossier_codes", "dossier_id", "dossiers"),
    ("events", "connector_id", "connectors"),
    ("events", "dossier_id", "dossiers"),
    ("revisions", "connector_id", "connectors"),
    ("revisions", "dossier_id", "dossiers"),
    ("revisions", "run_id", "runs"),
)


def upgrade() -> None:
    """Go forward. Tables that others refer to get columns one by one: SQLite would drop them to write them anew."""
    op.add_column("connectors", sa.Column("stale_since", UtcTime(), nullable=True))
    op.add_column("connectors", sa.Column("stale_because", Json(), nullable=True))
    op.add_column("connectors", sa.Column("next_count_at", UtcTime(), nullable=True))
    for column in (
        sa.Column("priority", sa.SmallInteger(), server_default="10", nullable=False),
        sa.Column("not_before", UtcTime(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("taken_over", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("timings", Json(), nullable=True),
        sa.Column("gone", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stop_wanted", sa.String(length=10), nullable=True),
        sa.Column("stop_author", sa.String(length=80), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
    ):
        op.add_column("runs", column)
    op.add_column("dossiers", sa.Column("gone_at", UtcTime(), nullable=True))
    # Every dossier that is here has changed once, in the order in which they came.
    op.add_column("dossiers", sa.Column("position", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(sa.update(_DOSSIERS).values(position=_DOSSIERS.c.id))
    op.create_index("ix_dossiers_position", "dossiers", ["position"], unique=True)
    op.create_table(
        "feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
    )
    last = sa.select(sa.literal(1), sa.func.coalesce(sa.func.max(_DOSSIERS.c.position), 0))
    op.execute(sa.insert(_FEED).from_select(["id", "position"], last))
    op.add_column("source_records", sa.Column("gone_at", UtcTime(), nullable=True))
    gone = sa.text("gone_at IS NOT NULL")
    for table, columns in (("source_records", ["connector_id", "key"]), ("dossiers", ["received_on", "id"])):
        op.create_index(f"ix_{table}_gone", table, columns, sqlite_where=gone, postgresql_where=gone)
    op.create_index("ix_source_records_connector_id_changed_at", "source_records", ["connector_id", "changed_at"])
    for table, key, other in _UNCHECKED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_{key}_{other}"), type_="foreignkey")
    op.create_table(
        "ticks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ticks")),
    )
    op.create_table(
        "listings",
        sa.Column("id", BigId, nullable=False),
        sa.Column("run_id", BigId, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("unnamed", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_listings_run_id_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
    )
    op.create_index(op.f("ix_listings_run_id"), "listings", ["run_id"])
    op.create_table(
        "removals",
        sa.Column("id", BigId, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("run_id", BigId, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("keys", Json(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["connector_id"], ["connectors.id"], name=op.f("fk_removals_connector_id_connectors")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_removals_run_id_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removals")),
    )
    op.create_index(op.f("ix_removals_connector_id"), "removals", ["connector_id"])
    op.create_table(
        "tallies",
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("until", UtcTime(), nullable=True),
        sa.Column("there", sa.Integer(), nullable=True),
        sa.Column("here", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("extra", sa.Integer(), nullable=False),
        sa.Column("by_key", sa.Boolean(), nullable=False),
        sa.Column("keys", Json(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("checked_at", UtcTime(), nullable=False),
        sa.Column("run_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["connector_id"], ["connectors.id"], name=op.f("fk_tallies_connector_id_connectors")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_tallies_run_id_runs")),
        sa.PrimaryKeyConstraint("connector_id", "day", name=op.f("pk_tallies")),
    )
    op.create_table(
        "lapses",
        sa.Column("id", BigId, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=True),
        sa.Column("because", Json(), nullable=False),
        sa.ForeignKeyConstraint(["connector_id"], ["connectors.id"], name=op.f("fk_lapses_connector_id_connectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lapses")),
        sa.UniqueConstraint("connector_id", "since", name=op.f("uq_lapses_connector_id_since")),
    )


def downgrade() -> None:
    """Go back."""
    for table in ("lapses", "tallies", "removals", "listings", "ticks", "feed"):
        op.drop_table(table)
    for table, key, other in _UNCHECKED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.create_foreign_key(batch_op.f(f"fk_{table}_{key}_{other}"), other, [key], ["id"])
    op.drop_index("ix_source_records_connector_id_changed_at", "source_records")
    op.drop_index("ix_source_records_gone", "source_records")
    op.drop_index("ix_dossiers_gone", "dossiers")
    op.drop_index("ix_dossiers_position", "dossiers")
    columns = {
        "source_records": ("gone_at",),
        "dossiers": ("position", "gone_at"),
        "runs": (
            "priority",
            "not_before",
            "owner",
            "taken_over",
            "bytes",
            "timings",
            "gone",
            "stop_wanted",
            "stop_author",
            "stop_reason",
        ),
        "connectors": ("stale_since", "stale_because", "next_count_at"),
    }
    for table, names in columns.items():
        for name in names:
            op.drop_column(table, name)
