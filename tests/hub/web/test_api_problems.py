"""Every error of the API is a problem document with a stable code, and gives nothing of the inside away."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.store import cursor
from hub.store.database import connect
from hub.store.finding import Place, Sort
from hub.web.app import create_app
from tests.hub.web.filling import Store
from tests.hub.web.served import SECRET

ROUTES = ("/api/v1/dossiers", "/api/v1/dossiers/x", "/api/v1/connectors", "/api/v1/runs", "/api/v1/runs/1")


def is_problem(answer, status: int, code: str) -> bool:  # type: ignore[no-untyped-def]
    body = answer.get_json(force=True)
    assert answer.mimetype == "application/problem+json"
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code), body
    assert body["title"]
    assert body["detail"]
    assert body["type"].endswith(f":{code}")
    assert "Traceback" not in answer.text
    return True


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_wants_a_key(app: Flask, route: str) -> None:
    client = app.test_client()
    answer = client.get(route)
    assert is_problem(answer, 401, "no_key")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert is_problem(client.get(route, headers={"X-API-Key": "mch_wrong"}), 401, "unknown_key")
    assert is_problem(client.get(route, headers={"Authorization": "Bearer mch_wrong"}), 401, "unknown_key")
    assert is_problem(client.get(route, headers={"Authorization": "Basic abc"}), 401, "no_key")


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_refuses_parameters_that_it_does_not_know(api: FlaskClient, route: str) -> None:
    answer = api.get(f"{route}?agnecy=1")
    assert is_problem(answer, 422, "invalid_parameters")
    assert answer.get_json()["errors"][0]["parameter"] == "agnecy"


@pytest.mark.parametrize("route", [*ROUTES, "/health/live", "/health/ready"])
def test_every_route_refuses_other_methods(api: FlaskClient, route: str) -> None:
    answer = api.delete(route)
    assert is_problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("route", [*ROUTES, "/health/ready"])
def test_every_route_says_that_the_database_is_away(store: Store, tmp_path: Path, route: str) -> None:
    (tmp_path / "no-database").mkdir()
    away = create_app(connect("sqlite:///no-database", tmp_path), SECRET)
    answer = away.test_client().get(route, headers={"X-API-Key": store.key})
    assert is_problem(answer, 503, "store_unavailable")
    assert str(tmp_path) not in answer.text


@pytest.mark.parametrize("endpoint", ["list_dossiers", "get_dossier", "list_connectors", "list_runs", "get_run"])
def test_a_fault_of_the_hub_is_told_without_its_inside(
    app: Flask, api: FlaskClient, caplog: pytest.LogCaptureFixture, endpoint: str
) -> None:
    def broken(**_: object) -> str:
        raise RuntimeError("the inside")

    app.view_functions[f"api.{endpoint}"] = broken
    [rule] = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint == f"api.{endpoint}"]
    answer = api.get(rule.replace("<path:code>", "x").replace("<int:run_id>", "1"))
    assert is_problem(answer, 500, "hub_fault")
    assert "the inside" not in answer.text
    assert "the inside" in caplog.text


def test_an_unknown_name_is_answered_with_the_nearest_and_all(api: FlaskClient) -> None:
    detail = api.get("/api/v1/dossiers?agnecy=1").get_json()["detail"]
    assert "Did you mean `agency`?" in detail
    assert "`received_to`" in detail


def test_every_wrong_parameter_is_told_at_once(api: FlaskClient) -> None:
    query = "status=done&limit=201&received_from=20/05/2026&colour=red"
    answer = api.get(f"/api/v1/dossiers?{query}")
    assert is_problem(answer, 422, "invalid_parameters")
    told = {error["parameter"]: error["message"] for error in answer.get_json()["errors"]}
    assert set(told) == {"status", "limit", "received_from", "colour"}
    assert "`supplement_requested`" in told["status"]
    assert "2026-05-20" in told["received_from"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=abc",
        "agency=",
        "received_from=2026-05-20T08:15:00",
        "received_from=2026-05-21&received_to=2026-05-20",
        "received_from=0001-01-01",
        "received_to=9999-12-31",
        "received_to=9999-12-31T23:59:59-12:00",
        "status=accepted&status=completed",
        "q=" + "x" * 600,
    ],
)
def test_what_makes_no_sense_is_refused(api: FlaskClient, query: str) -> None:
    assert is_problem(api.get(f"/api/v1/dossiers?{query}"), 422, "invalid_parameters")


def test_the_state_of_runs_is_one_of_the_known(api: FlaskClient) -> None:
    answer = api.get("/api/v1/runs?state=faild")
    assert is_problem(answer, 422, "invalid_parameters")
    assert "Did you mean `failed`?" in answer.get_json()["detail"]


@pytest.mark.parametrize("route", ["/api/v1/dossiers", "/api/v1/runs"])
def test_a_cursor_that_was_changed_is_refused(api: FlaskClient, route: str) -> None:
    good: str = api.get(f"{route}?limit=1").get_json()["next_cursor"]
    other = cursor.after_id("quarantine", 5)
    damaged = [good[:-1], good[:4] + ("A" if good[4] != "A" else "B") + good[5:], good + "x", "%F0%9F%98%80", other]
    for text in [*damaged, "é", "!!!!", "W10"]:
        assert is_problem(api.get(route, query_string={"cursor": text}), 400, "bad_cursor")


def test_a_cursor_of_one_list_is_none_of_another(api: FlaskClient) -> None:
    of_dossiers = cursor.after_place(Place(Sort.RECEIVED, ("2026-05-20T01:15:00Z", 3)))
    assert is_problem(api.get("/api/v1/runs", query_string={"cursor": of_dossiers}), 400, "bad_cursor")


def test_what_is_not_there_is_told_by_its_own_code(api: FlaskClient) -> None:
    assert is_problem(api.get("/api/v1/dossiers/none"), 404, "dossier_not_found")
    assert is_problem(api.get("/api/v1/dossiers/24-1?agency=H29"), 404, "dossier_not_found")
    assert is_problem(api.get("/api/v1/runs/999"), 404, "run_not_found")
    assert is_problem(api.get("/api/v1/runs/99999999999999999999999"), 404, "run_not_found")
    assert is_problem(api.get("/api/v1/runs/abc"), 404, "not_found")
    assert is_problem(api.get("/api/v1/nothing"), 404, "not_found")
    assert is_problem(api.get("/health/nothing"), 404, "not_found")


@pytest.mark.parametrize("address", ["/api/v1/dossiers/a%00b", "/api/v1/dossiers?q=a%00b"])
def test_a_nul_is_refused_before_a_database_chokes_on_it(api: FlaskClient, address: str) -> None:
    assert is_problem(api.get(address), 400, "bad_request")


def test_the_codes_are_those_of_the_readme() -> None:
    from hub.api.problems import TITLES

    readme = Path(__file__).parents[3] / "hub/api/README.md"
    assert set(re.findall(r"^\| `(\w+)` \|", readme.read_text(encoding="utf-8"), re.MULTILINE)) == set(TITLES)
