"""Every operation, asked over a real socket in ways that nobody would think of, answers as the OpenAPI document says.

`HUB_ASKED=100` asks each so many times; without it CI's few.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from hub.store.keys import Role
from tests.hub.web.contracted import Hub, prepared
from tests.hub.web.served import FILE
from tests.hub.web.serving import ROOT, serving

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
TIMES = int(os.environ.get("HUB_ASKED", "2"))

document = schemathesis.openapi.from_path(ROOT / "docs/reference/openapi.json")
document.config.generation.update(with_security_parameters=False)  # keys are what test_access tries
# What is too long or of the wrong kind is refused as that, before it is held against the schema.
document.config.checks.negative_data_rejection.expected_statuses = [
    *("400", "401", "403", "404", "405", "409", "412", "413", "414", "415", "422", "429", "5xx")
]
# A department or a library that is missing is no fault of the hub's: the document says that it may be so.
document.config.checks.not_a_server_error.expected_statuses = ["2xx", "3xx", "4xx", "501", "502", "503"]
headers = frozenset(document.raw_schema["components"]["headers"])
operations = {found.label: found for result in document.get_all_operations() if (found := result.ok())}
LAST = ("DELETE", "POST /api/v1/connectors/{name}/retire")  # what they take away, others ask for
LABELS = sorted(operations, key=lambda label: label.startswith(LAST))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Hub]]:
    """The address of a hub with something of everything in it, and its keys."""
    folder: Path = tmp_path_factory.mktemp("contract")
    url = FILE
    if request.param == "postgresql":
        server: str = request.getfixturevalue("postgres_server")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE contract")
        url = server.replace("/postgres?", "/contract?")
    made = prepared(folder, url)
    with serving(folder, 0, "", made.url, "whole", errors=None) as server:
        yield server.url, made


def ask(address: str, made: Hub, label: str, role: Role, mode: GenerationMode) -> set[int]:
    """Ask an operation as the document says that it can be asked, or as it cannot; the statuses that came."""
    came: set[int] = set()

    @settings(
        max_examples=TIMES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operations[label].as_strategy(mode), known=st.booleans())
    def once(case: Any, known: bool) -> None:
        if known and mode is GenerationMode.POSITIVE:
            case.path_parameters.update(made.known(label, case.path_parameters))
        if mode is GenerationMode.POSITIVE and case.query:
            case.query.pop("wait", None)  # what waiting is, test_changes_waiting.py tries
        answer = case.call(base_url=address, headers={"X-API-Key": made.keys[role]}, timeout=30)
        came.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)
        carried = {name for name in headers if name in answer.headers}
        assert carried <= described(label, answer.status_code), "headers that the document does not tell of"

    try:
        once()
    except Unsatisfiable:
        pytest.skip("nothing that is asked here can be asked wrongly")
    return came


def described(label: str, status: int) -> set[str]:
    """The headers that the document tells of an operation's answer."""
    method, _, path = label.partition(" ")
    return set(document.raw_schema["paths"][path][method.lower()]["responses"][str(status)].get("headers", ()))


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("label", LABELS)
def test_whatever_is_asked_is_answered_as_the_document_says(
    hub: tuple[str, Hub], label: str, mode: GenerationMode
) -> None:
    address, made = hub
    assert 500 not in ask(address, made, label, Role.MANAGE, mode)


@pytest.mark.parametrize("label", LABELS)
def test_a_client_with_a_narrow_grant_is_answered_so_too_and_only_where_its_role_opens(
    hub: tuple[str, Hub], label: str
) -> None:
    address, made = hub
    came = ask(address, made, label, Role.QUERY, GenerationMode.POSITIVE)
    if not made.is_open(label):
        assert came <= {400, 403, 404, 405}, "this is not open to the role query"
    else:
        assert 500 not in came
