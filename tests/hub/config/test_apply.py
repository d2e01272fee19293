"""Applying a folder: all of it or nothing, and the same twice changes nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hub.config.apply import Action, Change, Wishes, WouldRetireAll, apply
from hub.config.folder import read_folder
from hub.config.recording import record
from hub.config.register import Register
from hub.record.connector_state import Life, Move
from hub.store import connectors, versions
from hub.store.database import Database
from hub.store.versions import Kind
from mappings.engine.yaml_source import Invalid
from tests.hub.config.registering import BY_AN, EMBEDDED, configuration, mapping, on_the_shelf, put, register, section

ROOT = Path(__file__).parents[3]
NOTHING = Wishes()


def write(folder: Path, *texts: str) -> Path:
    """A folder as `hub apply` takes it."""
    for text in texts:
        name = text.partition(": ")[2].partition("\n")[0]
        inside = f"mappings/{name}/mapping.yaml" if text.startswith("mapping:") else f"connectors/{name}.yaml"
        path = folder / "git" / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "git"


def applied(to: Register, folder: Path, wishes: Wishes = NOTHING, *, dry: bool = False) -> list[tuple[str, str]]:
    return [(each.action, each.name) for each in changes(to, folder, wishes, dry=dry)]


def changes(to: Register, folder: Path, wishes: Wishes = NOTHING, *, dry: bool = False) -> list[Change]:
    return apply(to, read_folder(folder, to), wishes, BY_AN, dry=dry)


def states(database: Database) -> dict[str, str]:
    return {row.name: row.state for row in connectors.listed(database, retired=True)}


def test_a_folder_is_registered_as_drafts_and_the_second_time_changes_nothing(
    database: Database, tmp_path: Path
) -> None:
    to = register(database, tmp_path)
    folder = write(tmp_path, mapping(), section(), section("so-hai"))
    expected = [("create", "so-thu/ho-so"), ("create", "so-hai"), ("create", "so-thu")]
    assert applied(to, folder, dry=True) == expected
    assert states(database) == {}
    assert applied(to, folder) == expected
    assert states(database) == {"so-hai": Life.DRAFT, "so-thu": Life.DRAFT}
    assert applied(to, folder, dry=True) == applied(to, folder) == []


@EMBEDDED
def test_what_changes_is_shown_line_by_line_before_it_is_done(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    changes(to, write(tmp_path, mapping(), section()))
    (change,) = changes(to, write(tmp_path, section(more="precedence: 5\n")), dry=True)
    assert (change.action, change.kind) == (Action.CHANGE, Kind.CONNECTOR)
    assert change.diff.splitlines()[0] == "--- so-thu v1"
    assert "+precedence: 5" in change.diff.splitlines()


@EMBEDDED
def test_every_mistake_of_every_file_is_said_at_once_and_nothing_is_applied(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    folder = write(
        tmp_path,
        mapping().replace("code:", "coed:"),
        section(settings="{ulr: x}"),
        section("so-hai", mapping="so-hai/nowhere"),
        section("so-ba", more="precedence: much\n"),
        section("so-bon"),
    )
    (folder / "connectors/twice.yaml").write_text(section("so-bon"), encoding="utf-8")
    (folder / "mappings/la").mkdir()
    (folder / "mappings/la/mapping.yaml").write_text(mapping("khac/ten"), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        read_folder(folder, to)
    said = [str(finding).removeprefix(f"{folder}/") for finding in caught.value.findings]
    for part in (
        'connectors/so-thu.yaml:6:12 unknown key "ulr"',
        'connectors/so-hai.yaml:5:10 there is no mapping "so-hai/nowhere"',
        "connectors/so-ba.yaml:6:13 ",
        'connectors/twice.yaml:1:7 a connector is already called "so-bon"',
        'mappings/so-thu/ho-so/mapping.yaml:5:10 "coed" is not a field',
        'mappings/la/mapping.yaml:1:10 the folder says "la", the document "khac/ten"',
    ):
        assert [line for line in said if line.startswith(part)], (part, said)
    assert states(database) == {}


@EMBEDDED
def test_the_files_tables_and_names_of_their_own_are_taken_along(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    folder = write(tmp_path, mapping().replace("{value: processing}", "{from: tt, table: status}"), section())
    (folder / "mappings/so-thu/ho-so/tables.yaml").write_text("status: {Mới: accepted}\n", encoding="utf-8")
    (folder / "connectors/so-thu.yaml").rename(folder / "connectors/any-name.yml")
    applied(to, folder)
    assert to.connector("so-thu").readable().read({"maHoSo": "A", "tt": "Mới"}).values["status"] == "accepted"
    assert applied(to, folder) == []


@EMBEDDED
def test_drafts_are_activated_where_asked_and_people_are_not_overruled(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    folder = write(tmp_path, mapping(), section(), section("so-hai"))
    wishes = Wishes(activate=True)
    assert ("activate", "so-thu") in applied(to, folder, wishes)
    to.move("so-thu", Move.PAUSE, BY_AN)
    to.move("so-hai", Move.RETIRE, BY_AN)
    assert applied(to, folder, wishes) == []
    assert states(database) == {"so-hai": Life.RETIRED, "so-thu": Life.PAUSED}


@EMBEDDED
def test_what_is_no_longer_in_the_folder_is_retired_only_where_asked(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    folder = write(tmp_path, mapping(), section(), section("so-hai"))
    applied(to, folder)
    (folder / "connectors/so-hai.yaml").unlink()
    assert applied(to, folder) == []
    assert applied(to, folder, Wishes(prune=True)) == [("retire", "so-hai")]
    assert applied(to, folder, Wishes(prune=True)) == []
    assert states(database) == {"so-hai": Life.RETIRED, "so-thu": Life.DRAFT}


@EMBEDDED
def test_pruning_by_a_folder_without_connectors_would_retire_all_and_is_refused(
    database: Database, tmp_path: Path
) -> None:
    to = register(database, tmp_path)
    applied(to, write(tmp_path, mapping(), section()))
    (tmp_path / "git/connectors/so-thu.yaml").unlink()
    with pytest.raises(WouldRetireAll, match="would retire every connector"):
        applied(to, tmp_path / "git", Wishes(prune=True))
    for empty in ("nowhere", "git/connectors"):
        with pytest.raises(Invalid, match="there is nothing to apply"):
            read_folder(tmp_path / empty, to)


@EMBEDDED
def test_connectors_of_config_yaml_are_neither_changed_nor_retired(database: Database, tmp_path: Path) -> None:
    on_the_shelf(tmp_path, mapping())
    to = register(database, tmp_path)
    record(configuration(tmp_path, section()), to.in_use.shelves, to.in_use.targets, database)
    folder = write(tmp_path, section())
    with pytest.raises(Invalid, match=r"so-thu\.yaml:1:7 so-thu is managed by config\.yaml: change it there"):
        applied(to, folder)
    (folder / "connectors/so-thu.yaml").unlink()
    write(tmp_path, section("so-hai"))
    applied(to, folder, Wishes(prune=True))
    assert states(database) == {"so-hai": Life.DRAFT, "so-thu": Life.ACTIVE}


@EMBEDDED
def test_what_is_exported_is_applied_elsewhere_as_it_is(database: Database, tmp_path: Path) -> None:
    on_the_shelf(tmp_path, mapping())
    to = register(database, tmp_path)
    put(to, section())
    for path, text in to.exported("so-thu").items():
        (tmp_path / "git" / path).parent.mkdir(parents=True)
        (tmp_path / "git" / path).write_text(text, encoding="utf-8")
    # The document is the same; the mapping, until now a file's, becomes the hub's own.
    assert applied(to, tmp_path / "git") == [("take over", "so-thu/ho-so")]
    assert applied(to, tmp_path / "git") == []


KILLED = """
import os, signal, sys
from pathlib import Path
from hub.config import apply as applying
from hub.config.folder import read_folder
from hub.store import versions
from hub.store.database import connect
from tests.hub.config.registering import BY_AN, register

put, left = versions.put, [int(sys.argv[3])]

def put_until_killed(*arguments, **more):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return put(*arguments, **more)

versions.put = put_until_killed
folder = Path(sys.argv[2])
to = register(connect(sys.argv[1]), folder.parent)
applying.apply(to, read_folder(folder, to), applying.Wishes(activate=True), BY_AN, dry=False)
"""


def test_an_apply_that_is_killed_half_way_has_applied_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    folder = write(tmp_path, mapping(), *(section(f"so-{number}") for number in range(5)))
    command = [sys.executable, "-c", KILLED, database_url, str(folder), "4"]
    killed = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert states(database) == {}
    assert versions.listed(database, Kind.MAPPING, "so-thu/ho-so") == []
    applied(register(database, tmp_path), folder, Wishes(activate=True))
    assert set(states(database).values()) == {Life.ACTIVE}
