"""The sample portal: off by default, behind a sign-in, and never more than its client sees."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from hub.api.settings import Settings
from hub.record.grant import Grant, Group, Sight
from hub.store import clients, dossiers
from hub.store.clients import Role, Wanted
from hub.web.app import create_app
from tests.hub.web.filling import SHARED, Store
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import signed_in

MASKED = Grant(sights={Group.NAME: Sight.MASKED})


@pytest.fixture
def portal(store: Store) -> Callable[[Grant], FlaskClient]:
    """Somebody of a portal team who has signed in, before pages of a client with this grant."""

    def visit(grant: Grant) -> FlaskClient:
        with store.database.write() as transaction:
            clients.put(transaction, Wanted("cong-mau", Role.QUERY, grant=grant), datetime.now(UTC))
        app = create_app(store.database, SECRET, settings=Settings(portal_client="cong-mau"))
        return signed_in(app.test_client())

    return visit


def test_they_are_not_there_unless_they_are_switched_on(reader: FlaskClient) -> None:
    assert reader.get("/portal/").status_code == 404


def test_a_stranger_has_to_sign_in(store: Store) -> None:
    app = create_app(store.database, SECRET, settings=Settings(portal_client="cong-mau"))
    answer = app.test_client().get("/portal/")
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_a_search_lists_dossiers_and_tells_what_it_asked(portal: Callable[[Grant], FlaskClient]) -> None:
    everything = Grant(sights=dict.fromkeys(Group, Sight.FULL))
    page = portal(everything).get("/portal/?status=processing")
    assert page.status_code == 200
    assert "GET /api/v1/dossiers?status=processing&amp;limit=20" in page.text


def test_a_dossier_is_shown_as_its_client_sees_it(store: Store, portal: Callable[[Grant], FlaskClient]) -> None:
    (row,) = dossiers.with_code(store.database, SHARED)
    owner = row.values["applicant"]
    page = portal(MASKED).get(f"/portal/dossiers/{SHARED}")
    assert page.status_code == 200
    assert SHARED in page.text
    assert owner["name"] not in page.text
    assert owner["id_number"] not in page.text


@pytest.mark.parametrize("said", [{"If-None-Match": "*"}, {"Accept": "application/vnd.mot-cua-hub.national+json"}])
def test_what_a_browser_says_of_the_page_is_not_said_of_the_answer_behind_it(
    portal: Callable[[Grant], FlaskClient], said: dict[str, str]
) -> None:
    visitor = portal(MASKED)
    for page in ("/portal/", f"/portal/dossiers/{SHARED}"):
        assert visitor.get(page, headers=said).status_code == 200


def test_what_the_client_may_not_search_is_told_on_the_page(portal: Callable[[Grant], FlaskClient]) -> None:
    page = portal(MASKED).get("/portal/?q=nguyen")
    assert page.status_code == 403
    assert "not shown in full" in page.text


def test_what_cannot_be_asked_is_told_on_the_page(portal: Callable[[Grant], FlaskClient]) -> None:
    visitor = portal(MASKED)
    wrong = visitor.get("/portal/?received_from=yesterday")
    assert wrong.status_code == 422
    assert "“yesterday” is neither a day" in wrong.text
    assert "Value error" not in wrong.text
    assert visitor.get("/portal/?cursor=abc").status_code == 400
    assert visitor.get("/portal/dossiers/no-such-code").status_code == 404


def test_the_other_language_is_the_same_page(portal: Callable[[Grant], FlaskClient]) -> None:
    page = portal(Grant(sights=dict.fromkeys(Group, Sight.FULL))).get("/portal/?status=processing&lang=en")
    assert 'lang="en"' in page.text
    assert 'href="/portal/?status=processing&amp;lang=vi"' in page.text
    assert 'name="lang" value="en"' in page.text
