"""The application with its OpenAPI document: what flask-openapi3 finds in the views, and what holds for all of them."""

import re
from http import HTTPStatus
from typing import Any

from flask import request
from flask_openapi3.openapi import OpenAPI

from hub.api.described_headers import COMPONENTS, is_conditional, tell_headers
from hub.api.dossier_models import NationalReply
from hub.api.operation_examples import EXAMPLES, TEXTS
from hub.api.problems import MEDIA_TYPE
from hub.store.cursor import LARGEST_ID
from hub.view import official

JSON = "application/json"
_API = "/api/"
_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_LONGEST = 500
_DOCUMENT = {"type": "object"}  # a connector, mapping or client; what may stand in it is docs/reference
_MAY_BE_LEFT_OUT = frozenset({"Count", "Discover", "Guess", "HowToRun", "Look", "Reason"})  # bodies as good as {}
_PUSHED = {
    JSON: {"type": ["object", "array"]},
    "application/xml": {"type": "string"},
    "text/csv": {"type": "string"},
    "application/x-ndjson": {"type": "string"},
}


class Described(OpenAPI):
    """Knows of every operation which statuses it may answer and which bodies it takes."""

    takes: dict[tuple[str, str], tuple[str, ...]] | None = None

    def generate_spec_json(self) -> None:
        """As flask-openapi3 has it, completed."""
        super().generate_spec_json()  # type: ignore[no-untyped-call]
        complete(self.spec_json, {_template(rule.rule): rule.rule for rule in self.url_map.iter_rules()})

    def wanted_types(self) -> tuple[str, ...]:
        """The media types that the operation of this request takes; none where it takes no body."""
        if self.takes is None:
            self.takes = {
                (path, method.upper()): tuple(operation.get("requestBody", {}).get("content", ()))
                for path, item in self.api_doc["paths"].items()
                for method, operation in item.items()
            }
        rule = "" if request.url_rule is None else request.url_rule.rule
        return self.takes.get((_template(rule), request.method), ())


def complete(document: dict[str, Any], rules: dict[str, str]) -> None:
    """Write into a document what no view says of itself: it follows from the path, the body and the guards."""
    for path, item in document["paths"].items():
        for operation in item.values():
            if not path.startswith(_API):
                operation["responses"].pop("422", None)  # nothing is asked there that could be wrong
                continue
            for status in _statuses(operation):
                operation["responses"].setdefault(str(status), {**_PROBLEM})
            if is_conditional(operation):
                operation["responses"]["304"] = {}
            _name(operation["responses"])
            _offer_forms(operation)
            _tell_body(operation)
            tell_headers(operation, counted=bool(operation.get("security")) and "429" in operation["responses"])
            _show_texts(operation)
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    _bound(parameter["schema"], whole=f"<path:{parameter['name']}>" in rules.get(path, ""))
    document["components"]["headers"] = COMPONENTS
    schemas = document["components"]["schemas"]
    national = NationalReply.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas[NationalReply.__name__] = {name: value for name, value in national.items() if name != "$defs"}
    for name in EXAMPLES.keys() & schemas.keys():
        schemas[name].setdefault("example", EXAMPLES[name])


def _name(responses: dict[str, Any]) -> None:
    """flask-openapi3 calls every status that it does not know a bad request."""
    for status, response in responses.items():
        response["description"] = HTTPStatus(int(status)).phrase


def _offer_forms(operation: dict[str, Any]) -> None:
    """With the parameter `format` an answer is the hub's, or the national portal's."""
    if not any(parameter["name"] == "format" for parameter in operation.get("parameters", ())):
        return
    content = operation["responses"]["200"]["content"]
    national = {"$ref": f"#/components/schemas/{NationalReply.__name__}"}
    content[JSON]["schema"] = {"anyOf": [content[JSON]["schema"], national]}
    content[official.MEDIA_TYPE] = {"schema": national}


def _tell_body(operation: dict[str, Any]) -> None:
    """Whether a body may be left out; of one that is read as text flask-openapi3 knows the media types alone."""
    body = operation.get("requestBody")
    if body is None:
        return
    if list(body["content"]) == [JSON]:
        body["required"] = body["content"][JSON]["schema"]["$ref"].rpartition("/")[2] not in _MAY_BE_LEFT_OUT
        return
    body["required"] = True
    for media_type, content in body["content"].items():
        content["schema"] = _PUSHED[media_type] if "text/csv" in body["content"] else _DOCUMENT


def _show_texts(operation: dict[str, Any]) -> None:
    answers = [answer for status, answer in operation["responses"].items() if int(status) < 400]
    for one in (operation.get("requestBody", {}), *answers):
        for media_type, content in one.get("content", {}).items():
            if "$ref" not in content["schema"] and (shown := TEXTS.get((operation["operationId"], media_type))):
                content["example"] = shown


def _statuses(operation: dict[str, Any]) -> list[int]:
    found = [400, 414, 431]
    if operation.get("security"):
        found += [401, 403]
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", ())):
        found += [404, 405]
    if "requestBody" in operation:
        found += [413, 415] if list(operation["requestBody"]["content"]) == [JSON] else [413]
    return found


def _bound(schema: dict[str, Any], *, whole: bool) -> None:
    """What any part of a path can be; `whole` takes slashes, too."""
    if schema.get("type") == "integer":
        schema.setdefault("minimum", 0)
        schema.setdefault("maximum", LARGEST_ID)
    elif schema.get("type") == "string":
        schema.setdefault("minLength", 1)
        schema.setdefault("maxLength", _LONGEST)
        if not whole:
            schema.setdefault("pattern", "^[^/]+$")


def _template(rule: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
