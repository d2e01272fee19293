"""A developer's folder beside the hub: `hub` and `pytest` run in it, and a package is installed without a network."""

import os
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Done:
    """What a program left behind."""

    code: int
    said: str  # on both outputs


@dataclass(frozen=True)
class Folder:
    """A developer's folder: commands run in it, `installed` holds what the hub finds besides itself."""

    path: Path

    @property
    def installed(self) -> Path:
        """What stands on Python's path."""
        return self.path / "site"

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "COLUMNS": "200", "PYTHONPATH": str(self.installed), "PYTEST_ADDOPTS": ""}

    def run(self, *command: str) -> Done:
        """Run `hub …` or `pytest …` as the developer does."""
        program = [sys.executable, "-m", *command]
        done = subprocess.run(
            program, cwd=self.path, env=self._environment, capture_output=True, text=True, timeout=120, check=False
        )
        return Done(done.returncode, done.stdout + done.stderr)

    @contextmanager
    def running(self, program: str, port: int) -> Iterator[None]:
        """Let a program of the developer's run while the block lasts, from when it listens at this port."""
        with subprocess.Popen([sys.executable, program], cwd=self.path, env=self._environment) as process:
            try:
                while process.poll() is None:
                    with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=10):
                        break
                yield
            finally:
                process.terminate()

    def install(self, package: Path) -> None:
        """What pip would do with the wheel: the modules, and what is known of the package, with its entry points."""
        project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        name = project["name"].replace("-", "_")
        shutil.copytree(package / name, self.installed / name)
        known = self.installed / f"{name}-{project['version']}.dist-info"
        known.mkdir()
        (known / "METADATA").write_text(
            "\n".join(["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}"])
        )
        lines = [
            line
            for group, points in project["entry-points"].items()
            for line in (f"[{group}]", *(f"{point} = {target}" for point, target in points.items()))
        ]
        (known / "entry_points.txt").write_text("\n".join(lines))
