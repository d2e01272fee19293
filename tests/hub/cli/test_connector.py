"""`hub connector`, `hub apply`, `hub secret`, `hub mapping put`: what they print, and what their exit codes mean."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hub.cli.command import Outcome
from tests.hub.cli.inside import hub
from tests.hub.config.registering import mapping

Command = Callable[..., Outcome]

SECTION = """
name: so-thu
title: Sở Thử nghiệm # tên đầy đủ
type: rest
agency: 000.00.99.H29
mapping: so-thu/ho-so
settings:
  url: http://127.0.0.1:9/ho-so
  auth: {type: basic, username: hub, password: "${secret:so-thu.password}"}
  key: id
"""


@pytest.fixture
def run(tmp_path: Path) -> Command:
    """`hub …` on a store of this test's own."""
    config = tmp_path / "config.yaml"
    config.write_text("{}\n")

    def command(*arguments: str | Path, stdin: str = "", code: int = 0, **environment: str) -> Outcome:
        done = hub(*arguments, "-c", config, stdin=stdin, **environment)
        assert done.code == code, (arguments, done.out, done.err)
        return done

    return command


@pytest.fixture
def registered(run: Command) -> Command:
    """With one connector, a draft, and its mapping."""
    run("secret", "set", "so-thu.password", "--expires", "2027-03-31", stdin="geheim\n")
    run("mapping", "put", "-", stdin=mapping())
    run("connector", "new", "--from", "-", stdin=SECTION, code=0)
    return run


def test_registering_asks_nobody_and_says_what_is_next(run: Command) -> None:
    done = run("connector", "new", "--from", "-", stdin=SECTION, code=2)
    assert "standard input:9:48 the hub keeps no secret so-thu.password; `hub secret set so-thu.password`" in done.err
    run("secret", "set", "so-thu.password", stdin="geheim\n")
    done = run("connector", "new", "--from", "-", stdin=SECTION)
    assert done.out == "connector so-thu: version 1 is a draft, which is kept but not run.\n"
    assert "Next: `hub check so-thu` and `hub preview so-thu` work already" in done.err
    assert 'It cannot be activated yet: there is no mapping "so-thu/ho-so".' in done.err
    assert "so-thu v1:6:10 there is no mapping" in run("connector", "activate", "so-thu", code=2).err
    run("mapping", "put", "-", stdin=mapping())
    assert run("connector", "activate", "so-thu").out == "so-thu: draft → active.\n"
    assert run("connector", "activate", "so-thu").out == "so-thu: is active already.\n"
    assert "there is a connector so-thu already (active)" in run("connector", "new", "so-thu", code=2).err


def test_the_list_fits_a_narrow_screen_a_line_for_each(registered: Command, tmp_path: Path) -> None:
    done = hub("connector", "list", "-c", tmp_path / "config.yaml", columns=80)
    assert max(map(len, done.out.splitlines())) <= 80
    assert sum("so-thu" in line or "│  " in line for line in done.out.splitlines()) == 1


def test_questions_that_are_broken_off_register_nothing(run: Command) -> None:
    done = run("connector", "new", stdin="so-thu\nSở Thử\n", code=130)
    assert "Stopped: nothing was registered." in done.err
    assert run("connector", "list", "--all", "--json").document == []


def test_a_connector_is_shown_with_who_changed_it_and_why(registered: Command) -> None:
    registered("connector", "activate", "so-thu", "--author", "Lê Mẫu", "--reason", "đã kiểm tra")
    shown = registered("connector", "show", "so-thu").out
    assert "active, by Lê Mẫu on " in shown
    assert "đã kiểm tra" in shown
    assert "title: Sở Thử nghiệm # tên đầy đủ" in shown
    document = registered("connector", "show", "so-thu", "--json").document
    assert (document["state"], document["managed_by"], document["version"]) == ("active", "hub", 1)
    assert document["moved"]["reason"] == "đã kiểm tra"
    for command in ("show", "history", "diff", "export"):
        assert "there is no connector 'so-thuu'" in registered("connector", command, "so-thuu", code=4).err


def test_changes_are_told_line_by_line_and_taken_back(registered: Command) -> None:
    assert "only one version" in registered("connector", "diff", "so-thu").err
    changed = SECTION.replace("key: id", "key: maHoSo")
    registered("connector", "put", "-", "--reason", "khóa sai", stdin=changed)
    lines = registered("connector", "diff", "so-thu").out.splitlines()
    assert ("-  key: id" in lines, "+  key: maHoSo" in lines) == (True, True)
    assert "khóa sai" in registered("connector", "history", "so-thu").out
    done = registered("connector", "rollback", "so-thu", "1", "--reason", "nhầm", "--json").document
    assert (done["version"], done["changed"]) == (3, True)
    assert registered("connector", "diff", "so-thu", "1", "3").out == "version 1 and version 3 say the same\n"
    registered("connector", "rollback", "so-thu", "9", "--reason", "x", code=4)
    registered("connector", "pause", "so-thu", code=2)  # without a reason
    assert "there is nothing to pause" in registered("connector", "pause", "so-thu", "--reason", "x", code=2).err


