"""`make chaos`: rounds of syncs that are killed, frozen, cut off and starved of space, each held against a calm one."""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from hub import logs
from tests.chaos import disturbances, rounds
from tests.chaos.field import departments
from tests.chaos.rounds import Outcome, Plan
from tests.chaos.stores import small_disk, store

_BY_NAME = {what.__name__: what for what in disturbances.OFTEN}


def main() -> int:
    """Every round; 1 where one of them was wrong."""
    logs.quiet()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # so that nothing is left standing
    asked, kept = _asked(), Path(tempfile.mkdtemp(prefix="hub-chaos-rounds-"))
    only = [_BY_NAME[name] for name in asked.only]
    plan = Plan(asked.seed, 0, asked.records, asked.disturbances, only=only)
    _tell(f"{asked.rounds} rounds of {asked.records:,} records on {asked.database}, seed {asked.seed}, in {kept}")
    outcomes = []
    with ExitStack() as stack:
        there = stack.enter_context(departments(asked.seed, asked.records))
        disk = stack.enter_context(small_disk(asked.records))
        if disk is None:
            _tell("No disk of its own can be mounted here (root could): this time it is never full.")
        rough = stack.enter_context(store(asked.database, None if disk is None else disk.folder))
        began = time.monotonic()
        expected = rounds.undisturbed(_folder(kept, "calm"), plan, stack.enter_context(store("sqlite")), there)
        _tell(f"undisturbed: {time.monotonic() - began:.0f} s")
        for number in range(asked.first, asked.first + asked.rounds):
            folder = _folder(kept, f"round{number}")
            outcome = rounds.disturbed(folder, replace(plan, number=number), rough, there, disk, expected)
            _report(outcome, number, asked, folder)
            outcomes.append(outcome)
    return _sum_up(outcomes)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the number of the first round (default %(default)s)")
    parser.add_argument("--records", type=int, default=100_000, help="of all departments (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--disturbances", type=int, default=12, help="in each phase (default %(default)s)")
    parser.add_argument("--only", nargs="*", default=[], choices=_BY_NAME, metavar="NAME", help=", ".join(_BY_NAME))
    return parser.parse_args()


def _folder(kept: Path, name: str) -> Path:
    (kept / name).mkdir()
    return kept / name


def _report(outcome: Outcome, number: int, asked: argparse.Namespace, folder: Path) -> None:
    """What a round did. The folder of one that was right is not needed any more."""
    text = "\n".join(["did:", *outcome.did, "", "wrong:", *outcome.wrong, ""])
    (folder / "report.txt").write_text(text, encoding="utf-8")
    slowest, after = max(outcome.recovered, default=(0.0, "nothing"))
    said = "WRONG" if outcome.wrong else "right"
    _tell(f"round {number}: {said}; {outcome.seconds:.0f} s, {outcome.pages} pages, {len(outcome.did)} disturbances")
    for line in outcome.did:
        _tell(f"    {line}")
    _tell(f"    the next page was stored within {slowest:.1f} s at the latest (after: {after})")
    if not outcome.wrong:
        shutil.rmtree(folder)
        return
    for line in outcome.wrong:
        _tell(f"  ! {line}")
    only = f" --only {' '.join(asked.only)}" if asked.only else ""
    _tell(
        f"  kept: {folder}; again: python -m tests.chaos --rounds 1 --first {number} --seed {asked.seed} --records "
        f"{asked.records} --database {asked.database} --disturbances {asked.disturbances}{only}"
    )


def _sum_up(outcomes: Sequence[Outcome]) -> int:
    kinds = Counter(" ".join(line.split()[1:3]) for outcome in outcomes for line in outcome.did)
    wrong = sum(bool(outcome.wrong) for outcome in outcomes)
    _tell(
        f"\n{len(outcomes)} rounds, {wrong} of them wrong; {sum(outcome.pages for outcome in outcomes):,} pages stored"
    )
    _tell("disturbances: " + ", ".join(f"{kind} {times}" for kind, times in kinds.most_common()))
    slowest = sorted((one for outcome in outcomes for one in outcome.recovered), reverse=True)[:5]
    _tell("longest until the next page: " + ", ".join(f"{seconds:.1f} s ({after})" for seconds, after in slowest))
    return int(wrong > 0)


def _tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
