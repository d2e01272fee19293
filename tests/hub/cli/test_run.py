"""One run is shown with all that it did, and stopped by command."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.store import connectors, runs
from hub.store.database import connect
from tests.departments.generator import generate
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.hub.cli.inside import hub


@pytest.fixture
def synced(tmp_path: Path) -> dict[str, str]:
    """A store with one run, which succeeded, and one that waits."""
    environment = {"HUB_DATABASE_URL": f"sqlite:///{tmp_path / 'hub.db'}"}
    environment |= dict.fromkeys(("SO_TU_PHAP_URL", "MOT_CUA_URL"), "http://127.0.0.1:9")
    city = generate(judicial=0, one_stop=6, shared=0, faulty=0)
    with serve(MotCua(city.one_stop).app) as address:
        assert hub("sync", "mot-cua", **environment | {"MOT_CUA_URL": address}).code == 0
    with closing(connect(environment["HUB_DATABASE_URL"])) as database, database.write() as transaction:
        (row,) = (row for row in connectors.all_of(transaction) if row.name == "mot-cua")
        runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))
    return environment


def test_a_run_says_what_it_did_and_where_its_time_went(synced: dict[str, str]) -> None:
    shown = hub("run", "show", "1", **synced)
    assert shown.code == 0
    assert all(said in shown.out for said in ("succeeded", "6 fetched, 6 created", "store ", "mot-cua/ho-so"))
    document = hub("run", "show", "1", "--json", **synced).document
    assert (document["created"], document["state"], document["taken_over"]) == (6, "succeeded", 0)
    assert document["bytes"] > 0


def test_a_run_is_cancelled_with_a_reason_and_only_while_it_can_be(synced: dict[str, str]) -> None:
    assert hub("run", "cancel", "2", "--reason", " ", **synced).code == 2
    assert (
        "the department asked us to wait"
        in hub("run", "cancel", "2", "--reason", "the department asked us to wait", "--author", "an", **synced).out
    )
    again = hub("run", "cancel", "2", "--reason", "once more", **synced)
    assert (again.code, "has ended already" in again.err) == (2, True)
    shown = hub("run", "show", "2", **synced).out
    assert "cancelled" in shown
    assert "an" in shown


@pytest.mark.parametrize("command", [("show", "77"), ("cancel", "77", "--reason", "x")])
def test_a_run_that_is_not_there_is_said_to_be_none(synced: dict[str, str], command: tuple[str, ...]) -> None:
    answer = hub("run", *command, **synced)
    assert (answer.code, "there is no run 77" in answer.err) == (4, True)
