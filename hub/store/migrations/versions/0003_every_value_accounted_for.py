"""What every value came from and what every change was; steps and ratings beside dossiers; due dates to filter by."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from hub.store.columns import BigId, Json, UtcTime

revision = "0003"
down_revision = "0002"

_TIMES = ("due_at", "completed_at", "returned_at", "refused_at")
_DONE, _GIVEN_UP = ("completed", "returned"), ("stopped", "withdrawn", "not_accepted")


def upgrade() -> None:
    """Go forward. Tables that others refer to get columns one by one: SQLite would drop them to write them anew."""
    op.add_column("connectors", sa.Column("precedence_for", Json(), nullable=True))
    op.add_column("dossiers", sa.Column("due_at", sa.String(length=20), server_default="", nullable=False))
    op.add_column("dossiers", sa.Column("ended_at", sa.String(length=20), server_default="", nullable=False))
    _tell_ends()
    op.create_index("ix_dossiers_ended_at_due_at_id", "dossiers", ["ended_at", "due_at", "id"])
    op.add_column("dossiers", sa.Column("conflicts", sa.Integer(), server_default="0", nullable=False))
    few = sa.text("conflicts > 0")
    op.create_index(
        "ix_dossiers_disagreeing", "dossiers", ["received_on", "id"], sqlite_where=few, postgresql_where=few
    )
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index(
        "ix_dossiers_merged_into", "dossiers", ["merged_into"], sqlite_where=merged, postgresql_where=merged
    )
    op.add_column("events", sa.Column("title", sa.Text(), nullable=True))
    op.add_column("events", sa.Column("started_at", sa.String(length=20), nullable=True))
    op.add_column("events", sa.Column("due_at", sa.String(length=20), nullable=True))
    op.add_column("events", sa.Column("inferred", sa.Boolean(), server_default=sa.false(), nullable=False))
    _events_by_record()
    _codes_by_record()
    op.add_column("payloads", sa.Column("troubled", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("payloads", sa.Column("unused_since", UtcTime(), nullable=True))
    op.create_index("ix_payloads_received_at", "payloads", ["received_at"])
    op.create_index("ix_payloads_unused_since_troubled_id", "payloads", ["unused_since", "troubled", "id"])
    with op.batch_alter_table("quarantine") as batch_op:
        batch_op.add_column(sa.Column("changed_at", sa.String(length=27), server_default="", nullable=False))
        batch_op.add_column(sa.Column("run_id", BigId, nullable=True))
        # Empty: every record is tried again once, and is grouped then.
        batch_op.add_column(sa.Column("tried", sa.Text(), server_default="", nullable=False))
        batch_op.create_index("ix_quarantine_payload_id", ["payload_id"])
        batch_op.create_index("ix_quarantine_connector_id_payload_id", ["connector_id", "payload_id"])
        batch_op.create_index("ix_quarantine_connector_id_tried", ["connector_id", "tried"])
        batch_op.create_foreign_key(batch_op.f("fk_quarantine_run_id_runs"), "runs", ["run_id"], ["id"])
    with op.batch_alter_table("source_records") as batch_op:
        batch_op.add_column(sa.Column("version", sa.LargeBinary(length=16), nullable=True))
        batch_op.add_column(sa.Column("entity", sa.String(length=10), server_default="dossier", nullable=False))
        batch_op.add_column(sa.Column("precedence_for", Json(), nullable=True))
        batch_op.add_column(sa.Column("mapping", sa.Text(), server_default="", nullable=False))
        batch_op.alter_column("dossier_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column(
            "changed_at", existing_type=sa.String(length=20), type_=sa.String(length=27), existing_nullable=False
        )
        batch_op.create_index(batch_op.f("ix_source_records_payload_id"), ["payload_id"])
    # Versions are ordered by this text, so it has to be as long as that of those to come: to the microsecond.
    _date_records(sa.func.substr(_RECORDS.c.changed_at, 1, 19).concat(".000000Z"))
    op.create_table(
        "disowned",
        sa.Column("id", BigId, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["connector_id"], ["connectors.id"], name=op.f("fk_disowned_connector_id_connectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disowned")),
        sa.UniqueConstraint(
            "connector_id", "key", "scope", "value", name=op.f("uq_disowned_connector_id_key_scope_value")
        ),
    )
    op.create_table(
        "revisions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=True),
        sa.Column("author", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("run_id", BigId, nullable=True),
        sa.Column("changes", Json(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["connector_id"], ["connectors.id"], name=op.f("fk_revisions_connector_id_connectors")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_revisions_dossier_id_dossiers")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_revisions_run_id_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
    )
    op.create_index("ix_revisions_dossier_id", "revisions", ["dossier_id"])
    _create_replays()


def _create_replays() -> None:
    """What stands in quarantine by groups, what replays let out of it, and what people dropped."""
    op.add_column("runs", sa.Column("wanted", Json(), nullable=True))
    op.create_table(
        "quarantine_groups",
        sa.Column("quarantine_id", BigId, nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connector_id"], ["connectors.id"], name=op.f("fk_quarantine_groups_connector_id_connectors")
        ),
        sa.ForeignKeyConstraint(
            ["quarantine_id"],
            ["quarantine.id"],
            name=op.f("fk_quarantine_groups_quarantine_id_quarantine"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("quarantine_id", "code", name=op.f("pk_quarantine_groups")),
    )
    op.create_index(
        "ix_quarantine_groups_connector_id_code_quarantine_id",
        "quarantine_groups",
        ["connector_id", "code", "quarantine_id"],
    )
    op.create_table(
        "replays",
        sa.Column("id", BigId, nullable=False),
        sa.Column("run_id", BigId, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("found_by", BigId, nullable=True),
        sa.Column("payload_id", BigId, nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["found_by"], ["runs.id"], name=op.f("fk_replays_found_by_runs")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_replays_run_id_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replays")),
    )
    op.create_index("ix_replays_run_id", "replays", ["run_id"])
    op.create_table(
        "drops",
        sa.Column("id", BigId, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("wanted", Json(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["connector_id"], ["connectors.id"], name=op.f("fk_drops_connector_id_connectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drops")),
    )
    op.create_index("ix_drops_connector_id", "drops", ["connector_id"])


def _tell_ends() -> None:
    """Fill due dates and ends of what is stored already, as hub.record.standing tells them."""
    values = sa.column("values", sa.Text())
    if op.get_context().dialect.name == "sqlite":
        said = {name: sa.func.json_extract(values, f"$.{name}") for name in _TIMES}
    else:
        said = {name: sa.cast(values, sa.JSON)[name].as_string() for name in _TIMES}
    done = sa.func.coalesce(said["completed_at"], said["returned_at"], "")
    dossiers = sa.table(
        "dossiers", values, *(sa.column(name, sa.String()) for name in ("status", "due_at", "ended_at"))
    )
    told = {
        "due_at": sa.func.coalesce(said["due_at"], ""),
        "ended_at": sa.case(
            (dossiers.c.status.in_(_DONE), done),
            (dossiers.c.status.in_(_GIVEN_UP), sa.func.coalesce(said["refused_at"], "")),
            else_="",
        ),
    }
    op.execute(dossiers.update().values(told))


_AT_ONCE = 5_000  # source records
_LONGEST_CODE = 200
_OFFICIAL = re.compile(r"(?:(?:\d{3}\.)?\d{2}\.\d{2}\.[A-Z]\d{2}-\d{6}-\d{4,}|[A-Y]\d{2}(?:\.[A-Z0-9]+)*-\d{6}-\d{4,})")
_SAYS_SOMETHING = re.compile(r"[^\W0_]")
_EVENTS = sa.table("events", sa.column("dossier_id"), sa.column("connector_id"), sa.column("key"))
_RECORDS = sa.table(
    "source_records",
    sa.column("id"),
    sa.column("dossier_id"),
    sa.column("connector_id"),
    sa.column("key"),
    sa.column("scope"),
    sa.column("values", Json()),
    sa.column("changed_at"),
)


def _date_records(anew: sa.ColumnElement[str]) -> None:
    """Write when records changed in another length, of those that say so."""
    op.execute(_RECORDS.update().where(_RECORDS.c.changed_at != "").values(changed_at=anew))


def _events_by_record() -> None:
    """Whoever told an event, it becomes that of the first record that its connector has of the dossier."""
    op.add_column("events", sa.Column("key", sa.Text(), server_default="", nullable=False))
    first = (
        sa.select(sa.func.min(_RECORDS.c.key))
        .where(_RECORDS.c.dossier_id == _EVENTS.c.dossier_id, _RECORDS.c.connector_id == _EVENTS.c.connector_id)
        .scalar_subquery()
    )
    op.execute(_EVENTS.update().values(key=sa.func.coalesce(first, "")))
    with op.batch_alter_table("events") as batch_op:
        batch_op.alter_column("key", existing_type=sa.Text(), existing_nullable=False, server_default=None)
        batch_op.drop_constraint("uq_events_dossier_id_fingerprint", type_="unique")
        batch_op.create_unique_constraint(
            "uq_events_dossier_id_connector_id_key_fingerprint", ["dossier_id", "connector_id", "key", "fingerprint"]
        )


def _codes_by_record() -> None:
    """A code becomes that of the records that give it; one that none gives now, that of its dossier's first record."""
    op.rename_table("dossier_codes", "codes_before")
    op.drop_index("ix_dossier_codes_dossier_id", "codes_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(_DROP_PRIMARY_KEY))
    made = op.create_table(
        "dossier_codes",
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["connector_id"], ["connectors.id"], name=op.f("fk_dossier_codes_connector_id_connectors")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_codes_dossier_id_dossiers")),
        sa.PrimaryKeyConstraint("value", "scope", "connector_id", "key", name=op.f("pk_dossier_codes")),
    )
    before = sa.table("codes_before", sa.column("value"), sa.column("scope"), sa.column("dossier_id"))
    for claims in _claims():
        op.bulk_insert(made, claims)
    given = sa.exists().where(
        made.c.value == before.c.value, made.c.scope == before.c.scope, made.c.dossier_id == before.c.dossier_id
    )
    first = sa.select(sa.func.min(_RECORDS.c.id).label("id")).group_by(_RECORDS.c.dossier_id).subquery()
    others = (
        sa.select(before.c.value, before.c.scope, _RECORDS.c.connector_id, _RECORDS.c.key, before.c.dossier_id)
        .join_from(before, _RECORDS, _RECORDS.c.dossier_id == before.c.dossier_id)
        .join(first, first.c.id == _RECORDS.c.id)
        .where(~given)
    )
    op.execute(made.insert().from_select(["value", "scope", "connector_id", "key", "dossier_id"], others))
    op.drop_table("codes_before")
    op.create_index("ix_dossier_codes_dossier_id", "dossier_codes", ["dossier_id"])


def _claims() -> Iterator[list[dict[str, Any]]]:
    """The codes that records give now, by some thousands: a store may hold millions."""
    query = sa.select(_RECORDS).order_by(_RECORDS.c.id).limit(_AT_ONCE)
    last = 0
    while rows := op.get_bind().execute(query.where(_RECORDS.c.id > last)).mappings().all():
        last = rows[-1]["id"]
        found = [
            {name: row[name] for name in ("connector_id", "key", "dossier_id")} | {"value": value, "scope": scope}
            for row in rows
            for scope, value in _codes(row["values"], row["scope"])
        ]
        if found:
            yield found


def _codes(values: dict[str, Any], scope: str) -> set[tuple[str, str]]:
    """What a record's codes were when this was written: scope and value, as hub.record.identity tells them."""
    found = set()
    for name in ("code", "national_code"):
        value = "".join(unicodedata.normalize("NFC", values.get(name) or "").upper().split())
        official = _OFFICIAL.fullmatch(value)
        if len(value) <= _LONGEST_CODE and _SAYS_SOMETHING.search(value) and (official or name == "code"):
            found.add(("" if official else scope, value))
    return found


def _codes_by_dossier() -> None:
    op.drop_index("ix_dossier_codes_dossier_id", "dossier_codes")
    op.rename_table("dossier_codes", "codes_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(_DROP_PRIMARY_KEY))
    made = op.create_table(
        "dossier_codes",
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_codes_dossier_id_dossiers")),
        sa.PrimaryKeyConstraint("value", "scope", name=op.f("pk_dossier_codes")),
    )
    before = sa.table("codes_before", sa.column("value"), sa.column("scope"), sa.column("dossier_id"))
    one = sa.select(before.c.value, before.c.scope, sa.func.min(before.c.dossier_id))
    op.execute(
        made.insert().from_select(["value", "scope", "dossier_id"], one.group_by(before.c.value, before.c.scope))
    )
    op.drop_table("codes_before")
    op.create_index("ix_dossier_codes_dossier_id", "dossier_codes", ["dossier_id"])


def _events_by_dossier() -> None:
    same = sa.text("DELETE FROM events WHERE id NOT IN (SELECT min(id) FROM events GROUP BY dossier_id, fingerprint)")
    op.execute(same)
    with op.batch_alter_table("events") as batch_op:
        batch_op.drop_constraint("uq_events_dossier_id_connector_id_key_fingerprint", type_="unique")
        batch_op.create_unique_constraint("uq_events_dossier_id_fingerprint", ["dossier_id", "fingerprint"])
        batch_op.drop_column("key")


# Its name would stand in the way of the new table's: PostgreSQL's are unique in a schema.
_DROP_PRIMARY_KEY = "ALTER TABLE codes_before DROP CONSTRAINT pk_dossier_codes"


def downgrade() -> None:
    """Go back; revisions and what was disowned are lost, and so are source records of other things than dossiers."""
    for name in ("drops", "replays", "quarantine_groups", "disowned", "revisions"):
        op.drop_table(name)
    op.drop_column("runs", "wanted")
    records = sa.table("source_records", sa.column("dossier_id", BigId))
    op.execute(records.delete().where(records.c.dossier_id.is_(None)))
    _date_records(sa.func.substr(_RECORDS.c.changed_at, 1, 19).concat("Z"))
    with op.batch_alter_table("source_records") as batch_op:
        batch_op.drop_index("ix_source_records_payload_id")
        batch_op.alter_column(
            "changed_at", existing_type=sa.String(length=27), type_=sa.String(length=20), existing_nullable=False
        )
        batch_op.alter_column("dossier_id", existing_type=BigId, nullable=False)
        for column in ("version", "mapping", "precedence_for", "entity"):
            batch_op.drop_column(column)
    with op.batch_alter_table("quarantine") as batch_op:
        batch_op.drop_column("changed_at")
        batch_op.drop_constraint("fk_quarantine_run_id_runs", type_="foreignkey")
        for column in ("connector_id_tried", "connector_id_payload_id", "payload_id"):
            batch_op.drop_index(f"ix_quarantine_{column}")
        batch_op.drop_column("tried")
        batch_op.drop_column("run_id")
    op.drop_index("ix_payloads_unused_since_troubled_id", "payloads")
    op.drop_index("ix_payloads_received_at", "payloads")
    op.drop_column("payloads", "unused_since")
    op.drop_column("payloads", "troubled")
    _events_by_dossier()
    _codes_by_dossier()
    op.drop_index("ix_dossiers_disagreeing", "dossiers")
    op.drop_index("ix_dossiers_merged_into", "dossiers")
    op.drop_column("dossiers", "conflicts")
    for column in ("inferred", "due_at", "started_at", "title"):
        op.drop_column("events", column)
    op.drop_index("ix_dossiers_ended_at_due_at_id", "dossiers")
    op.drop_column("dossiers", "ended_at")
    op.drop_column("dossiers", "due_at")
    op.drop_column("connectors", "precedence_for")
