"""`hub new connector-type`: what it writes is clean and works, and what it cannot write is one sentence."""

import shutil
import subprocess
import sys
from pathlib import Path

from connectors.new_type import write
from connectors.registry import Registry
from tests.hub.cli.inside import hub
from tests.plug_in import Folder


def test_a_script_learns_what_was_written(tmp_path: Path) -> None:
    done = hub("new", "connector-type", "so-cai", "--into", tmp_path / "new" / "folder", "--json")
    assert done.code == 0, done.err
    folder = tmp_path / "new" / "folder" / "so-cai"
    assert done.document["folder"] == str(folder)
    assert {Path(name) for name in done.document["files"]} == {path for path in folder.rglob("*") if path.is_file()}
    assert [path.name for path in folder.parent.iterdir()] == ["so-cai"]


def test_what_cannot_be_written_is_one_sentence_and_nothing_is_left_behind(tmp_path: Path) -> None:
    done = hub("new", "connector-type", "So_Cai", "--into", tmp_path / "new")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("'So_Cai' cannot be the name of a connector type: write small letters")
    assert done.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_is_clean(tmp_path: Path) -> None:
    write("so-cai", tmp_path, Registry())
    for command in (["check", "--select", "A,B,BLE,E,F,I,N,PT,RUF,SIM,UP,W"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "so-cai"]
        done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
    assert not list((tmp_path / "so-cai").rglob("ledger*"))


def test_the_sample_names_every_setting_and_is_valid_in_a_configuration(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    write("so-cai", tmp_path, Registry())
    folder.install(tmp_path / "so-cai")
    sample = (tmp_path / "so-cai/hub_connector_so_cai/sample.yaml").read_text(encoding="utf-8")
    settings = "".join(f"    {line}" for line in sample.replace("  # ", "  ").splitlines(keepends=True))
    (tmp_path / "mine.yaml").write_text(
        "connectors:\n  - name: mine\n    title: Mine\n    type: so-cai\n    agency: 000.00.99.H29\n"
        f"    mapping: mot-cua/ho-so\n{settings}",
        encoding="utf-8",
    )
    done = folder.run("hub", "config", "check", "mine.yaml")
    assert (done.code, "REGISTER_PASSWORD" in done.said) == (2, True), done.said  # only the secret is missing
    assert done.said.count("\n") == 1, done.said


def test_a_broken_plug_in_is_named_where_it_is_used_and_troubles_nobody_else(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    write("so-cai", tmp_path, Registry())
    folder.install(tmp_path / "so-cai")
    (folder.installed / "hub_connector_so_cai/__init__.py").write_text("raise RuntimeError('no licence')\n")
    connector = (
        "  - {{name: {0}, title: Mine, type: {1}, agency: 000.00.99.H29, mapping: mot-cua/ho-so, settings: {2}}}\n"
    )
    right = connector.format("right", "rest", "{url: http://127.0.0.1:9, key: id}")
    (tmp_path / "mine.yaml").write_text(f"connectors:\n{right}{connector.format('mine', 'so-cai', '{}')}")
    (tmp_path / "other.yaml").write_text(f"connectors:\n{right}")
    broken = folder.run("hub", "config", "check", "mine.yaml")
    assert broken.code == 2
    assert broken.said.startswith("mine.yaml:3:")
    assert "cannot be loaded: “RuntimeError: no licence”" in broken.said
    assert folder.run("hub", "config", "check", "other.yaml").code == 0
    assert folder.run("hub", "config", "schema").code == 0
    shutil.rmtree(folder.installed)
    assert "no connector type `so-cai` is installed" in folder.run("hub", "config", "check", "mine.yaml").said
