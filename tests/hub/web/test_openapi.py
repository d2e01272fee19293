"""The OpenAPI document is valid, complete, and true of what the API answers."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from hub.api import example
from hub.api.models import Dossier
from tests.hub.web.filling import SHARED, Store


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").get_json()
    return found


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_every_route_of_the_api_is_in_the_document(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        rule.rule.replace("<path:", "{").replace("<int:", "{").replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(("api.", "push.", "health."))
    }
    assert routes == set(document["paths"])


def test_every_operation_has_an_id_a_summary_and_problem_answers(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for operation in item.values():
            assert operation["operationId"], path
            assert operation["summary"], path
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and path.startswith("/api/"):
                    assert list(answer["content"]) == ["application/problem+json"], (path, status)


def test_the_example_is_a_dossier_as_the_document_describes_it() -> None:
    Dossier.model_validate(example.DOSSIER)


@pytest.mark.parametrize(
    ("address", "schema"),
    [
        ("/api/v1/dossiers?limit=200", "DossierPage"),
        (f"/api/v1/dossiers/{SHARED}", "Dossier"),
        ("/api/v1/connectors", "ConnectorPage"),
        ("/api/v1/runs", "RunPage"),
        ("/health/ready", "Alive"),
        ("/api/v1/runs/999999", "Problem"),
        ("/api/v1/dossiers?status=gone", "Problem"),
        ("/api/v1/dossiers/24-019651", "Problem"),
    ],
)
def test_answers_are_of_the_form_that_the_document_gives(
    api: FlaskClient, document: dict[str, Any], address: str, schema: str
) -> None:
    wanted = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    Draft202012Validator(wanted).validate(api.get(address).get_json())


def test_a_run_is_of_the_form_that_the_document_gives(api: FlaskClient, document: dict[str, Any], store: Store) -> None:
    wanted = {"$ref": "#/components/schemas/Run", "components": document["components"]}
    Draft202012Validator(wanted).validate(api.get(f"/api/v1/runs/{store.filled.failed_run}").get_json())


def test_the_documents_and_the_page_need_no_key(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert "script-src" not in page.headers["Content-Security-Policy"]
    for part in page.text.split('"'):
        if part.startswith("/api/v1/docs/") or part.endswith((".js", ".css")):
            with client.get(part) as answer:
                assert answer.status_code == 200, part
