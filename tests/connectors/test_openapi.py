"""OpenAPI descriptions of every version, in JSON and YAML, in one file or many; what is wrong in one is told."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from werkzeug.wrappers import Request, Response

from connectors.contract import Description
from connectors.errors import Changed, ConnectorError
from connectors.rest import REST
from tests.connectors.desk import dead_address, desk, say

YAML_31 = """
openapi: 3.1.0
info: {title: Hồ sơ, version: "1"}
servers: [{url: "https://{host}/api", variables: {host: {default: motcua.example}}}]
paths:
  /ho-so:
    parameters:
      - {name: X-Don-Vi, in: header, required: true, schema: {type: string}}
    get:
      operationId: danhSach
      summary: Danh sách hồ sơ
      parameters:
        - {$ref: "#/components/parameters/page"}
        - {name: size, in: query, schema: {type: integer, default: 100}}
      responses:
        200:
          content:
            application/problem+xml: {schema: {type: string}}
            application/json:
              schema:
                type: object
                required: [content]
                properties:
                  content: {type: array, items: {$ref: "#/components/schemas/HoSo"}}
                  last: {type: boolean}
    post:
      requestBody:
        content: {application/json: {schema: {$ref: "#/components/schemas/HoSo"}}}
      responses: {"400": {description: no}}
  /ho-so/{id}:
    get:
      responses: {default: {$ref: "#/components/responses/MotHoSo"}}
components:
  parameters:
    page: {name: page, in: query, description: Số trang, schema: {type: integer}, example: 0}
  responses:
    MotHoSo: {content: {"*/*": {schema: {$ref: "#/components/schemas/HoSo"}}}}
  schemas:
    Nguoi: {type: object, properties: {ten: {type: string, examples: [Hòa]}, cha: {$ref: "#/components/schemas/Nguoi"}}}
    HoSo:
      allOf:
        - {required: [ma], properties: {ma: {type: string, description: "Mã  hồ sơ"}}}
        - properties:
            nhan: {type: [string, "null"], format: date-time}
            chu: {$ref: "#/components/schemas/Nguoi"}
            loai: {oneOf: [{type: "null"}, {enum: [1, 2], type: integer}]}
            tep: {type: array, items: {type: object, properties: {ten: {type: string}}}}
            khac: {type: object, additionalProperties: {type: string}}
