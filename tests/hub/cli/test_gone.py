"""`hub gone`, and `hub sync --from --to`: against departments over real sockets."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.departments.generator import generate
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.departments.so_tu_phap import SoTuPhap
from tests.hub.cli.command import Outcome
from tests.hub.cli.inside import hub as inside

WHOLE = ("--from", "2020-01-01", "--to", "31/12/2027")


@pytest.fixture
def there(tmp_path: Path) -> Iterator[tuple[dict[str, str], MotCua]]:
    """Both departments, small, and a store of this test's own."""
    city = generate(judicial=8, one_stop=12, shared=2, faulty=0)
    one_stop = MotCua(city.one_stop)
    with ExitStack() as stack:
        yield (
            {
                "SO_TU_PHAP_URL": stack.enter_context(serve(SoTuPhap(city.judicial).app)),
                "MOT_CUA_URL": stack.enter_context(serve(one_stop.app)),
                "HUB_DATABASE_URL": f"sqlite:///{tmp_path / 'hub.db'}",
            },
            one_stop,
        )


def hub_of(world: dict[str, str]) -> Callable[..., Outcome]:
    def hub(*arguments: str) -> Outcome:
        return inside(*arguments, columns=200, stdin="", **world)

    return hub


def test_a_period_is_read_again_and_a_person_says_what_is_gone(there: tuple[dict[str, str], MotCua]) -> None:
    world, one_stop = there
    hub = hub_of(world)
    assert hub("sync", "mot-cua").code == 0
    again = hub("sync", "mot-cua", *WHOLE, "--json")
    (line,) = again.document["connectors"]
    assert (line["created"], line["unchanged"]) == (0, 12)
    assert hub("runs", "--json").document[0]["kind"] == "backfill"
    assert hub("sync", "mot-cua", "--from", "2026-01-01").code == 2
    backwards = hub("sync", "mot-cua", "--from", "2026-02-01", "--to", "2026-01-01")
    assert "before it begins" in backwards.err

    one_stop.remove(one_stop.dossiers()[0].code)
    full = hub("sync", "mot-cua", "--full")
    assert full.code == 0, full.err
    (row,) = hub("gone", "list", "mot-cua", "--json").document
    assert (row["records"], row["held"], row["state"]) == (1, 12, "waiting")
    number = str(row["id"])
    assert "1 of the 12 records of mot-cua were not listed" in hub("gone", "show", number).out
    assert hub("gone", "approve", number, "--reason", " ").code == 2
    done = hub("gone", "approve", number, "--reason", "withdrawn", "--author", "Ánh")
    assert done.out == "Marked as gone: 1 of mot-cua.\n"
    twice = hub("gone", "refuse", number, "--reason", "no")
    assert (twice.code, "approved by Ánh (withdrawn)" in twice.err) == (2, True)
    assert hub("gone", "show", "99").code == 4
    assert "Nothing waits" in hub("gone").out
