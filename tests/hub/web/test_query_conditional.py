"""ETags, 304 and gzip."""

import gzip
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.record.grant import EVERYTHING, Grant, Group, Sight
from hub.store import connectors
from hub.store.database import Database
from hub.view import gathering
from tests.hub.web.filling import SHARED
from tests.hub.web.querying import LIST, LOOKUP, asking, filled_app

ONE = f"{LIST}/{SHARED}?include=none"


@pytest.fixture
def app(database: Database) -> Flask:
    """On both databases."""
    return filled_app(database)


@pytest.fixture
def portal(app: Flask) -> FlaskClient:
    """Sees every dossier in full."""
    return asking(app, EVERYTHING)


def seen_now(database: Database, name: str) -> None:
    row = connectors.named(database, name)
    assert row is not None
    with database.write() as transaction:
        connectors.mark_seen(transaction, row.id, datetime.now(UTC))
    gathering.forget(database)


@pytest.mark.parametrize("address", [LIST, ONE, f"{LIST}/counts?by=status"])
def test_who_has_an_answer_already_gets_304(portal: FlaskClient, address: str) -> None:
    first = portal.get(address)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "X-API-Key", "Accept", "Accept-Encoding"} <= set(first.vary)
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    again = portal.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert portal.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("address", [f"{LIST}?limit=200", ONE])
def test_a_source_that_is_read_anew_is_another_answer(app: Flask, portal: FlaskClient, address: str) -> None:
    before = portal.get(address)
    seen_now(app.extensions["hub.database"], "mot-cua")
    after = portal.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.data != before.data


def test_what_goes_stale_is_another_answer(app: Flask, portal: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    database = app.extensions["hub.database"]
    seen_now(database, "mot-cua")
    seen_now(database, "so-tu-phap")
    before = portal.get(ONE)
    assert before.get_json()["stale"] is False
    monkeypatch.setattr(connectors.ConnectorRow, "stale", lambda *_: True)
    after = portal.get(ONE, headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.get_json()["stale"]) == (200, True)


def test_other_parameters_and_other_grants_have_other_tags(app: Flask, portal: FlaskClient) -> None:
    masked = asking(app, Grant(sights=EVERYTHING.sights | {Group.NAME: Sight.MASKED}, level=EVERYTHING.level))
    answers = [
        portal.get(ONE),
        portal.get(f"{ONE}&fields=due_at"),
        portal.get(f"{ONE}&format=national"),
        masked.get(ONE),
    ]
    answers += [
        portal.get(f"{LIST}?limit=7"),
        portal.get(f"{LIST}?limit=7&format=national"),
        masked.get(f"{LIST}?limit=7"),
    ]
    assert len({answer.headers["ETag"] for answer in answers}) == len(answers)


def test_head_says_what_get_would(portal: FlaskClient) -> None:
    for address in (LIST, ONE):
        got, head = portal.get(address), portal.head(address)
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["ETag"] == got.headers["ETag"]
        assert head.headers["Content-Length"] == got.headers["Content-Length"]


def test_large_answers_are_compressed_where_the_client_takes_it(portal: FlaskClient) -> None:
    plain = portal.get(LIST)
    packed = portal.get(LIST, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) * 4 < len(plain.data)
    assert packed.headers["Content-Length"] == str(len(packed.data))


def test_compressed_bytes_have_a_tag_of_their_own_and_either_tag_is_known(portal: FlaskClient) -> None:
    plain, packed = portal.get(LIST), portal.get(LIST, headers={"Accept-Encoding": "gzip"})
    assert plain.headers["ETag"] != packed.headers["ETag"]
    for answer in (plain, packed):
        tag = answer.headers["ETag"]
        again = portal.get(LIST, headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
        assert (again.status_code, again.headers["ETag"]) == (304, tag)


@pytest.mark.parametrize("accepted", ["gzip;q=0", "br", "identity", ""])
def test_who_does_not_take_gzip_gets_none(portal: FlaskClient, accepted: str) -> None:
    answer = portal.get(LIST, headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.vary


def test_small_answers_and_pages_are_not_compressed(app: Flask, portal: FlaskClient) -> None:
    takes = {"Accept-Encoding": "gzip"}
    assert "Content-Encoding" not in portal.get(f"{LIST}/nobody", headers=takes).headers
    page = app.test_client().get("/sign-in", headers=takes)
    assert len(page.data) > 1024
    assert "Content-Encoding" not in page.headers


def test_a_look_up_is_not_kept_anywhere(portal: FlaskClient) -> None:
    answer = portal.post(LOOKUP, json={"codes": [SHARED]})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
