"""The OpenAPI document is valid, complete, and true of what the API answers."""

from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate
from pydantic import BaseModel

from hub.api import example
from hub.api.dossier_models import Dossier
from tests.hub.web.filling import SHARED, Store
from tests.hub.web.serving import Server


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
        if rule.endpoint.startswith(("api.", "push.", "public.", "health."))
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


def test_no_two_different_models_share_a_component_name(document: dict[str, Any]) -> None:
    """Their descriptions would be merged by name: whichever is met last would be told of both."""
    reached: dict[str, set[type]] = {}
    described = document["components"]["schemas"]
    for model in _below(BaseModel):
        if model.__module__.startswith("hub.api") and model.__name__ in described:
            for kind in _kinds_of(model):
                reached.setdefault(kind.__name__, set()).add(kind)
    assert reached.keys() >= {"Dossier", "Run", "RunState", "ExportState", "WebhookState", "Problem"}
    assert {name: kinds for name, kinds in reached.items() if len(kinds) > 1} == {}


def test_every_body_and_every_answer_has_an_example(document: dict[str, Any]) -> None:
    shown = document["components"]["schemas"]
    lacking = []
    for where, content in _contents(document):
        schema = content.get("schema", {})
        (name, *_) = [each.get("$ref", "").rpartition("/")[2] for each in schema.get("anyOf", [schema])]
        if "example" not in content and "example" not in shown.get(name, {}):
            lacking.append(where)
    assert lacking == []


def test_every_example_is_of_the_form_that_is_shown_beside_it(document: dict[str, Any]) -> None:
    for where, content in _contents(document):
        if "example" in content:
            assert Draft202012Validator(content["schema"]).is_valid(content["example"]), where
    for name, schema in document["components"]["schemas"].items():
        if "example" in schema:
            wanted = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
            Draft202012Validator(wanted, format_checker=FormatChecker()).validate(schema["example"])


def test_every_answer_of_an_error_is_a_problem(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if path.startswith("/api/"):
                assert {"400", "414", "422", "500", "503"} <= operation["responses"].keys(), path
                body = operation.get("requestBody")
                assert body is None or "413" in operation["responses"], (method, path)


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "bad_request"),
        (b"[]", "application/json", 422, "invalid_parameters"),
        (b"null", "application/json", 422, "invalid_parameters"),
        (b'"{}"', "application/json", 422, "invalid_parameters"),
        (b"codes=1", "application/x-www-form-urlencoded", 415, "unknown_media_type"),
        (b'{"codes": ["' + b"1" * 70_000 + b'"]}', "application/json", 413, "body_too_large"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused_as_what_it_is(
    api: FlaskClient, body: bytes, kind: str, status: int, code: str
) -> None:
    answer = api.post("/api/v1/dossiers/lookup", data=body, content_type=kind)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json is not None
    assert answer.json["code"] == code


def test_an_address_that_is_too_long_is_refused_as_a_problem(server: Server) -> None:
    answer = requests.get(f"{server.url}/api/v1/dossiers?q={'a' * 9000}", timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (414, "application/problem+json")
    assert answer.json()["code"] == "address_too_long"


def _below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _kinds_of(annotation: Any) -> Iterator[type]:
    """The models and lists of choices that a model or a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel | Enum):
        yield annotation
    for field in getattr(annotation, "model_fields", {}).values():
        yield from _kinds_of(field.annotation)
    for part in get_args(annotation):
        yield from _kinds_of(part)


def _contents(document: dict[str, Any]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    """Every body and every answer that is no error, with the operation and the media type."""
    for item in document["paths"].values():
        for operation in item.values():
            answers = [answer for status, answer in operation["responses"].items() if int(status) < 400]
            for one in (operation.get("requestBody", {}), *answers):
                for kind, content in one.get("content", {}).items():
                    yield (operation["operationId"], kind), content


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
