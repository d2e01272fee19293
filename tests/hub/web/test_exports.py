"""Exports over HTTP: asked for, seen by their client alone, fetched in pieces, and noted."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from hub.api import export_routes
from hub.api.downloads import Downloads
from hub.api.settings import Settings
from hub.outbox.exports.exporter import Exporter
from hub.outbox.exports.job import Room
from hub.outbox.exports.reads import noting
from hub.record.grant import EVERYTHING, Grant, Group, Sight
from hub.store import clients, exports, keys
from hub.store.access_tables import reads
from hub.store.clients import Role, Wanted
from hub.store.database import Database
from hub.store.outbox_tables import exports as table
from hub.sync.owner import this_process
from hub.web.app import create_app
from tests.hub.outbox.exports.dossiers import add, values_of
from tests.hub.outbox.exports.exporting import ended
from tests.hub.web.served import SECRET

SEES = Grant(level=EVERYTHING.level, sights={Group.NAME: Sight.FULL, Group.IDENTITY: Sight.MASKED})
EXPORTS = "/api/v1/exports"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def app(database: Database, folder: Path) -> Flask:
    """API over a store of forty dossiers."""
    add(database, 40)
    return create_app(database, SECRET, settings=Settings(exports=folder))


@pytest.fixture
def portal(app: Flask, database: Database) -> FlaskClient:
    """A client that sees names, and the end of numbers."""
    return client_of(app, database, "cong-dvc", SEES)


def client_of(app: Flask, database: Database, name: str, grant: Grant | None, role: Role = Role.QUERY) -> FlaskClient:
    """A program with a key."""
    now = datetime.now(UTC)
    with database.write() as transaction:
        clients.put(transaction, Wanted(name, role, grant=grant, purpose="thử"), now)
    client = app.test_client()
    key = keys.issue(database, name, now, role)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


def granted(database: Database, name: str, grant: Grant) -> None:
    """Give a client another grant."""
    with database.write() as transaction:
        clients.put(transaction, Wanted(name, Role.QUERY, grant=grant), datetime.now(UTC))


@pytest.fixture
def exporter(app: Flask, database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Exporter]:
    """Writes what is asked for; looks for it without the second between two looks, which no test here is about."""
    monkeypatch.setattr("hub.outbox.exports.exporter._LOOK_AGAIN_SECONDS", 0.02)
    note = noting(app.extensions["hub.reads"])
    made = Exporter(Room(database, folder, timedelta(days=3), timedelta(days=3), note), this_process())
    made.start()
    yield made
    made.stop()


def asked(client: FlaskClient, **what: Any) -> TestResponse:
    return client.post(EXPORTS, json={"format": "ndjson"} | what)


def fetched(client: FlaskClient, told: dict[str, Any], **headers: str) -> TestResponse:
    """Its file, or a piece of it, read to the end."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(told["file"], headers=named, buffered=True)


def done(client: FlaskClient, database: Database, **what: Any) -> dict[str, Any]:
    """An export that is done."""
    answer = asked(client, **what)
    assert answer.status_code == 202, answer.text
    ended(database, int(answer.json["id"]))
    told: dict[str, Any] = client.get(answer.headers["Location"]).json
    assert told["state"] == "done", told
    return told


def test_an_export_is_asked_for_looked_at_and_fetched(
    portal: FlaskClient, database: Database, exporter: Exporter
) -> None:
    answer = asked(portal, filter={"agency": "000.00.15.H29"}, fields=["code", "applicant"])
    assert answer.status_code == 202
    assert answer.json["state"] in ("queued", "running")
    assert answer.json["estimate"] >= 0  # what the database thinks; of so few it thinks little
    ended(database, int(answer.json["id"]))
    told = portal.get(answer.headers["Location"]).json
    assert (told["state"], told["records"], told["share"]) == ("done", 20, 1.0)
    file = fetched(portal, told)
    assert file.status_code == 200
    assert file.mimetype == "application/x-ndjson"
    assert len(file.data.splitlines()) == 20
    digest = hashlib.sha256(file.data)
    assert told["digest"] == digest.hexdigest()
    text = base64.b64encode(digest.digest()).decode()
    assert file.headers["Repr-Digest"] == f"sha-256=:{text}:"
    assert file.headers["Digest"] == f"SHA-256={text}"
    assert file.headers["Content-Disposition"].startswith("attachment; filename=ho-so-")
    assert file.headers["Accept-Ranges"] == "bytes"
    assert int(file.headers["Content-Length"]) == told["bytes"] == len(file.data)
    assert file.headers["Cache-Control"] == "private, no-cache"


