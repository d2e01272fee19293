"""The log: every event has a name that is explained, and its line says which run and which request it is of."""

import json
import re

import pytest
import structlog
from flask.testing import FlaskClient
from structlog.contextvars import bound_contextvars

from docs.events import found
from hub import logs
from hub.telemetry import counted
from hub.telemetry.events import EVENTS


def test_every_event_that_the_code_writes_is_explained_and_no_other() -> None:
    assert set(found()) == set(EVENTS)


def test_names_of_events_are_stable_words_and_never_made_of_data() -> None:
    assert [name for name in found() if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name)] == []


def test_a_line_is_json_and_says_which_run_it_is_of(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    with bound_contextvars(run=7, connector="a"):
        structlog.get_logger().warning("lease_lost", connector="b")
    line = json.loads(capsys.readouterr().err)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "lease_lost", "level": "warning", "run": 7, "connector": "b"}


def test_a_line_of_a_request_has_the_number_that_its_answer_tells(
    api: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("json")
    answer = api.get("/api/v1/changes?after=999999")
    (line,) = [json.loads(each) for each in capsys.readouterr().err.splitlines() if "position_unknown" in each]
    assert line["request"] == answer.headers["X-Request-Id"]


def test_text_is_for_people_and_has_no_colours_where_nobody_sees_them(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("text")
    structlog.get_logger().error("store_forgot", run=3)
    line = capsys.readouterr().err
    assert "store_forgot" in line
    assert "run=3" in line
    assert "\x1b" not in line


def test_what_somebody_should_look_at_is_counted() -> None:
    logs.configure("json")
    counter = counted.begin()
    structlog.get_logger().info("stopped")
    structlog.get_logger().warning("lease_lost")
    counted.end()
    samples = {
        (sample.name, sample.labels.get("level")): sample.value
        for family in counter.registry.collect()
        for sample in family.samples
        if sample.name == "hub_log_events_total"
    }
    assert samples == {("hub_log_events_total", "warning"): 1}