"""


def described(text: str, tmp_path: Path, name: str = "openapi.yaml") -> Description:
    (tmp_path / name).write_text(text)
    assert REST.describe is not None
    found = REST.describe(str(tmp_path / name))
    assert found is not None
    return found


def operations(*paths: str, **more: Any) -> str:
    """A description in JSON of operations that answer nothing in particular."""
    good = {"responses": {"200": {"description": "ok"}}}
    return orjson.dumps({"openapi": "3.0.3", "paths": {path: {"get": good} for path in paths}} | more).decode()


def test_operations_are_listed_with_parameters_and_fields(tmp_path: Path) -> None:
    found = described(YAML_31, tmp_path)
    listing, creating, one = found.operations
    assert (listing.name, listing.place) == ("danhSach", "GET https://motcua.example/api/ho-so")
    assert (listing.style, listing.about) == (
        "GET, application/json, pages look numbered (`page`)",
        "Danh sách hồ sơ",
    )
    assert [(field.path, field.type, field.required, field.sample) for field in listing.parameters] == [
        ("X-Don-Vi", "string", True, None),
        ("page", "integer", False, "0"),
        ("size", "integer", False, "100"),
    ]
    fields = {field.path: (field.type, field.repeated, field.required) for field in listing.answer}
    assert fields == {
        "content": ("object", True, True),
        "content.ma": ("string", False, True),
        "content.nhan": ("date-time", False, False),
        "content.chu": ("object", False, False),
        "content.chu.ten": ("string", False, False),
        "content.chu.cha": ("object", False, False),
        "content.loai": ("integer", False, False),
        "content.tep": ("object", True, False),
        "content.tep.ten": ("string", False, False),
        "content.khac": ("object", False, False),
        "content.khac.*": ("string", False, False),
        "last": ("boolean", False, False),
    }
    about = {field.path: field.about for field in listing.answer}
    assert (about["content.ma"], about["content.loai"]) == ("Mã hồ sơ", "One of 1, 2.")
    assert [field.path for field in creating.parameters][:3] == ["X-Don-Vi", "ma", "nhan"]
    assert one.answer[0].path == "ma"


def test_what_is_wrong_is_told_and_passed_over(tmp_path: Path) -> None:
    assert described(YAML_31, tmp_path).problems == (
        "POST /ho-so: what it answers when all is well is not described",
        "GET /ho-so/{id}: `{id}` in the path is not described as a parameter",
    )


SWAGGER = {
    "swagger": "2.0",
    "host": "motcua.example",
    "basePath": "/v1/",
    "schemes": ["http", "https"],
    "produces": ["application/xml", "application/json"],
    "paths": {
        "/ho-so": {
            "get": {
                "parameters": [
                    {"name": "offset", "in": "query", "type": "integer"},
                    {"name": "nhan", "in": "query", "type": "array", "items": {"type": "string"}},
                    {"name": "loc", "in": "body", "schema": {"$ref": "#/definitions/Loc"}},
                ],
                "responses": {"200": {"schema": {"type": "array", "items": {"$ref": "#/definitions/Loc"}}}},
            }
        }
    },
    "definitions": {"Loc": {"type": "object", "properties": {"tu": {"type": "string", "format": "date"}}}},
}


def test_version_2_is_read(tmp_path: Path) -> None:
    (operation,) = described(orjson.dumps(SWAGGER).decode(), tmp_path, "swagger.json").operations
    assert (operation.name, operation.place) == ("GET /ho-so", "GET https://motcua.example/v1/ho-so")
    assert operation.style == "GET, application/json, pages look offset (`offset`)"
    assert [(field.path, field.type, field.repeated) for field in operation.parameters] == [
        ("offset", "integer", False),
        ("nhan", "string", True),
        ("tu", "date", False),
    ]
    assert [field.path for field in operation.answer] == ["tu"]


def test_references_lead_into_other_files_and_back(tmp_path: Path) -> None:
    (tmp_path / "chung").mkdir()
    (tmp_path / "chung" / "ho so.yaml").write_text(
        "HoSo: {properties: {ma: {type: string}, con: {$ref: '../openapi.json#/components/schemas/A~1B'}}}"
    )
    schema = {"$ref": "chung/ho%20so.yaml#/HoSo"}
    text = operations("/x", components={"schemas": {"A/B": {"properties": {"so": {"type": "integer"}}}}})
    value = orjson.loads(text)
    value["paths"]["/x"]["get"]["responses"]["200"] = {"content": {"application/json": {"schema": schema}}}
    found = described(orjson.dumps(value).decode(), tmp_path, "openapi.json")
    assert [field.path for field in found.operations[0].answer] == ["ma", "con", "con.so"]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("#/components/none", "leads nowhere: there is no `components`"),
        ("other.yaml#/A", "cannot be opened: No such file"),
        ("http://elsewhere.example/a.json", "is an address, which a file is not allowed to have asked"),
        ("a\0.json", "is no address"),
        ("/etc/passwd", "is no JSON or YAML file"),
        ("#/paths/~1x/get/responses/200/content/application~1json/schema", "leads in a circle"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told(reference: str, said: str, tmp_path: Path) -> None:
    value = orjson.loads(operations("/x"))
    content = {"application/json": {"schema": {"$ref": reference}}}
    value["paths"]["/x"]["get"]["responses"]["200"] = {"content": content}
    found = described(orjson.dumps(value).decode(), tmp_path, "openapi.json")
    (problem,) = found.problems
    assert problem.startswith(f"GET /x: the reference `{reference}`")
    assert said in problem


def test_a_schema_that_grows_without_end_is_cut(tmp_path: Path) -> None:
    schemas = {
        f"S{n}": {"properties": {f"p{m}": {"$ref": f"#/components/schemas/S{(n + m + 1) % 30}"} for m in range(30)}}
        for n in range(30)
    }
    value = orjson.loads(operations("/x", components={"schemas": schemas}))
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/S0"}}}
    value["paths"]["/x"]["get"]["responses"]["200"] = {"content": content}
    found = described(orjson.dumps(value).decode(), tmp_path, "openapi.json")
    assert len(found.operations[0].answer) == 1000


def test_the_fingerprint_is_of_what_is_asked_and_answered(tmp_path: Path) -> None:
    first = described(YAML_31, tmp_path).fingerprint
    assert described(YAML_31.replace("Danh sách hồ sơ", "Khác"), tmp_path).fingerprint == first
    assert described(YAML_31.replace("type: boolean", "type: string"), tmp_path).fingerprint != first


def test_relative_servers_stand_where_the_description_does() -> None:
    def answer(request: Request) -> Response:
        return Response(operations("/ho-so", servers=[{"url": "/api"}]))

    with desk(answer) as there:
        assert REST.describe is not None
        found = REST.describe(f"{there.url}/docs/openapi.json")
        assert found is not None
        assert found.operations[0].place == f"GET {there.url}/api/ho-so"


def test_files_of_an_address_are_asked_only_of_its_host() -> None:
    schema = {"$ref": "types.json#/A"}

    def answer(request: Request) -> Response:
        if request.path == "/types.json":
            return say({"A": {"properties": {"a": {"$ref": "https://elsewhere.example/b.json"}, "c": {}}}})
        value = orjson.loads(operations("/x"))
        value["paths"]["/x"]["get"]["responses"]["200"] = {"content": {"application/json": {"schema": schema}}}
        return say(value)

    with desk(answer) as there:
        assert REST.describe is not None
        found = REST.describe(f"{there.url}/openapi.json")
    assert found is not None
    assert [field.path for field in found.operations[0].answer] == ["a", "c"]
    assert "is at another host, https://elsewhere.example/b.json" in found.problems[0]


def test_a_folder_with_a_description_is_found(tmp_path: Path) -> None:
    (tmp_path / "swagger.yml").write_text("swagger: '2.0'\npaths: {/a: {get: {responses: {200: {}}}}}")
    assert REST.describe is not None
    found = REST.describe(str(tmp_path))
    assert found is not None
    assert [operation.name for operation in found.operations] == ["GET /a"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "openapi: 3.0.0"),
        ("a.json", "[1]"),
        ("a.json", '{"name": "package"}'),
        ("a.yaml", "just text"),
        ("a.yaml", "a: [b"),
        ("a.json", "<definitions/>"),
    ],
)
def test_what_is_no_description_is_left_to_others(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert REST.describe is not None
    assert REST.describe(str(tmp_path / name)) is None
    assert REST.describe(str(tmp_path)) is None
    assert REST.describe(str(tmp_path / "nothing")) is None


@pytest.mark.parametrize(
    "text",
    [
        "openapi: 3.0.0\npaths: [",
        "openapi: 3.0.0\nopenapi: 3.0.0\npaths: {}",
        "openapi: 3.0.0\npaths: {}",
        "swagger: '2.0'",
        '{"openapi": "3.0.0", "paths": {"/a": {"get": ',
        "openapi: 3.1.0\npaths: {a: {get: {}}}",
        "a: &a [*a]\nopenapi: 3.1.0\npaths: 7",
    ],
)
def test_a_description_of_which_nothing_can_be_used_is_said(text: str, tmp_path: Path) -> None:
    with pytest.raises(Changed) as caught:
        described(text, tmp_path)
    assert caught.value.code == "openapi"
    assert str(tmp_path) in str(caught.value)


def test_a_host_that_does_not_answer_is_not_taken_for_another_kind() -> None:
    assert REST.describe is not None
    with pytest.raises(ConnectorError):
        REST.describe(f"{dead_address()}/openapi.json")
