"""`make bench`: runs every benchmark, or the one that is named, prints a table and keeps the figures."""

import importlib
import sys
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from bench.result import Result
from hub import logs

HERE = Path(__file__).parent
# bench/<name>.py, each with measure() -> list[Result]
BENCHMARKS = ("connectors", "mapping", "sync", "growth", "memory", "executor", "api", "console")


def main(wanted: list[str]) -> None:
    """Run the benchmarks that are named, or all."""
    unknown = sorted(set(wanted) - set(BENCHMARKS))
    if unknown:
        sys.exit(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}")
    logs.quiet()
    for name in wanted or BENCHMARKS:
        results = importlib.import_module(f"bench.{name}").measure()
        _keep(name, results)
        _print(name, results)


def _keep(name: str, results: list[Result]) -> None:
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    rows = [{field: getattr(result, field) for field in (*Result.__slots__, "met")} for result in results]
    (folder / f"{name}.json").write_bytes(orjson.dumps(rows, option=orjson.OPT_INDENT_2))


def _print(name: str, results: list[Result]) -> None:
    table = Table(title=name, title_justify="left")
    for column in ("what", "value", "unit", "against", "ratio", "target", "met"):
        table.add_column(column, justify="right" if column in ("value", "ratio", "target") else "left")
    for one in results:
        target = "" if one.target is None else f"{one.target:g}"
        met = {None: "", True: "yes", False: "no"}[one.met]
        table.add_row(one.name, f"{one.value:,.0f}", one.unit, one.against, f"{one.ratio:.3f}", target, met)
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
