"""The commands over what was received: received, payloads, mapping diff, explain."""

import json
from pathlib import Path
from typing import Any

import pytest

from hub.cli import output
from tests.hub.cli.inside import hub

CONFIG = """
database: {{url: "{url}"}}
mappings: {{folders: [mine]}}
connectors:
  - name: phuong-thu
    title: Phường Thử
    type: files
    agency: 000.00.99.H29
    mapping: phuong-thu/ho-so
    settings: {{folder: "{folder}/drop", key: so, settle_seconds: 0, format: json, records: danhSach}}
"""
MAPPING = """
mapping: phuong-thu/ho-so
version: 1
entity: dossier
input: json
fields:
  code: {from: so}
  status: {from: tinhTrang, table: tinhTrang}
  received_at: {from: ngay, date: dd/MM/yyyy}
  applicant.name: {from: ten}
  fees: {each: phi, fields: {name: {from: ten}, amount: {from: tien, money: vnd}}}
tables:
  tinhTrang: {"1": accepted, "2": processing}
"""
RECORDS: list[dict[str, Any]] = [
    {
        "so": "HS-1",
        "tinhTrang": "1",
        "ngay": "03/04/2026",
        "ten": "Nguyễn Thị Ánh",
        "phi": [{"ten": "Lệ phí", "tien": "5.000"}],
    },
    {"so": "HS-2", "tinhTrang": "2", "ngay": "04/05/2026", "ten": "TRẦN ĐỨC"},
    {"so": "HS-3", "tinhTrang": "7", "ten": "<b>Đỗ</b>"},
]