def test_a_download_goes_on_where_it_was_cut(portal: FlaskClient, database: Database, exporter: Exporter) -> None:
    told = done(portal, database)
    whole = fetched(portal, told)
    tag = whole.headers["ETag"]
    rest = fetched(portal, told, Range="bytes=100-", If_Range=tag)
    assert rest.status_code == 206
    assert rest.headers["Content-Range"] == f"bytes 100-{len(whole.data) - 1}/{len(whole.data)}"
    assert rest.data == whole.data[100:]
    last = fetched(portal, told, Range="bytes=-7")
    assert last.data == whole.data[-7:]
    other = fetched(portal, told, Range="bytes=100-", If_Range='"another"')
    assert (other.status_code, other.data) == (200, whole.data)
    assert fetched(portal, told, If_None_Match=tag).status_code == 304
    past = fetched(portal, told, Range=f"bytes={len(whole.data)}-")
    assert (past.status_code, past.json["code"]) == (416, "no_such_range")
    assert past.headers["Content-Range"] == f"bytes */{len(whole.data)}"
    head = portal.head(told["file"], buffered=True)
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(whole.data)


def test_no_download_is_held_when_it_is_over(
    app: Flask, portal: FlaskClient, database: Database, exporter: Exporter
) -> None:
    told = done(portal, database)
    for headers in ({}, {"Range": "bytes=5-9"}, {"Range": "bytes=99999999-"}, {"If_None_Match": "*"}):
        for _ in range(4):
            assert fetched(portal, told, **headers).status_code in (200, 206, 304, 416)
    for _ in range(4):
        portal.head(told["file"], buffered=True)
    assert app.extensions["hub.downloads"]._held.total() == 0


def test_one_client_does_not_take_every_download(
    app: Flask, portal: FlaskClient, database: Database, exporter: Exporter
) -> None:
    told = done(portal, database)
    busy = app.extensions["hub.downloads"] = Downloads(3, 2)
    mine = clients.named(database, "cong-dvc")
    assert mine is not None
    assert busy.take(mine.id)
    assert busy.take(mine.id)
    refused = portal.get(told["file"])
    assert (refused.status_code, refused.json["code"]) == (503, "too_many_downloads")
    assert refused.headers["Retry-After"] == "5"
    operator = client_of(app, database, "quan-tri", None, Role.READ)
    assert fetched(operator, told).status_code == 200
    assert busy.take(mine.id + 1000)
    assert operator.get(told["file"]).status_code == 503


def test_other_clients_do_not_know_of_it_and_operators_do(
    app: Flask, portal: FlaskClient, database: Database, exporter: Exporter
) -> None:
    told = done(portal, database)
    stranger = client_of(app, database, "so-khac", SEES)
    address = f"{EXPORTS}/{told['id']}"
    for answer in (stranger.get(address), stranger.get(told["file"]), stranger.delete(address)):
        assert (answer.status_code, answer.json["code"]) == (404, "export_not_found")
    assert stranger.get(EXPORTS).json["items"] == []
    operator = client_of(app, database, "quan-tri", None, Role.READ)
    assert [one["client"] for one in operator.get(EXPORTS).json["items"]] == ["cong-dvc"]
    assert portal.get(f"{EXPORTS}/999999").status_code == 404
    assert portal.get(f"{EXPORTS}/{2**70}").status_code == 404


def test_what_the_client_may_not_see_can_neither_be_chosen_nor_filtered_by(portal: FlaskClient) -> None:
    for what in (
        {"fields": ["officer"]},
        {"filter": {"identity": "000190000001"}},
        {"filter": {"phone": "0900000001"}},
    ):
        answer = asked(portal, **what)
        assert (answer.status_code, answer.json["code"]) == (403, "not_seen"), what


@pytest.mark.parametrize(
    "what",
    [
        {"format": "pdf"},
        {"filter": {"colour": "red"}},
        {"filter": {"status": "flying"}},
        {"fields": ["applicant.colour"]},
        {"fields": []},
        {"format": "xlsx", "compress": True},
        {"sort": "due"},
        {"filter": []},
    ],
)
def test_what_there_is_not_is_refused(portal: FlaskClient, what: dict[str, Any]) -> None:
    answer = asked(portal, **what)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_parameters")
    assert answer.json["detail"]


def test_a_client_whose_grant_shrank_may_not_fetch_what_it_could(
    portal: FlaskClient, database: Database, exporter: Exporter
) -> None:
    told = done(portal, database)
    for less in (
        Grant(level=EVERYTHING.level, sights={Group.NAME: Sight.MASKED, Group.IDENTITY: Sight.MASKED}),
        Grant(agencies=("000.00.15.H29",), level=EVERYTHING.level, sights=SEES.sights),
        Grant(level=next(iter(type(SEES.level))), sights=SEES.sights),
    ):
        granted(database, "cong-dvc", less)
        answer = fetched(portal, told)
        assert (answer.status_code, answer.json["code"]) == (410, "export_outdated")
    granted(database, "cong-dvc", Grant(level=EVERYTHING.level, sights=EVERYTHING.sights))
    assert fetched(portal, told).status_code == 200


