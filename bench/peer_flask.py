"""What a team would write without the hub: Flask and SQLAlchemy Core over the same tables, on the same web server.

Run as a program: `python -m bench.peer_flask DATABASE_URL` serves it and prints its port.
"""

import sys
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Engine,
    MetaData,
    Select,
    Table,
    create_engine,
    func,
    insert,
    select,
)

from hub.store.access_tables import client_keys
from hub.store.engine_tables import feed
from hub.store.keys import digest
from hub.store.tables import dossier_codes, dossiers
from hub.web import server

_seen = Table(
    "peer_reads",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    Column("client_id", BigInteger),
    Column("dossier_id", BigInteger),
    Column("at", DateTime(timezone=True)),
)
_SHOWN = (dossiers.c.id, dossiers.c["values"], dossiers.c.changed_at)


def application(url: str) -> Flask:
    """The five questions of the benchmark, and an answer that asks nobody (`/floor`)."""
    app = Flask(__name__)
    engine = _engine(url)

    @app.get("/floor")
    def floor() -> Response:
        return jsonify({"status": "ok", "fields": list(range(30))})

    @app.get("/dossiers/<code>")
    def one(code: str) -> Response:
        with engine.connect() as connection:
            row = connection.execute(_with_code(code)).first()
        if row is None:
            abort(404)
        return jsonify(_shown(row))

    @app.get("/dossiers")
    def page() -> Response:
        query = select(*_SHOWN)
        for name in ("agency", "status", "name"):
            if name in request.args:
                query = query.where(dossiers.c[name] == request.args[name])
        query = query.order_by(dossiers.c.received_on.desc(), dossiers.c.id.desc()).limit(50)
        with engine.connect() as connection:
            return jsonify({"items": [_shown(row) for row in connection.execute(query)]})

    @app.get("/counts")
    def counts() -> Response:
        groups = (dossiers.c.agency, dossiers.c.status)
        with engine.connect() as connection:
            rows = connection.execute(select(*groups, func.count()).group_by(*groups)).all()
        return jsonify([list(row) for row in rows])

    @app.get("/changes")
    def changes() -> Response:
        query = select(*_SHOWN).where(dossiers.c.position > int(request.args["after"]))
        with engine.connect() as connection:
            rows = connection.execute(query.order_by(dossiers.c.position).limit(100)).all()
            position = connection.execute(select(feed.c.position)).scalar_one()
        return jsonify({"items": [_shown(row) for row in rows], "next": position})

    _guard(app, engine)
    return app


def _guard(app: Flask, engine: Engine) -> None:
    """Add the look-up with what the hub owes besides: a key that works, and a line that says who read."""

    @app.get("/guarded/dossiers/<code>")
    def guarded(code: str) -> Response:
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        with engine.begin() as connection:
            client = connection.execute(
                select(client_keys.c.client_id).where(client_keys.c.digest == digest(key))
            ).scalar()
            row = connection.execute(_with_code(code)).first()
            if client is None or row is None:
                abort(404 if client else 401)
            connection.execute(insert(_seen).values(client_id=client, dossier_id=row[0], at=datetime.now(UTC)))
        return jsonify(_shown(row))


def _engine(url: str) -> Engine:
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=8)


def _with_code(code: str) -> Select[Any]:
    query = select(*_SHOWN).join(dossier_codes, dossier_codes.c.dossier_id == dossiers.c.id)
    return query.where(dossier_codes.c.value == code)


def _shown(row: Any) -> dict[str, Any]:
    return {**row[1], "id": row[0], "changed_at": row[2].isoformat()}


if __name__ == "__main__":
    _seen.create(_engine(sys.argv[1]), checkfirst=True)
    server.serve(
        lambda: application(sys.argv[1]),
        "127.0.0.1",
        0,
        on_start=lambda: None,
        on_stop=lambda: None,
        announce=lambda url: print(url, flush=True),
        processes=2,
    )
