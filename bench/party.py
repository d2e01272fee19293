"""What one of the parties of `bench.sync` did: each run is a process of its own, which says what it took."""

import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Measured:
    """One run; seconds, CPU seconds of the process itself, its peak memory in bytes, and what it holds afterwards."""

    seconds: float
    cpu: float
    peak: int
    rows: dict[str, int]
    detail: dict[str, Any] = field(default_factory=dict)


def run(module: str, *arguments: str) -> Measured:
    """Let `module` do one run in a process of its own; its last line says what it took."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return Measured(**orjson.loads(done.stdout.splitlines()[-1]))


def tell(work: Callable[[], None], rows: Callable[[], dict[str, int]], detail: Callable[[], Any] = dict) -> None:
    """Do the work and print what it took: only that counts, neither imports nor counting rows."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    seconds, used = time.perf_counter() - began, time.process_time() - cpu
    measured = Measured(seconds, used, _peak(), rows(), detail())
    print("\n" + orjson.dumps(asdict(measured)).decode())


def _peak() -> int:
    """Bytes; of this process, or of one that it started where that took more."""
    # Not ru_maxrss of ourselves: the kernel counts the parent's memory in it where the process was forked.
    found = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
    own = int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024
