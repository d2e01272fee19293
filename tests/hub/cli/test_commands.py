"""The commands: what they print, and what their exit codes mean. `program` runs them as a process."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.store import connectors, runs
from hub.store.database import connect
from tests.departments.generator import generate
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.departments.so_tu_phap import SoTuPhap
from tests.hub.cli.command import ROOT
from tests.hub.cli.command import hub as program
from tests.hub.cli.inside import hub

DEAD = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """Both departments, small."""
    city = generate(judicial=20, one_stop=30, shared=5, faulty=1)
    with ExitStack() as stack:
        yield {
            "SO_TU_PHAP_URL": stack.enter_context(serve(SoTuPhap(city.judicial).app)),
            "MOT_CUA_URL": stack.enter_context(serve(MotCua(city.one_stop).app)),
        }


@pytest.fixture
def world(tmp_path: Path, addresses: dict[str, str]) -> dict[str, str]:
    """The departments' addresses, and a store of this test's own."""
    return addresses | {"HUB_DATABASE_URL": f"sqlite:///{tmp_path / 'hub.db'}"}


def quick(tmp_path: Path) -> Path:
    """The configuration, with a budget of two tries and no wait to speak of."""
    path = tmp_path / "config.yaml"
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    path.write_text(
        text.replace("    fresh_within", "    retry: {attempts: 2, first_wait: 0s}\n    fresh_within"), encoding="utf-8"
    )
    return path


def test_sync_prints_the_summary_and_the_store_can_be_read(world: dict[str, str]) -> None:
    done = program("sync", "mot-cua", **world)
    assert done.code == 0, done.err
    assert "mot-cua: 30 rows = 29 new dossiers" in done.out
    (run,) = program("runs", "--json", **world).document
    assert (run["connector"], run["state"], run["fetched"]) == ("mot-cua", "succeeded", 30)
    assert "succeeded" in hub("runs", **world).out
    listed = {row["name"]: row for row in hub("connectors", "--json", **world).document}
    assert (listed["mot-cua"]["stale"], listed["so-tu-phap"]["stale"]) == (False, True)
    assert "never" in hub("connectors", **world).out


def test_a_full_sync_reads_everything_again(world: dict[str, str]) -> None:
    hub("sync", "so-tu-phap", **world)
    (line,) = hub("sync", "so-tu-phap", "--full", "--json", **world).document["connectors"]
    assert (line["fetched"], line["unchanged"] + line["quarantined"]) == (20, 20)


def test_check_says_every_step_and_stores_nothing(world: dict[str, str]) -> None:
    done = hub("check", **world)
    assert done.code == 0, done.out
    assert "so-tu-phap\n  ✓ " in done.out
    assert hub("runs", "--json", **world).document == []


def test_a_dead_department_costs_its_own_check_one_sentence_and_a_hint(world: dict[str, str]) -> None:
    done = hub("check", "--json", **world | {"MOT_CUA_URL": DEAD})
    assert done.code == 1
    report = {one["connector"]: one for one in done.document}
    assert report["so-tu-phap"]["ok"]
    assert "127.0.0.1:9" in report["mot-cua"]["error"]
    assert report["mot-cua"]["hint"]


def test_a_dead_departments_sync_fails_in_a_sentence_and_exit_code_1(tmp_path: Path, world: dict[str, str]) -> None:
    done = hub("sync", "mot-cua", "-c", quick(tmp_path), **world | {"MOT_CUA_URL": DEAD})
    assert done.code == 1
    assert "Nothing was changed" in done.err
    assert "Traceback" not in done.err


def test_what_does_not_exist_is_said_with_what_does(world: dict[str, str]) -> None:
    done = hub("sync", "so-tu-fap", **world)
    assert (done.code, "registered: mot-cua, so-tu-phap" in done.err) == (4, True)
    assert hub("dossier", "000.00.15.H29-000000-0000", **world).code == 4
    assert hub("mapping", "test", "no/such", **world).code == 4
    assert hub("key", "revoke", "nobody", **world).code == 4


def test_a_wrong_configuration_is_exit_code_2_with_every_line_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("title:", "titel:").replace("mot-cua/ho-so", "mot-cua/hoso"), encoding="utf-8")
    for arguments in (("config", "check", str(path)), ("sync", "mot-cua", "-c", str(path)), ("serve", "-c", str(path))):
        done = hub(*arguments)
        assert done.code == 2, arguments
        assert done.err.count('unknown key "titel"; did you mean "title"?') == 2
        assert done.err.startswith(f"{path}:")
        assert "Traceback" not in done.err
    path.write_text(text.replace("mot-cua/ho-so", "mot-cua/hoso"), encoding="utf-8")
    assert 'there is no mapping "mot-cua/hoso"; did you mean "mot-cua/ho-so"?' in hub("config", "check", str(path)).err


def test_a_database_that_does_not_answer_is_exit_code_3(world: dict[str, str]) -> None:
    done = hub("runs", **world | {"HUB_DATABASE_URL": "postgresql://hub:geheim@127.0.0.1:9/hub"})
    assert done.code == 3
    assert "does not answer" in done.err
    assert "geheim" not in done.err


def test_a_database_url_that_cannot_be_read_is_never_shown(world: dict[str, str]) -> None:
    for command in (("runs",), ("config", "check"), ("db", "upgrade")):
        done = hub(*command, **world | {"HUB_DATABASE_URL": "postgresql://hub:geh@eim:x@127.0.0.1/hub"})
        assert done.code == 2
        assert "config.yaml:5:" in done.err
        assert "eim" not in done.out + done.err
        assert "Traceback" not in done.err


def test_looking_changes_nothing_that_is_registered(tmp_path: Path, world: dict[str, str]) -> None:
    hub("sync", "so-tu-phap", **world)
    database = connect(world["HUB_DATABASE_URL"])
    before = connectors.listed(database)
    other = tmp_path / "other.yaml"
    other.write_text("database: {url: '${env:HUB_DATABASE_URL}'}\n", encoding="utf-8")
    for command in (("runs",), ("connectors",), ("dossier", "none"), ("key", "new", "portal"), ("key", "list")):
        assert hub(*command, "-c", other, **world).code in (0, 4), command
        assert connectors.listed(database) == before, command
    assert [row.name for row in before] == ["mot-cua", "so-tu-phap"]
    database.close()


def test_a_servers_database_is_upgraded_by_its_keeper_alone(world: dict[str, str], postgres_server: str) -> None:
    world |= {"HUB_DATABASE_URL": postgres_server}
    assert (hub("runs", **world).code, "run `hub db upgrade`" in hub("runs", **world).err) == (3, True)
    assert hub("db", "upgrade", **world).code == 0
    assert hub("runs", **world).code == 0


def test_keys_are_made_listed_and_revoked(world: dict[str, str]) -> None:
    made = hub("key", "new", "portal", "--json", **world).document
    assert made["key"].startswith("mch_")
    assert [key["name"] for key in hub("key", "list", "--json", **world).document] == ["portal"]
    assert hub("key", "revoke", "portal", **world).code == 0
    assert hub("key", "list", "--json", **world).document == []


def test_the_shipped_mappings_are_right_and_read_their_cases() -> None:
    assert hub("mapping", "lint", "--json").document == []
    results = hub("mapping", "test", "--json")
    assert results.code == 0
    assert all(cases for cases in results.document.values())


def test_a_case_that_does_not_come_out_is_exit_code_1_with_the_difference(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf" / "x" / "y"
    (shelf / "cases" / "wrong").mkdir(parents=True)
    head = "mapping: x/y\nversion: 1\nentity: dossier\ninput: json\n"
    (shelf / "mapping.yaml").write_text(f"{head}fields: {{code: {{from: c}}, status: {{value: processing}}}}\n")
    (shelf / "cases/wrong/source.json").write_text('{"c": "A"}')
    (shelf / "cases/wrong/expected.yaml").write_text("code: B\nstatus: processing\n")
    config = tmp_path / "config.yaml"
    config.write_text("mappings: {folders: [shelf]}\n")
    done = hub("mapping", "test", "x/y", "-c", config)
    assert done.code == 1
    assert '  wrong\n    code  expected  "B"\n          found     "A"\n' in done.out
    (shelf / "mapping.yaml").write_text(f"{head}fields: {{coed: {{from: c}}}}\n")
    done = hub("mapping", "lint", "x/y", "-c", config)
    assert done.code == 2
    assert 'did you mean "code"?' in done.err


def test_the_json_schema_of_the_configuration_knows_every_connector_type() -> None:
    schema = hub("config", "schema").document
    assert {"rest.settings", "soap.settings"} <= set(schema["$defs"])


def test_what_is_in_quarantine_is_listed_with_its_reasons_and_bytes(world: dict[str, str]) -> None:
    assert "Nothing is in quarantine" in hub("quarantine", **world).out
    hub("sync", "mot-cua", **world)
    (row,) = hub("quarantine", "--json", **world).document["records"]
    assert row["connector"] == "mot-cua"
    assert row["key"] in row["raw"]
    assert f"mot-cua {row['key']}" in hub("quarantine", "mot-cua", **world).out
    assert f"expected {row['reasons'][0]['expected']}" in hub("quarantine", **world).out


def test_runs_tell_their_sentence_and_hint_on_lines_of_their_own(tmp_path: Path, world: dict[str, str]) -> None:
    hub("sync", "mot-cua", "-c", quick(tmp_path), **world | {"MOT_CUA_URL": DEAD})
    said = hub("runs", columns=60, **world).out
    assert "run 1: mot-cua: " in said
    assert "Nothing was changed; the next run starts from the same bookmark." in said
    assert hub("runs", "--state", "zzz", **world).code == 2
    assert hub("key", "new", " ", **world).code == 2


def test_a_dossier_is_shown_with_who_said_what_in_vietnams_time(world: dict[str, str]) -> None:
    hub("sync", "so-tu-phap", **world)
    code = generate(judicial=20, one_stop=30, shared=5, faulty=1).judicial[0].code
    said = hub("dossier", code, **world).out
    assert "said by" in said
    assert "T00:" not in said


def test_two_syncs_of_one_connector_wait_for_each_other(world: dict[str, str]) -> None:
    codes: list[int] = []
    both = [threading.Thread(target=lambda: codes.append(program("sync", "mot-cua", **world).code)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert codes == [0, 0]
    done = hub("runs", "--json", **world).document
    assert {run["state"] for run in done} == {"succeeded"}  # one run, where both had asked before either began
    assert sum(run["created"] for run in done) == 29


def test_what_a_killed_sync_left_in_the_queue_is_done_by_the_next_one(world: dict[str, str]) -> None:
    hub("sync", "mot-cua", **world)
    database = connect(world["HUB_DATABASE_URL"])
    connector = connectors.found(database, "mot-cua")
    assert connector is not None
    with database.write() as transaction:
        left = runs.enqueue(transaction, connector.id, "full", "hand", datetime.now(UTC))
    database.close()
    (line,) = hub("sync", "mot-cua", "--full", "--json", **world).document["connectors"]
    assert line["fetched"] == 30
    assert [(run["id"], run["state"]) for run in hub("runs", "--json", **world).document] == [
        (left, "succeeded"),
        (left - 1, "succeeded"),
    ]