class World:
    """A hub with one folder that files are put into."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.config = folder, folder / "config.yaml"
        self.mapping = folder / "mine" / "phuong-thu" / "ho-so" / "mapping.yaml"
        self.mapping.parent.mkdir(parents=True)
        (folder / "drop").mkdir()
        self.config.write_text(CONFIG.format(url=url, folder=folder), encoding="utf-8")
        self.mapping.write_text(MAPPING, encoding="utf-8")

    def run(self, *arguments: str | Path, code: int = 0) -> Any:
        done = hub(*arguments, "--config", self.config)
        assert done.code == code, done.out + done.err
        return done

    def bring(self, *records: dict[str, Any], name: str = "a.json") -> None:
        (self.folder / "drop" / name).write_text(
            json.dumps({"danhSach": records}, ensure_ascii=False), encoding="utf-8"
        )
        self.run("sync", "phuong-thu")

    def edit(self, old: str, new: str) -> None:
        text = self.mapping.read_text(encoding="utf-8")
        assert old in text
        self.mapping.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path, "sqlite:///hub.db")
    made.bring(*RECORDS)
    return made


@pytest.fixture
def either_world(tmp_path: Path, database_url: str) -> World:
    """The same on each kind of database."""
    made = World(tmp_path, database_url)
    made.run("db", "upgrade")
    made.bring(*RECORDS)
    return made


def test_a_record_is_written_as_it_was_received(world: World) -> None:
    done = world.run("received", "HS-1")
    assert json.loads(done.out) == RECORDS[0]
    assert "phuong-thu HS-1: payload 1" in done.err
    held = world.run("received", "--connector", "phuong-thu", "--key", "HS-3")
    assert json.loads(held.out) == RECORDS[2]
    whole = world.run("received", "--connector", "phuong-thu", "--key", "HS-3", "--whole")
    assert json.loads(whole.out) == RECORDS


def test_on_a_terminal_nothing_that_was_received_is_obeyed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.bring({"so": "HS-8", "tinhTrang": "1", "ten": "\x1b[31mĐỏ"}, name="c.json")
    monkeypatch.setattr(output.out, "_force_terminal", True)
    whole = world.run("received", "HS-8", "--whole").out
    assert "\\u001b[31m" in whole  # as JSON writes it
    assert "\x1b[31m" not in world.run("explain", "HS-8").out
    assert output.harmless("a\x1b[2Jb\nc") == "a\N{REPLACEMENT CHARACTER}[2Jb\nc"


def test_what_nobody_sent_is_said_to_be_unknown(world: World) -> None:
    assert "no dossier has the code" in world.run("received", "HS-9", code=4).err
    missing = world.run("received", "--connector", "phuong-thu", "--key", "HS-9", code=4)
    assert "no record 'HS-9' of a connector 'phuong-thu'" in missing.err
    assert "give the CODE" in world.run("received", "--connector", "phuong-thu", code=2).err


def test_how_much_is_kept_is_told_and_what_is_used_is_not_removed(either_world: World) -> None:
    world = either_world
    (kept,) = json.loads(world.run("payloads", "--json").out)
    assert (kept["connector"], kept["payloads"], kept["troubled"], kept["unused"]) == ("phuong-thu", 1, 1, 0)
    world.bring(*[each | {"ten": "Khác"} for each in RECORDS], name="b.json")
    world.config.write_text(world.config.read_text("utf-8") + "payloads: {keep: 0s, keep_troubled: 0s}\n", "utf-8")
    assert "would remove 0" in world.run("payloads", "prune", "--dry-run").out
    assert json.loads(world.run("payloads", "prune", "--json").out)["removed"] == 1
    assert "phuong-thu" in world.run("payloads").out
    assert json.loads(world.run("received", "HS-1").out)["ten"] == "Khác"


def test_a_mapping_that_reads_every_record_alike_changes_nothing(world: World) -> None:
    world.edit("version: 1", "version: 2")
    done = world.run("mapping", "diff", "phuong-thu/ho-so")
    assert "+version: 2" in done.out
    assert "Both read every record alike." in done.out


def test_another_mapping_is_tried_on_every_kept_record_before_it_is_used(either_world: World) -> None:
    world = either_world
    world.edit('"2": processing}', '"2": completed, "7": stopped}')
    world.edit("{from: ngay, date: dd/MM/yyyy}", "{from: ngay, date: MM/dd/yyyy}")
    world.edit("applicant.name: {from: ten}", "applicant.name: {value: Ai đó}")
    done = json.loads(world.run("mapping", "diff", "phuong-thu/ho-so", "--json", code=5).out)
    counts = {name: done[name] for name in ("records", "differing", "rejected", "released", "gain_problems")}
    assert counts == {"records": 3, "differing": 3, "rejected": 0, "released": 1, "gain_problems": 0}
    assert {name: each["records"] for name, each in done["fields"].items()} == {
        "applicant.name": 2,
        "received_at": 2,
        "status": 1,
    }
    assert done["fields"]["status"]["examples"] == [{"before": "processing", "after": "completed"}]
    assert done["fields"]["applicant.name"]["examples"][0]["before"] == "•••••• ••• •••"
    text = world.run("mapping", "diff", "phuong-thu/ho-so", "--limit", "1", code=5).out
    assert "1 would leave quarantine" in text
    assert "… and 2 more" in text
    assert "Nguyễn" not in text
    assert "Nguyễn Thị Ánh" in world.run("mapping", "diff", "phuong-thu/ho-so", "--show-personal", code=5).out


def test_records_that_would_be_rejected_or_gain_problems_are_counted(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    changed = MAPPING.replace('"1": accepted, ', "").replace("money: vnd}", "money: vnd, required: true}")
    other.write_text(
        changed.replace("{from: ngay, date: dd/MM/yyyy}", "{from: ten, date: dd/MM/yyyy}"), encoding="utf-8"
    )
    done = json.loads(world.run("mapping", "diff", "phuong-thu/ho-so", other, "--json", code=5).out)
    assert (done["rejected"], done["gain_problems"], done["records"]) == (1, 1, 3)
    reasons = [reason for one in done["shown"] for reason in one["rejected"]]
    assert reasons
    assert not any("Ánh" in reason for reason in reasons)


def test_a_comparison_without_the_mapping_or_file_is_said(world: World) -> None:
    assert "neither a version nor a file" in world.run("mapping", "diff", "phuong-thu/ho-so", "none.yaml", code=4).err
    assert "has no version 9" in world.run("mapping", "diff", "phuong-thu/ho-so", "9", "1", code=4).err
    assert "no connector" in world.run("mapping", "diff", "phuong-thu/ho-so", "1", "1", "--connector", "x", code=4).err
    assert "only one version" in world.run("mapping", "diff", "phuong-thu/ho-so").err


def test_what_settings_of_today_do_not_find_is_told_and_the_whole_answer_is_there(world: World) -> None:
    world.config.write_text(world.config.read_text("utf-8").replace("key: so", "key: ma"), "utf-8")
    world.edit('"2": processing}', '"2": completed}')
    world.run("sync", "phuong-thu")
    done = world.run("received", "HS-1", code=1)
    assert "holds no record HS-1; --whole shows the answer" in done.err
    assert json.loads(world.run("received", "HS-1", "--whole").out) == RECORDS
    compared = json.loads(world.run("mapping", "diff", "phuong-thu/ho-so", "1", "2", "--json").out)
    assert (compared["records"], compared["missing"]) == (0, 3)
    (record,) = json.loads(world.run("explain", "HS-1", "--json").out)["records"]
    assert "does not hold it" in record["trouble"]


def test_each_value_of_a_dossier_is_explained(world: World) -> None:
    found = json.loads(world.run("explain", "HS-1", "--json").out)
    values = {each["field"]: each for each in found["values"]}
    (status,) = values["status"]["steps"]
    assert (status["source"], status["found"], status["words"], status["value"]) == (
        "tinhTrang",
        "1",
        ["table: tinhTrang"],
        "accepted",
    )
    assert [(each["field"], each["found"], each["value"]) for each in values["fees"]["steps"]] == [
        ("fees[0].name", "Lệ phí", "Lệ phí"),
        ("fees[0].amount", "5.000", 5000),
    ]
    assert values["agency.code"]["steps"] == []
    (record,) = found["records"]
    assert (record["connector"], record["key"], record["payload"]) == ("phuong-thu", "HS-1", 1)
    assert record["mapping"].startswith("phuong-thu/ho-so v1 ")
    text = world.run("explain", "HS-1").out
    assert 'tinhTrang was "1" (table: tinhTrang) → accepted' in text
    assert "no dossier has the code" in world.run("explain", "HS-9", code=4).err


def test_an_explanation_goes_by_the_version_that_was_used_and_says_what_todays_would_read(world: World) -> None:
    world.edit("received_at: {from: ngay, date: dd/MM/yyyy}", "received_at: {from: ngay, date: MM/dd/yyyy}")
    world.run("sync", "phuong-thu")  # the new version is in use from now on
    found = json.loads(world.run("explain", "HS-1", "--json").out)
    (line,) = next(each["steps"] for each in found["values"] if each["field"] == "received_at")
    assert line["value"] == "2026-04-02T17:00:00Z"
    assert found["records"][0]["today_otherwise"] == ["received_at"]
    assert "today's mapping would read it otherwise: received_at" in world.run("explain", "HS-1").out
