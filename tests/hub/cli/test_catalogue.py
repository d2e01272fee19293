"""`hub catalogue`: loading, looking, exporting, and what is missing or served twice."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.store import codes_seen, connectors
from hub.store.catalogue import AGENCIES, Kept, write
from hub.store.codes_seen import Seen
from hub.store.database import Database, connect
from hub.store.schema import upgrade
from tests.hub.cli.command import Outcome
from tests.hub.cli.inside import hub
from tests.hub.sync.fixtures import registered

NOW = datetime(2026, 11, 22, tzinfo=UTC)
AGENCIES_CSV = """code,name,parent_code,leader.name,aliases,hours,effective_to,extra.quota
H29,UBND Thành phố,,,,,,
H29.15,Sở Tư pháp,H29,Lê Đức Trí,000.00.15.H29 2016-06-01..2099-12-31; X.1,mon-fri 07:30-11:30 13:00-17:00,,40
000.00.41.H29,UBND Quận 1,H29,,,,30/06/2025,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text('database: {url: "sqlite:///hub.db"}\nconnectors: []\n', encoding="utf-8")
    (tmp_path / "agencies.csv").write_text(AGENCIES_CSV, encoding="utf-8")
    return tmp_path


def catalogue(folder: Path, *arguments: str | Path) -> Outcome:
    return hub("catalogue", *arguments, "--config", folder / "config.yaml")


def store(folder: Path) -> Database:
    database = connect("sqlite:///hub.db", folder)
    upgrade(database)
    return database


def test_a_dry_run_changes_nothing_and_says_so_in_its_exit_code(folder: Path) -> None:
    shown = catalogue(folder, "load", "agencies", folder / "agencies.csv", "--dry-run")
    assert shown.code == 5
    assert "+ H29.15" in shown.out
    assert "Would be: 3 new, 0 changed, 0 taken out, 0 the same." in shown.out
    loaded = catalogue(folder, "load", "agencies", folder / "agencies.csv")
    assert (loaded.code, loaded.out.splitlines()[-1]) == (0, "3 new, 0 changed, 0 taken out, 0 the same.")
    again = catalogue(folder, "load", "agencies", folder / "agencies.csv", "--dry-run", "--json")
    assert (again.code, again.document["unchanged"]) == (0, 3)


def test_changes_are_shown_field_by_field(folder: Path) -> None:
    catalogue(folder, "load", "agencies", folder / "agencies.csv")
    (folder / "b.csv").write_text("code,name\nH29.15,Sở Tư pháp Thành phố\n", encoding="utf-8")
    shown = catalogue(folder, "load", "agencies", folder / "b.csv", "--prune")
    assert "    name: Sở Tư pháp → Sở Tư pháp Thành phố" in shown.out
    assert "    leader: name Lê Đức Trí → nothing" in shown.out
    assert "- H29\n" in shown.out
    assert shown.out.splitlines()[-1] == "0 new, 1 changed, 2 taken out, 0 the same."


def test_entries_of_earlier_files_that_stay_are_told(folder: Path) -> None:
    catalogue(folder, "load", "agencies", folder / "agencies.csv")
    (folder / "b.csv").write_text("code,name\nH29.16,Sở Y tế\n", encoding="utf-8")
    shown = catalogue(folder, "load", "agencies", folder / "b.csv")
    assert "3 entries of earlier files are not in this one and stay; --prune takes them out." in shown.err


def test_a_file_with_mistakes_is_refused_with_all_of_them(folder: Path) -> None:
    path = folder / "p.csv"
    path.write_text("code,name,term\n1.00119,,x\n", encoding="utf-8")
    refused = catalogue(folder, "load", "procedures", path)
    assert refused.code == 2
    places = [line.removeprefix(f"{path}:2:").partition(": ")[0] for line in refused.err.splitlines()]
    assert places == ["1 code", "2 name", "3 term"]
    assert catalogue(folder, "show", "procedures", "--json").document == []


