"""Catalogues of agencies and procedures, the calendar, ratings, and the codes that records name."""

import sqlalchemy as sa
from alembic import op

from hub.store.columns import BigId, Json, UtcTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "calendar",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar")),
    )
    op.create_table(
        "agencies",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.String(length=10), server_default="", nullable=False),
        sa.Column("effective_to", sa.String(length=10), server_default="", nullable=False),
        sa.Column("values", Json(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["connector_id"], ["connectors.id"], name=op.f("fk_agencies_connector_id_connectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("origin", "key", name=op.f("uq_agencies_origin_key")),
    )
    op.create_index("ix_agencies_code", "agencies", ["code"])
    op.create_table(
        "agency_codes",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["origin", "key"],
            ["agencies.origin", "agencies.key"],
            name=op.f("fk_agency_codes_origin_agencies"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("origin", "key", "code", name=op.f("pk_agency_codes")),
    )
    op.create_index("ix_agency_codes_code", "agency_codes", ["code"])
    op.create_table(
        "codes_seen",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("first_seen_at", UtcTime(), nullable=False),
        sa.Column("last_seen_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connector_id"], ["connectors.id"], name=op.f("fk_codes_seen_connector_id_connectors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codes_seen")),
        sa.UniqueConstraint("kind", "code", "connector_id", name=op.f("uq_codes_seen_kind_code_connector_id")),
    )
    op.create_index("ix_codes_seen_kind_service", "codes_seen", ["kind", "service"])
    op.create_table(
        "procedures",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.String(length=10), server_default="", nullable=False),
        sa.Column("effective_to", sa.String(length=10), server_default="", nullable=False),
        sa.Column("values", Json(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connector_id"], ["connectors.id"], name=op.f("fk_procedures_connector_id_connectors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedures")),
        sa.UniqueConstraint("origin", "key", name=op.f("uq_procedures_origin_key")),
    )
    op.create_index("ix_procedures_code", "procedures", ["code"])
    op.create_table(
        "ratings",
        sa.Column("id", BigId, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("rated_at", sa.String(length=20), nullable=False),
        sa.Column("overall", sa.String(length=20), nullable=False),
        sa.Column("complained", sa.Boolean(), nullable=True),
        sa.Column("values", Json(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["connector_id"], ["connectors.id"], name=op.f("fk_ratings_connector_id_connectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("connector_id", "key", name=op.f("uq_ratings_connector_id_key")),
    )
    op.create_index("ix_ratings_code_scope", "ratings", ["code", "scope"])


def downgrade() -> None:
    """Go back; the catalogues and ratings are lost."""
    for name in ("ratings", "calendar", "procedures", "agency_codes", "agencies", "codes_seen"):
        op.drop_table(name)
