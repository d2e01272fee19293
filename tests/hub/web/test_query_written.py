"""Pages that are put together from what was written before, against those that are made anew."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from hub.record.grant import EVERYTHING, PROFILES, Grant
from hub.store.database import Database
from hub.store.filters import Filter
from hub.store.finding import Sort, outline
from hub.store.scope import ALL
from hub.view.written import Written
from tests.hub.web.querying import LIST, asking, filled_app

_COUNT = re.compile(rb',"count":\{[^}]*\}')  # what has a page made anew
_GRANTS = {"everything": EVERYTHING, **PROFILES, "one agency": Grant(("000.00.15.H29",))}
_ASKED: tuple[dict[str, Any], ...] = (
    {},
    {"limit": 3},
    {"status": "processing"},
    {"agency": "000.00.00.H29", "limit": 7, "sort": "received"},
    {"sort": "-changed", "fields": "code,fees,summary", "limit": 5},
    {"sort": "-completed"},
    {"sort": "due"},
    {"status": "processing,returned"},
    {"gone": "true"},
)


@pytest.fixture
def app(database: Database) -> Flask:
    """On both databases."""
    return filled_app(database)


@pytest.fixture
def portal(app: Flask) -> FlaskClient:
    """Sees every dossier in full."""
    return asking(app, EVERYTHING)


@pytest.mark.parametrize("grant", _GRANTS.values(), ids=_GRANTS)
def test_a_page_is_the_same_byte_for_byte_as_one_made_anew(app: Flask, grant: Grant) -> None:
    client = asking(app, grant)
    for asked in _ASKED:
        for query in (asked, asked):  # as it is written the first time, and as it is kept
            written = client.get(LIST, query_string=query)
            anew = client.get(LIST, query_string=query | {"count": "exact"})
            assert written.status_code == anew.status_code
            if anew.status_code == 200:
                assert written.data == _COUNT.sub(b"", anew.data), (query, grant)


def test_what_one_client_sees_in_full_another_still_sees_masked(app: Flask) -> None:
    in_full = asking(app, EVERYTHING).get(LIST).text
    masked = asking(app, PROFILES["public"]).get(LIST).text
    assert "Phạm Gia Bảo" in in_full
    assert "Phạm Gia Bảo" not in masked


def test_a_page_goes_on_where_the_one_before_ended(portal: FlaskClient) -> None:
    every = [item["id"] for item in portal.get(LIST, query_string={"limit": 200}).get_json()["items"]]
    found, cursor = [], None
    while cursor is not None or not found:
        query = {"limit": 9} | ({"cursor": cursor} if cursor else {})
        page = portal.get(LIST, query_string=query).get_json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert found == every


def test_a_change_shows_in_the_next_page(portal: FlaskClient, database: Database) -> None:
    before = portal.get(LIST).get_json()["items"][0]
    with database.write() as transaction:
        values = transaction.execute(text(f'SELECT "values" FROM dossiers WHERE id = {before["id"]}')).scalar_one()
        changed = values.replace('"name":"Phạm Gia Bảo"', '"name":"Phạm Gia Bình"')
        assert changed != values
        transaction.execute(
            text('UPDATE dossiers SET "values" = :values, position = position + 1000 WHERE id = :id'),
            {"values": changed, "id": int(before["id"])},
        )
    assert portal.get(LIST).get_json()["items"][0]["applicant"]["name"] == "Phạm Gia Bình"


def test_who_has_a_page_already_is_told_so_until_it_changes(portal: FlaskClient, database: Database) -> None:
    tag = portal.get(LIST).headers["ETag"]
    assert portal.get(LIST, headers={"If-None-Match": tag}).status_code == 304
    with database.write() as transaction:
        transaction.execute(text("UPDATE dossiers SET position = position + 1000"))
    assert portal.get(LIST, headers={"If-None-Match": tag}).status_code == 200


def test_a_dossier_that_changes_while_a_page_is_put_together_has_it_made_anew(app: Flask, database: Database) -> None:
    found = outline(database, Filter(), ALL, Sort.RECEIVED, None, 5)
    assert found is not None
    with database.write() as transaction:
        transaction.execute(text("UPDATE dossiers SET position = position + 1000"))
    page = Written().page(database, found, EVERYTHING, ALL, datetime.now(UTC), timedelta(days=3))
    assert page is None


def test_what_is_kept_stays_within_its_bounds(app: Flask, database: Database) -> None:
    written, now = Written(most_bytes=20_000), datetime.now(UTC)
    for after in range(0, 50, 5):
        found = outline(database, Filter(), ALL, Sort.RECEIVED, None, 60)
        assert found is not None
        assert written.page(database, found[after : after + 5], EVERYTHING, ALL, now, timedelta(days=3)) is not None
        assert written.kept_bytes() <= 40_000 + 10_000  # two generations, and the page that was one too many
