"""Starts a department as a process of its own, as the demo does, for tests that need one outside the interpreter."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def start(
    module: str, *args: str, env: Mapping[str, str] | None = None, package: str = "tests.departments"
) -> Iterator[str]:
    """Run `python -m tests.departments.<module>` on a free port and give its address once it is ready.

    `env` is added to the environment. A program that ends before it is ready is a `RuntimeError` with what it said.
    """
    command = [sys.executable, "-m", f"{package}.{module}", "--port", "0", *args]
    with tempfile.TemporaryFile() as errors:  # a file, not a pipe: nobody reads it while the department works
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        with process:
            try:
                assert process.stdout is not None
                word, _, url = process.stdout.readline().strip().partition(" ")
                if word != "ready":
                    process.wait()
                    errors.seek(0)
                    raise RuntimeError(f"{module} ended with code {process.returncode}: {errors.read().decode()}")
                yield url
            finally:
                process.terminate()
