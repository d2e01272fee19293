"""Traces: a run is one, with its stages as parts; off, nothing of it is even loaded."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pytest_httpserver import HTTPServer

from connectors.along import carrying
from connectors.http import Client
from connectors.settings import HttpSettings
from hub.sync.timings import Timings
from hub.telemetry import tracing
from hub.telemetry.tracing import Tracing, for_departments, request_span, span

OFF = "import sys, hub.web.app, hub.cli.main; sys.exit(any(name.startswith({0!r}) for name in sys.modules))"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    tracing.begin(Tracing("http://127.0.0.1:1"), "tests", SimpleSpanProcessor(kept))
    yield kept
    tracing.end()


@pytest.mark.parametrize("library", ["opentelemetry", "prometheus_client"])
def test_what_is_off_is_not_loaded(library: str) -> None:
    assert subprocess.run([sys.executable, "-c", OFF.format(library)], check=False).returncode == 0


def test_stages_are_parts_of_their_run(spans: InMemorySpanExporter) -> None:
    with span("run", connector="a", run=7), Timings().of("fetch"):
        pass
    fetch, run = spans.get_finished_spans()
    assert (run.name, run.attributes) == ("run", {"hub.connector": "a", "hub.run": 7})
    assert fetch.parent is not None
    assert fetch.parent.span_id == run.context.span_id


def test_an_error_leaves_its_kind_and_not_what_it_says(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="0001"), span("store"):
        raise ValueError("000123456789")
    (store,) = spans.get_finished_spans()
    assert not store.events
    assert "000123" not in str(store.status.description)


def test_a_request_goes_on_with_the_trace_of_whoever_sent_it_under_its_template(
    spans: InMemorySpanExporter, api: FlaskClient
) -> None:
    sent = f"00-{'a' * 32}-{'b' * 16}-01"
    api.get("/api/v1/dossiers/somebody", headers={"traceparent": sent})
    made = spans.get_finished_spans()[-1]
    assert (made.name, f"{made.context.trace_id:032x}") == ("GET /api/v1/dossiers/<path:code>", "a" * 32)
    assert "somebody" not in made.to_json()


def test_departments_are_told_of_a_trace_only_where_that_is_switched_on(spans: InMemorySpanExporter) -> None:
    with span("run"):
        assert for_departments() == {}
    tracing.end()
    tracing.begin(Tracing("http://127.0.0.1:1", tell_departments=True), "tests", SimpleSpanProcessor(spans))
    with span("run"):
        assert for_departments().keys() == {"traceparent"}


def test_a_request_to_a_department_carries_what_goes_along_and_keeps_its_own_headers(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/", headers={"traceparent": "00-1", "Accept": "text/xml"}).respond_with_data("with")
    httpserver.expect_request("/").respond_with_data("without")
    with Client(HttpSettings()) as client:
        with carrying(lambda: {"traceparent": "00-1", "Accept": "any"}):
            asked = client.ask("GET", httpserver.url_for("/"), headers={"Accept": "text/xml"})
        assert (asked.body, client.ask("GET", httpserver.url_for("/")).body) == (b"with", b"without")


def test_off_a_span_is_nothing() -> None:
    with span("run") as nothing, request_span("GET", {}) as told:
        told("/", 200)
    assert nothing is None
