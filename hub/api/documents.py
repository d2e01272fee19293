"""Documents in requests: YAML as it stands in a file, or the same as JSON; what is wrong with one, place by place."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from flask import request
from flask_openapi3.models import RawModel

from connectors.wording import sentence
from hub.api.bodies import whole_body
from hub.api.problems import ApiProblem
from mappings.engine.yaml_source import Finding, Invalid, Source, parse
from mappings.engine.yaml_text import write

_LARGEST = 2 * 1024 * 1024  # a mapping with all its tables
NAME = "body"  # of the document, in findings


class Body(RawModel):
    """A document: YAML, or the same as JSON."""

    mimetypes = ("application/yaml", "application/json")  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Sent:
    """A document as it will be kept, and whether it came as the YAML that its lines can be told of."""

    text: str
    as_yaml: bool

    @property
    def data(self) -> Any:
        """Its plain data.

        Raises:
            Invalid: it is no YAML.
        """
        return parse(self.text, NAME).data


def sent() -> Sent:
    """The request's document."""
    request.max_content_length = _LARGEST
    body = whole_body()
    if not request.is_json:
        try:
            return Sent(body.decode("utf-8-sig"), as_yaml=True)
        except UnicodeDecodeError as error:
            raise ApiProblem(400, "bad_request", "The document is not UTF-8 text.") from error
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ApiProblem(400, "bad_request", f"The body is not JSON: {error}.") from error
    return Sent(write(data), as_yaml=False)


@contextmanager
def told(document: Sent) -> Iterator[None]:
    """Answer everything that is wrong with a document, each with its setting."""
    try:
        yield
    except Invalid as invalid:
        source = _source(document.text)
        errors = [
            {
                "parameter": ".".join(map(str, _setting(source, finding))),
                "message": _message(finding, as_yaml=document.as_yaml and finding.file == NAME),
            }
            for finding in invalid.findings
        ]
        detail = " ".join(sentence(each["message"]) for each in errors)
        raise ApiProblem(422, "invalid_document", detail, errors=errors) from invalid


def _source(text: str) -> Source | None:
    try:
        return parse(text, NAME)
    except Invalid:
        return None


def _setting(source: Source | None, finding: Finding) -> tuple[str | int, ...]:
    """The path of the setting that a finding is about; of one that is missing, where it would stand."""
    if source is None or finding.file != NAME:
        return ()
    # What is missing is told at the group that it belongs in, which begins where its first key does.
    shelves = (source.values,) if finding.missing else (source.values, source.keys)
    places = {place: loc for shelf in shelves for loc, place in shelf.items()}
    loc = places.get((finding.line, finding.column), ())
    return (*loc, finding.missing) if finding.missing else loc


def _message(finding: Finding, *, as_yaml: bool) -> str:
    said = f"{finding.what}; {finding.right}" if finding.right else finding.what
    if finding.file != NAME:  # of a mapping's file, or of a version that is kept
        return f"{finding.file}:{finding.line}:{finding.column} {said}"
    return f"line {finding.line}, column {finding.column}: {said}" if as_yaml else said
