"""Fields and rows that cannot be read: every command that should tell of them does, in words of our own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hub.cli.command import Outcome
from tests.hub.cli.inside import hub

Command = Callable[..., Outcome]

CONFIG = """
mappings: {folders: [mine]}
connectors:
  - name: so-tep
    title: Sở Tệp
    type: files
    agency: 000.00.99.H29
    mapping: so-tep/ho-so
    settings: {folder: in, key: ma, settle_seconds: 0}
"""
MAPPING = """
mapping: so-tep/ho-so
version: 1
entity: dossier
input: json
fields:
  code: {from: ma}
  status: {value: processing}
  due_at: {from: han, date: "dd/MM/yyyy"}
  received_at: {from: nhan, date: "dd/MM/yyyy", required: true}
  fees: {each: phi, fields: {name: {from: ten}, amount: {from: tien, money: vnd}}}
"""
CODE = "000.00.99.H29-261122-0001"
ROWS = f"""ma,han,nhan
{CODE},32/13/2026,20/11/2026
000.00.99.H29-261122-0002,23/12/2026,?
,23/12/2026,20/11/2026
"""
WITH_FEES = (
    '[{"ma": "000.00.99.H29-261122-0003", "nhan": "20/11/2026", '
    '"phi": [{"ten": "Lệ phí", "tien": 5000}, {"ten": "Phí", "tien": 7000}]}]'
)


@pytest.fixture
def run(tmp_path: Path) -> Command:
    """`hub …` with one connector that has a file to read."""
    files = {"config.yaml": CONFIG, "mine/so-tep/ho-so/mapping.yaml": MAPPING, "in/1.csv": ROWS, "in/2.json": WITH_FEES}
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text.replace("folder: in", f"folder: {tmp_path / 'in'}"), encoding="utf-8")

    def command(*arguments: str) -> Outcome:
        return hub(*arguments, "-c", tmp_path / "config.yaml")

    return command


def test_a_field_that_was_left_empty_is_told_by_the_run_and_the_dossier(run: Command) -> None:
    told = "1 record of this run has fields that could not be read and were left empty; `hub dossier CODE` shows them."
    assert f"so-tep: {told}" in run("sync", "so-tep").out
    assert f"run 1: {told}" in run("runs").out
    shown = run("dossier", CODE).out
    assert f'so-tep {CODE}: could not be read: due_at: han says "32/13/2026", expected' in shown


def test_lists_are_shown_as_people_read_them(run: Command) -> None:
    run("sync", "so-tep")
    shown = run("dossier", "000.00.99.H29-261122-0003").out
    assert "name Lệ phí, amount 5000" in shown
    assert "name Phí, amount 7000" in shown
    assert "{'" not in shown


def test_a_row_without_a_key_is_told_with_its_file_and_number_and_nothing_else(run: Command) -> None:
    run("sync", "so-tep")
    lines = [line.strip() for line in run("quarantine").out.splitlines()]
    (keyless,) = [line for line in lines if "line 4" in line]
    assert keyless.startswith("a record of “1.csv” cannot be read: line 4 has nothing in the column `ma`; ")
    assert any(line.startswith('received_at: nhan says "?", expected') for line in lines)


def test_the_mapping_in_use_is_told_with_where_it_comes_from(run: Command) -> None:
    run("sync", "so-tep")
    shown = run("connector", "show", "so-tep").out
    assert "so-tep/ho-so, from the file" in shown
    (version,) = run("mapping", "history", "so-tep/ho-so", "--json").document
    assert version["in_use"] == ["hub", "config"]
