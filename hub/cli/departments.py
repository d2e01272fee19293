"""The demo's department systems: processes of their own on loopback, gone when the demo ends, however it ends."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path


class NotACheckout(Exception):
    """The department systems live in the project's tests, which an installed package does not have."""


class DidNotStart(Exception):
    """A department system ended before it was ready; the sentence has its own words."""


@dataclass(frozen=True, slots=True)
class Department:
    """A program below `tests/departments`, and the variable that tells the configuration its address."""

    module: str
    variable: str
    arguments: Sequence[str] = ()


@contextmanager
def started(departments: Sequence[Department], root: Path) -> Iterator[dict[str, str]]:
    """Start them side by side; yields variable → address. They end with this process: their standard input closes."""
    if not (root / "tests" / "departments").is_dir():
        raise NotACheckout(
            f"{root} is no checkout of the project: the demo's department systems are in tests/departments"
        )
    with ExitStack() as stack:
        processes = [stack.enter_context(_process(one, root)) for one in departments]
        yield {one.variable: _address(one, process) for one, process in zip(departments, processes, strict=True)}


@contextmanager
def _process(department: Department, root: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", f"tests.departments.{department.module}", "--port", "0"]
    process = subprocess.Popen(  # noqa: S603  # our own program, no shell
        [*command, *department.arguments],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the demo; it ends them in order
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def _address(department: Department, process: subprocess.Popen[str]) -> str:
    said = process.stdout.readline().split() if process.stdout else []
    if len(said) != 2 or said[0] != "ready":
        _, errors = process.communicate()
        raise DidNotStart(f"the department system {department.module} did not start: {errors.strip()}")
    return said[1]
