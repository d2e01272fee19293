"""Metrics as Prometheus reads them: over a socket, from several processes, and from a worker's own port."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from hub.telemetry.parts import Beat, Parts
from hub.telemetry.port import Port, PortTaken
from tests.hub.web.serving import ROOT

ROUTE = "/health/live"


@pytest.fixture
def two_processes(tmp_path: Path, sqlite_store: Path) -> Iterator[tuple[str, Path]]:
    shutil.copy(sqlite_store, tmp_path / "hub.db")
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "counter_of_yesterday.db").write_bytes(b"left over")
    command = [sys.executable, "-m", "tests.hub.telemetry.counting", str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process.stdout.readline().strip(), tmp_path / "metrics"
    process.terminate()
    process.communicate(timeout=30)


def counted(url: str) -> float:
    text = requests.get(f"{url}/metrics", timeout=10).text
    samples = [each for family in text_string_to_metric_families(text) for each in family.samples]
    return sum(
        each.value for each in samples if each.name.endswith("request_seconds_count") and each.labels["route"] == ROUTE
    )


def processes_that_counted(folder: Path) -> set[int]:
    return {int(file.stem.rpartition("_")[2]) for file in folder.glob("histogram_*.db")}


def test_what_several_processes_count_is_added_up_also_after_one_of_them_died(two_processes: tuple[str, Path]) -> None:
    url, folder = two_processes
    asked = 0
    while len(processes_that_counted(folder)) < 2:  # each answers with threads of its own: both come to it soon
        requests.get(url + ROUTE, timeout=10)
        asked += 1
        assert asked < 2000
    assert counted(url) == asked
    os.kill(min(processes_that_counted(folder)), signal.SIGKILL)
    while True:
        try:
            assert counted(url) >= asked
            break
        except requests.ConnectionError:  # a connection that the dead process had taken
            continue
    assert not (folder / "counter_of_yesterday.db").exists()


@pytest.fixture
def port() -> Iterator[Port]:
    made = Port("127.0.0.1", 0, Parts({"worker": lambda: TROUBLE.get("worker")}), lambda: TROUBLE.get("store"), metrics)
    made.start()
    yield made
    made.stop()
    TROUBLE.clear()


TROUBLE: dict[str, str] = {}


def metrics() -> tuple[bytes, str]:
    return b"hub_up 1\n", "text/plain"


@pytest.mark.parametrize(
    ("trouble", "status", "told"),
    [
        ({}, 200, {"status": "ok", "parts": ["database", "worker"]}),
        ({"worker": "it has ended"}, 503, {"worker": "it has ended"}),
        ({"store": "it is away", "worker": "x"}, 503, {"database": "it is away", "worker": "x"}),
    ],
)
def test_a_worker_says_on_its_port_which_of_its_parts_does_not_work(
    port: Port, trouble: dict[str, str], status: int, told: dict[str, object]
) -> None:
    TROUBLE.update(trouble)
    answer = requests.get(f"http://127.0.0.1:{port.number}/health/ready", timeout=10)
    assert answer.status_code == status
    assert answer.json().get("troubles", answer.json()) == told
    assert requests.get(f"http://127.0.0.1:{port.number}/health/live", timeout=10).status_code == 200
    assert requests.get(f"http://127.0.0.1:{port.number}/metrics", timeout=10).text == "hub_up 1\n"
    assert requests.get(f"http://127.0.0.1:{port.number}/", timeout=10).status_code == 404


def test_a_port_that_is_taken_is_said(port: Port) -> None:
    with pytest.raises(PortTaken, match=f"cannot answer at 127.0.0.1:{port.number}: .*telemetry.port"):
        Port("127.0.0.1", port.number, Parts(), lambda: None, None)


def test_strangers_read_no_metrics_on_a_port() -> None:
    made = Port("127.0.0.1", 0, Parts(), lambda: None, metrics, (ip_network("10.0.0.0/8"),))
    assert [made._answer("/metrics", address)[0] for address in ("10.1.1.1", "127.0.0.1", "192.0.2.1")] == [
        200,
        200,
        403,
    ]
    made.stop()


def test_what_is_done_again_and_again_is_missed_when_it_is_not() -> None:
    beat = Beat("schedules were looked at", patience=0.0)
    assert (beat.trouble() or "").startswith("schedules were looked at for the last time 0 s ago")
    assert Beat("schedules were looked at", patience=60.0).trouble() is None
