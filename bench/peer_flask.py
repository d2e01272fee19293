"""What a team would write without the hub: Flask and SQLAlchemy Core over the same tables, on the same web server.

Run as a program: `python -m bench.peer_flask DATABASE_URL` serves it and prints its port.
"""

import sys
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from sqlalchemy import create_engine, func, select

from hub.store.engine_tables import feed
from hub.store.tables import dossier_codes, dossiers
from hub.web import server

_SHOWN = (dossiers.c.id, dossiers.c["values"], dossiers.c.changed_at)


def application(url: str) -> Flask:
    """The five questions of the benchmark, and an answer that asks nobody (`/floor`)."""
    app = Flask(__name__)
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=8)

    @app.get("/floor")
    def floor() -> Response:
        return jsonify({"status": "ok", "fields": list(range(30))})

    @app.get("/dossiers/<code>")
    def one(code: str) -> Response:
        query = select(*_SHOWN).join(dossier_codes, dossier_codes.c.dossier_id == dossiers.c.id)
        with engine.connect() as connection:
            row = connection.execute(query.where(dossier_codes.c.value == code)).first()
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

    return app


def _shown(row: Any) -> dict[str, Any]:
    return {**row[1], "id": row[0], "changed_at": row[2].isoformat()}


if __name__ == "__main__":
    server.serve(
        lambda: application(sys.argv[1]),
        "127.0.0.1",
        0,
        on_start=lambda: None,
        on_stop=lambda: None,
        announce=lambda url: print(url, flush=True),
        processes=2,
    )
