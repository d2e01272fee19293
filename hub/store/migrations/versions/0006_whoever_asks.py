"""What dossiers are searched by; clients, their keys and what they read; what leaves the hub."""

from collections.abc import Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from hub.record.identity import Code
from hub.record.shown import shown
from hub.store.columns import BigId, Json, UtcTime
from hub.store.tables import WORDS

revision = "0006"
down_revision = "0005"

_PAGE = 1000
_FOUND_BY = ("agency", "procedure", "field", "channel", "confidentiality", "name", "identity", "phone", "search")
_DOSSIERS = sa.table("dossiers", sa.column("id"), sa.column("values"), *(sa.column(name) for name in _FOUND_BY))
_CODES = sa.table("dossier_codes", *(sa.column(name) for name in ("dossier_id", "scope", "value")))
_INDEXES = {
    "agency_status_received_on_id": ("agency", "status", "received_on", "id"),
    "field_received_on_id": ("field", "received_on", "id"),
    "due_at_id": ("due_at", "id"),
    "name_received_on_id": ("name", "received_on", "id"),
}
_FEW = {"identity": "identity IS NOT NULL", "phone": "phone IS NOT NULL"}
_FTS = (
    """CREATE VIRTUAL TABLE dossier_words USING fts5
    (search, content='dossiers', content_rowid='id', tokenize='unicode61 remove_diacritics 0')""",
    "INSERT INTO dossier_words (dossier_words) VALUES ('rebuild')",
    """CREATE TRIGGER dossier_words_new AFTER INSERT ON dossiers BEGIN
    INSERT INTO dossier_words (rowid, search) VALUES (new.id, new.search); END""",
    """CREATE TRIGGER dossier_words_old AFTER DELETE ON dossiers BEGIN
    INSERT INTO dossier_words (dossier_words, rowid, search) VALUES ('delete', old.id, old.search); END""",
    """CREATE TRIGGER dossier_words_other AFTER UPDATE OF search ON dossiers WHEN old.search <> new.search BEGIN
    INSERT INTO dossier_words (dossier_words, rowid, search) VALUES ('delete', old.id, old.search);
    INSERT INTO dossier_words (rowid, search) VALUES (new.id, new.search); END""",
)
_NOTHING = {"code": "", "status": ""}
_SEALED_BY_NONE = bytes(32)


