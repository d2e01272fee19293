"""Hundreds of codes at once, and one dossier by its id."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from hub.record.grant import EVERYTHING, Grant
from hub.store.database import Database
from tests.hub.web.filling import AMBIGUOUS, SHARED, SLASHED
from tests.hub.web.querying import LIST, LOOKUP, asking, filled_app


@pytest.fixture
def app(database: Database) -> Flask:
    """On both databases."""
    return filled_app(database)


@pytest.fixture
def portal(app: Flask) -> FlaskClient:
    """Sees every dossier in full."""
    return asking(app, EVERYTHING)


def looked_up(client: FlaskClient, **body: Any) -> list[dict[str, Any]]:
    answer = client.post(LOOKUP, json=body)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["items"]
    return found


def test_every_code_is_answered_in_its_place(portal: FlaskClient) -> None:
    asked = [SHARED, "nobody-1", AMBIGUOUS, "H29.15-260518-0007", " ", "x" * 300, SHARED.lower(), SLASHED]
    found = looked_up(portal, codes=asked)
    assert [one["code"] for one in found] == asked
    assert [one["outcome"] for one in found] == [
        *("found", "unknown", "ambiguous", "found", "malformed", "malformed", "repeated", "found"),
    ]
    assert [len(one["found"]) for one in found] == [1, 0, 2, 1, 0, 0, 0, 1]
    assert found[0]["found"] == found[3]["found"]
    assert SHARED in found[0]["found"][0]["codes"]


def test_ids_are_looked_up_like_codes(portal: FlaskClient) -> None:
    (one,) = looked_up(portal, codes=[SHARED])
    dossier_id = one["found"][0]["id"]
    found = looked_up(portal, ids=[dossier_id, "0", "999999999", "99999999999999999999", "x", "١"])
    assert [one["outcome"] for one in found] == ["found", "malformed", "unknown", "malformed", "malformed", "malformed"]
    assert found[0]["found"] == one["found"]
    whole = portal.get(f"{LIST}/id:{dossier_id}").get_json()
    assert whole["code"] == one["found"][0]["code"]


def test_fields_and_parts_are_chosen_for_all_of_them(portal: FlaskClient) -> None:
    (one,) = looked_up(portal, codes=[SHARED], fields="due_at", include="timeline,provenance")
    dossier = one["found"][0]
    whole = portal.get(f"{LIST}/{SHARED}").get_json()
    assert dossier["timeline"] == whole["timeline"]
    assert dossier["provenance"] == whole["provenance"]
    assert dossier["sources"] == whole["sources"]
    assert "applicant" not in dossier
    (one,) = looked_up(portal, codes=[SHARED], include="documents")
    assert one["found"][0]["documents"] == whole["documents"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"codes": ["a"] * 501}, 422),
        ({"codes": ["a"] * 300, "ids": ["1"] * 201}, 422),
        ({"codes": "abc"}, 422),
        ({"codes": [1]}, 422),
        ({"code": ["a"]}, 422),
        ({"codes": ["a"], "include": "history"}, 422),
        ({"codes": ["a"], "fields": "nothing"}, 422),
        ({"codes": ["a" * 1000] * 100}, 413),
    ],
)
def test_what_is_no_look_up_is_refused(portal: FlaskClient, body: dict[str, Any], status: int) -> None:
    answer = portal.post(LOOKUP, json=body)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("raw", [b"", b"[]", b"nonsense", b'{"codes": ["\xff"]}', b'{"codes": ["\\ud800"]}', b"null"])
def test_what_is_no_json_is_refused(portal: FlaskClient, raw: bytes) -> None:
    answer = portal.post(LOOKUP, data=raw, content_type="application/json")
    assert answer.status_code in (400, 422), answer.text
    assert answer.mimetype == "application/problem+json"


def test_what_is_out_of_scope_is_unknown(app: Flask, portal: FlaskClient) -> None:
    (one,) = looked_up(portal, codes=[SHARED])
    partner = asking(app, Grant(agencies=("000.00.00.H29",)))
    asked = looked_up(partner, codes=[SHARED, AMBIGUOUS], ids=[one["found"][0]["id"]])
    assert [each["outcome"] for each in asked] == ["unknown", "found", "unknown"]


def test_many_take_no_more_queries_than_one(app: Flask, portal: FlaskClient) -> None:
    every = [item["code"] for item in portal.get(LIST, query_string={"limit": 200}).get_json()["items"]]
    few, many = [AMBIGUOUS, every[0]], [AMBIGUOUS, *every]
    counts = [_queries(app, partial(looked_up, portal, codes=codes, include="all")) for codes in (few, many)]
    assert counts[0] == counts[1]


def _queries(app: Flask, work: Callable[[], object]) -> int:
    engine, asked = app.extensions["hub.database"].engine, []

    def note(*_: Any) -> None:
        asked.append(1)

    work()  # what is cached for a second is looked up now
    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)