def test_three_may_wait_and_no_more(portal: FlaskClient) -> None:
    made = [asked(portal).json["id"] for _ in range(3)]
    answer = asked(portal)
    assert (answer.status_code, answer.json["code"]) == (429, "too_many_exports")
    assert answer.headers["Retry-After"]
    assert portal.delete(f"{EXPORTS}/{made[0]}").status_code == 204
    assert portal.get(f"{EXPORTS}/{made[0]}").json["state"] == "cancelled"
    assert asked(portal).status_code == 202


def test_what_is_not_written_cannot_be_fetched(portal: FlaskClient, database: Database) -> None:
    made = asked(portal).json["id"]
    waiting = portal.get(f"{EXPORTS}/{made}/file")
    assert (waiting.status_code, waiting.json["code"]) == (409, "export_not_ready")
    portal.delete(f"{EXPORTS}/{made}")
    cancelled = portal.get(f"{EXPORTS}/{made}/file")
    assert (cancelled.status_code, cancelled.json["code"]) == (410, "export_not_written")
    assert "cong-dvc" in cancelled.json["detail"]


def test_a_removed_export_is_gone_with_its_file(
    portal: FlaskClient, database: Database, folder: Path, exporter: Exporter
) -> None:
    told = done(portal, database)
    assert portal.delete(f"{EXPORTS}/{told['id']}").status_code == 204
    assert portal.get(f"{EXPORTS}/{told['id']}").status_code == 404
    assert not list(folder.iterdir())


def test_an_expired_file_says_so(portal: FlaskClient, database: Database, exporter: Exporter) -> None:
    told = done(portal, database)
    exports.expire(database, datetime.now(UTC) + timedelta(days=4))
    answer = portal.get(told["file"])
    assert (answer.status_code, answer.json["code"]) == (410, "export_expired")
    assert portal.get(f"{EXPORTS}/{told['id']}").json["file"] is None


def test_a_file_that_somebody_removed_is_no_fault(
    portal: FlaskClient, database: Database, folder: Path, exporter: Exporter
) -> None:
    told = done(portal, database)
    for file in folder.glob("*/*"):
        file.unlink()
    assert portal.get(told["file"]).status_code == 410


def test_a_format_that_is_not_installed_says_how_it_is(portal: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_routes, "is_installed", lambda form: form != "parquet")
    answer = asked(portal, format="parquet")
    assert (answer.status_code, answer.json["code"]) == (501, "format_not_installed")
    assert "cannot write parquet: ask for another format, or its keeper" in answer.json["detail"]


def test_every_read_is_noted_before_the_file_can_be_fetched(
    portal: FlaskClient, database: Database, exporter: Exporter
) -> None:
    told = done(portal, database)
    written = _reads(database)
    assert sum(row.records for row in written) == 40
    assert {row.client for row in written} == {"cong-dvc"}
    assert {row.action for row in written} == {"export"}
    assert {row.purpose for row in written} == {"thử"}
    fetched(portal, told)
    later = _reads(database)[len(written) :]
    assert [(row.records, row.what["export"]) for row in later] == [(40, told["id"])]


def _reads(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(reads).order_by(reads.c.id)))


def test_exports_are_listed_newest_first_in_pages(portal: FlaskClient, database: Database) -> None:
    made = [asked(portal).json["id"] for _ in range(3)]
    first = portal.get(f"{EXPORTS}?limit=2").json
    assert [one["id"] for one in first["items"]] == made[:0:-1]
    second = portal.get(f"{EXPORTS}?limit=2&cursor={first['next_cursor']}").json
    assert [one["id"] for one in second["items"]] == made[:1]
    assert second["next_cursor"] is None
    assert portal.get(f"{EXPORTS}?cursor=nonsense").json["code"] == "bad_cursor"


def test_what_changes_after_an_export_is_in_the_feed_from_its_position(
    portal: FlaskClient, database: Database, exporter: Exporter
) -> None:
    told = done(portal, database)
    add(database, 2, first=40)
    followed = portal.get(f"/api/v1/changes?after={told['position']}").json
    assert {one["dossier"]["code"] for one in followed["items"]} == {values_of(40)["code"], values_of(41)["code"]}


def test_share_grows_with_what_is_read(portal: FlaskClient, database: Database) -> None:
    made = asked(portal).json
    assert made["share"] == 0.0
    with database.write() as transaction:
        half = update(table).where(table.c.id == int(made["id"])).values(last_id=table.c.upto_id / 2)
        transaction.execute(half)
    assert 0.4 < portal.get(f"{EXPORTS}/{made['id']}").json["share"] < 0.5