def test_a_document_is_changed_in_the_editor(registered: Command, tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nsed -i "s/key: id/$TO/" "$1"\n')
    editor.chmod(stat.S_IRWXU)

    def edited(to: str, stdin: str = "", code: int = 0) -> Outcome:
        return registered("connector", "edit", "so-thu", stdin=stdin, code=code, EDITOR=str(editor), VISUAL="", TO=to)

    assert "version 2 is a draft" in edited("key: maHoSo").out
    assert "Nothing was changed" in edited("key: maHoSo").err  # left as it was
    registered("connector", "rollback", "so-thu", "1", "--reason", "x")
    assert (
        "the editor /nowhere did not work"
        in registered("connector", "edit", "so-thu", code=2, EDITOR="/nowhere", VISUAL="").err
    )
    done = edited("kye: id", stdin="n\n", code=2)
    assert 'so-thu.yaml:10:3 unknown key "kye"; did you mean "key"?' in done.err
    assert len(registered("connector", "history", "so-thu", "--json").document["versions"]) == 3


def test_what_is_exported_is_applied_and_the_second_time_changes_nothing(registered: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    registered("connector", "export", "so-thu", "-o", out)
    assert (out / "connectors/so-thu.yaml").read_text() == SECTION
    assert (out / "mappings/so-thu/ho-so/mapping.yaml").read_text() == mapping()
    assert registered("connector", "export", "so-thu").out.startswith("# connectors/so-thu.yaml\n")
    assert "Nothing to change" in registered("apply", out, "--dry-run").out
    (out / "connectors/so-thu.yaml").write_text(SECTION.replace("key: id", "key: maHoSo"))
    done = registered("apply", out, "--dry-run", code=5)
    assert ("change connector so-thu" in done.out, "+  key: maHoSo" in done.out) == (True, True)
    done = registered("apply", out, "--reason", "commit 4f2a")
    assert "Drafts, which `--activate` or `hub connector activate` lets run: so-thu." in done.err
    assert registered("apply", out, "--activate", "--json").document == [
        {"kind": "connector", "name": "so-thu", "action": "activate", "diff": ""}
    ]
    assert registered("apply", out, "--activate", "--json").document == []
    (out / "connectors/so-thu.yaml").write_text(SECTION.replace("key: id", "kye: id"))
    assert 'connectors/so-thu.yaml:10:3 unknown key "kye"' in registered("apply", out, code=2).err
    (out / "connectors/so-thu.yaml").unlink()
    assert "would retire every connector" in registered("apply", out, "--prune", code=2).err
    assert "there is nothing to apply" in registered("apply", tmp_path / "nowhere", code=2).err


def test_secrets_are_taken_from_standard_input_and_never_shown(registered: Command, tmp_path: Path) -> None:
    (kept,) = registered("secret", "list", "--json").document
    assert (kept["name"], kept["expires_on"], kept["used_by"]) == ("so-thu.password", "2027-03-31", ["so-thu"])
    assert "geheim" not in registered("secret", "list").out + registered("connector", "show", "so-thu").out
    assert "is used by so-thu" in registered("secret", "remove", "so-thu.password", code=2).err
    registered("secret", "remove", "nobody", code=4)
    for arguments, stdin, says in (
        (("a b",), "x", "is no name of a secret"),
        (("a", "--expires", "soon"), "x", "is no day; write one as 2027-03-31"),
        (("a",), "", "standard input held nothing"),
    ):
        assert says in registered("secret", "set", *arguments, stdin=stdin, code=2).err
    key = hub("secret", "new-key").out.strip()
    said = registered("secret", "set", "a", stdin="x", HUB_SECRETS_KEY=f"{key},geheim", code=2).err
    assert "HUB_SECRETS_KEY holds something that is no key" in said
    old = (tmp_path / "var/secrets.key").read_text().strip()
    assert "1 secrets are encrypted" in registered("secret", "rotate", HUB_SECRETS_KEY=f"{key},{old}").out
    registered("connector", "activate", "so-thu", HUB_SECRETS_KEY=key)


def test_a_mapping_is_put_shown_and_taken_back(registered: Command, tmp_path: Path) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text(mapping(code="khac"))
    put = registered("mapping", "put", file)
    assert "mapping so-thu/ho-so: version 2 is in use." in put.out
    assert "`hub replay CONNECTOR --everything` reads all of them again" in put.err
    assert "replay" not in registered("mapping", "put", file).err  # nothing changed
    assert "+fields: {code: {from: khac}" in registered("mapping", "diff", "so-thu/ho-so").out
    registered("mapping", "rollback", "so-thu/ho-so", "1", "--reason", "nhầm")
    versions = registered("mapping", "history", "so-thu/ho-so", "--json").document
    assert [one["version"] for one in versions] == [3, 2, 1]
    assert versions[0]["fingerprint"] == versions[2]["fingerprint"] != versions[1]["fingerprint"]
    assert [one["in_use"] for one in versions] == [["hub"], [], []]
    assert "for connectors of the hub" in registered("mapping", "history", "so-thu/ho-so").out
    assert "so-thu/ho-so, from the hub, version 3" in registered("connector", "show", "so-thu").out
    file.write_text(mapping().replace("code:", "coed:"))
    assert "mapping.yaml:5:10" in registered("mapping", "put", file, code=2).err
    registered("mapping", "history", "no/such", code=4)


def test_a_key_that_pushes_is_for_one_connector(registered: Command) -> None:
    assert "--role push --connector NAME" in registered("key", "new", "an", "--role", "push", code=2).err
    registered("key", "new", "an", "--role", "push", "--connector", "nobody", code=4)
    made = registered("key", "new", "an", "--role", "push", "--connector", "so-thu", "--json").document
    assert (made["role"], made["connector"]) == ("push", "so-thu")
    assert "manage" in registered("key", "new", "bình", "--role", "manage", "--json").out


def test_a_connector_that_rests_is_not_synced_by_hand(registered: Command) -> None:
    done = registered("sync", "so-thu", code=2)
    assert "so-thu is a draft, so it is not run; `hub connector activate so-thu` changes that" in done.err
