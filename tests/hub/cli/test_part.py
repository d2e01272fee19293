"""A wrong join is undone by hand, and taken back."""

from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from hub.record.identity import codes_of
from hub.store import dossiers
from hub.store.database import connect
from hub.store.filters import Filter
from tests.departments.generator import generate
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.departments.so_tu_phap import SoTuPhap
from tests.hub.cli.inside import hub


@pytest.fixture
def world(tmp_path: Path) -> dict[str, str]:
    """A store in which two departments speak of a few dossiers; they are gone again."""
    city = generate(judicial=6, one_stop=6, shared=2, faulty=0)
    environment = {"HUB_DATABASE_URL": f"sqlite:///{tmp_path / 'hub.db'}"}
    with ExitStack() as stack:
        addresses = {
            "SO_TU_PHAP_URL": stack.enter_context(serve(SoTuPhap(city.judicial).app)),
            "MOT_CUA_URL": stack.enter_context(serve(MotCua(city.one_stop).app)),
        }
        for connector in ("so-tu-phap", "mot-cua"):
            assert hub("sync", connector, **environment, **addresses).code == 0
    return environment | dict.fromkeys(addresses, "http://127.0.0.1:9")


def test_a_wrong_join_is_undone_and_taken_back_by_hand(world: dict[str, str]) -> None:
    with closing(connect(world["HUB_DATABASE_URL"])) as database:
        rows = dossiers.page(database, Filter(), limit=100)
        found = next(row for row in rows if len(dossiers.sources(database, row.id)) == 2)
        source, other = (one.source for one in dossiers.sources(database, found.id))
    (wrong,) = {code.value for code in codes_of(source.values, source.scope)} & {
        code.value for code in codes_of(other.values, other.scope)
    }
    record = (wrong, "--connector", source.connector, "--key", source.key)
    assert hub("part", *record, "--reason", " ", **world).code == 2
    assert hub("part", "24-0", *record[1:], "--reason", "wrong", **world).code == 4
    assert f"{source.connector} {source.key} is now part of" in hub("part", *record, "--reason", "wrong", **world).out
    again = hub("part", *record, "--reason", "wrong", **world)
    assert (again.code, again.out) == (0, "")
    assert f"{source.key} is already parted from {wrong}, since " in again.err
    said = hub("dossier", wrong, "--json", **world).document
    assert [one["connector"] for one in said["sources"]] == [other.connector]
    assert hub("rejoin", *record, "--reason", "it was right", "--json", **world).document["others"] == []
    assert len(hub("dossier", wrong, "--json", **world).document["sources"]) == 2
