"""`hub health`: its exit code is the truth, and what is wrong is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.telemetry.parts import Parts
from hub.telemetry.port import Port
from tests.hub.cli.inside import hub


@pytest.fixture
def trouble() -> list[str]:
    return []


@pytest.fixture
def port(trouble: list[str]) -> Iterator[int]:
    made = Port("127.0.0.1", 0, Parts({"worker": lambda: trouble[0] if trouble else None}), lambda: None, None)
    made.start()
    yield made.number
    made.stop()


def settings(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_hub_that_does_all_it_is_for_is_ready(tmp_path: Path, port: int) -> None:
    done = hub("health", "-c", settings(tmp_path, f"web: {{host: 0.0.0.0, port: {port}}}\n"))
    assert (done.code, done.out.strip()) == (0, f"ready: http://127.0.0.1:{port}/health/ready")


def test_a_part_that_does_not_work_is_named_and_the_code_says_so(tmp_path: Path, port: int, trouble: list[str]) -> None:
    trouble.append("nothing looks for runs any more")
    config = settings(tmp_path, f"telemetry: {{port: {port}}}\n")
    done = hub("health", "--worker", "-c", config)
    assert (done.code, done.out.strip()) == (1, "not ready: worker: nothing looks for runs any more")
    assert hub("health", "--worker", "--json", "-c", config).document["ready"] is False


@pytest.mark.parametrize(
    ("arguments", "text", "code", "said"),
    [
        (("--seconds", "1"), "web: {port: 9}\n", 1, "nothing answers at http://127.0.0.1:9/health/ready"),
        (("--worker",), "web: {port: 9}\n", 2, "`telemetry.port` names no port"),
    ],
)
def test_where_nobody_answers_it_says_where_it_asked(
    tmp_path: Path, arguments: tuple[str, ...], text: str, code: int, said: str
) -> None:
    done = hub("health", *arguments, "-c", settings(tmp_path, text))
    assert done.code == code
    assert said in done.err
