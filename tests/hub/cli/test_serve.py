"""`hub serve`: one program that runs the connectors on their schedules, and ends when it is told to."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.departments.generator import generate
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.departments.so_tu_phap import SoTuPhap
from tests.hub.cli.command import ROOT, hub


@pytest.fixture
def world(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Both departments, and a store of this test's own."""
    city = generate(judicial=20, one_stop=30, shared=5, faulty=0)
    with serve(SoTuPhap(city.judicial).app) as judicial, serve(MotCua(city.one_stop).app) as one_stop:
        store = f"sqlite:///{tmp_path / 'hub.db'}"
        yield {"SO_TU_PHAP_URL": judicial, "MOT_CUA_URL": one_stop, "HUB_DATABASE_URL": store}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The project's configuration with a run every second."""
    path = tmp_path / "config.yaml"
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("{every: 1m, jitter: 5s}", "{every: 1s}"), encoding="utf-8")
    return path


@contextmanager
def serving(config: Path, world: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running `hub serve`, and its address."""
    command = [sys.executable, "-m", "hub", "serve", "--port", "0", "--config", str(config)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | world, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        line = next(line for line in process.stderr if "Console" in line)
        match = re.search(r"http://[\d.:]+", line)
        assert match
        yield process, match[0]
    finally:
        process.kill()
        process.communicate()


def log_lines(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """The events of the log, as they come."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("{"):
            yield json.loads(line)


def test_every_connector_runs_on_its_schedule_again_and_again(config: Path, world: dict[str, str]) -> None:
    with serving(config, world) as (process, _):
        ended: dict[str, int] = {"so-tu-phap": 0, "mot-cua": 0}
        for event in log_lines(process):
            if event["event"] == "run_ended":
                assert event["state"] == "succeeded", event
                ended[event["connector"]] += 1
            if min(ended.values()) >= 2:
                break
    assert (
        hub(
            "dossier", generate(judicial=20, one_stop=30, shared=5, faulty=0).judicial[0].code, "-c", config, **world
        ).code
        == 0
    )


def test_it_is_ready_when_its_address_is_said_and_sigterm_ends_it_without_a_trace(
    config: Path, world: dict[str, str]
) -> None:
    with serving(config, world) as (process, url):
        with urllib.request.urlopen(f"{url}/health/ready") as answer:
            assert answer.status == 200
        next(event for event in log_lines(process) if event["event"] == "run_ended")
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "Traceback" not in said


def test_a_run_that_was_asked_for_while_it_was_down_is_done_when_it_is_back(
    tmp_path: Path, config: Path, world: dict[str, str]
) -> None:
    with serving(config, world) as (process, _):
        next(event for event in log_lines(process) if event["event"] == "run_ended")
        process.send_signal(signal.SIGKILL)
    before = {row["name"]: row["next_fire_at"] for row in hub("connectors", "--json", "-c", config, **world).document}
    assert all(before.values())
    with serving(config, world) as (process, _):
        names = {event["connector"] for _, event in zip(range(4), log_lines(process), strict=False)}
    assert names == {"so-tu-phap", "mot-cua"}


def test_a_taken_port_is_said_in_a_sentence(config: Path, world: dict[str, str]) -> None:
    with serving(config, world) as (_, url):
        done = hub("serve", "--port", url.rpartition(":")[2], "-c", config, **world)
    assert done.code == 2
    assert "Traceback" not in done.err


def test_it_tells_prometheus_what_its_runs_did_and_a_supervisor_that_all_its_parts_work(
    config: Path, world: dict[str, str]
) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}\ntelemetry: {{metrics: {{open_to: [127.0.0.1]}}}}\n", encoding="utf-8")
    with serving(config, world) as (process, url):
        for event in log_lines(process):
            if event["event"] == "run_ended":
                assert event["run"] > 0
                break
        assert hub("health", "--url", url, "-c", config, **world).code == 0
        with urllib.request.urlopen(f"{url}/metrics") as answer:
            told = answer.read().decode()
    assert re.search(r'hub_run_seconds_count\{kind="\w+",outcome="succeeded"\} [1-9]', told)
    assert re.search(r'hub_stage_step_seconds_count\{stage="store"\} [1-9]', told)
    assert 'hub_http_request_seconds_count{method="GET",route="/health/ready",status="2xx"} 1.0' in told
    assert re.search(r"hub_database_connections \d", told)
