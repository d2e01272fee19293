"""The short form of `make chaos`: a few rounds of few records on each database, always the same ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import disturbances as d
from tests.chaos import rounds
from tests.chaos.field import Departments, departments
from tests.chaos.rounds import Plan
from tests.chaos.state import Expected
from tests.chaos.stores import small_disk, store

SEED, RECORDS = 1, 600
# Each takes seconds, not minutes: no lease has to run out.
ANYWHERE = (d.kill, d.pause, d.fault, d.line_cut, d.disk_full)
SHORT = {
    "sqlite": (*ANYWHERE, d.file_locked),
    "postgresql": (*ANYWHERE, d.kill_at_commit, d.database_cut_at_commit, d.database_restarted, d.backend_killed),
}


@pytest.fixture(scope="module")
def there() -> Iterator[Departments]:
    with departments(SEED, RECORDS) as started:
        yield started


@pytest.fixture(scope="module")
def expected(there: Departments, tmp_path_factory: pytest.TempPathFactory) -> list[Expected]:
    """What each phase ends with where nothing is disturbed."""
    folder = tmp_path_factory.mktemp("calm")
    with store("sqlite", folder) as calm:
        return rounds.undisturbed(folder, Plan(SEED, 0, RECORDS, phases=1), calm, there)


@pytest.mark.parametrize("kind", [*SHORT])
def test_a_sync_that_is_disturbed_all_the_time_ends_like_an_undisturbed_one(
    kind: str, there: Departments, expected: list[Expected], tmp_path: Path
) -> None:
    with small_disk(RECORDS) as disk, store(kind, None if disk is None else disk.folder) as rough:
        plan = Plan(SEED, 0, RECORDS, disturbances=4, apart=0.3, only=SHORT[kind], phases=1)
        outcome = rounds.disturbed(tmp_path, plan, rough, there, disk, expected)
    assert outcome.wrong == []
    assert outcome.did  # else nothing was tried
