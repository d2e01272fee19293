"""The life of a connector: states, versions, secrets, deliveries, what it is watched by."""

import sqlalchemy as sa
from alembic import op

from hub.store.columns import BigId, Json, UtcTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("connectors") as table:
        table.add_column(sa.Column("state", sa.String(10), server_default="active", nullable=False))
        table.add_column(sa.Column("managed_by", sa.String(10), server_default="config", nullable=False))
        table.add_column(sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("open_until", UtcTime(), nullable=True))
        table.add_column(sa.Column("open_because", sa.Text(), nullable=True))
        table.add_column(sa.Column("warnings", Json(), nullable=True))
        table.add_column(sa.Column("shape", Json(), nullable=True))
        table.add_column(sa.Column("described_as", sa.Text(), nullable=True))
    with op.batch_alter_table("runs") as table:
        table.add_column(sa.Column("notes", Json(), nullable=True))
    with op.batch_alter_table("api_keys") as table:
        table.add_column(sa.Column("role", sa.String(10), server_default="read", nullable=False))
        table.add_column(sa.Column("connector", sa.String(80), nullable=True))
    op.create_table(
        "versions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("kind", "name", "version", name=op.f("uq_versions_kind_name_version")),
    )
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
    for name in ("deliveries", "secrets", "versions"):
        op.drop_table(name)
    with op.batch_alter_table("api_keys") as table:
        table.drop_column("connector")
        table.drop_column("role")
    with op.batch_alter_table("runs") as table:
        table.drop_column("notes")
    with op.batch_alter_table("connectors") as table:
        for column in ("described_as", "shape", "warnings", "open_because", "open_until", "failures"):
            table.drop_column(column)
        table.drop_column("managed_by")
        table.drop_column("state")
