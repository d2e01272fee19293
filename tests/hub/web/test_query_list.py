"""The list of dossiers as portals ask for it: filters, sorts, cursors, fields, counts."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.record.grant import EVERYTHING, Grant, Group, Sight
from hub.store import spellings
from hub.store.database import Database
from tests.hub.web.filling import AMBIGUOUS, MANY, SHARED
from tests.hub.web.querying import LIST, asking, filled_app


@pytest.fixture
def app(database: Database) -> Flask:
    """On both databases."""
    return filled_app(database)


@pytest.fixture
def portal(app: Flask) -> FlaskClient:
    """Sees every dossier in full."""
    return asking(app, EVERYTHING)


def listed(client: FlaskClient, **query: Any) -> dict[str, Any]:
    answer = client.get(LIST, query_string={"limit": 200, **query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def codes(client: FlaskClient, **query: Any) -> list[str]:
    return [item["code"] for item in listed(client, **query)["items"]]


@pytest.mark.parametrize(
    "query",
    [
        {"identity": "000190000001"},
        {"phone": "0900.000.009"},
        {"name": "dang thuy duong"},
        {"channel": "online"},
        {"agency": "000.00.15.H29", "status": "processing", "conflicts": "true"},
        {"connector": "mot-cua", "q": "thuy duong"},
    ],
)
def test_a_dossier_is_found_by_what_it_says(portal: FlaskClient, query: dict[str, str]) -> None:
    (item,) = listed(portal, **query)["items"]
    assert item["applicant"]["name"] == "Đặng Thùy Dương"


def test_several_statuses_are_asked_for_with_commas(portal: FlaskClient) -> None:
    found = {item["status"]["code"] for item in listed(portal, status="processing,returned")["items"]}
    assert found == {"processing", "returned"}


@pytest.mark.parametrize("sort", ["-received", "received", "due", "-completed", "-changed"])
def test_every_order_pages_without_gaps_or_repeats(portal: FlaskClient, sort: str) -> None:
    everything = codes(portal, sort=sort)
    paged: list[str] = []
    answer: dict[str, Any] = {"next_cursor": ""}
    while answer["next_cursor"] is not None:
        cursor = {"cursor": answer["next_cursor"]} if answer["next_cursor"] else {}
        answer = listed(portal, sort=sort, limit=7, **cursor)
        paged += [item["code"] for item in answer["items"]]
    assert paged == everything
    assert len(paged) == MANY + 5


def test_a_cursor_of_another_order_is_refused(portal: FlaskClient) -> None:
    cursor = listed(portal, limit=7)["next_cursor"]
    answer = portal.get(LIST, query_string={"sort": "due", "cursor": cursor})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_cursor")


def test_a_search_pages_too_and_its_cursor_is_its_own(portal: FlaskClient) -> None:
    everything = codes(portal, q="nguyen anh")
    first = listed(portal, q="nguyen anh", limit=4)
    rest = listed(portal, q="nguyen anh", cursor=first["next_cursor"])
    assert [item["code"] for item in first["items"] + rest["items"]] == everything
    assert len(everything) > 4
    assert portal.get(LIST, query_string={"cursor": first["next_cursor"]}).status_code == 400


def test_a_slip_of_the_keyboard_is_told(portal: FlaskClient, database: Database) -> None:
    with database.write() as transaction:
        spellings.learn(transaction, ["dang", "thuy", "duong"])  # as workers do of what is stored
    answer = listed(portal, q="thuy duomg", count="exact")
    assert [item["applicant"]["name"] for item in answer["items"]] == ["Đặng Thùy Dương"]
    assert "duong" in answer["corrected"]["duomg"]
    assert answer["count"] == {"records": 1, "exact": True}
    assert listed(portal, q="thuy duomg", count="exact", format="national")["count"] == answer["count"]


@pytest.mark.parametrize("name", ["agency", "procedure", "field"])
def test_several_codes_where_one_is_taken_are_refused(portal: FlaskClient, name: str) -> None:
    answer = portal.get(LIST, query_string={name: "000.00.15.H29,000.00.00.H29"})
    assert (answer.status_code, answer.get_json()["errors"][0]["parameter"]) == (422, name)
    assert f"`{name}` takes one code" in answer.get_json()["detail"]


def test_a_search_for_signs_alone_is_refused(portal: FlaskClient) -> None:
    answer = portal.get(LIST, query_string={"q": "-- //"})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["parameter"] == "q"


def test_fields_choose_and_what_every_item_has_stays(portal: FlaskClient) -> None:
    item = listed(portal, identity="000190000001", fields="applicant.name,fees.amount")["items"][0]
    assert item["applicant"] == {"name": "Đặng Thùy Dương"}
    assert item["fees"] == [{"amount": 200000}]
    always = {"id", "code", "status", "due", "as_of", "source_seen_at", "stale", "changed_at", "position", "gone_at"}
    assert item.keys() == always | {"applicant", "fees"}


def test_a_field_that_there_is_not_is_told(portal: FlaskClient) -> None:
    answer = portal.get(LIST, query_string={"fields": "aplicant.name"})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["parameter"] == "fields"
    assert "`aplicant.name`" in answer.get_json()["detail"]


def test_nobody_counts_unless_asked(portal: FlaskClient) -> None:
    assert "count" not in listed(portal)
    assert listed(portal, count="exact", limit=3)["count"] == {"records": MANY + 5, "exact": True}
    assert listed(portal, count="estimate")["count"].keys() == {"records", "exact"}


def test_counts_by_group_add_up_to_the_list(portal: FlaskClient) -> None:
    groups = portal.get(f"{LIST}/counts", query_string={"by": "agency,status"}).get_json()["groups"]
    assert sum(group["records"] for group in groups) == MANY + 5
    assert {"agency", "status", "records"} == groups[0].keys()
    narrowed = portal.get(f"{LIST}/counts", query_string={"by": "status", "status": "returned"}).get_json()["groups"]
    assert narrowed == [{"status": "returned", "records": len(codes(portal, status="returned"))}]


@pytest.mark.parametrize("by", ["", "name", "agency,status,field", "identity"])
def test_only_columns_that_tell_nothing_of_persons_are_counted_by(portal: FlaskClient, by: str) -> None:
    assert portal.get(f"{LIST}/counts", query_string={"by": by}).status_code == 422


def test_a_dossier_outside_the_scope_is_not_there(app: Flask) -> None:
    grant = Grant(agencies=("000.00.00.H29",), sights=EVERYTHING.sights)
    partner = asking(app, grant)
    found = listed(partner, count="exact")
    assert {item["agency"]["code"] for item in found["items"]} == {"000.00.00.H29"}
    assert found["count"]["records"] == len(found["items"]) > 0
    assert partner.get(f"{LIST}/{SHARED}").status_code == 404
    assert partner.get(f"{LIST}/{AMBIGUOUS}").status_code == 200  # for the other one is not there
    by_id = listed(asking(app, EVERYTHING), identity="000190000001")["items"][0]["id"]
    assert partner.get(f"{LIST}/id:{by_id}").status_code == 404


@pytest.mark.parametrize(
    ("query", "group"),
    [
        ({"identity": "000190000001"}, Group.IDENTITY),
        ({"phone": "0900000009"}, Group.CONTACT),
        ({"name": "Đặng Thùy Dương"}, Group.NAME),
        ({"q": "duong"}, Group.NAME),
        ({"q": "duong"}, Group.CONTENT),
        ({"connector": "mot-cua"}, Group.PROVENANCE),
        ({"conflicts": "true"}, Group.PROVENANCE),
        ({"fields": "applicant.name"}, Group.NAME),
    ],
)
def test_what_a_client_may_not_see_it_cannot_ask_by(app: Flask, query: dict[str, str], group: Group) -> None:
    blind = asking(app, Grant(sights=EVERYTHING.sights | {group: Sight.HIDDEN}))
    asked = {LIST: query} | ({} if "fields" in query else {f"{LIST}/counts": query | {"by": "status"}})
    for address, parameters in asked.items():
        answer = blind.get(address, query_string=parameters)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "not_seen"), answer.text
        assert answer.get_json()["detail"].endswith(".")


def test_choosing_by_connector_needs_the_sources(app: Flask) -> None:
    blind = asking(app, Grant())
    answer = blind.get(f"{LIST}/{AMBIGUOUS}?connector=mot-cua")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "not_seen")
    assert "records" not in blind.get(f"{LIST}/{AMBIGUOUS}").get_json()["candidates"][0]