def test_what_a_code_means_is_shown_for_the_day_that_is_asked(folder: Path) -> None:
    catalogue(folder, "load", "agencies", folder / "agencies.csv")
    assert catalogue(folder, "show", "agencies", "000.00.15.H29", "--json").document["code"] == "H29.15"
    ended = catalogue(folder, "show", "agencies", "000.00.41.H29")
    assert ended.code == 4
    assert "it finds 000.00.41.H29 (UBND Quận 1) until 2025-06-30" in ended.err
    then = catalogue(folder, "show", "agencies", "000.00.41.H29", "--on", "2025-06-30")
    assert (then.code, "UBND Quận 1" in then.out) == (0, True)
    assert catalogue(folder, "show", "agencies", "H29", "--on", "30/6").code == 2
    assert "the catalogue has no Z.9" in catalogue(folder, "show", "agencies", "Z.9").err
    listed = catalogue(folder, "show", "agencies")
    assert ("Sở Tư pháp" in listed.out, "UBND Quận 1" in listed.out) == (True, False)


@pytest.mark.parametrize("name", ["out.csv", "out.yaml"])
def test_an_export_loads_as_the_very_same(folder: Path, name: str) -> None:
    catalogue(folder, "load", "agencies", folder / "agencies.csv")
    assert catalogue(folder, "export", "agencies", "-o", folder / name).code == 0
    loaded = catalogue(folder, "load", "agencies", folder / name, "--prune", "--json").document
    assert (loaded["unchanged"], loaded["added"], loaded["changed"], loaded["gone"]) == (3, [], [], [])


def test_an_export_that_is_not_written_to_a_file_is_printed(folder: Path) -> None:
    catalogue(folder, "load", "agencies", folder / "agencies.csv")
    printed = catalogue(folder, "export", "agencies")
    assert printed.out.splitlines()[0].startswith("code,name,parent_code,leader.name")
    refused = catalogue(folder, "export", "agencies", "-o", folder / "no" / "x.csv")
    assert (refused.code, "cannot be written" in refused.err) == (2, True)


def test_what_is_missing_and_what_is_served_twice_is_listed(folder: Path) -> None:
    assert "have every code" in catalogue(folder, "unknown").out
    assert "No procedure is served" in catalogue(folder, "duplicates").out
    database = store(folder)
    rows = registered(database, "a", "b")
    with database.write() as transaction:
        codes_seen.note(transaction, rows["a"].id, {Seen("procedure", "1.000656"): "Khai tử"}, NOW)
        codes_seen.note(transaction, rows["b"].id, {Seen("procedure", "1.000656.H29"): None}, NOW)
    database.close()
    assert [one["code"] for one in catalogue(folder, "unknown", "--json").document] == ["1.000656", "1.000656.H29"]
    (found,) = catalogue(folder, "duplicates", "--json").document
    assert [one["connector"] for one in found["served_by"]] == ["a", "b"]
    assert found["within_one_agency"] is False
    for command in ("unknown", "duplicates"):
        assert "Khai tử" in catalogue(folder, command).out


def test_entries_of_one_system_that_contradict_each_other_are_told(folder: Path) -> None:
    assert catalogue(folder, "check").code == 0
    database = store(folder)
    registered(database, "a")
    row = connectors.named(database, "a")
    assert row is not None
    kept = []
    for key in ("1", "2"):
        values = {"code": f"A{key}", "name": key, "aliases": [{"code": "X"}]}
        entry, _ = AGENCIES.read(values)
        kept.append(Kept(key, entry.code, entry.name, entry.valid, values))
    with database.write() as transaction:
        write(transaction, AGENCIES, "a", kept, NOW, row.id)
    database.close()
    told = catalogue(folder, "check")
    assert (told.code, "a: X is claimed by A2 (always) and by A1 (always)" in told.out) == (1, True)
    assert "is claimed by several" in catalogue(folder, "show", "agencies", "X").err
