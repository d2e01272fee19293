"""`hub quarantine` and `hub replay`, as the operator uses them: look, correct, read again, or drop."""

import re
from pathlib import Path

import pytest

from tests.hub.cli.command import Outcome
from tests.hub.cli.inside import hub

CONFIG = """
mappings: {{folders: [mine]}}
connectors:
  - name: so-tep
    title: Sở Tệp
    type: files
    agency: 000.00.99.H29
    mapping: so-tep/ho-so
    stop_when: {{after: 30, share: 60%}}
    settings: {{folder: {folder}, key: ma, settle_seconds: 0}}
"""
MAPPING = """
mapping: so-tep/ho-so
version: 1
entity: dossier
input: json
fields:
  code: {from: ma}
  status: {from: trang_thai, table: status}
  applicant.birth_date: {from: sinh, date: "dd/MM/yyyy", required: true}
tables:
  status: {"Đang xử lý": processing}
"""
HEAD = "ma,trang_thai,sinh,nhan"


class World:
    """A folder of files, a mapping and `hub` over them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "in").mkdir()
        (folder / "mine/so-tep/ho-so").mkdir(parents=True)
        (folder / "config.yaml").write_text(CONFIG.format(folder=folder / "in"), encoding="utf-8")
        self.map(MAPPING)

    def map(self, text: str) -> None:
        (self.folder / "mine/so-tep/ho-so/mapping.yaml").write_text(text, encoding="utf-8")

    def file(self, name: str, *rows: str) -> None:
        (self.folder / "in" / name).write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")

    def hub(self, *arguments: str) -> Outcome:
        return hub(*arguments, "-c", self.folder / "config.yaml")


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.file(
        "1.csv",
        "H1-24-000001,Đang xử lý,01/02/1990,20/11/2026",
        "H1-24-000002,Chờ bổ sung,01/02/1990,20/11/2026",
        "H1-24-000003,Chờ bổ sung,01/02/1991,20/11/2026",
        "H1-24-000004,Đang xử lý,32/02/1992,20/11/2026",
    )
    assert made.hub("sync", "so-tep").code == 0
    return made


def test_groups_come_first_and_never_show_a_person(world: World) -> None:
    groups = world.hub("quarantine", "so-tep", "--json").document["groups"]
    assert [(each["records"], each["field"], each["example"]) for each in groups] == [
        (2, "status", "Chờ bổ sung"),
        (1, "applicant.birth_date", "99/99/9999"),
    ]
    said = world.hub("quarantine").out
    table, _, records = said.partition("so-tep H1-24-000004  (since")
    assert groups[0]["group"] in table
    assert "Chờ bổ sung" in table
    assert "32/02/1992" not in table
    assert 'sinh says "32/02/1992", expected' in records


def test_bytes_that_are_no_text_name_nothing(world: World) -> None:
    for asked in (("replay", "so-tep", "--key"), ("quarantine", "drop", "so-tep", "--reason", "x", "--key")):
        told = world.hub(*asked, "\udcff")  # as Python hands over the byte 255 of a command line
        assert told.code == 2
        assert "holds bytes that are no text in UTF-8" in told.err


def test_the_records_of_one_group_are_listed(world: World) -> None:
    groups = world.hub("quarantine", "--json").document["groups"]
    found = world.hub("quarantine", "so-tep", "--group", groups[0]["group"], "--json").document
    assert sorted(each["key"] for each in found["records"]) == ["H1-24-000002", "H1-24-000003"]
    assert [each["group"] for each in found["groups"]] == [groups[0]["group"]]
    assert world.hub("quarantine", "so-tepp").code == 4


def test_a_group_goes_by_its_beginning_and_an_unknown_one_is_said(world: World) -> None:
    code = world.hub("quarantine", "--json").document["groups"][0]["group"]
    whole = world.hub("quarantine", "so-tep", "--group", code, "--json").document
    assert world.hub("quarantine", "so-tep", "--group", code[:6].upper(), "--json").document == whole
    unknown = world.hub("quarantine", "so-tep", "--group", "zzzz")
    assert (unknown.code, unknown.out) == (4, "")
    assert "There is no group 'zzzz' in quarantine; `hub quarantine so-tep` shows those" in unknown.err
    assert world.hub("replay", "so-tep", "--group", "zzzz").code == 4
    assert world.hub("quarantine", "drop", "so-tep", "--group", "%", "--reason", "x").code == 4


def test_how_many_records_are_not_shown_is_said(world: World) -> None:
    number = len(world.hub("quarantine", "so-tep", "--json").document["records"])
    assert number > 1
    assert f"{number - 1} more; --limit {number} shows them." in world.hub("quarantine", "so-tep", "--limit", "1").out
    assert "more; --limit" not in world.hub("quarantine", "so-tep").out


def test_a_table_is_corrected_and_its_group_replayed(world: World) -> None:
    world.map(MAPPING.replace("processing}", 'processing, "Chờ bổ sung": supplement_requested}'))
    (group,) = [g for g in world.hub("quarantine", "--json").document["groups"] if g["field"] == "status"]
    done = world.hub("replay", "so-tep", "--group", group["group"])
    assert done.code == 0, done.err
    assert "2 read again: 2 left quarantine, 2 created" in done.out
    assert "They had been set aside by run 1." in done.out
    assert "32/02/1992" in world.hub("quarantine").out
    again = world.hub("replay", "so-tep", "--all", "--json").document
    assert (again["fetched"], again["quarantined"], again["left_quarantine"]) == (1, 1, 0)


def test_what_is_not_there_cannot_be_replayed_and_one_choice_must_be_made(world: World) -> None:
    assert world.hub("replay", "so-tep", "--key", "nobody").code == 4
    assert world.hub("replay", "so-tep").code == 2
    assert "not --all and --everything" in world.hub("replay", "so-tep", "--all", "--everything").err
    assert world.hub("replay", "nobody", "--all").code == 4


def test_the_sync_after_a_correction_begins_with_a_replay(world: World) -> None:
    world.map(MAPPING.replace("processing}", 'processing, "Chờ bổ sung": supplement_requested}'))
    assert world.hub("sync", "so-tep").code == 0
    found = world.hub("runs", "--json").document
    assert [(run["kind"], run["trigger"]) for run in found] == [
        ("replay", "mapping"),
        ("incremental", "hand"),
        ("incremental", "hand"),
    ]
    assert len(world.hub("quarantine", "--json").document["records"]) == 1


def test_records_are_dropped_with_a_reason_that_is_kept(world: World) -> None:
    assert world.hub("quarantine", "drop", "so-tep", "--all", "--reason", " ").code == 2
    assert world.hub("quarantine", "drop", "so-tep", "--unseen", "--reason", "cũ").code == 4
    done = world.hub("quarantine", "drop", "so-tep", "--key", "H1-24-000004", "--reason", "nhập thử", "--author", "an")
    assert "1 of so-tep taken out" in done.out
    assert len(world.hub("quarantine", "--json").document["records"]) == 2
    (kept,) = world.hub("quarantine", "drops", "so-tep", "--json").document
    assert (kept["records"], kept["author"], kept["reason"]) == (1, "an", "nhập thử")
    assert "key H1-24-000004" in world.hub("quarantine", "drops").out


def test_a_first_run_with_a_wrong_mapping_stops_with_examples_and_goes_on_when_it_is_told_to(world: World) -> None:
    world.file("2.csv", *(f"H1-24-1{number:05},Lạ {number % 2},01/02/1990,20/11/2026" for number in range(300)))
    stopped = world.hub("sync", "so-tep")
    assert stopped.code == 1
    assert re.search(r"300 of the 300 records of this run cannot be read, more than `stop_when` allows", stopped.err)
    assert "100 of its records are set aside as examples" in stopped.err
    assert "`hub sync so-tep --anyway`" in stopped.err
    groups = world.hub("quarantine", "so-tep", "--json").document["groups"]
    assert sum(each["records"] for each in groups if each["example"].startswith("Lạ")) == 100
    assert world.hub("sync", "so-tep").code == 1  # again, and quarantine has not grown
    groups = world.hub("quarantine", "so-tep", "--json").document["groups"]
    assert sum(each["records"] for each in groups if each["example"].startswith("Lạ")) == 100
    went_on = world.hub("sync", "so-tep", "--anyway")
    assert went_on.code == 0, went_on.err
    assert "300 quarantined" in went_on.out


def test_a_sync_that_begins_with_a_replay_tells_of_it_too(world: World) -> None:
    again = world.hub("sync", "so-tep")
    assert "stood in quarantine" not in again.out
    world.map(MAPPING.replace('"Đang xử lý": processing', '"Đang xử lý": processing, "Lạ": stopped'))
    said = world.hub("sync", "so-tep").out
    assert "so-tep: first, what stood in quarantine, with the mapping in use now: " in said
    assert " read again: " in said