def upgrade() -> None:
    """Go forward."""
    for column in (
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=True),
        sa.Column("confidentiality", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("identity", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
    ):
        op.add_column("dossiers", column)
    _find_anew()
    for name, columns in _INDEXES.items():
        op.create_index(f"ix_dossiers_{name}", "dossiers", list(columns))
    for name, where in _FEW.items():
        some = sa.text(where)
        op.create_index(
            f"ix_dossiers_{name}",
            "dossiers",
            [name, "received_on", "id"],
            sqlite_where=some,
            postgresql_where=some,
        )
    if _is_sqlite():
        for statement in _FTS:
            op.execute(statement)
    else:
        op.create_index("ix_dossiers_words", "dossiers", [sa.text(WORDS)], postgresql_using="gin")
    _clients()
    _outbox()


def downgrade() -> None:
    """Go back: of a client's keys the newest stays."""
    _keys_of_before()
    tables = ("departures", "exports", "told", "notices", "subscriptions", "spellings", "followers", "reads_head")
    for table in (*tables, "reads", "counters", "client_keys", "clients", "renewals"):
        op.drop_table(table)
    if _is_sqlite():
        for name in ("new", "old", "other"):
            op.execute(f"DROP TRIGGER dossier_words_{name}")
        op.drop_table("dossier_words")
    else:
        op.drop_index("ix_dossiers_words", table_name="dossiers")
    for name in (*_INDEXES, *_FEW):
        op.drop_index(f"ix_dossiers_{name}", table_name="dossiers")
    for name in ("phone", "identity", "name", "confidentiality", "channel", "field"):
        op.drop_column("dossiers", name)


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _find_anew() -> None:
    """Every dossier is found by what lists and searches go by now."""
    connection, last = op.get_bind(), 0
    while True:
        query = sa.select(_DOSSIERS.c.id, _DOSSIERS.c["values"]).where(_DOSSIERS.c.id > last)
        rows = connection.execute(query.order_by(_DOSSIERS.c.id).limit(_PAGE)).all()
        if not rows:
            return
        last = rows[-1].id
        codes = _codes_of([row.id for row in rows])
        for dossier_id, values in rows:
            found = shown(_NOTHING | orjson.loads(values), codes.get(dossier_id, []))._asdict()
            new = {name: found[name] for name in _FOUND_BY}
            connection.execute(sa.update(_DOSSIERS).where(_DOSSIERS.c.id == dossier_id).values(**new))


def _codes_of(ids: Sequence[int]) -> dict[int, list[Code]]:
    codes: dict[int, list[Code]] = {}
    query = sa.select(_CODES.c.dossier_id, _CODES.c.scope, _CODES.c.value).where(_CODES.c.dossier_id.in_(ids))
    for dossier_id, scope, value in op.get_bind().execute(query.distinct()):
        codes.setdefault(dossier_id, []).append(Code(scope, value))
    return codes


def _clients() -> None:
    op.create_table(
        "clients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("connector", sa.String(length=80), nullable=True),
        sa.Column("grant", Json(), nullable=True),
        sa.Column("quota", Json(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column("author", sa.String(length=80), server_default="", nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.Column("sees_from", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
        sa.UniqueConstraint("name", name=op.f("uq_clients_name")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_clients_issuer_subject")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "client_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hint", sa.String(length=12), server_default="", nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.Column("used_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_client_keys_client_id_clients"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_client_keys_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_client_keys_client_id"), "client_keys", ["client_id"])
    op.execute(
        "INSERT INTO clients (name, role, connector, created_at, changed_at) "
        "SELECT name, role, connector, created_at, created_at FROM api_keys"
    )
    op.execute(
        "INSERT INTO client_keys (client_id, digest, created_at) "
        "SELECT clients.id, digest, api_keys.created_at FROM api_keys JOIN clients ON clients.name = api_keys.name"
    )
    op.drop_table("api_keys")
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "minute", name=op.f("pk_counters")),
    )
    op.create_table(
        "reads",
        sa.Column("id", BigId, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("client", sa.String(length=80), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("dossier_id", BigId, nullable=True),
        sa.Column("dossiers", sa.LargeBinary(), nullable=True),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("what", Json(), nullable=False),
        sa.Column("request", sa.String(length=40), nullable=False),
        sa.Column("spool", sa.String(length=80), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reads")),
        sa.UniqueConstraint("spool", "line", name=op.f("uq_reads_spool_line")),
    )
    for columns in (["at"], ["client", "at"], ["dossier_id", "at"]):
        op.create_index(f"ix_reads_{'_'.join(columns)}", "reads", columns)
    head = op.create_table(
        "reads_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=32), nullable=False),
        sa.Column("first", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_seal", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reads_head")),
    )
    op.bulk_insert(head, [{"id": 1, "last": 0, "seal": _SEALED_BY_NONE, "first": 0, "first_seal": _SEALED_BY_NONE}])


def _keys_of_before() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("role", sa.String(length=10), server_default="read", nullable=False),
        sa.Column("connector", sa.String(length=80), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
        sa.UniqueConstraint("name", name=op.f("uq_api_keys_name")),
    )
    # A key of the role query saw less than an older hub would show it.
    op.execute(
        "INSERT INTO api_keys (name, digest, role, connector, created_at) "
        "SELECT name, digest, role, connector, client_keys.created_at "
        "FROM clients JOIN client_keys ON client_keys.client_id = clients.id "
        "WHERE role <> 'query' AND client_keys.id = "
        "(SELECT max(newer.id) FROM client_keys AS newer WHERE newer.client_id = clients.id)"
    )


def _outbox() -> None:
    op.create_table(
        "departures",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("confidentiality", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_departures")),
    )
    op.create_index(op.f("ix_departures_dossier_id"), "departures", ["dossier_id"])
    op.create_table(
        "renewals",
        sa.Column("id", BigId, nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewals")),
    )
    op.create_table(
        "followers",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_followers")),
    )
    op.create_table(
        "spellings",
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("form", "word", name=op.f("pk_spellings")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("filter", Json(), nullable=False),
        sa.Column("content", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("begins", sa.BigInteger(), nullable=False),
        sa.Column("reached", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("view", sa.String(length=16), nullable=True),
        sa.Column("shows", sa.String(length=17), nullable=True),
        sa.Column("rechecks", sa.BigInteger(), nullable=True),
        sa.Column("presumes", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", UtcTime(), nullable=True),
        sa.Column("open_until", UtcTime(), nullable=True),
        *_lease(),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        _of_client("subscriptions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_subscriptions_client_id"), "subscriptions", ["client_id"])
    op.create_table(
        "notices",
        sa.Column("id", BigId, nullable=False),
        sa.Column("subscription_id", BigId, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("event_id", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", Json(), nullable=True),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("next_try_at", UtcTime(), nullable=True),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("delivered_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name=op.f("fk_notices_subscription_id_subscriptions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("event_id", name=op.f("uq_notices_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notices_subscription_id_state_id", "notices", ["subscription_id", "state", "id"])
    op.create_index("ix_notices_delivered_at", "notices", ["delivered_at"])
    waits, failed = sa.text("state = 'waiting'"), sa.text("state = 'failed'")
    op.create_index("ix_notices_failed", "notices", ["made_at"], sqlite_where=failed, postgresql_where=failed)
    op.create_index(
        "ix_notices_waiting",
        "notices",
        ["subscription_id", "dossier_id"],
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_table(
        "told",
        sa.Column("subscription_id", BigId, nullable=False),
        sa.Column("dossier_id", BigId, autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name=op.f("fk_told_subscription_id_subscriptions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscription_id", "dossier_id", name=op.f("pk_told")),
    )
    op.create_table(
        "exports",
        sa.Column("id", BigId, nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("filter", Json(), nullable=False),
        sa.Column("fields", Json(), nullable=True),
        sa.Column("options", Json(), nullable=False),
        sa.Column("grant", Json(), nullable=False),
        sa.Column("scope", Json(), nullable=False),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("address", sa.String(length=60), server_default="", nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("upto_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("records", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("estimate", sa.BigInteger(), nullable=True),
        sa.Column("parts", Json(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        *_lease(),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=True),
        sa.Column("finished_at", UtcTime(), nullable=True),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        _of_client("exports"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_exports_client_id"), "exports", ["client_id"])
    op.create_index("ix_exports_state_id", "exports", ["state", "id"])


def _lease() -> list[sa.Column[Any]]:
    return [
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", UtcTime(), nullable=True),
    ]


def _of_client(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_client_id_clients")
    return sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=name, ondelete="CASCADE")
