"""The life of a connector: states, versions, secrets, deliveries, what it is watched by."""

import sqlalchemy as sa
from alembic import op

from hub.store.columns import BigId, Json, UtcTime

revision = "0002"
down_revision = "0001"

_CONNECTORS = sa.table("connectors", sa.column("active", sa.Boolean()), sa.column("state", sa.String()))


def upgrade() -> None:
    """Go forward. Column by column: SQLite would drop a table that others refer to in order to write it anew."""
    op.add_column("connectors", sa.Column("state", sa.String(10), server_default="active", nullable=False))
    op.add_column("connectors", sa.Column("managed_by", sa.String(10), server_default="config", nullable=False))
    op.add_column("connectors", sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
    op.add_column("connectors", sa.Column("open_until", UtcTime(), nullable=True))
    op.add_column("connectors", sa.Column("open_because", sa.Text(), nullable=True))
    op.add_column("connectors", sa.Column("warnings", Json(), nullable=True))
    op.add_column("connectors", sa.Column("shape", Json(), nullable=True))
    op.add_column("connectors", sa.Column("described_as", sa.Text(), nullable=True))
    op.execute(_CONNECTORS.update().where(sa.not_(_CONNECTORS.c.active)).values(state="retired"))
    op.drop_column("connectors", "active")
    op.add_column("runs", sa.Column("notes", Json(), nullable=True))
    op.add_column("api_keys", sa.Column("role", sa.String(10), server_default="read", nullable=False))
    op.add_column("api_keys", sa.Column("connector", sa.String(80), nullable=True))
    op.create_table(
        "versions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("managed_by", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("kind", "name", "version", name=op.f("uq_versions_kind_name_version")),
    )
    op.create_table(
        "moves",
        sa.Column("id", BigId, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=10), nullable=True),
        sa.Column("after", sa.String(length=10), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["connector_id"], ["connectors.id"], name=op.f("fk_moves_connector_id_connectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moves")),
    )
    op.create_index(op.f("ix_moves_connector_id"), "moves", ["connector_id"])
    op.create_table(
        "secrets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("expires_on", sa.String(length=10), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secrets")),
        sa.UniqueConstraint("name", name=op.f("uq_secrets_name")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", BigId, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("answer", Json(), nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connector_id"], ["connectors.id"], name=op.f("fk_deliveries_connector_id_connectors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("connector_id", "request_id", name=op.f("uq_deliveries_connector_id_request_id")),
    )


def downgrade() -> None:
    """Go back; drafts and versions are lost."""
    for name in ("deliveries", "secrets", "moves", "versions"):
        op.drop_table(name)
    op.drop_column("api_keys", "connector")
    op.drop_column("api_keys", "role")
    op.drop_column("runs", "notes")
    op.add_column("connectors", sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute(_CONNECTORS.update().where(_CONNECTORS.c.state.in_(["draft", "retired"])).values(active=False))
    for column in ("described_as", "shape", "warnings", "open_because", "open_until", "failures"):
        op.drop_column("connectors", column)
    op.drop_column("connectors", "managed_by")
    op.drop_column("connectors", "state")
